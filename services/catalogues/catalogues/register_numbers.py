"""How register numbers are written: what stands around them, and which spellings are one number.

Documents print a number with the letters of the body, with words like "Reg. No.", in groups, and with the digits of their script.
Everything that compares numbers goes through `normalise_number` and `spellings` of `catalogues.authorities`, which use these.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kit.texts import fold, normalize

MAX_LENGTH = 64  # of a number as it is typed
MAX_LOST_ZEROS = 3  # tables and forms lose zeros at the beginning; more would make a number of any few digits
_DASHES = frozenset("-−‐‑‒–—―⁃﹘﹣－ー_~")
_SLASHES = frozenset("/⁄∕\\|")
# What separates the groups of a number, or decorates it, in some country and nowhere else means anything.
_DECORATION = frozenset(".·•․‧∙・。،,;:'\"’‘`´“”„«»()[]{}<>*#+=!?&")
_ORDINAL = frozenset("°º")
# Words that stand before a number in the languages of the catalogue, without separators.
_WORDS = (
    "REGISTRATIONNUMBER", "REGISTRATIONNO", "REGISTRATION", "REGISTERNUMBER", "REGNUMBER", "REGNO", "REGNR", "REG",
    "LICENCENUMBER", "LICENSENUMBER", "LICENCENO", "LICENSENO", "LICENCE", "LICENSE", "LICNO", "LIC", "NUMBER", "NUMERO", "NUMER",
    "NUMMER", "NUM", "NRO", "NR", "NO", "MATRICULA", "MATRICULE", "MATR", "MAT", "CEDULAPROFESIONAL", "CEDULA", "INSCRICAO",
    "ISCRIZIONE", "COLEGIADO", "TESSERA", "MEMBERSHIPNO", "MEMBERNO", "MEMBERSHIP", "PIN",
)  # fmt: skip
_SMALL_WORDS = frozenset(
    {
        "and", "an", "a", "of", "the", "for", "in", "de", "del", "della", "delle", "dei", "des", "du", "da", "do", "das", "dos",
        "di", "la", "le", "les", "el", "los", "der", "die", "und", "et", "e", "y", "i",
    }
)  # fmt: skip


def tidy(number: str) -> str:
    """A number in capitals with the digits 0 to 9, hyphens and slashes, without spaces, signs around it and what cannot be seen.

    >>> tidy(" ４８２－०३ / م\\u200b")
    '482-03/م'
    """
    found = []
    for sign in normalize("NFKD", number):
        category = unicodedata.category(sign)
        if category == "Nd":
            found.append(str(unicodedata.decimal(sign)))
        elif sign in _DASHES or category == "Pd":
            found.append("-")
        elif sign in _SLASHES:
            found.append("/")
        elif sign in _ORDINAL:
            found.append("O")
        elif category[0] not in "ZCM" and sign not in _DECORATION:
            found.append(sign)
    return "".join(found).upper().strip("-/")


def compact(number: str) -> str:
    """A tidy number without hyphens and slashes."""
    return number.replace("-", "").replace("/", "")


def labels(*names: str) -> tuple[str, ...]:
    """What people write before a number of a body with these names: their initials, and words in capitals.

    >>> labels("General Medical Council", "Ordem dos Médicos", "BIG-register")
    ('BIG', 'GMC', 'OM')
    """
    found = set()
    for name in names:
        words = re.findall(r"[^\W\d_]++", "".join(s for s in normalize("NFKD", name) if not unicodedata.combining(s)))
        found |= {word for word in words if len(word) > 1 and word.isupper()}
        initials = "".join(word[0] for word in words if word.casefold() not in _SMALL_WORDS)
        found.add(initials.upper())
    return tuple(sorted(one for one in found if len(one) > 1 and one.isascii()))


def without_labels(number: str, own: tuple[str, ...]) -> str:
    """A tidy number without the words and letters that stand before it, as long as a digit is left.

    >>> without_labels("GMCREGNO-123", ("GMC",))
    '123'
    """
    known = sorted({*_WORDS, *own}, key=len, reverse=True)
    while (label := next((one for one in known if number.startswith(one)), None)) is not None:
        rest = number[len(label) :].lstrip("-/")
        if not re.search(r"\d", rest):
            break
        number = rest
    return number


def forms(number: str, bare: str) -> Iterator[str]:
    """The ways in which a tidy number may be meant, the most literal first.

    Args:
        bare: the number without what stands before it.
    """
    latin = re.sub(r"[^!-~]", "", bare).strip("-/")
    for own in dict.fromkeys((number, bare, latin)):
        yield own
        yield own.replace("/", "-")
        yield own.replace("-", "/")
        yield compact(own)


def with_zeros(number: str) -> Iterator[str]:
    """A number with fewer and then with more zeros before its first digit.

    What loses zeros loses all of them, so that a number that begins with one has lost none.
    """
    shorter = number
    while (less := re.sub(r"^(\D*)0(?=\d)", r"\1", shorter)) != shorter:
        shorter = less
        yield shorter
    longer = number
    for _ in range(0 if re.match(r"^\D*0", number) else MAX_LOST_ZEROS):
        longer = re.sub(r"^(\D*)(?=\d)", r"\g<1>0", longer)
        yield longer


def comparable(number: str) -> str:
    """What is compared of a number whose register has no known format: letters and digits, without zeros at the beginning.

    >>> comparable("0-12345"), comparable("M00120-A")
    ('12345', 'M120A')
    """
    plain = re.sub(r"[\W_]", "", normalize("NFKD", number)).upper()
    return re.sub(r"^(\D*)0+(?=\d)", r"\1", plain)


def name_key(name: str) -> str:
    """What is compared of a body's name: its words in any order, without articles, accents and case.

    >>> name_key("Nursing Council of Kenya") == name_key("The Kenya Nursing Council")
    True
    """
    words = re.findall(r"[^\W_]++", fold(name))
    return " ".join(sorted({word for word in words if word not in _SMALL_WORDS}))
