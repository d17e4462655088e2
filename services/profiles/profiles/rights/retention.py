"""How long what is kept, in one table; `docs/privacy.md` shows the same table, and a test compares them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from profiles.rights.usecases import erase
from profiles.scheduled_jobs.usecases import ItemJob, remaining, run_item_job
from profiles.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Rule:
    """One row: what is deleted when it is older than so many days, by which statement; `kept` says it in words."""

    what: str
    days: int
    kept: str
    statement: str = ""


REMINDED_DAYS = 7  # between a reminder and the erasure of what nobody confirms
UNCONFIRMED = "accounts whose address nobody confirmed"
RULES = (
    Rule(UNCONFIRMED, 30, "30 days after sign-up, and a week after a reminder; while a verifier's decision counts they stay"),
    Rule("roles that wait for a second admin", 0, "7 days after they were proposed",
         "DELETE FROM role_proposal WHERE expires_at < :before"),
    Rule("suspensions", 180, "180 days after their end", "DELETE FROM suspension WHERE ended_at < :before"),
    Rule("sessions", 30, "30 days after their end", "DELETE FROM session WHERE "
         "coalesce(ended_at, refresh_until, authenticated_at + interval '90 days') < :before"),
    Rule("personal access tokens", 30, "30 days after their end", "DELETE FROM personal_access_token WHERE "
         "least(revoked_at, expires_at) < :before"),
    Rule("refresh tokens", 1, "a day after their expiry", "DELETE FROM refresh_token WHERE expires_at < :before"),
    Rule("tokens sent by mail", 1, "a day after their expiry", "DELETE FROM mail_token WHERE expires_at < :before"),
    Rule("failed tries to sign in", 1, "a day after the last one", "DELETE FROM attempt WHERE last_at < :before"),
    Rule("unsent messages", 7, "7 days", "DELETE FROM mail WHERE created_at < :before AND kind <> 'erase-files'"),
    Rule("answers kept for Idempotency-Key", 2, "2 days after the request", "DELETE FROM idempotency WHERE created_at < :before"),
    Rule("evidence", 0,
         "30 days after the decision, or 14 days after the last day of an appeal; 180 days after an unanswered question",
         "DELETE FROM evidence WHERE delete_at < :before"),
    Rule("keyed hashes of former mailboxes", 7, "7 days after the change of the address",
         "DELETE FROM former_mailbox WHERE changed_at < :before"),
    Rule("archives of one's own data", 0, "24 hours after they were made", "DELETE FROM archive WHERE expires_at < :before"),
    Rule("proofs of verification", 90, "90 days after their expiry", "DELETE FROM proof WHERE expires_at < :before"),
    Rule("rejected and withdrawn credentials", 730, "2 years after the decision", "DELETE FROM credential WHERE status IN "
         "('VAL_FAIL', 'ENTERED_IN_ERROR') AND coalesce(decided_at, submitted_at) < :before AND desk_since IS NULL"),
    Rule("decisions about numbers and documents, without names", 730, "2 years after the decision",
         "DELETE FROM past_decision WHERE decided_at < :before"),
    Rule("sessions of erased people", 1, "a day after the erasure", "DELETE FROM erased_session WHERE ended_at < :before"),
    Rule("ids of acts that the graph service relayed", 7, "7 days", "DELETE FROM relayed_event WHERE taken_at < :before"),
    Rule("receipts of erasures", 3650, "10 years after the erasure", "DELETE FROM erasure WHERE erased_at < :before"),
)  # fmt: skip


RETENTION = "retention"


def retain(begin: Callable[[], AbstractContextManager[UnitOfWork]], *, now: datetime) -> dict[str, int | None]:
    """Delete what the table says, each rule and each account in a transaction of its own; one that fails stops no other.

    Args:
        begin: begins a transaction.

    Returns:
        how much of each was deleted; None where that failed.

    Raises:
        SQLAlchemyError: the database does not answer.
    """
    deletions = {rule.what: rule for rule in RULES if rule.what != UNCONFIRMED}
    before = now - timedelta(days=next(rule.days for rule in RULES if rule.what == UNCONFIRMED))
    done: dict[str, int | None] = dict.fromkeys(rule.what for rule in RULES)
    done[UNCONFIRMED] = run_item_job(
        begin,
        RETENTION,
        ItemJob(
            take=lambda unit, _now, most, out: unit.rights.never_confirmed(
                before, reminded_before=now - timedelta(days=REMINDED_DAYS), most=most, except_ids=out
            ),
            act=lambda unit, person, at: erase(unit, person, actor="service:clock", now=at),
        ),
        now=now,
    )

    def delete(unit: UnitOfWork, what: str, at: datetime) -> None:
        rule = deletions[what]
        deleted = unit.rights.delete_older(rule.statement, at - timedelta(days=rule.days))
        if deleted:
            unit.audit.note(
                "retention.run", actor="service:clock", object="retention", reason=f"{deleted} deleted: {what}"
            )
        done[what] = deleted

    rules = ItemJob(take=lambda _unit, _now, most, out: remaining(deletions, out, most), act=delete)
    run_item_job(begin, f"{RETENTION}_rules", rules, now=now)
    return done
