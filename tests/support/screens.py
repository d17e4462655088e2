"""The screens of a product as operations, which `examples/screens` shows to frontend teams."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "screens"
TABLE = ROOT / "docs" / "guide" / "screens.md"
SCREENS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.graphql"))}


def asked_by(text: str) -> str:
    """The demo person as whom a screen is asked for."""
    found = re.search(r"^# as: (\w+)$", text, flags=re.M)
    assert found is not None
    return found[1]
