"""A text as it is read for recognising: without tricks of writing, and with the way back to the text as it was sent."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

# Signs of compatibility may stand for several others ("½" for "1⁄2"). Nobody writes thousands of them, and a text must
# not become many times as long by being read.
MAX_EXPANSIONS = 2_000
_MAX_EXPANSION_LENGTH = 4
_PUNCTUATION = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-") | dict.fromkeys(map(ord, "‘’‛′`´"), "'")
# Where Unicode has signs of compatibility, digits and invisible signs: not among CJK ideographs, Hangul and the like.
_ODD_RANGES = (
    (0x80, 0x3400), (0xA000, 0xAC00), (0xD7B0, 0xD800), (0xF900, 0x12000), (0x13430, 0x13460), (0x16000, 0x17000),
    (0x1BC00, 0x1F300), (0x1FBF0, 0x1FC00), (0xE0000, 0xE0200),
)  # fmt: skip


_ODD = "\ue000"  # stands for a sign that becomes none or several, until it is known what


def _readings() -> tuple[dict[int, str], dict[str, str], frozenset[str]]:
    """What signs are read as, one for one; those that become several; and marks, which a letter keeps one of."""
    single: dict[int, str] = dict.fromkeys((0x09, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F), " ") | {ord("`"): "'"}
    several: dict[str, str] = {}
    marks = []
    for number in chain.from_iterable(range(*limits) for limits in _ODD_RANGES):
        sign = chr(number)
        category = unicodedata.category(sign)
        if category in {"Cf", "Me", "Mn"}:
            single[number] = _ODD
            if category == "Mn":
                marks.append(sign)
            continue
        digit = unicodedata.decimal(sign, None)
        form = _PUNCTUATION.get(number) or (
            str(digit) if digit is not None else unicodedata.normalize("NFKC", sign).translate(_PUNCTUATION)
        )
        form = "".join(" " if part.isspace() else part for part in form)
        if form == sign or len(form) > _MAX_EXPANSION_LENGTH:
            continue
        single[number] = form if len(form) == 1 else _ODD
        if len(form) > 1:
            several[sign] = form
    return single, several, frozenset(marks)


_SINGLE, _SEVERAL, _MARKS = _readings()
_ODD_RUNS = re.compile(f"{_ODD}++")
_SPACES = re.compile(r"[ \n]{2,}+")
_WORD_STARTS = re.compile(r"\b[^\W\d_]")
_SPREAD = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z](?:[ .\-_·*|]{1,3}[0-9A-Za-z](?![0-9A-Za-z])){5,}+")
# What identifies a source, a trial or a classification, and nobody; taken out before anything is looked for.
_HARMLESS = re.compile(
    r"""\b(?=\w)(?:
      https?://[^\s<>"]++ | www\.[^\s<>"]++ | (?:doi:[ ]{0,3})?10\.\d{4,9}/[^\s"<>]++
    | PM(?:C?ID|C)[:\s#]{0,4}\d{4,9}\b
    | (?:NCT|ISRCTN|DRKS|CTRI|JPRN|ACTRN|ChiCTR|UMIN|EUCTR|NTR|KCT|IRCT|TCTR|RBR|PACTR)[-\s:#]{0,4}\d[\d/-]{4,16}\b
    | (?:EudraCT|EU\s?CT)\s{0,2}(?:no\.?|number|nr\.?)?[:\s#]{0,4}\d{4}-\d{5,6}-\d{2}(?:-\d{2})?\b | 20\d\d-\d{6}-\d{2}\b
    | ISBN(?:-1[03])?[:\s]{0,3}[\d-]{10,17}X?\b | ISSN[:\s]{0,3}\d{4}-\d{3}[\dX]\b | 97[89]-[\d-]{10,14}\b
    | \d{4}-\d{4}-\d{4}-\d{3}[\dX]\b(?=[^\d]|$)                              # ORCID
    | (?:19|20)\d\d\s{0,2};\s{0,2}\d{1,6}(?:\s{0,2}\(\w{1,20}\))?\s{0,2}:\s{0,2}[eS]?\d{1,6}(?:-\d{1,6})?(?!\d)
    | (?:ICD|SNOMED(?:\s?CT)?|LOINC|ATC|OMIM|ORPHA|HGNC|UniProt|GSE)[-:\s#]{0,4}\d[\d.-]{0,24}\b
    | \d{7,8}\b(?=\s{1,2}(?:in|on|at)\s{1,2}PubMed)
    | (?-i:rs\d{3,12}|NL\d{3,5})\b                                            # dbSNP, the Dutch trial register
    )""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class View:
    """A reading of a text; `at[i]` is where its i-th sign stands in the text as sent."""

    text: str
    at: tuple[int, ...]
    complete: bool = True  # False where it was too odd to be read wholly

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the reading stands in the text as sent."""
        return self.at[start], self.at[end - 1] + 1

    @cached_property
    def words(self) -> dict[str, list[int]]:
        """Where words begin that begin with a letter, by their first two letters and by the first one.

        A word of one letter stands under that letter with a space, besides.
        """
        found: dict[str, list[int]] = defaultdict(list)
        lists: dict[str, tuple[list[int], ...]] = {}  # by the two signs as they are written
        for match in _WORD_STARTS.finditer(self.text):
            start = match.start()
            signs = self.text[start : start + 2]
            where = lists.get(signs)
            if where is None:
                key = signs.lower()
                alone = len(signs) == 1 or not (signs[1].isalnum() or signs[1] == "_")
                where = lists[signs] = (found[key[0]], found[f"{key[0]} " if alone else key])
            where[0].append(start)
            where[1].append(start)
        return found


def plain(text: str) -> View:
    """The text with compatible signs in their usual form and without invisible ones."""
    read = text.translate(_SINGLE)
    if _ODD not in read:
        return View(read, tuple(range(len(read))))
    parts: list[str] = []
    at: list[int] = []
    last = expansions = 0
    for run in _ODD_RUNS.finditer(read):
        start, end = run.span()
        parts.append(read[last:start])
        at.extend(range(last, start))
        last = end
        for place in range(start, end):
            sign = text[place]
            form = _SEVERAL.get(sign, "")
            if sign in _MARKS and parts and parts[-1][-1:].isalpha():
                form = sign
            expansions += len(form) > 1
            if form and expansions <= MAX_EXPANSIONS:
                parts.append(form)
                at.extend([place] * len(form))
    parts.append(read[last:])
    at.extend(range(last, len(read)))
    return View("".join(parts), tuple(at), expansions <= MAX_EXPANSIONS)


def _without(view: View, spans: Iterator[tuple[int, int, str]]) -> View:
    """The reading with other signs in place of some parts, each as long as what replaces it or longer."""
    parts: list[str] = []
    at: list[int] = []
    last = 0
    for start, end, put in spans:
        parts += (view.text[last:start], put)
        at.extend(view.at[last:start])
        at.extend(view.at[start : start + len(put)])
        last = end
    if not last:
        return view
    return View("".join((*parts, view.text[last:])), (*at, *view.at[last:]), view.complete)


def _spaces(text: str) -> Iterator[tuple[int, int, str]]:
    """Runs of white space become one sign, so that no expression has to go through a run."""
    for match in _SPACES.finditer(text):
        yield *match.span(), "\n" if "\n" in match[0] else " "


def _spread(view: View) -> View | None:
    """The reading in which signs that are spaced out one by one are joined; none where there are no such signs."""
    parts: list[str] = []
    at: list[int] = []
    last = 0
    for match in _SPREAD.finditer(view.text):
        if sum(sign.isdigit() for sign in match[0]) < 5:
            continue
        parts.append(view.text[last : match.start()])
        at.extend(view.at[last : match.start()])
        for place in range(match.start(), match.end()):
            if view.text[place].isalnum():
                parts.append(view.text[place])
                at.append(view.at[place])
        last = match.end()
    if not last:
        return None
    return View("".join((*parts, view.text[last:])), (*at, *view.at[last:]))


def views(text: str) -> list[View]:
    """The readings of a text: as it is, and, where signs are spaced out one by one, with those joined."""
    view = plain(text)
    view = _without(view, ((*match.span(), " ") for match in _HARMLESS.finditer(view.text)))
    view = _without(view, _spaces(view.text))
    spread = _spread(view)
    return [view, spread] if spread else [view]
