"""Names of people, and handles, by which they are linked and mentioned."""

from __future__ import annotations

import re

from kit.errors import Invalid
from kit.sentences import Sentence
from kit.texts import check_text, check_visible

MAX_NAME_LENGTH = 120
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
            Sentence(
                "A handle has {least_handle_length} to {most_handle_length} letters from a to z and digits, "
                "with single hyphens between them, for example ada-lovelace.",
                least_handle_length=MIN_HANDLE_LENGTH,
                most_handle_length=MAX_HANDLE_LENGTH,
            ),
            field=["handle"],
        )
    return clean


def check_name(name: str, *, field: str = "name") -> str:
    """A person's name as they write it.

    Raises:
        Invalid: it is too short, too long, or holds what cannot be seen.
    """
    clean = check_text(name, field=field, shortest=2, longest=MAX_NAME_LENGTH, one_line=True, guarded=False)
    check_visible(clean, field=field)
    return clean
