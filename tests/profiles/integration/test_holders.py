"""Whom a credential names, on the real PostgreSQL: what is verified never comes from the profile that its owner edits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from kit.errors import Conflict, Invalid
from profiles.accounts.signing import Signer
from profiles.credentials import usecases
from profiles.credentials.casework import open_review
from profiles.people.domain import Holder, under_review
from profiles.people.usecases import read_profile
from profiles.proofs.usecases import check_proof, make_proof
from tests.kit.unit.test_kit import a_pem
from tests.support.desk import (
    NOW,
    a_person,
    change_profile,
    confirm,
    decide,
    get,
    level,
    mails,
    snapshot,
    submit,
    suspend,
    take,
    unit,
    validated,
)

HOUR = timedelta(hours=1)
SIGNER = Signer(a_pem(), "http://x")
OTHER = {"name": "Eugenia Smith-Cardona", "profession": "2212", "specialties": ["neurosurgery"]}


@pytest.fixture
def nurse(database: sa.Engine, vera: str) -> str:
    """A nurse with the right to practise."""
    person = a_person(database, "Ada Lovelace")
    change_profile(database, person, profession="2221", specialties=["cardiology"])
    validated(database, person, vera, authority="other")
    case = submit(database, person, kind="IDENTITY", authority=None, number=None, specialty=None)
    take(database, case.id, vera)
    decide(database, case.id, vera)
    assert level(database, person) == "RIGHT_TO_PRACTISE"
    return person


def seen(database: sa.Engine, person: str) -> tuple[Any, ...]:
    """Name, profession, specialties, and whom the licences name, as others see them."""
    shown = snapshot(database, person)
    licences = [(one["holder_name"], one["profession"], one["specialty"]) for one in shown["licences"]]
    return shown["name"], shown["profession"], [one["code"] for one in shown["specialties"]], licences


def waits(database: sa.Engine, person: str) -> dict[str, Any] | None:
    """What a person has changed and nobody has agreed to."""
    with unit(database) as work:
        found = work.people.get(person)
        return under_review(found, work.people.standing(person).credentials)


def licence(database: sa.Engine, person: str) -> Any:
    """A person's licence."""
    with unit(database) as work:
        return next(one for one in work.credentials.of_person(person) if one.kind == "LICENCE")


def proof(database: sa.Engine, person: str) -> str:
    """A proof of a person's verification."""
    with unit(database) as work:
        return make_proof(
            work.proofs,
            SIGNER,
            snapshot=read_profile(work.people, person),
            audience="a",
            public_url="http://x",
            now=NOW,
        ).token


def proves(database: sa.Engine, token: str) -> tuple[Any, ...]:
    """What a proof is worth, and what it says."""
    with unit(database) as work:
        found = check_proof(work.proofs, SIGNER, token=token, audience="a", now=NOW)
        return tuple(found[name] for name in ("status", "name", "profession", "specialties"))


VERIFIED = ("Ada Lovelace", "2221", ["cardiology"], [("Ada Lovelace", "2221", "cardiology")])


def test_a_verified_person_is_shown_as_verified_until_a_verifier_agrees(
    database: sa.Engine, nurse: str, vera: str
) -> None:
    """In the snapshot, on the licence and in proofs; the owner is told what waits, and it is on the desk with what was before."""
    given = proof(database, nurse)
    change_profile(database, nurse, **OTHER)

    assert seen(database, nurse) == VERIFIED
    assert level(database, nurse) == "RIGHT_TO_PRACTISE"
    assert proves(database, given) == ("VALID", "Ada Lovelace", "2221", ["cardiology"])
    assert waits(database, nurse) == OTHER
    case = licence(database, nurse)
    assert (case.status, case.review_reason, case.desk_since) == ("VALIDATED", "PROFILE_CHANGED", NOW)
    assert case.holder == Holder("Ada Lovelace", "2221", ("cardiology",))
    assert case.proposed == {"holder": {"name": OTHER["name"], "profession": "2212", "specialties": ["neurosurgery"]}}

    decide(database, case.id, vera, now=NOW + HOUR)
    assert seen(database, nurse) == (
        "Eugenia Smith-Cardona", "2212", ["neurosurgery", "cardiology"],
        [("Eugenia Smith-Cardona", "2212", "cardiology")],
    )  # fmt: skip
    assert waits(database, nurse) is None
    assert proves(database, given)[0] == "REVOKED"
    assert proves(database, proof(database, nurse)) == ("VALID", "Eugenia Smith-Cardona", "2212", ["cardiology"])


