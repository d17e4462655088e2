"""Decisions about credentials, on the real PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from kit.clock import new_id
from kit.errors import Conflict, DomainError, Forbidden, Invalid
from profiles.credentials import usecases
from profiles.credentials.cipher import NumberCipher
from profiles.credentials.domain import Credential
from profiles.credentials.store import CredentialStore
from profiles.institutions.store import InstitutionStore
from profiles.people.store import PersonStore

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
CIPHER = NumberCipher(b"f" * 32, b"i" * 32)


def submitted(database: sa.Engine, **fields: object) -> Credential:
    """A German licence that somebody new has just submitted."""
    person = new_id()
    given = {
        "kind": "LICENCE", "authority": "de-kbv", "institution": None, "number": "123 456 601", "jurisdiction": "DE",
        "specialty": "cardiology", "issued_on": None, "expires_on": None,
    } | fields  # fmt: skip
    with database.begin() as connection:
        PersonStore(connection).add(person_id=person, handles=[person], name="Ada", claimed=True, created_at=NOW)
        return usecases.submit_credential(
            CredentialStore(connection, CIPHER), InstitutionStore(connection), person_id=person, now=NOW, **given
        )  # type: ignore[arg-type]


def decide(database: sa.Engine, credential: Credential, verifier: str, decision: str = "VALIDATE") -> Credential:
    """One decision in a transaction of its own."""
    with database.begin() as connection:
        return usecases.decide_credential(
            CredentialStore(connection, CIPHER), lambda _person: None, credential_id=credential.id, verifier=verifier,
            decision=decision, reason="OTHER", standing=None, method=None, source_url=None, note="n",
            expected_version=None, now=NOW,
        )  # fmt: skip


def test_of_fifty_decisions_at_once_one_wins(database: sa.Engine) -> None:
    """The row's lock lets one decision through; all others find the case decided."""
    credential = submitted(database)
    won: list[Credential] = []
    lost: list[DomainError] = []

    def act(number: int) -> None:
        try:
            won.append(decide(database, credential, new_id(), "VALIDATE" if number % 2 else "REJECT"))
        except DomainError as error:
            lost.append(error)

    threads = [threading.Thread(target=act, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1
    assert len(lost) == 49
    assert {type(error) for error in lost} == {Conflict}
    assert [event.to_status for event in won[0].history] == ["ATTESTED", "IN_PROCESS", won[0].status]


def test_the_number_is_not_in_the_database_in_clear(database: sa.Engine) -> None:
    """A dump shows cipher text and a keyed index; the service reads the number back."""
    credential = submitted(database)
    with database.begin() as connection:
        row = connection.execute(
            sa.text("SELECT * FROM credential WHERE id = CAST(:id AS uuid)"), {"id": credential.id}
        ).mappings().one()  # fmt: skip
        assert not any(b"123456601" in bytes(v) for v in row.values() if isinstance(v, bytes | memoryview))
        assert "123456601" not in str(dict(row))
        assert CredentialStore(connection, CIPHER).page(wanted=[credential.id])[0].number == "123456601"


def test_nobody_decides_on_their_own_case(database: sa.Engine) -> None:
    """Not even a verifier."""
    credential = submitted(database)
    with pytest.raises(Forbidden):
        decide(database, credential, credential.person_id)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"number": "12"}, "number"),
        ({"number": None}, "number"),
        ({"authority": "nobody"}, "authority"),
        ({"authority": None}, "authority"),
        ({"jurisdiction": "FR"}, "jurisdiction"),
        ({"jurisdiction": "M49:150"}, "jurisdiction"),
        ({"specialty": "astrology"}, "specialty"),
        ({"issued_on": datetime(2026, 1, 1).date(), "expires_on": datetime(2025, 1, 1).date()}, "expiresOn"),  # noqa: DTZ001
    ],
)
def test_a_wrong_submission_says_where_it_is_wrong(database: sa.Engine, fields: dict[str, object], where: str) -> None:
    """The field is named, and nothing is stored."""
    with pytest.raises(Invalid) as caught:
        submitted(database, **fields)
    assert caught.value.field == [where]
