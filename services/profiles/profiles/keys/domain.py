"""What is encrypted with keys that change."""

from __future__ import annotations

from typing import Protocol


class Reencrypted(Protocol):
    """A store of something that is encrypted."""

    def reencrypt(self, *, most: int) -> int:
        """Encrypt some of it again that is encrypted with an old key; returns how much."""
