"""Rules that must hold when many act at once, on the real PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from kit.cipher import FieldCipher
from kit.clock import new_id, now
from kit.errors import Conflict, Unavailable
from kit.ids import imported
from profiles import db
from profiles.accounts import usecases
from profiles.accounts.signing import Signer
from profiles.credentials import usecases as credentials
from profiles.desk import ending, second_verifier
from profiles.desk import usecases as desk
from profiles.desk.domain import MAX_NOTES
from profiles.directory import usecases as directory
from profiles.evidence import usecases as evidence
from profiles.evidence.domain import MAX_FILES
from profiles.imports.usecases import import_people
from profiles.keys.store import CONSTRAINT_END, ENCRYPTED
from profiles.keys.usecases import retire
from profiles.people.domain import MAX_OTHER_NAMES
from profiles.people.usecases import read_profile as read_profile_of
from profiles.people.usecases import update_profile
from profiles.personal_tokens import usecases as personal_tokens
from profiles.personal_tokens.domain import MAX_TOKENS
from profiles.registers import usecases as registers
from profiles.rights import usecases as rights
from profiles.roles import usecases as roles
from profiles.roles.domain import OPERATOR, RoleOrigin
from profiles.second_factor import usecases as factor_usecases
from profiles.suspensions import usecases as suspensions
from profiles.unit_of_work import UnitOfWork
from profiles.wiring import working
from tests.kit.unit.test_kit import a_pem
from tests.profiles.integration.test_accounts import HASH, address, confirm, new_account, sessions, token_for
from tests.profiles.integration.test_registers import PDF, directory_profile
from tests.support.desk import (
    CIPHER,
    LICENCE,
    NOW,
    NUMBERS,
    a_person,
    decide,
    get,
    mails,
    read,
    run_item_jobs,
    submit,
    suspend,
    take,
    unit,
    validated,
)
from tests.support.races import at_once, tally

SIGNER = Signer(a_pem(), "http://x")
MANY = 32


def snapshot_of(work: UnitOfWork, person: str) -> dict[str, Any]:
    """A person as others see them."""
    return read_profile_of(work.people, person)


@pytest.fixture(scope="module")
def racing(database: sa.Engine) -> Iterator[sa.Engine]:
    """Connections for all threads at once, that wait for a lock as long as a busy machine makes them."""
    engine = db.connect(database.url.render_as_string(hide_password=False), pool_size=MANY)

    def be_patient(connection: Any, _record: Any) -> None:
        connection.execute("SET lock_timeout = '60s'")
        connection.execute("SET statement_timeout = '60s'")  # which waiting for a lock is part of
        connection.commit()

    sa.event.listen(engine, "connect", be_patient)
    yield engine
    engine.dispose()


def race(engine: sa.Engine, act: Callable[[UnitOfWork, int], Any]) -> dict[str, int]:
    """What became of an act that everybody makes at once, each in a transaction of their own."""

    def one(number: int) -> Any:
        with unit(engine) as work:
            return act(work, number)

    return tally(at_once(MANY, one))


def open_credentials(engine: sa.Engine, person: str) -> int:
    """How many of somebody's credentials have not ended."""
    with unit(engine) as work:
        return int(work.credentials.open_count(person))


def given(number: str) -> dict[str, Any]:
    """What a licence's owner submits."""
    return LICENCE | {"number": number}


def test_one_number_is_submitted_once(racing: sa.Engine) -> None:
    """All but one find it on file."""
    person, number = a_person(racing), next(NUMBERS)
    found = race(
        racing,
        lambda work, _: credentials.submit_credential(work, person_id=person, now=NOW, **given(number)),
    )
    assert found == {"done": 1, "Conflict": MANY - 1}
    assert open_credentials(racing, person) == 1


def test_the_last_free_place_for_a_credential_is_taken_once(racing: sa.Engine) -> None:
    """Each number is another one; the person's lock is taken before they are counted."""
    person = a_person(racing)
    for _ in range(credentials.MAX_OPEN_CREDENTIALS - 1):
        submit(racing, person)
    numbers = [next(NUMBERS) for _ in range(MANY)]
    found = race(
        racing,
        lambda work, n: credentials.submit_credential(work, person_id=person, now=NOW, **given(numbers[n])),
    )
    assert found == {"done": 1, "LimitReached": MANY - 1}
    assert open_credentials(racing, person) == credentials.MAX_OPEN_CREDENTIALS


def name_of(number: int) -> dict[str, Any]:
    """What the owner of another name submits."""
    text = f"Name Number{chr(97 + number % 26)}{chr(97 + number // 26)}"
    nothing = {"kind": "NAME", "authority": None, "number": None, "specialty": None}
    return LICENCE | nothing | {"other_name": {"text": text, "use": "FORMER"}}


def test_the_last_free_place_for_another_name_is_taken_once(racing: sa.Engine) -> None:
    """By a new one, or by one that was rejected and comes back by an appeal."""
    person, vera = a_person(racing), a_person(racing, roles=("VERIFIER",))
    with unit(racing) as work:
        back = credentials.submit_credential(work, person_id=person, now=NOW, **name_of(100))
    decide(racing, back.id, vera, "REJECT", reason="INSUFFICIENT_EVIDENCE")
    for number in range(MAX_OTHER_NAMES - 1):
        with unit(racing) as work:
            credentials.submit_credential(work, person_id=person, now=NOW, **name_of(number + 50))

    def act(work: UnitOfWork, number: int) -> Any:
        if number % 2:
            return credentials.submit_credential(work, person_id=person, now=NOW, **name_of(number))
        return credentials.appeal_credential(
            work, credential_id=back.id, person_id=person, statement="The document says so.", now=NOW
        )

    found = race(racing, act)
    assert (found["done"], sum(found.values())) == (1, MANY)
    assert found.keys() <= {"done", "LimitReached", "Conflict"}
    with unit(racing) as work:
        assert work.credentials.open_count(person, kind="NAME") == MAX_OTHER_NAMES


