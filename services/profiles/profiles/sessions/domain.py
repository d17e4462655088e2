"""What a person is told about one of their sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_AGENT_LENGTH = 500
# A session ends this long after its sign-in, however it is used. Where roles beyond MEMBER count in it, it ends within a working
# day, and when it was not refreshed for an hour: less than NIST SP 800-63B-4 asks for at AAL2 (24 hours, one hour).
SESSION_LIFE, PRIVILEGED_LIFE = timedelta(days=90), timedelta(hours=12)
UNUSED_LIFE, PRIVILEGED_UNUSED_LIFE = timedelta(days=30), timedelta(hours=1)
UNKNOWN = "Unknown program"

# What stands in a `User-Agent` and the name for it; the first that is found counts, because browsers name each other. The
# names are the only texts that are stored and shown: whoever signs in with a stolen password chooses the header, and must not
# be able to write "Your bank" into somebody's list of sessions. Libraries for this tell thousands of devices apart, with as
# many expressions over a text of a stranger, and take more memory than the rest of the service.
_PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def describe_client(agent: str | None) -> str:
    """Name the program and system that a `User-Agent` stands for, like `Firefox on Windows`.

    Args:
        agent: the header as the client sent it; what is behind its first 500 characters is not looked at.
    """
    text = (agent or "")[:MAX_AGENT_LENGTH]
    program = next((name for sign, name in _PROGRAMS if sign in text), UNKNOWN)
    system = next((name for sign, name in _SYSTEMS if sign in text), None)
    return f"{program} on {system}" if system else program


@dataclass(frozen=True)
class OpenSession:
    """A session that can still be used.

    Args:
        last_used_at: when it was last refreshed, which a client does at least every ten minutes while it is used.
        expires_at: when it ends at the latest, however it is used.
        client_name: as `describe_client` gives it; None for sessions that an earlier version opened.
    """

    id: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    client_name: str | None


def session_end(authenticated_at: datetime, *, privileged: bool, before: datetime | None = None) -> datetime:
    """When a session ends at the latest.

    Args:
        authenticated_at: when the password was given.
        privileged: whether roles beyond MEMBER count in it now.
        before: what held until now, which is never put off: a role that was taken away makes no session longer.
    """
    end = authenticated_at + (PRIVILEGED_LIFE if privileged else SESSION_LIFE)
    return end if before is None else min(end, before)


def unused_end(now: datetime, *, privileged: bool, end: datetime) -> datetime:
    """When a session ends that is refreshed now and never again.

    Args:
        end: when it ends at the latest.
    """
    return min(now + (PRIVILEGED_UNUSED_LIFE if privileged else UNUSED_LIFE), end)