def test_a_declined_change_puts_the_profile_back(database: sa.Engine, nurse: str, vera: str) -> None:
    """The licence stays as it was validated, and its owner is told."""
    change_profile(database, nurse, **OTHER, headline="Stays")
    case = licence(database, nurse)
    take(database, case.id, vera)
    declined = decide(database, case.id, vera, "REJECT", reason="NAME_MISMATCH")

    assert (declined.status, declined.standing, declined.proposed, declined.desk_since) == (
        "VALIDATED",
        "GOOD",
        None,
        None,
    )
    assert seen(database, nurse) == VERIFIED
    assert waits(database, nurse) is None
    with unit(database) as work:
        profile = work.people.get(nurse)
    assert (profile.name, profile.profession, profile.plain["headline"]) == ("Ada Lovelace", "2221", "Stays")
    assert mails(database, nurse)[-1] == "change-declined"


def test_who_changes_the_profile_back_takes_the_case_off_the_desk(database: sa.Engine, nurse: str) -> None:
    """And what does not concern who somebody is needs nobody."""
    change_profile(database, nurse, name="Eugenia Smith-Cardona")
    change_profile(database, nurse, name="Ada Lovelace", about="Twenty years on the ward.")
    case = licence(database, nurse)
    assert (case.proposed, case.desk_since, case.review_reason) == (None, None, None)


def test_specialties_are_taken_out_at_once(database: sa.Engine, nurse: str) -> None:
    """Saying less than what was verified is nobody's business but one's own; what a licence proves stays."""
    change_profile(database, nurse, specialties=[])
    assert waits(database, nurse) is None
    assert seen(database, nurse) == VERIFIED


def test_a_case_names_the_person_as_the_profile_does_until_it_is_validated(database: sa.Engine, vera: str) -> None:
    """It is checked again under the new name, and who read it before is told."""
    person = a_person(database, "Ada Lovelace")
    case = submit(database, person)
    change_profile(database, person, name="Grace Hopper")
    found = get(database, case.id)
    assert (found.holder.name, found.version) == ("Grace Hopper", case.version + 1)
    assert snapshot(database, person)["name"] == "Grace Hopper"

    take(database, case.id, vera)
    with pytest.raises(Conflict, match="A verifier is working"):
        change_profile(database, person, name="Eugenia Smith-Cardona")
    change_profile(database, person, headline="Not about who I am")
    decide(database, case.id, vera)
    assert snapshot(database, person)["licences"][0]["holder_name"] == "Grace Hopper"


def test_a_name_cannot_be_changed_while_a_decision_waits(database: sa.Engine, vera: str) -> None:
    """Else the second verifier would confirm what the first has not seen."""
    number = submit(database, a_person(database)).number
    person = a_person(database, "Ada Lovelace")
    case = submit(database, person, number=number)
    take(database, case.id, vera)
    assert decide(database, case.id, vera).pending_decision == "VALIDATE"
    with pytest.raises(Conflict, match="second verifier"):
        change_profile(database, person, name="Eugenia Smith-Cardona")
    assert get(database, case.id).holder.name == "Ada Lovelace"


def test_a_name_that_changed_while_a_licence_was_suspended_is_not_verified_by_its_return(
    database: sa.Engine, nurse: str, vera: str
) -> None:
    """What comes back by itself is what was verified; who takes the case again sees the name that they would verify."""
    own = licence(database, nurse)
    with unit(database) as work:
        identity = next(one for one in work.credentials.of_person(nurse) if one.kind == "IDENTITY")
        usecases.withdraw_credential(work, credential_id=identity.id, person_id=nurse, now=NOW)
    suspend(database, own.id, vera)
    vito = a_person(database, "Vito", roles=("VERIFIER",))
    with pytest.raises(Conflict, match="second verifier"):
        change_profile(database, nurse, name="Eugenia Smith-Cardona")
    confirm(database, own.id, vito, agree=True)
    change_profile(database, nurse, name="Eugenia Smith-Cardona")
    assert snapshot(database, nurse)["name"] == "Eugenia Smith-Cardona"  # nothing of this person is verified now

    taken = take(database, own.id, vito)
    assert (taken.holder.name, taken.proposed["holder"].name) == ("Ada Lovelace", "Eugenia Smith-Cardona")
    decide(database, own.id, vito)
    confirm(database, own.id, vera, agree=True)
    assert (get(database, own.id).holder.name, seen(database, nurse)[0]) == (OTHER["name"], OTHER["name"])


