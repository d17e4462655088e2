"""What this process knows of authorities that operators have added and changed."""

from __future__ import annotations

import time

from catalogues import authorities
from catalogues.authority_rows import stored_row
from contracts import authorities as messages
from gateway.context import Context
from kit.errors import Unavailable
from kit.paths import internal_path

# How long a process shows authorities as it knew them, where they stand beside something else: a page of people would
# otherwise ask once more for each of its requests.
KNOWN_SECONDS = 1.0
_asked_at = [-KNOWN_SECONDS]


def sync_authorities(context: Context) -> None:
    """Let this process know what operators have changed of authorities; asked once a request.

    Where the service does not answer, the process goes on with what it knows.
    """

    def ask() -> None:
        _asked_at[0] = (
            time.monotonic()
        )  # also where it fails: a service that is away is not asked for each page of people
        path = internal_path("authorities", "own", query={"known": authorities.revision()})
        try:
            found = context.read_profiles(messages.OwnAuthorities, "GET", path)
        except Unavailable:
            return
        if found.authorities is not None:
            authorities.put_over_file(found.revision, [stored_row(one.row, one.version) for one in found.authorities])

    context.once("authority revision", ask)


def forget_age() -> None:
    """Let the next request ask again: this one changed an authority."""
    _asked_at[0] = -KNOWN_SECONDS


def synced(context: Context, ids: list[str]) -> list[str]:
    """The same ids, after this process knows the authorities as they are."""
    sync_authorities(context)
    return ids


def is_old() -> bool:
    """Whether it is long ago that this process asked."""
    return time.monotonic() - _asked_at[0] > KNOWN_SECONDS
