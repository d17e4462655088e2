"""What a person is told about one of their sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MAX_AGENT_LENGTH = 500
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
        client_name: as `describe_client` gives it; None for sessions that an earlier version opened.
    """

    id: str
    created_at: datetime
    last_used_at: datetime
    client_name: str | None
