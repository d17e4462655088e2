"""What comes due by the clock. Each job locks what it works on, so that several workers never do one twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from catalogues.authorities import IDENTIFYING, authorities
from kit.logs import log
from profiles.accounts.confirmation import REMIND_AFTER, REMIND_AGAIN_AFTER, hide_unconfirmed, remind_unconfirmed
from profiles.addresses.usecases import finish_due
from profiles.checks.domain import SNAPSHOT_DAYS
from profiles.credentials.casework import NOT_PENDING, open_review, question, step, tell
from profiles.credentials.domain import Credential
from profiles.credentials.identifiers import reclassify
from profiles.credentials.store import CredentialStore
from profiles.db import is_outage
from profiles.deadletters.domain import JOB
from profiles.deadletters.usecases import report_dead
from profiles.desk.second_verifier import restore
from profiles.hiding import usecases as hiding
from profiles.people.usecases import read_profile
from profiles.proofs.usecases import revoke_lost
from profiles.second_factor.usecases import finish_due as finish_reset
from profiles.suspensions.usecases import end_due as end_suspension
from profiles.unit_of_work import UnitOfWork

MAX_ITEMS = 200  # of each job in one go; the rest waits for the next
REMINDER_DAYS = (60, 30, 7)


def expire(work: UnitOfWork, credential: Credential, *, now: datetime) -> None:
    """What is past its last day becomes REQ_REVALID and LAPSED; the level falls with it."""
    question(work, credential, reason="EXPIRED", standing="LAPSED", act="EXPIRE", actor="service:clock", now=now)
    tell(work, credential, "credential-expired", expires=credential.expires_on)


def lapse(work: UnitOfWork, credential: Credential, *, now: datetime) -> None:
    """What waited too long for a second verifier: a suspension ends, anything else goes back to the desk."""
    if credential.pending_decision == "SUSPEND":
        restore(work, credential, actor="service:clock", now=now)
    elif credential.pending_decision == "VALIDATE":
        step(work, credential, "RELEASE", actor="service:clock", now=now, reason="OTHER",
             note="No second verifier has agreed in time.", **NOT_PENDING)  # fmt: skip
    else:  # a revocation never ends by itself: it waits on for a second verifier
        work.credentials.change(credential, pending_expires_at=now + timedelta(days=14))


def remind(work: UnitOfWork, credential: Credential, *, now: datetime) -> None:
    """Tell an owner 60, 30 and 7 days before the last day, each once."""
    assert credential.expires_on is not None
    left = (credential.expires_on - now.date()).days
    tell(work, credential, "credential-expiring", expires=credential.expires_on, days=left)


def end_proofs(unit: UnitOfWork, person_id: str, *, now: datetime) -> None:
    """Revoke a person's proofs whose licence has ended by date alone."""
    revoke_lost(unit.proofs, read_profile(unit.people, person_id), today=now.date().isoformat())


def stale_registers(unit: UnitOfWork, *, now: datetime) -> dict[str, date]:
    """Authorities whose register's copy is older than 30 days, with its date."""
    return {a: day for a, day in unit.registers.snapshots().items() if (now.date() - day).days > SNAPSHOT_DAYS}


def report_stale(unit: UnitOfWork, authority: str, *, now: datetime) -> None:
    """A copy of a register that is too old is an alarm: in the log, and by mail to admins once a day."""
    as_of = stale_registers(unit, now=now).get(authority)
    if as_of is not None and unit.registers.note_alarm(authority, now.date()):
        log().error("register_snapshot_stale", authority=authority, as_of=as_of.isoformat())
        admins = [account.person_id for account in unit.accounts.with_role("ADMIN")]
        unit.mail.send_many(
            "snapshot-stale", admins, register=authorities()[authority].register, as_of=as_of.isoformat(),
            days=SNAPSHOT_DAYS, authority=authority,
        )  # fmt: skip


def identifying() -> list[str]:
    """The authorities whose numbers are identifiers, and prove no licence."""
    return [one.id for one in authorities().values() if one.kind in IDENTIFYING]


@dataclass(frozen=True)
class ItemJob:
    """What comes due by the clock, item by item.

    Args:
        take: locks and returns items that are due: the unit, the time, how many at most, and items to leave out.
        act: does one of them.
        key: an item's name: an id.
    """

    take: Callable[[UnitOfWork, datetime, int, Sequence[str]], Sequence[Any]]
    act: Callable[[UnitOfWork, Any, datetime], object]
    key: Callable[[Any], str] = str


def _of_credentials(
    take: Callable[[CredentialStore, datetime, int, Sequence[str]], Sequence[Credential]], act: Callable[..., object]
) -> ItemJob:
    return ItemJob(
        take=lambda unit, now, most, without: take(unit.credentials, now, most, without),
        act=lambda unit, credential, now: act(unit, credential, now=now),
        key=lambda credential: str(credential.id),
    )


def remaining(items: Iterable[str], excluded: Sequence[str], most: int) -> list[str]:
    """The first items of a job that are not to be left out."""
    left_out = set(excluded)
    return [item for item in items if item not in left_out][:most]


