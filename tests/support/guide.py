"""The code of the guide as a reader would run it: the blocks of a page, in order, are one program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "guide"
ADDRESS = "http://127.0.0.1:8000"
LANGUAGES = ("js", "python", "bash")
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Program:
    """The blocks of one language on a page, and what they print: the blocks of text right under them."""

    page: str
    language: str
    code: str
    printed: str


def programs() -> list[Program]:
    """All of the guide's."""
    return [found for page in sorted(FOLDER.glob("*.md")) for found in _on(page)]


def _on(page: Path) -> list[Program]:
    text = page.read_text(encoding="utf-8")
    fences = list(_FENCE.finditer(text))
    found = []
    for language in LANGUAGES:
        code, printed = "", ""
        for number, match in enumerate(fences):
            if match[1] != language:
                continue
            code += match[2]
            under = fences[number + 1] if number + 1 < len(fences) else None
            if under is not None and under[1] == "text" and not text[match.end() : under.start()].strip():
                printed += under[2]
        if code:
            found.append(Program(page.stem, language, code, printed))
    return found