def test_one_name_is_submitted_once(racing: sa.Engine) -> None:
    """All but one find it on file."""
    person = a_person(racing)
    found = race(
        racing,
        lambda work, _: credentials.submit_credential(work, person_id=person, now=NOW, **name_of(1)),
    )
    assert found == {"done": 1, "Conflict": MANY - 1}


def test_one_directory_profile_is_claimed_once_by_one_person(racing: sa.Engine) -> None:
    """By the number that the claim rests on."""
    person = a_person(racing)
    handle = directory_profile(racing, "1245319599", "Grace Hopper")
    found = race(
        racing,
        lambda work, _: directory.claim_profile(
            work, work.people, person_id=person, handle=handle, authority="us-npi", number="1245319599",
            now=NOW,
        ),
    )  # fmt: skip
    assert found == {"done": 1, "Conflict": MANY - 1}


def test_the_newest_of_imports_at_once_stays(racing: sa.Engine) -> None:
    """Of new profiles and of known ones, whoever writes first; each write has a version of its own."""
    numbers = ["1003000183", "1003000191"]
    days = [f"2026-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(MANY)]

    def bring(work: UnitOfWork, n: int) -> None:
        import_people(work, (), source="nppes", now=NOW, rows=[
            {"ref": number, "name": f"Changed {days[n]}", "claimed": False,
             "provenance": [{"field": "name", "source": "NPPES", "as_of": days[n]}]}
            for number in (numbers if n % 2 else reversed(numbers))
        ])  # fmt: skip

    assert race(racing, bring) == {"done": MANY}
    with unit(racing) as work:
        for number in numbers:
            person = work.people.get(imported("nppes", "person", number))
            assert person.name == f"Changed {days[-1]}"
            assert work.directory.look_up("us-npi", number)[0].isoformat() == days[-1]
            sent = work.connection.execute(
                sa.text("SELECT payload ->> 'name' FROM outbox WHERE aggregateid = :p "
                        "ORDER BY CAST(payload ->> 'version' AS integer) DESC LIMIT 1"), {"p": person.id},
            ).scalar_one()  # fmt: skip
            assert sent == person.name


def test_two_credentials_do_not_get_one_number_by_updating_them(racing: sa.Engine) -> None:
    """Each is locked by itself, so that the person's lock must decide."""
    person, number = a_person(racing), next(NUMBERS)
    own = [submit(racing, person).id for _ in range(8)]
    found = race(
        racing,
        lambda work, n: credentials.update_credential(
            work, credential_id=own[n % 8], person_id=person, changes={"number": number}, message=None,
            expected_version=None, now=NOW,
        ),
    )  # fmt: skip
    assert found == {"done": 4, "Conflict": MANY - 4}  # the one that got it repeats what it says
    assert [get(racing, one).number for one in own].count(number) == 1


def test_of_many_updates_of_one_version_one_is_made(racing: sa.Engine) -> None:
    """The others are told that it moved on."""
    credential = submit(racing, a_person(racing))
    found = race(
        racing,
        lambda work, n: credentials.update_credential(
            work, credential_id=credential.id, person_id=credential.person_id, changes={}, message=f"m{n}",
            expected_version=credential.version, now=NOW,
        ),
    )  # fmt: skip
    assert found == {"done": 1, "VersionConflict": MANY - 1}


def waiting(engine: sa.Engine) -> str:
    """A licence on the desk."""
    return submit(engine, a_person(engine)).id


def good(engine: sa.Engine) -> str:
    """A licence that counts."""
    return validated(engine, a_person(engine), new_id()).id


def taken(engine: sa.Engine) -> str:
    """A case that the first verifier holds."""
    own = waiting(engine)
    with unit(engine) as work:
        desk.take_case(work, credential_id=own, verifier=VERIFIERS[0], now=NOW)
    return own


def suspended(engine: sa.Engine) -> str:
    """A suspension that waits for a second verifier."""
    own = good(engine)
    suspend(engine, own, new_id())
    return own


def rejected(engine: sa.Engine) -> str:
    """A case that was rejected."""
    own = waiting(engine)
    decide(engine, own, new_id(), "REJECT", reason="NUMBER_NOT_FOUND")
    return own


def owner(work: UnitOfWork, own: str) -> str:
    """Whose it is."""
    found = work.credentials.get(own)
    assert found is not None
    return found.person_id


VERIFIERS = [new_id() for _ in range(MANY)]
Start = Callable[[sa.Engine], str]
Act = Callable[[UnitOfWork, str, int], Any]


def version_of(work: UnitOfWork, credential_id: str) -> int:
    """The version that one reads who acts now."""
    return int(work.credentials.lock(credential_id).version)


_WHY = {"reason": "SANCTIONED", "note": None, "now": NOW}
ACTS: dict[str, tuple[Start, Act]] = {
    "take": (
        waiting, lambda w, own, n: desk.take_case(w, credential_id=own, verifier=VERIFIERS[n], now=NOW),
    ),
    "release": (
        taken, lambda w, own, n: desk.release_case(w, credential_id=own, verifier=VERIFIERS[0], now=NOW),
    ),
    "suspend": (
        good,
        lambda w, own, n: ending.suspend_credential(
            w, credential_id=own, verifier=VERIFIERS[n], expected_version=version_of(w, own), **_WHY
        ),
    ),
    "revoke": (
        good,
        lambda w, own, n: ending.revoke_credential(
            w, credential_id=own, verifier=VERIFIERS[n], effective_on=None, expected_version=version_of(w, own),
            **_WHY,
        ),
    ),
    "confirm": (
        suspended,
        lambda w, own, n: second_verifier.confirm_decision(
            w, credential_id=own, verifier=VERIFIERS[n], agree=bool(n % 2), now=NOW,
            expected_version=version_of(w, own),
        ),
    ),
    "withdraw": (
        waiting,
        lambda w, own, n: credentials.withdraw_credential(
            w, credential_id=own, person_id=owner(w, own), now=NOW
        ),
    ),
    "appeal": (
        rejected,
        lambda w, own, n: credentials.appeal_credential(
            w, credential_id=own, person_id=owner(w, own), statement="The register has me.", now=NOW
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_of_many_who_act_on_a_case_one_does(racing: sa.Engine, name: str) -> None:
    """The case's lock lets one through; the others find it changed, and one entry is in its history."""
    start, act = ACTS[name]
    own = start(racing)
    before = get(racing, own)
    assert race(racing, lambda work, n: act(work, own, n)) == {"done": 1, "Conflict": MANY - 1}
    after = get(racing, own)
    assert len(after.history) - len(before.history) <= 1
    assert after.version > before.version


def test_what_comes_due_is_done_once_by_many_workers(racing: sa.Engine) -> None:
    """A licence that expires and a suspension that nobody confirms; what one holds the others pass over."""
    person = a_person(racing)
    expiring = validated(racing, person, new_id(), expires_on=NOW.date() + timedelta(days=5)).id
    lapsing = suspended(racing)
    later = NOW + timedelta(days=6)
    assert race(racing, lambda work, _: run_item_jobs(work, now=later)) == {"done": MANY}
    assert [event.reason for event in get(racing, expiring).history].count("EXPIRED") == 1
    assert mails(racing, person).count("credential-expired") == 1
    found = get(racing, lapsing)
    assert (found.status, found.standing, found.pending_decision) == ("VALIDATED", "GOOD", None)
    assert mails(racing, found.person_id).count("credential-restored") == 1


def test_a_credential_has_at_most_its_documents(racing: sa.Engine) -> None:
    """However many are uploaded at once; and one address takes one."""
    credential = submit(racing, a_person(racing))

    def upload(work: UnitOfWork, own: str) -> Any:
        claims = {
            "jti": own, "credential": credential.id, "sub": credential.person_id, "type": "application/pdf",
            "bytes": len(PDF), "stage": credential.stage,
        }  # fmt: skip
        return evidence.upload(
            work.credentials, work.evidence, work.audit, claims=claims, content=PDF, file_name="a.pdf", now=now()
        )

    one = new_id()
    assert race(racing, lambda work, _: upload(work, one)) == {"done": 1, "Conflict": MANY - 1}
    found = race(racing, lambda work, _: upload(work, new_id()))
    assert found == {"done": MAX_FILES - 1, "LimitReached": MANY - MAX_FILES + 1}
    with unit(racing) as work:
        assert len(work.evidence.of([credential.id])) == MAX_FILES


def _upload(work: UnitOfWork, case: Any, own: str) -> Any:
    claims = {
        "jti": own, "credential": case.id, "sub": case.person_id, "type": "application/pdf", "bytes": len(PDF),
        "stage": case.stage,
    }  # fmt: skip
    return evidence.upload(
        work.credentials, work.evidence, work.audit, claims=claims, content=PDF, file_name="a.pdf", now=NOW
    )


def _renew(work: UnitOfWork, case: Any, n: int) -> Any:
    return credentials.update_credential(
        work, credential_id=case.id, person_id=case.person_id, changes={"specialty": "nephrology"},
        message=f"m{n}", expected_version=None, now=NOW,
    )  # fmt: skip


def _rename(work: UnitOfWork, case: Any, n: int) -> Any:
    return update_profile(
        work.people, work.institutions, work.outbox, work, person_id=case.person_id,
        changes={"name": f"Grace Hopper {chr(65 + n)}"}, expected_version=None, now=NOW,
    )  # fmt: skip


OWNER_ACTS: dict[str, Callable[[UnitOfWork, Any, int], Any]] = {
    "upload": lambda work, case, n: _upload(work, case, new_id()), "update": _renew, "rename": _rename
}  # fmt: skip


@pytest.mark.parametrize("act", OWNER_ACTS)
def test_what_a_verifier_has_taken_is_what_they_read(racing: sa.Engine, act: str) -> None:
    """Whatever the owner does at the same time: from the moment of taking nothing in the case changes."""
    case = submit(racing, a_person(racing))

    def one(work: UnitOfWork, n: int) -> Any:
        if n == MANY // 2:
            return desk.take_case(work, credential_id=case.id, verifier=VERIFIERS[0], now=NOW)
        return OWNER_ACTS[act](work, case, n)

    found = race(racing, one)
    assert set(found) <= {"done", "Conflict", "LimitReached"}
    after = get(racing, case.id)
    assert after.taken_by == VERIFIERS[0]
    assert after.seen_version == after.version
    with unit(racing) as work:
        assert work.people.get(case.person_id).name == after.holder.name


@pytest.mark.parametrize("act", OWNER_ACTS)
def test_what_is_confirmed_is_what_was_decided(racing: sa.Engine, act: str) -> None:
    """Before the confirmation everything is refused; afterwards a change is a proposal, and no document comes."""
    number = submit(racing, a_person(racing)).number
    case = submit(racing, a_person(racing), number=number)
    before = decide(racing, case.id, VERIFIERS[0])
    assert before.pending_decision == "VALIDATE"

    def one(work: UnitOfWork, n: int) -> Any:
        if n == MANY // 2:
            return second_verifier.confirm_decision(
                work, credential_id=case.id, verifier=VERIFIERS[1], agree=True,
                expected_version=before.version, now=NOW,
            )  # fmt: skip
        return OWNER_ACTS[act](work, before, n)

    assert set(race(racing, one)) <= {"done", "Conflict"}
    after = get(racing, case.id)
    assert (after.status, after.specialty, after.holder) == ("VALIDATED", case.specialty, case.holder)
    with unit(racing) as work:
        assert work.evidence.of([case.id]) == []
        assert snapshot_of(work, case.person_id)["name"] == case.holder.name


def test_what_changes_since_it_was_read_is_not_confirmed(racing: sa.Engine) -> None:
    """Many agree to a suspension that they have read, without saying which version, while another verifier revokes.

    Nobody agrees to the revocation, which none of them has read.
    """
    for _ in range(4):
        own = suspended(racing)
        readers = [a_person(racing, roles=("VERIFIER",)) for _ in range(MANY)]
        for reader in readers:
            read(racing, own, reader)

        def one(work: UnitOfWork, n: int, own: str = own, readers: Sequence[str] = readers) -> Any:
            if n == MANY // 2:
                return ending.revoke_credential(
                    work,
                    credential_id=own,
                    verifier=VERIFIERS[0],
                    effective_on=None,
                    expected_version=version_of(work, own),
                    **_WHY,
                )
            return second_verifier.confirm_decision(work, credential_id=own, verifier=readers[n], agree=True, now=NOW)

        found = race(racing, one)
        # The revocation, and before it at most one who agreed to the suspension.
        assert found.pop("done") in {1, 2}
        assert set(found) <= {"Conflict", "VersionConflict"}
        after = get(racing, own)
        assert (after.status, after.pending_decision, after.pending_by) == ("REQ_REVALID", "REVOKE", VERIFIERS[0])


def test_a_page_that_is_read_while_its_cases_change_waits_for_nobody(racing: sa.Engine) -> None:
    """Readers of all cases of a person, others who revoke them: no deadlock, and each reading is of a version that was there."""
    person, reader = a_person(racing), a_person(racing)
    own = [validated(racing, person, new_id()).id for _ in range(6)]
    for one in own:
        suspend(racing, one, new_id())

    def act(work: UnitOfWork, n: int) -> Any:
        if n < len(own):
            return ending.revoke_credential(
                work,
                credential_id=own[n],
                verifier=VERIFIERS[n],
                effective_on=None,
                expected_version=version_of(work, own[n]),
                **_WHY,
            )
        shown = [work.credentials.get(one) for one in (own if n % 2 else reversed(own))]
        work.credentials.note_readings(reader, shown)
        return shown

    assert race(racing, act) == {"done": MANY}
    with unit(racing) as work:
        for one in own:
            assert work.credentials.version_read(one, reader) in {
                work.credentials.get(one).version - 1, work.credentials.get(one).version
            }  # fmt: skip


def test_two_verifiers_of_one_person_do_not_wait_for_each_other_for_ever(racing: sa.Engine) -> None:
    """Each validates another case of the same person, which looks at all of them, while the person changes their name."""
    person = a_person(racing)
    cases = [submit(racing, person) for _ in range(8)]
    for number, case in enumerate(cases):
        with unit(racing) as work:
            desk.take_case(work, credential_id=case.id, verifier=VERIFIERS[number], now=NOW)

    def one(work: UnitOfWork, n: int) -> Any:
        if n < 8:
            return desk.decide_credential(
                work, credential_id=cases[n].id, verifier=VERIFIERS[n], decision="VALIDATE",
                reason="CONFIRMED_AT_SOURCE", standing=None, method=None, source_url="https://register.example/entry",
                note=None, expected_version=None, now=NOW,
            )  # fmt: skip
        return _rename(work, cases[0], n)

    found = race(racing, one)
    assert set(found) <= {"done", "Conflict"}
    assert {get(racing, case.id).status for case in cases} == {"VALIDATED"}
    with unit(racing) as work:
        assert snapshot_of(work, person)["name"] == "Ada Lovelace"


def test_of_many_changes_of_one_version_of_a_profile_one_is_made(racing: sa.Engine) -> None:
    """The others are told which version it is in now."""
    person = a_person(racing)
    with unit(racing) as work:
        version = work.people.get(person).version
    found = race(
        racing,
        lambda work, n: update_profile(
            work.people, work.institutions, work.outbox, work, person_id=person,
            changes={"headline": f"h{n}"}, expected_version=version, now=NOW,
        ),
    )  # fmt: skip
    assert found == {"done": 1, "VersionConflict": MANY - 1}
    with unit(racing) as work:
        assert work.people.get(person).version == version + 1


def test_nothing_is_added_to_a_copy_of_a_register_that_counts(racing: sa.Engine) -> None:
    """What its activation counted is what it has."""
    snapshot = new_id()
    with unit(racing) as work:
        registers.begin_snapshot(work.registers, snapshot_id=snapshot, authority="no-hpr", as_of=NOW.date(), now=NOW)

    def act(work: UnitOfWork, n: int) -> Any:
        if n == MANY // 2:
            return registers.activate_snapshot(work, snapshot_id=snapshot, actor="service:operator", now=NOW)
        return registers.add_entries(
            work.registers, snapshot_id=snapshot,
            rows=[{"line": n + 2, "number": f"{9000100 + n}", "name": f"Person {n}"}],
        )  # fmt: skip

    def one(number: int) -> Any:
        with unit(racing) as work:
            return act(work, number)

    one(MANY)  # so that there is something to count
    results = at_once(MANY, one)
    counted = results[MANY // 2][1].entries
    stored = 1 + sum(isinstance(r, registers.Added) for r in results)
    with unit(racing) as work:
        total = work.connection.execute(
            sa.text("SELECT count(*) FROM register_entry WHERE snapshot_id = CAST(:s AS uuid)"), {"s": snapshot}
        ).scalar_one()
    assert counted == stored == total
    assert set(tally(results)) <= {"done", "Conflict"}


def test_a_recheck_at_once_opens_a_case_once(racing: sa.Engine) -> None:
    """Of a licence that the register does not have any more."""
    with unit(racing) as work:
        work.connection.execute(sa.text("DELETE FROM register_snapshot"))  # of other tests
    place = {"authority": "no-hpr", "jurisdiction": "NO", "specialty": None, "number": "9000999"}
    person = a_person(racing, "Kari Nordmann")
    own = validated(racing, person, new_id(), **place).id
    snapshot = new_id()
    with unit(racing) as work:
        registers.begin_snapshot(work.registers, snapshot_id=snapshot, authority="no-hpr", as_of=NOW.date(), now=NOW)
        registers.add_entries(work.registers, snapshot_id=snapshot, rows=[{"number": "9000998", "name": "Ola Berg"}])
        registers.activate_snapshot(work, snapshot_id=snapshot, actor="x", now=NOW)

    def act(work: UnitOfWork, _: int) -> int:
        found = work.credentials.validated_of("no-hpr", after=None, most=500)
        return registers.recheck(work, found, now=NOW)

    assert race(racing, act) == {"done": MANY}
    found = get(racing, own)
    assert found.status == "REQ_REVALID"
    assert [event.to_status for event in found.history].count("REQ_REVALID") == 1


def admins(engine: sa.Engine) -> list[str]:
    """Two new admins, who are the only ones."""
    with unit(engine) as work:
        work.connection.execute(sa.text("DELETE FROM account_role WHERE role = 'ADMIN'"))
        forget_lost_admins(work)
    return [a_person(engine, roles=("ADMIN",)) for _ in range(2)]


def forget_lost_admins(work: UnitOfWork) -> None:
    """Let admins whom other tests removed not count."""
    work.connection.execute(sa.text("UPDATE account SET admin_lost_at = NULL WHERE admin_lost_at IS NOT NULL"))


def _demote(work: UnitOfWork, own: str, other: str) -> Any:
    return roles.set_roles(work, admin=other, person_id=own, roles=[], jurisdictions=None, now=NOW)


def protect(engine: sa.Engine, *people: str) -> None:
    """Turn on one-time passwords, without which roles do not count."""
    with unit(engine) as work:
        for person in people:
            work.factors.use_totp_step(person, 1, confirmed_at=NOW)


def test_a_role_is_confirmed_by_two_admins_whatever_many_do_at_once(racing: sa.Engine) -> None:
    """Many confirm, the one who proposed it too: one second admin has confirmed it, once."""
    ada, target, *others = people = [a_person(racing, roles=("ADMIN",)) for _ in range(6)]
    with unit(racing) as work:
        work.connection.execute(
            sa.text("DELETE FROM account_role WHERE role = 'ADMIN' AND person_id <> ALL(CAST(:p AS uuid[]))"),
            {"p": people},
        )
        forget_lost_admins(work)
    protect(racing, *people)

    def propose(work: UnitOfWork) -> None:
        roles.set_roles(
            work, admin=ada, person_id=target, roles=["ADMIN", "MODERATOR"],
            jurisdictions=None, now=NOW,
        )  # fmt: skip

    with unit(racing) as work:
        propose(work)
        proposal = work.roles.waiting_about(target, now=NOW).id

    def act(work: UnitOfWork, number: int) -> Any:
        admin = [ada, target, *others][number % 6]
        return roles.confirm_roles(work, admin=admin, proposal_id=proposal, now=NOW)

    found = race(racing, act)
    assert found.pop("done") == 1
    assert set(found) <= {"SecondPersonRequired", "NotFound"}
    with unit(racing) as work:
        given = work.connection.execute(
            sa.text("SELECT given_by::text, confirmed_by::text FROM role_grant WHERE person_id = CAST(:p AS uuid)"),
            {"p": target},
        ).all()
    assert [row[0] for row in given] == [ada]
    assert {row[1] for row in given} < set(others)


def test_no_role_is_given_by_one_admin_while_another_becomes_one(racing: sa.Engine) -> None:
    """The operator makes a second one while the only one gives roles: what comes after the second one's role waits."""
    ada, bo = a_person(racing, roles=("ADMIN",)), a_person(racing)
    with unit(racing) as work:
        work.connection.execute(
            sa.text("DELETE FROM account_role WHERE role = 'ADMIN' AND person_id <> CAST(:p AS uuid)"), {"p": ada}
        )
        forget_lost_admins(work)
    targets = [a_person(racing) for _ in range(MANY)]
    protect(racing, ada, bo, *targets)

    def act(work: UnitOfWork, number: int) -> Any:
        if number == MANY // 2:
            work.roles.lock_admins()  # as `create_account` does
            work.roles.grant(bo, ["ADMIN"], origin=RoleOrigin(OPERATOR, None, None, NOW))
            work.audit.note("account.create", actor="service:operator", object=f"person:{bo}")
            return None
        return roles.set_roles(
            work, admin=ada, person_id=targets[number], roles=["VERIFIER"],
            jurisdictions=None, now=NOW,
        )  # fmt: skip

    assert race(racing, act) == {"done": MANY}
    with unit(racing) as work:
        # In the order in which the transactions went: the audit trail is chained under its own lock, after this one.
        rows = work.connection.execute(
            sa.text(
                "SELECT e.action, r.reason FROM audit_entry e LEFT JOIN audit_reason r ON r.seq = e.seq "
                "JOIN audit_pseudonym n ON n.pseudonym = e.object WHERE n.person_id = ANY(CAST(:p AS uuid[])) ORDER BY e.seq"
            ),
            {"p": [bo, *targets]},
        ).all()
    made = [tuple(row) for row in rows].index(("account.create", None))
    assert {row.action for row in rows[:made]} <= {"account.set-roles"}
    assert {row.action for row in rows[made + 1 :]} <= {"account.propose-roles"}


def test_admins_who_remove_each_other_and_give_roles_at_once_give_none_alone(racing: sa.Engine) -> None:
    """Who has lost the role in the meantime gives none, whatever their token says; who is left gives none alone either."""
    for _ in range(4):
        ada, bo = pair = admins(racing)
        targets = [a_person(racing) for _ in range(MANY)]
        protect(racing, *pair, *targets)

        def act(work: UnitOfWork, number: int, pair: list[str] = pair, targets: list[str] = targets) -> Any:
            own, other = pair[number % 2], pair[(number + 1) % 2]
            if number in {MANY // 2, MANY // 2 + 1}:
                return _demote(work, other, own)
            return roles.set_roles(
                work, admin=own, person_id=targets[number], roles=["MODERATOR"],
                jurisdictions=None, now=NOW,
            )  # fmt: skip

        assert set(race(racing, act)) <= {"done", "Forbidden"}
        with unit(racing) as work:
            (left,) = work.roles.lock_admins()
            given = work.connection.execute(
                sa.text("SELECT count(*) FROM role_grant WHERE person_id = ANY(CAST(:p AS uuid[]))"), {"p": targets}
            ).scalar_one()
            assert given == 0
        assert left in {ada, bo}


def _suspend(work: UnitOfWork, own: str, other: str) -> Any:
    return suspensions.suspend_account(work, admin=other, person_id=own, reason="why not", until=None, now=now())


def _erase(work: UnitOfWork, own: str, _other: str) -> Any:
    return rights.erase_me(
        work, SIGNER, person_id=own, confirm="erase", authenticated_at=now().timestamp(),
        public_url="http://x", now=now(),
    )  # fmt: skip


def test_of_two_admins_who_suspend_each_other_at_once_one_does(racing: sa.Engine) -> None:
    """Also where a third one is left: who was suspended a moment ago suspends nobody, whatever their token says."""
    for _ in range(4):
        pair, third = admins(racing), a_person(racing, roles=("ADMIN",))
        race(racing, lambda work, n, pair=pair: _suspend(work, pair[n % 2], pair[(n + 1) % 2]))
        with unit(racing) as work:
            left = work.roles.lock_admins()
        assert len(left) == 2
        assert third in left


@pytest.mark.parametrize("acts", [(_demote,), (_suspend,), (_erase,), (_demote, _suspend, _erase)])
def test_one_admin_is_left_whatever_two_do_at_once(racing: sa.Engine, acts: tuple[Callable[..., Any], ...]) -> None:
    """The admins are locked before they are counted."""
    for _ in range(4):
        pair = admins(racing)
        race(racing, lambda work, n, pair=pair: acts[n // 2 % len(acts)](work, pair[n % 2], pair[(n + 1) % 2]))
        with unit(racing) as work:
            left = work.roles.lock_admins()
        assert len(left) == 1
        assert set(left) <= set(pair)


def test_one_address_is_confirmed_by_one_account(racing: sa.Engine) -> None:
    """Many have signed up with it; the index on confirmed addresses decides."""
    email = address()
    tokens = []
    for _ in range(MANY):
        with unit(racing) as work:
            session = usecases.sign_up(
                sessions(work), new=new_account(email),
                password_hash=HASH, now=NOW,
            )  # fmt: skip
        tokens.append(token_for(racing, session.person_id, "CONFIRM"))
    found = race(racing, lambda work, n: confirm(work, tokens[n]))
    assert found.get("done") == 1
    # Signing up with the address that is confirmed by then may have ended the others.
    assert set(found) <= {"done", "Conflict", "InvalidCredentials"}


def test_one_address_gets_one_account_from_the_operator(racing: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index on confirmed addresses decides."""
    monkeypatch.setattr(
        "profiles.accounts.passwords.hash_password", lambda _, **__: HASH
    )  # gevent's pool serves one thread
    email = address()
    found = race(
        racing,
        lambda work, _: usecases.create_account(
            work, email=email, name="Ada", password="a long pass phrase",
            roles=[], jurisdictions=[], now=NOW,
        ),
    )  # fmt: skip
    assert found == {"done": 1, "Conflict": MANY - 1}


def test_one_time_passwords_are_turned_on_once(racing: sa.Engine) -> None:
    """And a secret that counts is never replaced by one that somebody asks for at the same time."""
    person = a_person(racing)
    with unit(racing) as work:
        account = work.accounts.get(person)
        factor_usecases.start_totp(work, account=account, issuer="x")
    with unit(racing) as work:
        stored, _, _ = work.factors.lock_totp(person)
    secret = CIPHER.decrypt_bytes(stored, owner=person)
    otp = TOTP(secret, 6, SHA1(), 30).generate(int(NOW.timestamp())).decode()

    def act(work: UnitOfWork, n: int) -> Any:
        if n % 4 == 0:
            return factor_usecases.start_totp(work, account=account, issuer="x")
        return factor_usecases.confirm_totp(work, person_id=person, session=new_id(), otp=otp, now=NOW)

    def one(number: int) -> Any:
        with unit(racing) as work:
            return act(work, number)

    results = at_once(MANY, one)
    confirmed = sum(isinstance(r, list) for r in results)
    with unit(racing) as work:
        stored, on, _ = work.factors.lock_totp(person)
    assert confirmed == int(on) <= 1
    assert set(tally(results)) <= {"done", "Conflict", "InvalidCredentials"}
    if on:
        assert CIPHER.decrypt_bytes(stored, owner=person) == secret
        assert mails(racing, person).count("totp-enabled") == 1


def test_a_key_is_never_retired_while_something_is_stored_with_it(racing: sa.Engine) -> None:
    """Of many who store with a key and one who retires it, either it is retired and they are refused, or they have stored.

    Nothing is ever left that is encrypted with a retired key. Each round begins at another moment of the writers.
    """
    seen = set()
    for number in range(100, 120):
        old, new = ((number, b"o" * 32)), ((number + 100, b"n" * 32))
        before, after = FieldCipher((old,), b"i" * 32), FieldCipher((new, old), b"i" * 32)
        people = [a_person(racing) for _ in range(4)]
        retiring = number % 4  # how many of the threads store before it begins

        def act(
            thread: int,
            before: FieldCipher = before,
            after: FieldCipher = after,
            people: list[str] = people,
            retiring: int = retiring,
        ) -> str:
            if thread == 4:
                time.sleep(retiring * 0.004)
                with working(racing, after) as work:
                    retire(work.keys, work.audit, present=after.name, current=after.name, old=[before.name])
                return "retired"
            time.sleep(thread * 0.004)
            with working(racing, before) as work:
                credentials.submit_credential(work, person_id=people[thread], now=NOW, **given(next(NUMBERS)))
            return "stored"

        results = at_once(5, act)
        with unit(racing) as work:
            left = work.keys.counts([number])["register numbers"]
        assert left == results.count("stored")
        if results[4] == "retired":
            assert left == 0
            assert [type(one) for one in results[:4]] == [Unavailable] * 4
        else:
            assert isinstance(results[4], Conflict), results
            assert results[:4] == ["stored"] * 4
        seen.add(type(results[4]))
        with racing.begin() as connection:
            # The next tests of this module read everybody's numbers with another key.
            connection.execute(sa.text("DELETE FROM credential WHERE key_id = :k"), {"k": number})
    assert seen == {str, Conflict}


def test_everything_that_is_encrypted_is_tied_to_its_key(database: sa.Engine) -> None:
    """A new column with bytes is listed here with its key's column, or said to be no cipher text."""
    known = {
        ("credential", "number_cipher"): "key_id", ("credential", "number_typed_cipher"): "key_id",
        ("evidence_content", "content"): "key_id", ("archive", "content"): "key_id",
        ("account", "totp_cipher"): "totp_key_id",
    }  # fmt: skip
    hashes = {
        ("account", "email_key"), ("attempt", "key"), ("audit_checkpoint", "digest"), ("audit_entry", "hash"),
        ("audit_entry", "reason_hash"), ("audit_head", "hash"), ("audit_reason", "salt"), ("credential", "number_index"),
        ("evidence", "digest"), ("idempotency", "fingerprint"), ("import_source", "content"), ("import_source", "ref_index"),
        ("import_suppressed", "ref_index"), ("mail_token", "token_hash"), ("personal_access_token", "token_hash"), ("past_decision", "number_index"),
        ("past_decision_document", "digest"), ("proof", "content"), ("proof", "name_digest"), ("recovery_code", "code_hash"),
        ("refresh_token", "token_hash"), ("register_entry", "number_index"), ("sanction", "number_index"),
        ("session", "client"), ("used_handle", "handle_hash"),
    }  # fmt: skip
    with database.connect() as connection:
        found = {
            (row.table_name, row.column_name)
            for row in connection.execute(
                sa.text(
                    "SELECT table_name, column_name FROM information_schema.columns "
                    "WHERE table_schema = 'public' AND data_type = 'bytea'"
                )
            )
        }
        tied = {
            (row.source, row.name)
            for row in connection.execute(
                sa.text(
                    "SELECT c.conrelid::regclass::text AS source, a.attname AS name FROM pg_constraint c "
                    "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) "
                    "WHERE c.contype = 'f' AND c.confrelid = 'field_key'::regclass AND c.confdeltype = 'a' "
                    "AND c.conname LIKE '%' || :end"
                ),
                {"end": CONSTRAINT_END},
            )
        }
    assert found - hashes == set(known)
    assert tied == {(table, column) for (table, _), column in known.items()}
    assert tied == {(table, column) for _, table, column in ENCRYPTED}


def test_a_column_cannot_name_another_key_than_its_text(database: sa.Engine) -> None:
    """Else a key could be retired while a text that is encrypted with it names another."""
    case = submit(database, a_person(database))
    for statement in (
        "UPDATE credential SET key_id = 9 WHERE id = CAST(:id AS uuid)",
        "UPDATE credential SET number_cipher = '\\x09ff' WHERE id = CAST(:id AS uuid)",
        "UPDATE credential SET key_id = NULL WHERE id = CAST(:id AS uuid)",
        "UPDATE credential SET number_typed_cipher = '\\x09ff' WHERE id = CAST(:id AS uuid)",
    ):
        with pytest.raises(sa.exc.IntegrityError, match="credential_key_of_"), database.begin() as connection:
            connection.execute(sa.text(statement), {"id": case.id})


def uniqueness(engine: sa.Engine, credential: str) -> str:
    """How the check NUMBER_UNIQUE of a case came out, as it is stored."""
    return next(one.outcome for one in get(engine, credential).checks if one.name == "NUMBER_UNIQUE")


def test_a_number_that_many_submit_at_once_is_a_conflict_in_every_case(racing: sa.Engine) -> None:
    """None looks clean because it came first; when all but one have withdrawn, that one is the only one."""
    people, number = [a_person(racing) for _ in range(8)], next(NUMBERS)
    cases: list[Any] = [None] * 8

    def submit_one(work: UnitOfWork, n: int) -> None:
        if n < 8:
            cases[n] = credentials.submit_credential(work, person_id=people[n], now=NOW, **given(number)).id

    assert race(racing, submit_one) == {"done": MANY}
    assert [uniqueness(racing, one) for one in cases] == ["FAIL"] * 8

    def withdraw(work: UnitOfWork, n: int) -> None:
        if n < 7:
            credentials.withdraw_credential(work, credential_id=cases[n], person_id=people[n], now=NOW)

    assert race(racing, withdraw) == {"done": MANY}
    assert uniqueness(racing, cases[7]) == "PASS"


def test_a_case_has_at_most_its_notes(racing: sa.Engine) -> None:
    """However many verifiers write at once."""
    case, verifier = submit(racing, a_person(racing)).id, a_person(racing, roles=("VERIFIER",))

    def write(work: UnitOfWork, n: int = 0) -> None:
        desk.add_case_note(work, credential_id=case, verifier=verifier, text=f"Note {n}", now=NOW)

    for _ in range(MAX_NOTES - 2):
        with unit(racing) as work:
            write(work)
    assert race(racing, write) == {"done": 2, "LimitReached": MANY - 2}


def test_a_case_that_is_decided_is_assigned_to_nobody(racing: sa.Engine) -> None:
    """Whether it was assigned before the decision, or is tried after it."""
    verifier = a_person(racing, roles=("VERIFIER",))
    case = waiting(racing)
    with unit(racing) as work:
        desk.take_case(work, credential_id=case, verifier=verifier, now=NOW)

    def one(work: UnitOfWork, n: int) -> None:
        if n:
            desk.assign_case(work, credential_id=case, verifier=verifier, assignee=verifier, now=NOW)
        else:
            desk.decide_credential(
                work, credential_id=case, verifier=verifier, decision="REJECT", reason="NUMBER_NOT_FOUND", standing=None,
                method=None, source_url=None, note=None, expected_version=None, now=NOW,
            )  # fmt: skip

    assert set(race(racing, one)) <= {"done", "Conflict"}
    found = get(racing, case)
    assert (found.status, found.assigned_to) == ("VAL_FAIL", None)


def test_cases_are_given_back_once(racing: sa.Engine) -> None:
    """By many requests at once, of one verifier and of another whose cases belong to the same people."""
    people, verifiers = [a_person(racing) for _ in range(3)], [a_person(racing, roles=("VERIFIER",)) for _ in range(2)]
    held: dict[str, list[str]] = {one: [] for one in verifiers}
    for n in range(12):
        verifier = verifiers[n % 2]
        held[verifier].append(take(racing, submit(racing, people[n % 3]).id, verifier).id)
    released: list[str] = []

    def give_back(work: UnitOfWork, n: int) -> None:
        released.extend(desk.release_cases(work, verifier=verifiers[n % 2], now=NOW))

    assert race(racing, give_back) == {"done": MANY}
    assert sorted(released) == sorted(held[verifiers[0]] + held[verifiers[1]])
    assert {get(racing, one).status for one in released} == {"ATTESTED"}


def test_a_person_has_at_most_their_personal_access_tokens(racing: sa.Engine) -> None:
    """However many are made at once."""
    person = a_person(racing)

    def make(work: UnitOfWork, n: int = 0) -> None:
        new = personal_tokens.check_token(name=f"program {n}", scopes=["READ"], days=9)
        personal_tokens.create_token(work, new, person_id=person, now=NOW)

    for _ in range(MAX_TOKENS - 2):
        with unit(racing) as work:
            make(work)
    assert race(racing, make) == {"done": 2, "LimitReached": MANY - 2}
