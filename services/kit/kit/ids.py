"""Reading ids that came from outside."""

from __future__ import annotations

import uuid


def valid(text: str) -> str | None:
    """The canonical form of a UUID, or None when the text is none."""
    try:
        return str(uuid.UUID(text)) if len(text) == 36 else None
    except ValueError:
        return None


_IMPORTED = uuid.UUID("6f1f3a1e-2b61-5d0e-9a70-7d1c0a1d9f43")


def imported(source: str, kind: str, ref: str) -> str:
    """The id of an imported thing: the same each time, so that a repeated import finds it again.

    Args:
        source: names the register or community that it comes from.
        kind: `person`, `group`, `discussion` or `post`.
        ref: what the source calls it.
    """
    return str(uuid.uuid5(_IMPORTED, f"{source}\n{kind}\n{ref}"))
