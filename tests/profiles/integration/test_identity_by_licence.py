"""A licence proves who its owner is where one verifier has seen one name in a document of it, and as long as that stays true."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from profiles.credentials import usecases
from profiles.credentials.domain import Credential
from tests.profiles.integration.test_registers import bring, outcome
from tests.support.desk import (
    NOW,
    NUMBERS,
    a_person,
    change_profile,
    confirm,
    decide,
    decide_taken,
    document,
    get,
    level,
    revoke,
    run_item_jobs,
    submit,
    suspend,
    take,
    unit,
)

DAY = timedelta(days=1)
DOCUMENT: dict[str, Any] = {"reason": "CONFIRMED_BY_DOCUMENT", "name_confirmed": True}
SOURCE: dict[str, Any] = {"reason": "CONFIRMED_AT_SOURCE", "name_confirmed": True}
IDENTITY: dict[str, Any] = {"kind": "IDENTITY", "authority": None, "number": None}


def licence(database: sa.Engine, person: str, *opened_by: str, **fields: Any) -> str:
    """A licence with a document that these verifiers have opened."""
    own = submit(database, person, **fields).id
    document(database, own, *opened_by)
    return own


def proven(database: sa.Engine, vera: str, name: str = "Ada Lovelace", **fields: Any) -> tuple[str, str]:
    """Somebody verified by one licence alone, and that licence."""
    person = a_person(database, name)
    own = licence(database, person, vera, **fields)
    assert decide(database, own, vera, **DOCUMENT).proves_identity
    assert level(database, person) == "RIGHT_TO_PRACTISE"
    return person, own


def renew(database: sa.Engine, credential: str, person: str, **changes: Any) -> Credential:
    """Ask a verifier to look at a credential again."""
    with unit(database) as work:
        return usecases.update_credential(
            work, credential_id=credential, person_id=person, changes=changes, message="Please look.",
            expected_version=None, now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("given", [DOCUMENT, SOURCE])
def test_a_licence_with_a_document_and_the_name_in_it_proves_identity_too(
    database: sa.Engine, vera: str, given: dict[str, Any]
) -> None:
    """One decision gives the right to practise."""
    person = a_person(database)
    assert level(database, person) == "UNVERIFIED"
    decided = decide(database, licence(database, person, vera), vera, **given)
    assert (decided.status, decided.proves_identity) == ("VALIDATED", True)
    assert level(database, person) == "RIGHT_TO_PRACTISE"


def test_the_registers_name_does_in_place_of_the_verifiers_word(database: sa.Engine, vera: str) -> None:
    """Where NAME_MATCH is PASS; the verifier can still say that the document has another name."""
    bring(database, "pt-om", [{"number": "54321", "name": "Ada Lovelace"}, {"number": "54322", "name": "Ada Lovelace"}])
    place = {"authority": "pt-om", "jurisdiction": "PT", "specialty": None}
    for number, said, expected in (("54321", None, "RIGHT_TO_PRACTISE"), ("54322", False, "UNVERIFIED")):
        person = a_person(database)
        own = licence(database, person, vera, number=number, **place)
        assert outcome(database, own)["NAME_MATCH"] == "PASS"
        decide(database, own, vera, reason="CONFIRMED_BY_DOCUMENT", name_confirmed=said)
        assert level(database, person) == expected


@pytest.mark.parametrize(
    "why", ["no document", "not opened", "name not looked at", "another reason", "another verifier opened it"]
)
def test_what_no_verifier_has_seen_in_a_document_proves_no_identity(
    database: sa.Engine, vera: str, vito: str, why: str
) -> None:
    """The licence is validated all the same."""
    person = a_person(database)
    own = submit(database, person).id
    if why != "no document":
        document(database, own, *{"not opened": (), "another verifier opened it": (vito,)}.get(why, (vera,)))
    given = SOURCE | {
        "name not looked at": {"name_confirmed": None},
        "another reason": {"reason": "OTHER", "method": "PRIMARY_SOURCE"},
    }.get(why, {})
    decided = decide(database, own, vera, **given)
    assert (decided.status, decided.proves_identity) == ("VALIDATED", False)
    assert level(database, person) == "UNVERIFIED"


@pytest.mark.parametrize("kind", ["DEGREE", "EMPLOYMENT", "SPECIALIST_CERTIFICATE"])
def test_no_other_kind_proves_identity(database: sa.Engine, vera: str, kind: str) -> None:
    """A degree is from before the person was what they are."""
    person = a_person(database)
    own = licence(database, person, vera, kind=kind, authority=None, number=None)
    assert not decide(database, own, vera, **DOCUMENT).proves_identity
    assert level(database, person) == "UNVERIFIED"


def test_a_case_against_which_a_check_speaks_proves_no_identity(database: sa.Engine, vera: str, vito: str) -> None:
    """Two verifiers validate the licence; who its owner is takes a credential of its own, under the same name."""
    number = next(NUMBERS)
    submit(database, a_person(database, "Grace Hopper"), number=number)
    person = a_person(database)
    own = licence(database, person, vera, vito, number=number)
    assert outcome(database, own)["NUMBER_UNIQUE"] == "FAIL"
    assert decide(database, own, vera, **DOCUMENT).pending_decision == "VALIDATE"
    agreed = confirm(database, own, vito, agree=True)
    assert (agreed.status, agreed.proves_identity) == ("VALIDATED", False)
    assert level(database, person) == "UNVERIFIED"
    decide(database, submit(database, person, **IDENTITY).id, vera)
    assert level(database, person) == "RIGHT_TO_PRACTISE"


# ---------------------------------------------------------------------- it falls with the licence


def test_identity_falls_and_comes_back_with_a_suspension_that_does_not_last(
    database: sa.Engine, vera: str, vito: str
) -> None:
    """At once, and as it was."""
    person, own = proven(database, vera)
    suspend(database, own, vera)
    assert level(database, person) == "UNVERIFIED"
    confirm(database, own, vito, agree=False)
    assert level(database, person) == "RIGHT_TO_PRACTISE"


def test_identity_falls_with_a_revocation_and_is_proved_anew_after_an_appeal(
    database: sa.Engine, vera: str, vito: str
) -> None:
    """A third verifier who validates the licence again has to see the document too."""
    person, own = proven(database, vera)
    wanda = a_person(database, "Wanda", roles=("VERIFIER",))
    revoke(database, own, vera)
    confirm(database, own, vito, agree=True)
    assert level(database, person) == "UNVERIFIED"
    with unit(database) as work:
        usecases.appeal_credential(
            work, credential_id=own, person_id=person, statement="It was somebody else.", now=NOW
        )
    decided = decide(database, own, wanda, **SOURCE)
    if decided.pending_decision == "VALIDATE":
        decided = confirm(database, own, a_person(database, "Walt", roles=("VERIFIER",)), agree=True)
    assert (decided.status, decided.proves_identity) == ("VALIDATED", False)
    assert level(database, person) == "UNVERIFIED"


def test_identity_ends_with_the_licences_last_day_and_comes_back_with_its_renewal(
    database: sa.Engine, vera: str
) -> None:
    """On the day after, before anything has run; the renewal is looked at under the same name."""
    person, own = proven(database, vera, expires_on=date(2026, 12, 1))
    after = NOW.replace(month=12, day=2)
    assert level(database, person, after) == "UNVERIFIED"
    with unit(database) as work:
        run_item_jobs(work, now=after)
    assert get(database, own).status == "REQ_REVALID"
    renew(database, own, person, expires_on=date(2027, 12, 1))
    assert decide(database, own, vera, now=after, reason="CONFIRMED_AT_SOURCE").proves_identity
    assert level(database, person, after) == "RIGHT_TO_PRACTISE"


def test_identity_goes_with_a_withdrawn_licence(database: sa.Engine, vera: str) -> None:
    """Nothing else says who the person is."""
    person, own = proven(database, vera)
    with unit(database) as work:
        usecases.withdraw_credential(work, credential_id=own, person_id=person, now=NOW)
    assert level(database, person) == "UNVERIFIED"


def test_identity_stays_when_the_licence_is_looked_at_again_under_the_same_name(database: sa.Engine, vera: str) -> None:
    """Also by who only looks at the register, and where an accent was corrected."""
    person, own = proven(database, vera, "Ada Lovelace")
    renew(database, own, person, expires_on=date(2028, 1, 1))
    assert decide(database, own, vera).proves_identity
    change_profile(database, person, name="Adá Lovelace")
    assert decide(database, own, vera).proves_identity
    assert level(database, person) == "RIGHT_TO_PRACTISE"


def test_a_new_name_needs_a_new_document(database: sa.Engine, vera: str) -> None:
    """The old document shows the old name; until the change is agreed to, the level stays."""
    person, own = proven(database, vera)
    change_profile(database, person, name="Ada King")
    assert level(database, person) == "RIGHT_TO_PRACTISE"
    take(database, own, vera)
    assert not decide_taken(database, own, vera, **SOURCE).proves_identity
    assert level(database, person) == "UNVERIFIED"
    renew(database, own, person)
    document(database, own, vera)
    assert decide(database, own, vera, **DOCUMENT).proves_identity
    assert level(database, person) == "RIGHT_TO_PRACTISE"


def test_a_name_that_another_licence_brings_ends_the_identity_of_the_old_one(database: sa.Engine, vera: str) -> None:
    """A licence under one name and an identity under another one do not combine, whichever licence proved the identity."""
    person = a_person(database, "Ada Lovelace")
    first = decide(database, submit(database, person, now=NOW - DAY).id, vera)  # carries what the profile changes
    second = licence(database, person, vera)
    assert decide(database, second, vera, **DOCUMENT).proves_identity
    assert level(database, person) == "RIGHT_TO_PRACTISE"
    change_profile(database, person, name="Eve Impostor")
    decide(database, first.id, vera, now=NOW + DAY)
    assert get(database, second).holder.name == "Ada Lovelace"
    assert level(database, person) == "UNVERIFIED"


def test_a_proved_identity_does_not_become_the_holder_of_another_ones_licence(database: sa.Engine, vera: str) -> None:
    """A second licence is decided under the name that is proved, against the register's."""
    person, _ = proven(database, vera, "Eve Impostor")
    bring(database, "se-sos", [{"number": "123456", "name": "Ada Lovelace"}])
    change_profile(database, person, name="Ada Lovelace")
    own = licence(database, person, vera, number="123456", authority="se-sos", jurisdiction="SE", specialty=None)
    case = get(database, own)
    assert (case.holder.name, outcome(database, own)["NAME_MATCH"]) == ("Eve Impostor", "FAIL")
    assert decide(database, own, vera, **DOCUMENT).pending_decision == "VALIDATE"


def test_what_a_register_contradicts_proves_no_identity_meanwhile(database: sa.Engine, vera: str) -> None:
    """Another name under the number takes both at once."""
    place = {"authority": "no-hpr", "jurisdiction": "NO", "specialty": None}
    person, own = proven(database, vera, "Kari Nordmann", number="9000011", **place)
    bring(database, "no-hpr", [{"number": "9000011", "name": "Somebody Else"}])
    assert get(database, own).status == "REQ_REVALID"
    assert level(database, person) == "UNVERIFIED"
