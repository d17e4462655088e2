"""Decisions about credentials, on the real PostgreSQL."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
import sqlalchemy as sa

from kit.clock import new_id
from kit.errors import Conflict, DomainError, Forbidden, Invalid
from profiles.credentials.domain import Credential
from profiles.credentials.usecases import own_numbers, withdraw_credential
from tests.support.desk import NOW, a_person, decide, decide_taken, get, submit, take, unit


def submitted(database: sa.Engine, **fields: object) -> Credential:
    """A German licence that somebody new has just submitted."""
    return submit(database, a_person(database), **fields)


def test_of_fifty_decisions_at_once_one_wins(database: sa.Engine) -> None:
    """The row's lock lets one decision through; all others find the case decided."""
    credential = submitted(database)
    verifier = new_id()
    take(database, credential.id, verifier)
    won: list[Credential] = []
    lost: list[DomainError] = []

    def act(number: int) -> None:
        try:
            won.append(decide_taken(database, credential.id, verifier, "VALIDATE" if number % 2 else "REJECT"))
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
    credential = submitted(database, number="987 654 401")
    with database.begin() as connection:
        tables = connection.execute(
            sa.text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        ).scalars().all()  # fmt: skip
        for table in tables:
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')).mappings():
                assert not any(b"987654401" in bytes(v) for v in row.values() if isinstance(v, bytes | memoryview))
                assert "987654401" not in str(dict(row)), table
    assert get(database, credential.id).number == "987654401"


def test_nobody_decides_on_their_own_case(database: sa.Engine) -> None:
    """Not even a verifier."""
    credential = submitted(database)
    with pytest.raises(Forbidden):
        decide(database, credential.id, credential.person_id)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"authority": "gb-gmc", "jurisdiction": "GB", "number": "12"}, "number"),
        ({"authority": "gb-gmc", "jurisdiction": "GB", "number": None}, "number"),
        ({"authority": "nobody"}, "authority"),
        ({"authority": None}, "authority"),
        ({"jurisdiction": "FR"}, "jurisdiction"),
        ({"jurisdiction": "M49:150"}, "jurisdiction"),
        ({"specialty": "astrology"}, "specialty"),
        ({"kind": "IDENTITY", "authority": None, "number": None, "specialty": "cardiology"}, "specialty"),
        ({"kind": "EMPLOYMENT", "authority": None, "number": None, "specialty": "cardiology"}, "specialty"),
        ({"kind": "DEGREE", "authority": None, "number": None, "specialty": "cardiology"}, "specialty"),
        ({"issued_on": datetime(2026, 1, 1).date(), "expires_on": datetime(2025, 1, 1).date()}, "expiresOn"),  # noqa: DTZ001
    ],
)
def test_a_wrong_submission_says_where_it_is_wrong(database: sa.Engine, fields: dict[str, object], where: str) -> None:
    """The field is named, and nothing is stored."""
    with pytest.raises(Invalid) as caught:
        submitted(database, **fields)
    assert caught.value.field == [where]


def test_only_numbers_that_an_authority_gives_out_are_ones_own(database: sa.Engine) -> None:
    """Whoever submits a credential says what its number is; it must not let patients' names and numbers pass the guard."""
    person = a_person(database)
    licence = submit(database, person, authority="gb-gmc", jurisdiction="GB", number="7171717")
    assert licence.number is not None
    for number in ("7654321", "Erika Mustermann"):
        submit(database, person, kind="DEGREE", authority=None, number=number)
    submit(database, person, authority="dk-stps", number="ADAMS", jurisdiction="DK")
    texts = [licence.number, f"{licence.number[:3]} {licence.number[3:]}", "7654321", "Erika Mustermann", "Adams"]

    with unit(database) as work:
        assert own_numbers(work.credentials, person, texts) == set(texts[:2])
        assert own_numbers(work.credentials, a_person(database), texts) == set()


def test_the_number_of_a_withdrawn_credential_is_nobodys_own(database: sa.Engine) -> None:
    person = a_person(database)
    licence = submit(database, person)
    with unit(database) as work:
        withdraw_credential(work, credential_id=licence.id, person_id=person, now=NOW)
    with unit(database) as work:
        assert own_numbers(work.credentials, person, [str(licence.number)]) == set()
