"""People with credentials on the real PostgreSQL, and short ways to act on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from kit.cipher import FieldCipher
from kit.clock import new_id
from profiles.accounts.domain import parse_email
from profiles.credentials import usecases
from profiles.credentials.domain import Credential
from profiles.credentials.kinds import kind_of
from profiles.desk import ending, second_verifier
from profiles.desk import usecases as desk
from profiles.evidence.store import Evidence
from profiles.people.usecases import read_profile, update_profile
from profiles.roles.domain import RoleRequirements
from profiles.scheduled_jobs.usecases import ITEM_JOBS, MAX_ITEMS
from profiles.unit_of_work import UnitOfWork
from profiles.wiring import working

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
PDF = b"%PDF-1.7 licence"
CIPHER = FieldCipher(((1, b"f" * 32),), b"i" * 32)


def unit(database: sa.Engine, requirements: RoleRequirements = RoleRequirements()) -> Any:
    """One transaction with every store."""
    return working(database, CIPHER, requirements)


def change_profile(database: sa.Engine, person: str, *, now: datetime = NOW, **changes: Any) -> dict[str, Any]:
    """Change a profile; returns the snapshot."""
    with unit(database) as work:
        return update_profile(
            work.people, work.institutions, work.outbox, work, person_id=person, changes=changes,
            expected_version=None, now=now,
        )  # fmt: skip


def snapshot(database: sa.Engine, person: str) -> dict[str, Any]:
    """A person as the graph is told of them."""
    with unit(database) as work:
        return read_profile(work.people, person)


def run_item_jobs(unit: UnitOfWork, *, now: datetime) -> dict[str, int]:
    """Do all that has come due in one transaction; the worker does it item by item.

    Args:
        now: the time that counts.

    Returns:
        how much of each job was done.
    """
    done = {}
    for name, job in ITEM_JOBS.items():
        items = job.take(unit, now, MAX_ITEMS, [])
        for item in items:
            job.act(unit, item, now)
        done[name] = len(items)
    return done


def a_person(
    database: sa.Engine, name: str = "Ada Lovelace", *, roles: tuple[str, ...] = (), email: str | None = None
) -> str:
    """Somebody with a confirmed account."""
    person = new_id()
    with unit(database) as work:
        work.people.add(person_id=person, handles=[person], name=name, claimed=True, created_at=NOW, regions=["DE"])
        work.accounts.add(
            person_id=person, email=parse_email(email or f"{person}@example.org"), password_hash=None, created_at=NOW,
            confirmed=True,
        )  # fmt: skip
        work.roles.grant(person, ["MEMBER", *roles])
    return person


LICENCE: dict[str, Any] = {
    "kind": "LICENCE", "authority": "de-baek", "institution": None, "number": "123 456 601", "jurisdiction": "DE",
    "specialty": "cardiology", "issued_on": None, "expires_on": None,
}  # fmt: skip
# Numbers that pass the check rule, each another person's.
NUMBERS = iter([f"{n:06d}{(10 - sum(int(d) * w for d, w in zip(f'{n:06d}', (4, 9, 4, 9, 4, 9), strict=True)) % 10) % 10}01"
                for n in range(200_000, 400_000, 7)])  # fmt: skip


def submit(database: sa.Engine, person: str, *, now: datetime = NOW, **fields: Any) -> Credential:
    """A licence of their own, or a credential of another kind."""
    if not kind_of(fields.get("kind", "LICENCE")).proves_specialty:
        fields = {"specialty": None} | fields
    with unit(database) as work:
        given = LICENCE | {"number": next(NUMBERS)} | fields
        return usecases.submit_credential(work, person_id=person, now=now, **given)


def decide(
    database: sa.Engine,
    credential: str,
    verifier: str,
    decision: str = "VALIDATE",
    *,
    now: datetime = NOW,
    **given: Any,
) -> Credential:
    """Take a case and decide it, as a verifier who has looked at the source."""
    with unit(database) as work:
        desk.take_case(work, credential_id=credential, verifier=verifier, now=now)
    return decide_taken(database, credential, verifier, decision, now=now, **given)


def submit_name(
    database: sa.Engine, person: str, text: str, use: str = "PREFERRED", *, now: datetime = NOW, **fields: Any
) -> Credential:
    """Another name of theirs."""
    given = {"authority": None, "number": None, "other_name": {"text": text, "use": use}}
    return submit(database, person, now=now, kind="NAME", **given | fields)


def document(database: sa.Engine, credential: str, *opened_by: str, now: datetime = NOW) -> str:
    """Add a document to a case on the desk, which these verifiers open; returns its id."""
    own = Evidence(new_id(), credential, "licence.pdf", "application/pdf", len(PDF), now, None)
    with unit(database) as work:
        work.evidence.add(own, PDF)
        for verifier in opened_by:
            work.evidence.note_view(own.id, verifier, at=now)
    return own.id


REASONS = {"VALIDATE": "CONFIRMED_AT_SOURCE", "REJECT": "NUMBER_NOT_FOUND", "REQUEST_INFO": "INSUFFICIENT_EVIDENCE"}


def decide_taken(
    database: sa.Engine,
    credential: str,
    verifier: str,
    decision: str = "VALIDATE",
    *,
    now: datetime = NOW,
    **given: Any,
) -> Credential:
    """Decide a case, and nothing before that."""
    fields = {
        "reason": REASONS[decision], "standing": None, "method": None, "note": "n", "expected_version": None,
        "source_url": "https://register.example/entry",
    } | given  # fmt: skip
    with unit(database) as work:
        return desk.decide_credential(
            work, credential_id=credential, verifier=verifier, decision=decision, now=now, **fields
        )


def validated(database: sa.Engine, person: str, verifier: str, *, now: datetime = NOW, **fields: Any) -> Credential:
    """A licence that a verifier has validated."""
    return decide(database, submit(database, person, now=now, **fields).id, verifier, now=now)


def _act(act: Callable[..., Credential], database: sa.Engine, credential: str, **given: Any) -> Credential:
    with unit(database) as work:
        return act(
            work, credential_id=credential, reason="SANCTIONED", note=None,
            expected_version=get(database, credential).version, **given,
        )  # fmt: skip


def suspend(database: sa.Engine, credential: str, verifier: str, *, now: datetime = NOW) -> Credential:
    """Suspend a credential in the version that it has now."""
    return _act(ending.suspend_credential, database, credential, verifier=verifier, now=now)


def revoke(database: sa.Engine, credential: str, verifier: str, *, now: datetime = NOW) -> Credential:
    """Revoke a credential in the version that it has now."""
    return _act(ending.revoke_credential, database, credential, verifier=verifier, now=now, effective_on=None)


def read(database: sa.Engine, credential: str, verifier: str) -> Credential:
    """A case as a verifier is shown it, which is remembered."""
    with unit(database) as work:
        found = work.credentials.get(credential)
        assert found is not None
        work.credentials.note_readings(verifier, [found])
        return found  # type: ignore[no-any-return]


def confirm(database: sa.Engine, credential: str, verifier: str, agree: bool, *, now: datetime = NOW) -> Credential:
    """Read a case and answer as the second verifier."""
    read(database, credential, verifier)
    return confirm_read(database, credential, verifier, agree, now=now)


def confirm_read(
    database: sa.Engine, credential: str, verifier: str, agree: bool, *, now: datetime = NOW
) -> Credential:
    """Answer as the second verifier, and nothing before that."""
    with unit(database) as work:
        return second_verifier.confirm_decision(work, credential_id=credential, verifier=verifier, agree=agree, now=now)


def take(database: sa.Engine, credential: str, verifier: str, *, now: datetime = NOW) -> Credential:
    """Lease a case."""
    with unit(database) as work:
        return desk.take_case(work, credential_id=credential, verifier=verifier, now=now)


def get(database: sa.Engine, credential: str) -> Credential:
    """A credential as it is now, with history and checks."""
    with unit(database) as work:
        return work.credentials.with_history([work.credentials.get(credential)])[0]


def level(database: sa.Engine, person: str, today: datetime = NOW) -> str:
    """A person's verification level."""
    from kit import cards
    from profiles.people.usecases import read_profile
    from profiles.proofs.usecases import _plain

    with unit(database) as work:
        return cards.level_on(_plain(read_profile(work.people, person)), today.date())


def mails(database: sa.Engine, person: str) -> list[str]:
    """The kinds of messages that wait for somebody, oldest first."""
    with unit(database) as work:
        return list(
            work.connection.execute(
                sa.text("SELECT kind FROM mail WHERE person_id = CAST(:p AS uuid) ORDER BY created_at, id"),
                {"p": person},
            ).scalars()
        )


__all__ = ["CIPHER", "LICENCE", "NOW", "UnitOfWork"]
