"""The README as somebody pastes it into a shell."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

PATH = Path(__file__).parents[2] / "README.md"
ADDRESS = "http://127.0.0.1:8000"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END = "---- end of the block ----"


@dataclass(frozen=True)
class Block:
    """A block to paste, and the answer that is printed under it; empty where it prints nothing."""

    commands: str
    answer: str


def blocks(text: str) -> list[Block]:
    """The blocks of bash, in order."""
    fences = [(match[1], match[2], match.start(), match.end()) for match in _FENCE.finditer(text)]
    found = []
    for number, (language, commands, _, end) in enumerate(fences):
        if language != "bash":
            continue
        following = fences[number + 1] if number + 1 < len(fences) else None
        under = following is not None and following[0] != "bash" and not text[end : following[2]].strip()
        found.append(Block(commands, following[1].strip() if following is not None and under else ""))
    return found


def paste(found: list[Block], address: str, folder: Path, *, seconds: float = 300) -> list[str]:
    """What each block prints, when all are pasted into one shell, one after the other.

    Args:
        address: where the system is; the README names the default one.
    """
    script = "".join(f"{block.commands}\necho '{_END}'\n" for block in found).replace(ADDRESS, address)
    done = subprocess.run(
        ["bash"], input=script, text=True, capture_output=True, cwd=folder, timeout=seconds, check=False
    )
    assert done.stderr == "", done.stderr
    return [part.strip() for part in done.stdout.split(_END)[:-1]]
