"""What a personal access token may do, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

READ, WRITE = "READ", "WRITE"
SCOPES = (READ, WRITE)
MAX_TOKENS = 20
MAX_DAYS = 365
MAX_NAME_LENGTH = 60


@dataclass(frozen=True)
class PersonalToken:
    """A personal access token as its owner sees it; the token itself is stored nowhere."""

    id: str
    person_id: str
    name: str
    writes: bool
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None

    @property
    def scopes(self) -> list[str]:
        """What the token may do: whoever writes reads what became of it."""
        return [READ, WRITE] if self.writes else [READ]


@dataclass(frozen=True)
class NewToken:
    """A token that may be made.

    Args:
        days: after how many it ends.
    """

    name: str
    writes: bool
    days: int