# By name, in the order in which they run.
ITEM_JOBS: dict[str, ItemJob] = {
    "expired": _of_credentials(lambda c, now, most, out: c.lock_expired(now.date(), most=most, except_ids=out), expire),
    "lapsed": _of_credentials(lambda c, now, most, out: c.lock_overdue_pending(now, most=most, except_ids=out), lapse),
    "reviews": _of_credentials(
        lambda c, now, most, out: c.lock_due(now.date(), most=most, except_ids=out),
        lambda work, credential, now: open_review(work, credential, "REVIEW_DUE", now=now),
    ),
    "identifiers": _of_credentials(
        lambda c, _now, most, out: c.lock_misnamed(identifying(), most=most, except_ids=out), reclassify
    ),
    "reminders": _of_credentials(
        lambda c, now, most, out: [
            credential for credential, _ in c.take_reminders(now.date(), REMINDER_DAYS, most=most, except_ids=out)
        ],
        remind,
    ),
    "suspensions": ItemJob(
        take=lambda unit, now, most, out: unit.suspensions.lock_ended(now=now, most=most, except_ids=out),
        act=lambda unit, person, now: end_suspension(unit, person, now=now),
    ),
    "unconfirmed": ItemJob(
        take=lambda unit, _now, most, out: unit.accounts.lock_shown_unconfirmed(most=most, except_ids=out),
        act=lambda unit, person, now: hide_unconfirmed(unit.accounts, unit.publish, person, now=now),
    ),
    "confirmations": ItemJob(
        take=lambda unit, now, most, out: unit.accounts.lock_to_remind(
            made_before=now - REMIND_AFTER, reminded_before=now - REMIND_AGAIN_AFTER, most=most, except_ids=out
        ),
        act=lambda unit, person, now: remind_unconfirmed(unit.accounts, unit.mail, person, now=now),
    ),
    "email_changes": ItemJob(
        take=lambda unit, now, most, out: unit.addresses.due(now=now, most=most, except_ids=out),
        act=lambda unit, person, now: finish_due(unit, person, now=now),
    ),
    "second_factor_resets": ItemJob(
        take=lambda unit, now, most, out: unit.factors.due(now=now, most=most, except_ids=out),
        act=lambda unit, person, now: finish_reset(
            unit,
            person,
            now=now,
        ),
    ),
    "proofs": ItemJob(
        take=lambda unit, now, most, out: remaining(unit.proofs.people_with_ended_credentials(now.date()), out, most),
        act=lambda unit, person, now: end_proofs(unit, person, now=now),
    ),
    "hiding_requests": ItemJob(
        take=lambda unit, now, most, out: hiding.ended(unit, now=now, most=most, except_ids=out),
        act=lambda unit, request, _now: unit.hiding.forget(request),
    ),
    "refusals": ItemJob(
        take=lambda unit, now, most, out: remaining(["refusals"], out, most),
        act=lambda unit, _, now: unit.audit.sum_refusals(now=now),
    ),
    "reads": ItemJob(
        take=lambda unit, now, most, out: remaining(["reads"], out, most),
        act=lambda unit, _, now: unit.audit.sum_reads(now=now),
    ),
    "stale_registers": ItemJob(
        take=lambda unit, now, most, out: remaining(list(stale_registers(unit, now=now)), out, most),
        act=lambda unit, authority, now: report_stale(unit, authority, now=now),
    ),
}


def run_item_job(
    begin: Callable[[], AbstractContextManager[UnitOfWork]], name: str, job: ItemJob, *, now: datetime
) -> int:
    """Do a job's items that are due, each in a transaction of its own; one that fails waits, and stops no other.

    Args:
        begin: begins a transaction.

    Returns:
        how many were done.

    Raises:
        SQLAlchemyError: the database does not answer.
    """
    seen: set[str] = set()
    done = 0
    while len(seen) < MAX_ITEMS:
        item: Any = None
        try:
            with begin() as unit:
                # An item that goes on being due after it was done (a proof that still holds) is not done twice in a run.
                found = job.take(unit, now, 1, [*unit.letters.held_back(name), *seen])
                if not found:
                    break
                item = found[0]
                job.act(unit, item, now)
                unit.letters.forget(name, [job.key(item)])
            done += 1
        except Exception as error:
            if item is None or is_outage(error):
                raise
            note_item_failure(begin, JOB, name, job.key(item), error=type(error).__name__)
        seen.add(job.key(item))
    return done


def note_item_failure(
    begin: Callable[[], AbstractContextManager[UnitOfWork]], kind: str, queue: str, item: str, *, error: str
) -> None:
    """Count a failed attempt of an item, in a transaction of its own, and report it when it was the last one."""
    with begin() as unit:
        dead = unit.letters.note_failure(kind, queue, item, error=error)
    log().warning("item_failed", kind=kind, queue=queue, item=item, error=error)
    if dead is not None:
        report_dead(kind, dead, error=error)
