"""Ways to make "verified" untrue that were tried as impostor, colluding applicant and colluding verifier, on the real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from kit.errors import Conflict, VersionConflict
from profiles.people.usecases import read_profile
from tests.profiles.integration.test_registers import bring, outcome
from tests.support.desk import (
    NOW,
    NUMBERS,
    a_person,
    change_profile,
    confirm,
    decide,
    decide_taken,
    get,
    level,
    submit,
    suspend,
    take,
    unit,
    validated,
)

HOUR = timedelta(hours=1)
IDENTITY: dict[str, Any] = {"kind": "IDENTITY", "authority": None, "number": None}
# Each of one test, because a copy of a register is looked up in all of them.
PORTUGUESE, SWEDISH, JAPANESE = (
    {"authority": authority, "jurisdiction": authority[:2].upper(), "specialty": None}
    for authority in ("pt-om", "se-sos", "jp-mhlw")
)
MINE, THEIRS = "Eve Impostor", "Ada Lovelace"


@pytest.fixture
def vera(database: sa.Engine) -> str:
    """A verifier."""
    return a_person(database, "Vera", roles=("VERIFIER",))


@pytest.fixture
def vito(database: sa.Engine) -> str:
    """Another one."""
    return a_person(database, "Vito", roles=("VERIFIER",))


def named(database: sa.Engine, credential: str) -> str:
    """Whom a case names."""
    holder = get(database, credential).holder
    assert holder is not None
    return holder.name


def shown(database: sa.Engine, person: str) -> tuple[str, str]:
    """The name and the level that others see."""
    with unit(database) as work:
        name = read_profile(work.people, person)["name"]
    return name, level(database, person)


# ---------------------------------------------------------------------- two names


def test_somebodys_licence_is_not_joined_to_an_identity_of_another_name(database: sa.Engine, vera: str) -> None:
    """The licence that a register confirms, and one's own passport: no verifier has seen that they are of one person."""
    person = a_person(database, THEIRS)
    licence = validated(database, person, vera)
    change_profile(database, person, name=MINE)
    identity = submit(database, person, **IDENTITY)
    assert named(database, identity.id) == THEIRS  # so that a passport of MINE does not fit
    decide(database, identity.id, vera, "REJECT", reason="NAME_MISMATCH")
    assert shown(database, person) == (THEIRS, "UNVERIFIED")
    assert get(database, licence.id).proposed["holder"]["name"] == MINE


def test_a_verified_identity_does_not_become_the_holder_of_somebodys_licence(database: sa.Engine, vera: str) -> None:
    """A new name is agreed to beside the old one, and not by looking up somebody of that name in a register."""
    person = a_person(database, MINE)
    identity = decide(database, submit(database, person, **IDENTITY).id, vera)
    change_profile(database, person, name=THEIRS)
    bring(database, "pt-om", [{"number": "54321", "name": THEIRS}])
    licence = submit(database, person, number="54321", **PORTUGUESE)
    assert (named(database, licence.id), outcome(database, licence.id)["NAME_MATCH"]) == (MINE, "FAIL")
    assert decide(database, licence.id, vera).pending_decision == "VALIDATE"
    assert shown(database, person) == (MINE, "IDENTITY")
    assert get(database, identity.id).proposed["holder"]["name"] == THEIRS


def test_a_name_that_a_verifier_agrees_to_is_the_one_of_all_open_cases(database: sa.Engine, vera: str) -> None:
    """They are checked again under it; whoever holds one is told by its version."""
    person = a_person(database, THEIRS)
    identity = decide(database, submit(database, person, **IDENTITY).id, vera)
    change_profile(database, person, name="Ada King")
    licence = submit(database, person)
    taken = take(database, licence.id, vera)
    assert taken.holder.name == THEIRS
    decide(database, identity.id, vera, now=NOW + HOUR)
    with pytest.raises(VersionConflict):
        decide_taken(database, licence.id, vera)
    decide(database, licence.id, vera)
    assert (named(database, licence.id), shown(database, person)) == ("Ada King", ("Ada King", "RIGHT_TO_PRACTISE"))


# ---------------------------------------------------------------------- checks of yesterday


def test_the_first_to_submit_a_number_is_checked_again_when_it_is_taken(database: sa.Engine, vera: str) -> None:
    """Each of two cases shows the conflict, and neither is validated by one verifier alone."""
    number = next(NUMBERS)
    first, second = (submit(database, a_person(database, name), number=number) for name in (MINE, THEIRS))
    assert outcome(database, first.id)["NUMBER_UNIQUE"] == "PASS"
    for case in (first, second):
        taken = take(database, case.id, vera)
        assert {one.name: one.outcome for one in taken.checks}["NUMBER_UNIQUE"] == "FAIL"
        assert decide_taken(database, case.id, vera).pending_decision == "VALIDATE"


def test_a_check_that_fails_after_the_case_was_taken_is_read_first(database: sa.Engine, vera: str) -> None:
    """It was not on the verifier's screen."""
    case = submit(database, a_person(database, MINE))
    take(database, case.id, vera)
    submit(database, a_person(database, THEIRS), number=case.number)
    with pytest.raises(VersionConflict, match="check fails now"):
        decide_taken(database, case.id, vera)
    assert decide(database, case.id, vera).pending_decision == "VALIDATE"


def test_a_second_verifier_does_not_agree_to_what_the_first_did_not_know(
    database: sa.Engine, vera: str, vito: str
) -> None:
    """A check has failed since then; the case is decided anew."""
    bring(database, "se-sos", [{"number": "300100", "name": MINE}])
    case = submit(database, a_person(database, MINE), number="300100", **SWEDISH)
    submit(database, a_person(database, THEIRS), number="300100", **SWEDISH)
    assert decide(database, case.id, vera).pending_decision == "VALIDATE"
    bring(database, "se-sos", [{"number": "300100", "name": MINE, "standing": "REVOKED"}])
    with pytest.raises(Conflict, match="decided anew"):
        confirm(database, case.id, vito, agree=True)
    assert confirm(database, case.id, vito, agree=False).status == "ATTESTED"


def test_a_name_of_today_is_checked_where_a_licence_is_validated_again(
    database: sa.Engine, vera: str, vito: str
) -> None:
    """It was given while the licence did not count, when nothing followed the profile."""
    bring(database, "jp-mhlw", [{"number": "300200", "name": THEIRS}])
    person = a_person(database, THEIRS)
    licence = validated(database, person, vera, number="300200", **JAPANESE)
    suspend(database, licence.id, vera)
    confirm(database, licence.id, vito, agree=True)
    change_profile(database, person, name="Zoe Quite-Different")
    taken = take(database, licence.id, vera)
    assert {one.name: one.outcome for one in taken.checks}["NAME_MATCH"] == "FAIL"
