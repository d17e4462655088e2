"""A text as it is read for recognising: without tricks of writing, and with the way back to the text as it was sent."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_QUOTES = dict.fromkeys(map(ord, "‘’‛′`´"), "'")
_SPREAD = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z](?:[ .\-_·*|]{1,3}[0-9A-Za-z](?![0-9A-Za-z])){5,}")
# What identifies a source, a trial or a classification, and nobody; taken out before anything is looked for.
_HARMLESS = re.compile(
    r"""
      (?:doi:\s*|https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/[^\s"<>]+            # DOI
    | \bhttps?://[^\s<>"]+ | \bwww\.[^\s<>"]+
    | \bPM(?:C?ID|C)[:\s#]*\d{4,9}\b
    | \b(?:NCT|ISRCTN|DRKS|CTRI|JPRN|ACTRN|ChiCTR|UMIN|EUCTR|NTR|KCT|IRCT|TCTR|RBR|PACTR)[-\s:#]*\d[\d/-]{4,16}\b
    | \b(?:EudraCT|EU\s?CT)\s*(?:no\.?|number|nr\.?)?[:\s#]*\d{4}-\d{5,6}-\d{2}(?:-\d{2})?\b | \b20\d\d-\d{6}-\d{2}\b
    | \bISBN(?:-1[03])?[:\s]*[\d-]{10,17}X?\b | \bISSN[:\s]*\d{4}-\d{3}[\dX]\b | \b97[89]-[\d-]{10,14}\b
    | \b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b(?=[^\d]|$)                              # ORCID
    | \b(?:19|20)\d\d\s*;\s*\d+(?:\s*\(\w+\))?\s*:\s*[eS]?\d+(?:-\d+)?            # citation: 2023;388(12):1234-45
    | \b(?:ICD|SNOMED(?:\s?CT)?|LOINC|ATC|OMIM|ORPHA|HGNC|UniProt|GSE)[-:\s#]*\d[\d.-]*\b
    | \b\d{7,8}\b(?=\s+(?:in|on|at)\s+PubMed)
    | \b(?-i:rs\d{3,12}|NL\d{3,5})\b                                            # dbSNP, the Dutch trial register
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class View:
    """A reading of a text; `at[i]` is where its i-th sign stands in the text as sent."""

    text: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the reading stands in the text as sent."""
        return self.at[start], self.at[end - 1] + 1


def plain(text: str) -> View:
    """The text with compatible signs in their usual form and without invisible ones."""
    signs: list[str] = []
    at: list[int] = []
    for place, sign in enumerate(text):
        category = unicodedata.category(sign)
        if category in {"Cf", "Mn", "Me"} and not (category == "Mn" and signs and signs[-1].isalpha()):
            continue
        digit = unicodedata.decimal(sign, None)
        form = (
            str(digit)
            if digit is not None
            else unicodedata.normalize("NFKC", sign).translate(_DASHES).translate(_QUOTES)
        )
        for part in form:
            signs.append(" " if part.isspace() and part != "\n" else part)
            at.append(place)
    return View("".join(signs), tuple(at))


def views(text: str) -> list[View]:
    """The readings of a text: as it is, and, where signs stand apart one by one, with those together."""
    first = plain(text)
    # Harmless parts become spaces, so that places stay as they are.
    clean = _HARMLESS.sub(lambda match: " " * len(match[0]), first.text)
    found = [View(clean, first.at)]
    signs: list[str] = []
    at: list[int] = []
    last = 0
    for match in _SPREAD.finditer(clean):
        if sum(sign.isdigit() for sign in match[0]) < 5:
            continue
        signs.append(clean[last : match.start()])
        at.extend(first.at[last : match.start()])
        for place in range(match.start(), match.end()):
            if clean[place].isalnum():
                signs.append(clean[place])
                at.append(first.at[place])
        last = match.end()
    if last:
        signs.append(clean[last:])
        at.extend(first.at[last:])
        found.append(View("".join(signs), tuple(at)))
    return found
