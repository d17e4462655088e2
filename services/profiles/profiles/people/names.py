"""Handles, by which people are linked and mentioned."""

from __future__ import annotations

import re

from kit.errors import Invalid

MIN_HANDLE_LENGTH, MAX_HANDLE_LENGTH = 3, 48  # the longest as `kit.texts.slug` makes them
_HANDLE = re.compile(r"[a-z0-9]++(?:-[a-z0-9]++)*+")


def check_handle(handle: str | None) -> str:
    """A handle as somebody chooses it, in the form in which sign-ups get theirs.

    Raises:
        Invalid: it is too short, too long, or of another form.
    """
    clean = (handle or "").strip().lower()
    if not MIN_HANDLE_LENGTH <= len(clean) <= MAX_HANDLE_LENGTH or not _HANDLE.fullmatch(clean):
        raise Invalid(
            f"A handle has {MIN_HANDLE_LENGTH} to {MAX_HANDLE_LENGTH} letters from a to z and digits, with single hyphens between "
            "them, for example ada-lovelace.",
            field=["handle"],
        )
    return clean
