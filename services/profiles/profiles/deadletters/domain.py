"""How work in the background fails: in one form, whichever queue it is in.

Each item has a transaction of its own. A failure counts an attempt, notes the error's code and lets the item wait, longer each
time; after the last attempt it is a dead letter: nobody tries it again until an admin says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

MAIL, SNAPSHOT, ERASURE, NOTIFICATION, GRAPH_ACT, JOB = (
    "MAIL", "SNAPSHOT", "ERASURE", "NOTIFICATION", "GRAPH_ACT", "JOB"
)  # fmt: skip
KINDS = (MAIL, SNAPSHOT, ERASURE, NOTIFICATION, GRAPH_ACT, JOB)
MAX_ATTEMPTS = 12  # about three hours
MAX_MAIL_ATTEMPTS = 30  # about a day: a mail server that is away for a night is no fault of the message
MAX_ERROR_LENGTH = 200


def wait_sql(attempts: str) -> str:
    """How long to wait after so many failed attempts, as an SQL interval: from 5 seconds to an hour, doubling.

    Args:
        attempts: an SQL expression: how many had failed before this one.
    """
    return f"least(interval '5 seconds' * power(2, least({attempts}, 20)), interval '1 hour')"


@dataclass(frozen=True)
class DeadLetter:
    """An item that is not tried any more.

    Args:
        kind: one of KINDS.
        error: the code or the name of its last error; never a text of or about somebody.
    """

    id: str
    kind: str
    attempts: int
    created_at: datetime
    dead_at: datetime
    error: str


@dataclass(frozen=True)
class WorkerState:
    """What the workers' heartbeats say.

    Args:
        seen_seconds_ago: since the last heartbeat of any worker; None where there has been none.
        failing: the names of parts and jobs that fail now.
    """

    seen_seconds_ago: float | None
    failing: tuple[str, ...]
