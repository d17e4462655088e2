"""What every free text goes through before it is stored, and the folding that search compares by."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from kit.errors import Invalid
from kit.privacy import Identifier, examine
from kit.sentences import Sentence

# C0 and C1 controls but tab and line breaks, lone surrogates and non-characters: PostgreSQL refuses some,
# and none of them is something a person writes.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"\s+")
# Sorting the marks on a letter takes Python's normalisation the square of their number. Unicode's stream-safe format allows
# 30 in a row (UAX 15); no language needs more than a few.
MAX_MARKS = 30
_MARKS = "".join(chr(number) for number in range(0x300, 0x20000) if unicodedata.combining(chr(number)))
_MARKS += "\u0f73\u0f75\u0f81\uff9e\uff9f"  # become marks
# The exact class is slow to look up; this one holds it and much else, and hardly ever has a run.
_PERHAPS_MARKS = re.compile(
    "[" + re.sub("[\U00010000-\U0010ffff]++", "", _MARKS) + f"\U00010000-\U0010ffff]{{{MAX_MARKS + 1}}}"
)
_TOO_MANY_MARKS = re.compile(f"([{_MARKS}]{{{MAX_MARKS}}})[{_MARKS}]++")


def normalize(form: Literal["NFC", "NFKD"], text: str) -> str:
    """A text in a normal form of Unicode; of marks in a row only the first 30 stay.

    Everything that normalises what a stranger sent goes through here.
    """
    return unicodedata.normalize(form, _TOO_MANY_MARKS.sub(r"\1", text) if _PERHAPS_MARKS.search(text) else text)


def check_text(
    text: str,
    *,
    field: str,
    longest: int,
    shortest: int = 0,
    one_line: bool = False,
    guarded: bool = True,
    of_professional: bool = False,
    doubts: list[Identifier] | None = None,
) -> str:
    """Normalise a free text and refuse what must not be stored, patients' identifiers first of all.

    Args:
        field: its name below the operation's input, for the error.
        longest: the most Unicode code points it may have, after normalisation.
        shortest: the fewest, after trimming.
        one_line: fold every run of white space to one space.
        guarded: whether it passes the privacy guard; False only for what names a professional or a document, which
            `tests/contract/free_texts.toml` lists with the reason.
        of_professional: the text is about a professional's credentials, so that names, dates and numbers may be theirs;
            only what can be nobody's but a patient's is refused.
        doubts: see `kit.privacy.examine`.

    Returns:
        The text in Unicode normal form C, without white space around it.

    Raises:
        Invalid: it is too short, too long or holds control characters.
        PatientIdentifier: it could identify a patient.
    """
    if _FORBIDDEN.search(text):
        raise Invalid(Sentence("{field} holds control characters, which cannot be stored.", field=field), field=[field])
    if _PERHAPS_MARKS.search(text) and _TOO_MANY_MARKS.search(text):
        raise Invalid(
            Sentence(
                "{field} holds more than {most_marks} combining marks in a row.", field=field, most_marks=MAX_MARKS
            ),
            field=[field],
        )
    clean = normalize("NFC", text).strip()
    if one_line:
        clean = _SPACES.sub(" ", clean)
    if len(clean) < shortest:
        raise Invalid(
            Sentence("{field} must not be empty.", field=field)
            if shortest == 1
            else Sentence("{field} needs at least {shortest} characters.", field=field, shortest=shortest),
            field=[field],
        )
    if len(clean) > longest:
        raise Invalid(
            Sentence(
                "{field} may have at most {longest} characters; this one has {count}.",
                field=field,
                longest=longest,
                count=len(clean),
            ),
            field=[field],
        )
    if guarded and clean:
        examine(text, field=field, doubts=doubts, of_professional=of_professional)
    return clean


# What shows nothing though Unicode calls it a letter, a mark or a sign: fillers, an empty Braille cell, variation selectors.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(number) for first, last in ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF)) for number in range(first, last + 1)
}
_JOINERS = "\u200c\u200d"
_VIRAMA = 9  # its combining class


def check_visible(text: str, *, field: str) -> None:
    """Refuse a name that has nothing to see, or holds what cannot be seen or changes the order of what can.

    Two names would look alike and compare as different. Joiners stay where they change how letters look: between Arabic
    letters, and after the sign that takes an Indic letter's vowel away.

    Raises:
        Invalid: it does.
    """
    for place, sign in enumerate(text):
        if sign in _JOINERS:
            before, after = text[place - 1 : place], text[place + 1 : place + 2]
            between_arabic = all(one and unicodedata.bidirectional(one) == "AL" for one in (before, after))
            hidden = not (between_arabic or (before and unicodedata.combining(before) == _VIRAMA))
        else:
            hidden = sign in _BLANK or unicodedata.category(sign) == "Cf"
        if hidden:
            raise Invalid(
                Sentence(
                    "{field} holds an invisible character (U+{value}); type it again.",
                    field=field,
                    value=f"{ord(sign):04X}",
                ),
                field=[field],
            )
    if not any(unicodedata.category(sign)[0] == "L" for sign in text):
        raise Invalid(Sentence("{field} needs at least one letter.", field=field), field=[field])


_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h"}
)


def fold(text: str) -> str:
    """The form in which texts are compared: no case, no accents, one space between words.

    >>> fold("Núñez  ŁÓDŹ")
    'nunez lodz'
    """
    decomposed = normalize("NFKD", text.casefold().translate(_LETTERS))
    return _SPACES.sub(" ", "".join(c for c in decomposed if not unicodedata.combining(c))).strip()


def slug(text: str) -> str:
    """A handle made from a name: lower-case Latin letters, digits and single hyphens; may be empty.

    >>> slug("Dr. María Núñez")
    'dr-maria-nunez'
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:48].strip("-")
