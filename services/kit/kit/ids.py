"""Reading ids that came from outside."""

from __future__ import annotations

import uuid


def valid(text: str) -> str | None:
    """The canonical form of a UUID, or None when the text is none."""
    try:
        return str(uuid.UUID(text)) if len(text) == 36 else None
    except ValueError:
        return None
