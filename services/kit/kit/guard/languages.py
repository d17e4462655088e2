"""Which languages the guard knows, and what it makes of a text in another one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kit.guard import found as kinds
from kit.guard.found import Found
from kit.guard.views import View

# In these it knows the words before names, numbers, dates and ages. Numbers whose form says what they are, telephone
# numbers and addresses on the net it finds in every language.
LANGUAGES = ("de", "en", "es", "fr", "it", "pt")
# Letters of other scripts than Latin: a single one of those written without an alphabet, and a word of the others. A
# Greek letter by itself is a symbol ("TNF-α"), and so are a few together ("γδ").
_LATIN = "\x00-\u02af\u1d00-\u1eff\u2100-\u218f\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f"
_OTHER_SCRIPT = re.compile(
    rf"[^\W\d_{_LATIN}\u02b0-\u08ff\u1f00-\u1fff]|[^\W\d_{_LATIN}\u0370-\u03ff]{{3}}|[^\W\d_{_LATIN}]{{4}}"
)
# What may be a number, a date or an age, also in Chinese and Japanese numerals.
_NUMERALS = "〇零一二三四五六七八九十百千"
_NUMBER = re.compile(rf"\d{{1,40}}+|[{_NUMERALS}]{{2,40}}+|[{_NUMERALS}][岁歲歳才月日]")


def is_known(language: str) -> bool:
    """Whether the guard knows a language, by its BCP 47 tag."""
    return language.split("-")[0].lower() in LANGUAGES


def numbers_in_unknown_language(view: View, language: str | None) -> Iterator[Found]:
    """Numbers in a text that is said to be in a language which the guard does not know, or is in another script."""
    if (language is None or is_known(language)) and not _OTHER_SCRIPT.search(view.text):
        return
    for match in _NUMBER.finditer(view.text):
        yield Found(kinds.LANGUAGE, match.start(), match.end(), False)
