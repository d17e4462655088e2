"""What reads a stranger's text takes no longer than the text is long: the functions, besides the expressions in them."""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalogues import authorities, languages
from gateway import ids
from graph.discussions import domain as discussions
from graph.discussions.kinds.case import checked_band
from graph.peers.store import lucene
from kit import cursors
from kit.errors import DomainError, Invalid
from kit.texts import _MARKS, check_text, fold, normalize, slug
from profiles.accounts import passwords
from profiles.accounts.domain import parse_email
from profiles.evidence.domain import safe_name
from tests.support.growth import Run, grows_too_fast

SERVICES = Path(__file__).parents[2] / "services"
AUTHORITY = authorities.authorities()["de-kbv"]
READERS: dict[str, Callable[[str], Any]] = {
    "free text": lambda text: check_text(text, field="body", longest=100_000, one_line=True, guarded=False),
    "search text": fold,
    "handle": slug,
    "mentions": discussions.mentioned,
    "DOI": lambda text: discussions.checked_sources([{"doi": text}]),
    "address": lambda text: discussions.checked_url(text, field=["url"]),
    "age band": checked_band,
    "search words": lambda text: lucene(fold(text).split()),
    "cursor": lambda text: cursors.decode(text, "list", [str, str]),
    "global id": ids.decode,
    "language tag": languages.canonical,
    "accepted languages": languages.preferred,
    "register number": lambda text: authorities.well_formed(AUTHORITY, authorities.normalise_number(text, AUTHORITY)),
    "e-mail address": parse_email,
    "password": passwords._without_tail,
    "name of a document": lambda text: safe_name(text, "application/pdf"),
}
UNITS = [
    "a",
    " ",
    "a ",
    "1",
    "-",
    "@a",
    "a@",
    ".",
    "a.",
    "a-",
    "\u0301",
    "é",
    "/",
    "(",
    "\\",
    "中",
    "ß",
    "10.1000/a ",
    "[a](",
    "en,",
    "A1",
]


def test_only_one_place_normalises() -> None:
    """Python's normalisation takes the square of the number of marks on a letter; there the number is bounded."""
    found = {
        str(path.relative_to(SERVICES))
        for path in SERVICES.glob("*/*/**/*.py")
        if "unicodedata.normalize" in path.read_text(encoding="utf-8")
        or "from unicodedata" in path.read_text(encoding="utf-8")
    }
    assert found == {"kit/kit/texts.py", "kit/kit/guard/views.py"}  # the guard normalises sign by sign


def test_marks_beyond_what_a_letter_carries_are_refused_and_never_sorted() -> None:
    """Every sign that has, or becomes, a combining class; a text of 50,000 took 2.5 s before its length was looked at."""
    for number in (*range(0xD800), *range(0xE000, 0x110000)):
        sign = chr(number)
        becomes = unicodedata.normalize("NFKD", sign)
        assert all(map(unicodedata.combining, becomes)) == (sign in _MARKS), hex(number)
    zalgo = "a" + "\u0301\u0316" * 15
    assert normalize("NFC", zalgo + "\u0301" * 9) == normalize("NFC", zalgo)
    assert check_text(zalgo, field="body", longest=100)
    with pytest.raises(Invalid, match="more than 30 combining marks"):
        check_text(zalgo + "\u0301", field="body", longest=100)


@pytest.mark.parametrize("name", READERS)
def test_no_reader_takes_longer_than_its_text_is_long(name: str) -> None:
    def read(text: str) -> None:
        with contextlib.suppress(DomainError, ValueError):
            READERS[name](text)

    runs = [Run(prefix, unit, suffix) for unit in UNITS for prefix, suffix in (("", ""), ("a", "!"), ("@", " a"))]
    assert [found for run in runs if (found := grows_too_fast(read, run, longest=16_000))] == []
