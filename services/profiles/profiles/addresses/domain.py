"""When an account's address changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

WAIT_DAYS = 7


class End(StrEnum):
    """The mailbox that a token was sent to; the name begins the purpose of the token."""

    NEW = "CHANGE_NEW"
    OLD = "CHANGE_OLD"


@dataclass(frozen=True)
class EmailChange:
    """A change of address that waits.

    The address belongs to an account like its password: whoever controls it can set a new one. So the new mailbox must always
    confirm, else a typing error gives the account away. The old mailbox should agree too, because whoever finds an open
    session or learns a password would otherwise take the account for good; but people lose mailboxes with their jobs, often
    without notice. Services that are attacked for a living (Microsoft, Apple, Google) therefore let time stand in for the old
    mailbox: it is told at once, can refuse with one link, and after some days without an answer the change is made. We wait
    seven days: longer than a weekend or a short illness, and not longer than the week that messages are tried to be sent.
    Until then the old address signs in and resets passwords.

    Args:
        id: names this change in the tokens that are sent for it; another request makes another one, and ends them.
        email: the address that is to be the account's.
        due_at: when it is made without the old mailbox, or forgotten if the new one has not confirmed by then.
    """

    id: str
    person_id: str
    email: str
    requested_at: datetime
    due_at: datetime
    new_confirmed_at: datetime | None
    old_confirmed_at: datetime | None

    def may_be_made(self, now: datetime) -> bool:
        """Whether the new mailbox has confirmed, and the old one has too or did not refuse in time."""
        return self.new_confirmed_at is not None and (self.old_confirmed_at is not None or self.due_at <= now)


def purpose(end: End, change_id: str) -> str:
    """The purpose of a token for one end of one change."""
    return f"{end}:{change_id}"


def read_purpose(text: str) -> tuple[End, str] | None:
    """The end and the change that a token was sent for; None for a token of another kind."""
    name, _, change_id = text.partition(":")
    return (End(name), change_id) if name in set(End) else None
