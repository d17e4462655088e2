"""What comes due by the clock. Each duty locks what it works on, so that several workers never do one twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from catalogues.authorities import authorities
from kit.logs import log
from profiles.accounts.administration import lift_ended_suspensions
from profiles.checks.domain import SNAPSHOT_DAYS
from profiles.credentials.casework import Casework, open_review, question, step, tell
from profiles.desk.usecases import restore
from profiles.people.usecases import read_profile
from profiles.proofs.usecases import revoke_lost

if TYPE_CHECKING:
    from profiles.wiring import Work

MOST = 200  # of each duty in one go; the rest waits for the next
REMINDER_DAYS = (60, 30, 7)
_NOT_PENDING = {
    "pending_decision": None, "pending_by": None, "pending_at": None, "pending_expires_at": None, "pending_fields": None
}  # fmt: skip


def lift_suspensions(unit: Work, *, now: datetime) -> int:
    """End the suspensions of accounts whose time has come."""
    return lift_ended_suspensions(unit.accounts, unit.audit, unit.publish, now=now)


def expire(work: Casework, *, now: datetime) -> int:
    """What is past its last day becomes REQ_REVALID and LAPSED; the level falls with it."""
    found = work.credentials.lock_expired(now.date(), most=MOST)
    for credential in found:
        question(work, credential, reason="EXPIRED", standing="LAPSED", act="EXPIRE", actor="service:clock", now=now)
        tell(work, credential, "credential-expired", expires=credential.expires_on)
    return len(found)


def lapse(work: Casework, *, now: datetime) -> int:
    """What waited too long for a second verifier: a suspension ends, anything else goes back to the desk."""
    found = work.credentials.lock_overdue_pending(now, most=MOST)
    for credential in found:
        if credential.pending_decision == "SUSPEND":
            restore(work, credential, actor="service:clock", now=now)
        elif credential.pending_decision == "VALIDATE":
            step(work, credential, "RELEASE", actor="service:clock", now=now, reason="OTHER",
                 note="No second verifier has agreed in time.", **_NOT_PENDING)  # fmt: skip
        else:  # a revocation never ends by itself: it waits on for a second verifier
            work.credentials.change(credential, pending_expires_at=now + timedelta(days=14))
    return len(found)


def open_due_reviews(work: Casework, *, now: datetime) -> int:
    """What was checked too long ago comes to the desk; it goes on counting."""
    found = work.credentials.lock_due(now.date(), most=MOST)
    for credential in found:
        open_review(work, credential, "REVIEW_DUE", now=now)
    return len(found)


def remind(work: Casework, *, now: datetime) -> int:
    """Tell owners 60, 30 and 7 days before the last day, each once."""
    found = work.credentials.take_reminders(now.date(), REMINDER_DAYS)
    for credential, _ in found:
        assert credential.expires_on is not None
        left = (credential.expires_on - now.date()).days
        tell(work, credential, "credential-expiring", expires=credential.expires_on, days=left)
    return len(found)


def end_proofs(unit: Work, *, now: datetime) -> int:
    """Revoke the proofs whose licence has ended by date alone."""
    return sum(
        revoke_lost(unit.proofs, read_profile(unit.people, person), today=now.date().isoformat())
        for person in unit.proofs.people_with_ended_credentials(now.date())
    )


def report_stale(unit: Work, *, now: datetime) -> int:
    """Copies of registers that are older than 30 days are an alarm: in the log, and by mail to admins once a day."""
    stale = {a: day for a, day in unit.registers.snapshots().items() if (now.date() - day).days > SNAPSHOT_DAYS}
    for authority, as_of in stale.items():
        if unit.registers.note_alarm(authority, now.date()):
            log().error("register_snapshot_stale", authority=authority, as_of=as_of.isoformat())
            admins = [account.person_id for account in unit.accounts.with_role("ADMIN")]
            unit.mail.send_many(
                "snapshot-stale", admins, register=authorities()[authority].register, as_of=as_of.isoformat(),
                days=SNAPSHOT_DAYS, authority=authority,
            )  # fmt: skip
    return len(stale)


def sum_refusals(unit: Work, *, now: datetime) -> int:
    """Write into the audit trail how often people were refused in the hour that has ended."""
    return unit.audit.sum_refusals(now=now)


Duty = Callable[["Work", datetime], int]
# By name, in the order in which they run. The worker runs each in a transaction of its own, so that one that fails
# never stops the others.
DUTIES: dict[str, Duty] = {
    "expired": lambda unit, now: expire(unit.casework(), now=now),
    "lapsed": lambda unit, now: lapse(unit.casework(), now=now),
    "reviews": lambda unit, now: open_due_reviews(unit.casework(), now=now),
    "reminders": lambda unit, now: remind(unit.casework(), now=now),
    "suspensions": lambda unit, now: lift_suspensions(unit, now=now),
    "proofs": lambda unit, now: end_proofs(unit, now=now),
    "refusals": lambda unit, now: sum_refusals(unit, now=now),
    "stale_registers": lambda unit, now: report_stale(unit, now=now),
}


def run_duties(unit: Work, *, now: datetime) -> dict[str, int]:
    """Do all that has come due in one transaction.

    Args:
        now: the time that counts; tests pass their own.

    Returns:
        how much of each duty was done.
    """
    return {name: duty(unit, now) for name, duty in DUTIES.items()}