def test_a_later_review_does_not_bring_an_old_name_back(database: sa.Engine, nurse: str, vera: str) -> None:
    """The name that was agreed to with the licence is what the identity is reviewed under."""
    change_profile(database, nurse, name="Eugenia Smith-Cardona")
    decide(database, licence(database, nurse).id, vera, now=NOW + HOUR)
    with unit(database) as work:
        identity = next(one for one in work.credentials.of_person(nurse) if one.kind == "IDENTITY")
        open_review(work, identity, "REVIEW_DUE", now=NOW + HOUR)
    taken = take(database, identity.id, vera, now=NOW + 2 * HOUR)
    assert (taken.holder.name, taken.proposed["holder"].name) == ("Ada Lovelace", "Eugenia Smith-Cardona")
    decide(database, identity.id, vera, now=NOW + 2 * HOUR)
    assert seen(database, nurse)[0] == "Eugenia Smith-Cardona"
    assert get(database, identity.id).holder.name == "Eugenia Smith-Cardona"


def test_another_case_takes_over_what_a_withdrawn_one_proposed(database: sa.Engine, nurse: str, vera: str) -> None:
    """A change never gets lost with the case that carried it."""
    other = validated(database, nurse, vera, authority="other", number="282812345", jurisdiction="ES", specialty=None)
    change_profile(database, nurse, name="Eugenia Smith-Cardona")
    carrier = licence(database, nurse)
    with unit(database) as work:
        usecases.withdraw_credential(work, credential_id=carrier.id, person_id=nurse, now=NOW)
    found = get(database, other.id)
    assert (found.review_reason, found.proposed["holder"]["name"]) == ("PROFILE_CHANGED", "Eugenia Smith-Cardona")
    assert snapshot(database, nurse)["name"] == "Ada Lovelace"


def test_a_renewal_is_not_forgotten_by_a_second_message(database: sa.Engine, nurse: str) -> None:
    """What was proposed before stays proposed, and dates are read as dates."""
    own = licence(database, nurse)
    for changes in ({"expires_on": date(2028, 12, 31)}, {"specialty": "nephrology"}, {}):
        with unit(database) as work:
            usecases.update_credential(
                work, credential_id=own.id, person_id=nurse, changes=changes, message="Again",
                expected_version=None, now=NOW,
            )  # fmt: skip
    found = get(database, own.id)
    assert found.proposed == {"expires_on": "2028-12-31", "specialty": "nephrology"}
    assert {one.name: one.outcome for one in found.checks}["EXPIRY"] == "PASS"


@pytest.mark.parametrize("kind", ["IDENTITY", "DEGREE", "EMPLOYMENT"])
def test_a_specialty_of_a_credential_that_proves_none_is_shown_nowhere(
    database: sa.Engine, nurse: str, vera: str, kind: str
) -> None:
    """Neither can one be added later, nor does a row count from before that was refused."""
    before = seen(database, nurse)
    case = submit(database, nurse, kind=kind, authority=None, number=None)
    with unit(database) as work, pytest.raises(Invalid) as caught:
        usecases.update_credential(
            work, credential_id=case.id, person_id=nurse, changes={"specialty": "neurosurgery"}, message=None,
            expected_version=None, now=NOW,
        )  # fmt: skip
    assert caught.value.field == ["specialty"]
    with unit(database) as work:
        work.connection.execute(
            sa.text("UPDATE credential SET specialty = 'neurosurgery' WHERE id = CAST(:id AS uuid)"), {"id": case.id}
        )
    decide(database, case.id, vera)
    assert seen(database, nurse) == before
    assert "neurosurgery" not in str(snapshot(database, nurse))
    change_profile(database, nurse, specialties=["cardiology", "neurosurgery"])
    assert seen(database, nurse)[2] == ["cardiology"]
