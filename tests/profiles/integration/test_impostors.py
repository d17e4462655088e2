"""Ways to make "verified" untrue that were tried as impostor, colluding applicant and colluding verifier, on the real PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from kit.errors import Conflict, Invalid, SecondPersonRequired, VersionConflict
from profiles.accounts.signing import Signer
from profiles.credentials import usecases
from profiles.credentials.domain import Credential
from profiles.people.usecases import read_profile
from profiles.proofs.usecases import check_proof, make_proof
from profiles.registers.sanctions import import_sanctions
from tests.kit.unit.test_kit import a_pem
from tests.profiles.integration.test_registers import bring, claim, directory_profile, outcome
from tests.support.desk import (
    LICENCE,
    NOW,
    NUMBERS,
    a_person,
    change_profile,
    confirm,
    decide,
    decide_taken,
    get,
    level,
    revoke,
    run_item_jobs,
    snapshot,
    submit,
    suspend,
    take,
    unit,
    validated,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SIGNER = Signer(a_pem(), "http://x")
IDENTITY: dict[str, Any] = {"kind": "IDENTITY", "authority": None, "number": None}
IRISH: dict[str, Any] = {"authority": "ie-imc", "jurisdiction": "IE", "specialty": None}
# Each of one test, because a copy of a register is looked up in all of them.
PORTUGUESE, SWEDISH, JAPANESE, NORWEGIAN, NIGERIAN, NEW_ZEALAND = (
    {"authority": authority, "jurisdiction": authority[:2].upper(), "specialty": None}
    for authority in ("pt-om", "se-sos", "jp-mhlw", "no-hpr", "ng-mdcn", "nz-mcnz")
)
MINE, THEIRS = "Eve Impostor", "Ada Lovelace"


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


def proved(database: sa.Engine, person: str) -> tuple[Any, ...]:
    """What a proof is worth, and the profession and places that it says."""
    with unit(database) as work:
        token = make_proof(
            work.proofs,
            SIGNER,
            snapshot=read_profile(work.people, person),
            audience="a",
            public_url="http://x",
            now=NOW,
        ).token
        found = check_proof(work.proofs, SIGNER, token=token, audience="a", now=NOW)
    return found["status"], found["profession"], found["jurisdictions"]


def update(database: sa.Engine, credential: str, person: str, **changes: Any) -> Any:
    """Change a credential as its owner."""
    with unit(database) as work:
        return usecases.update_credential(
            work, credential_id=credential, person_id=person, changes=changes, message="Please look.",
            expected_version=None, now=NOW,
        )  # fmt: skip


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


def test_a_case_that_comes_back_by_an_appeal_names_the_person_as_verified_by_then(
    database: sa.Engine, vera: str, vito: str
) -> None:
    """While it had ended it followed nothing."""
    person = a_person(database, MINE)
    licence = submit(database, person)
    decide(database, licence.id, vera, "REJECT")
    change_profile(database, person, name=THEIRS)
    decide(database, submit(database, person, **IDENTITY).id, vera)
    with unit(database) as work:
        usecases.appeal_credential(
            work, credential_id=licence.id, person_id=person, statement="It is as I say.", now=NOW
        )
    assert take(database, licence.id, vito).holder.name == THEIRS
    decide(database, licence.id, vito)
    assert shown(database, person) == (THEIRS, "RIGHT_TO_PRACTISE")


def test_a_suspension_that_lapses_does_not_join_two_names(database: sa.Engine, vera: str) -> None:
    """While the licence was suspended nothing said who the person is, and the identity was validated under another name."""
    person = a_person(database, THEIRS)
    licence = validated(database, person, vera)
    change_profile(database, person, name=MINE)
    suspend(database, licence.id, vera)
    decide(database, submit(database, person, **IDENTITY).id, vera)
    with unit(database) as work:
        run_item_jobs(work, now=NOW + 72 * HOUR)
    after = get(database, licence.id)
    assert (after.status, after.review_reason) == ("REQ_REVALID", "PROFILE_CHANGED")
    assert after.history[-1].reason == "NAME_MISMATCH"
    assert shown(database, person) == (MINE, "IDENTITY")


# ---------------------------------------------------------------------- checks of yesterday


def test_the_first_to_submit_a_number_is_checked_again_when_it_is_taken(database: sa.Engine, vera: str) -> None:
    """Each of two cases shows the conflict, and neither is validated by one verifier alone."""
    number = next(NUMBERS)
    first, second = (submit(database, a_person(database, name), number=number) for name in (MINE, THEIRS))
    assert outcome(database, first.id)["NUMBER_UNIQUE"] == outcome(database, second.id)["NUMBER_UNIQUE"] == "FAIL"
    for case in (first, second):
        taken = take(database, case.id, vera)
        assert {one.name: one.outcome for one in taken.checks}["NUMBER_UNIQUE"] == "FAIL"
        assert decide_taken(database, case.id, vera).pending_decision == "VALIDATE"


def test_two_who_submit_a_number_at_once_are_both_found(database: sa.Engine, vera: str, vito: str) -> None:
    """The second transaction waits for the first one, and then compares both cases again."""
    number, together = next(NUMBERS), threading.Barrier(2)

    def submit_it(person: str) -> Credential:
        with unit(database) as work:
            together.wait(60)
            return usecases.submit_credential(work, person_id=person, now=NOW, **LICENCE | {"number": number})

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(submit_it, [a_person(database, MINE), a_person(database, THEIRS)])
    assert outcome(database, one.id)["NUMBER_UNIQUE"] == outcome(database, two.id)["NUMBER_UNIQUE"] == "FAIL"
    for case, verifier in ((one, vera), (two, vito)):
        assert decide(database, case.id, verifier).pending_decision == "VALIDATE"


def test_a_check_that_fails_after_the_case_was_taken_is_read_first(database: sa.Engine, vera: str) -> None:
    """It was not on the verifier's screen."""
    case = submit(database, a_person(database, MINE))
    take(database, case.id, vera)
    submit(database, a_person(database, THEIRS), number=case.number)
    with pytest.raises(VersionConflict, match="changed since you took it"):
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


def test_a_number_is_the_same_with_zeros_before_it(database: sa.Engine, vera: str, vito: str) -> None:
    """Somebody else's number, a suspended one, a sanctioned one and a register's entry are found however it is written."""
    indian = {"authority": "in-nmc", "jurisdiction": "IN", "specialty": None}
    person = a_person(database, THEIRS)
    licence = validated(database, person, vera, number="0054321", **indian)
    suspend(database, licence.id, vera)
    confirm(database, licence.id, vito, agree=True)
    other = submit(database, a_person(database, MINE), number="54321", **indian)
    assert outcome(database, other.id)["NUMBER_UNIQUE"] == "FAIL"
    with pytest.raises(Conflict, match="submitted this number"):
        submit(database, person, number="054321", **indian)
    with unit(database) as work:
        usecases.withdraw_credential(work, credential_id=licence.id, person_id=person, now=NOW)
        usecases.withdraw_credential(work, credential_id=other.id, person_id=other.person_id, now=NOW)
    again = submit(database, a_person(database, MINE), number="0054321", **indian)
    with unit(database) as work:
        assert work.decisions.needs_second(again.id)
    bring(database, "in-nmc", [{"number": "54321", "name": MINE}])
    with unit(database) as work:
        import_sanctions(
            work.registers, source="Zeros", as_of=NOW.date(), now=NOW,
            rows=[{"name": "Nobody Here", "authority": "in-nmc", "number": "054321"}],
        )  # fmt: skip
    take(database, again.id, vera)
    found = outcome(database, again.id)
    assert (found["REGISTER_MATCH"], found["NAME_MATCH"], found["SANCTIONS"]) == ("PASS", "PASS", "FAIL")


# ---------------------------------------------------------------------- washing off


def test_disagreeing_with_a_revocation_restores_no_more_than_there_was(
    database: sa.Engine, vera: str, vito: str
) -> None:
    """A suspension that two verifiers upheld stays where a third one's revocation is declined."""
    person = a_person(database)
    licence = validated(database, person, vera)
    suspend(database, licence.id, vera)
    upheld = confirm(database, licence.id, vito, agree=True)
    third = a_person(database, "Vincent", roles=("VERIFIER",))
    revoke(database, licence.id, third)
    back = confirm(database, licence.id, vito, agree=False)
    assert (back.status, back.standing, back.pending_decision) == ("REQ_REVALID", "SUSPENDED", None)
    assert (back.desk_since, back.review_reason) == (upheld.desk_since, upheld.review_reason)
    with unit(database) as work:
        usecases.appeal_credential(
            work, credential_id=licence.id, person_id=person, statement="It is as I say.", now=NOW
        )
    for one in (vera, vito, third):
        with pytest.raises(SecondPersonRequired):
            take(database, licence.id, one)


def test_what_a_register_questions_is_not_restored_by_a_revocation_that_is_declined(
    database: sa.Engine, vera: str, vito: str
) -> None:
    """It goes on waiting on the desk for what the register says."""
    licence = validated(database, a_person(database, THEIRS), vera, number="9000300", **NORWEGIAN)
    bring(database, "no-hpr", [{"number": "9000300", "name": THEIRS, "standing": "REVOKED"}])
    questioned = get(database, licence.id)
    assert (questioned.status, questioned.review_reason) == ("REQ_REVALID", "REGISTER_CHANGED")
    revoke(database, licence.id, vera)
    confirm(database, licence.id, vito, agree=False)
    back = get(database, licence.id)
    assert (back.status, back.standing, back.review_reason) == ("REQ_REVALID", "REVOKED", "REGISTER_CHANGED")
    assert back.desk_since is not None


def test_a_register_that_changes_during_a_suspension_is_heard_when_it_lapses(database: sa.Engine, vera: str) -> None:
    """A verifier cannot hide a licence from the next copy of its register by suspending it for a day."""
    licence = validated(database, a_person(database, THEIRS), vera, number="300400", **NEW_ZEALAND)
    suspend(database, licence.id, vera)
    bring(database, "nz-mcnz", [{"number": "300400", "name": THEIRS, "standing": "REVOKED"}])
    with unit(database) as work:
        run_item_jobs(work, now=NOW + 72 * HOUR)
    after = get(database, licence.id)
    assert (after.status, after.standing, after.review_reason) == ("REQ_REVALID", "REVOKED", "REGISTER_CHANGED")


def test_a_register_ends_a_validation_that_waits(database: sa.Engine, vera: str, vito: str) -> None:
    """The second verifier cannot make it count again, because nobody has read the case since."""
    person = a_person(database, THEIRS)
    licence = validated(database, person, vera, number="300500", **NIGERIAN)
    submit(database, a_person(database, MINE), number="300500", **NIGERIAN)
    update(database, licence.id, person, specialty="cardiology")
    assert decide(database, licence.id, vera).pending_decision == "VALIDATE"
    bring(database, "ng-mdcn", [{"number": "300500", "name": THEIRS, "standing": "REVOKED"}])
    with pytest.raises(Conflict, match="No decision waits"):
        confirm(database, licence.id, vito, agree=True)
    assert get(database, licence.id).status == "REQ_REVALID"


def test_an_owner_does_not_cover_a_review_with_a_renewal(database: sa.Engine, vera: str, vito: str) -> None:
    """Else rejecting the renewal would take what was lost elsewhere off the desk, and leave it counting."""
    person = a_person(database, THEIRS)
    lost, other = validated(database, person, vera), validated(database, person, vera, number="300600", **IRISH)
    revoke(database, lost.id, vera)
    confirm(database, lost.id, vito, agree=True)
    assert get(database, other.id).review_reason == "LOST_ELSEWHERE"
    update(database, other.id, person, specialty="cardiology")
    assert get(database, other.id).review_reason == "LOST_ELSEWHERE"
    decide(database, other.id, vera, "REQUEST_INFO")
    update(database, other.id, person, specialty="nephrology")
    change_profile(database, person, name="Ada King")
    assert get(database, other.id).review_reason == "LOST_ELSEWHERE"
    assert decide(database, other.id, vera, "REJECT").pending_decision == "REVOKE"


def test_a_loss_elsewhere_reaches_a_licence_that_is_on_the_desk_for_a_renewal(
    database: sa.Engine, vera: str, vito: str
) -> None:
    """Whoever decides the renewal must know, and so must the second verifier."""
    person, number = a_person(database, THEIRS), "300700"
    lost, other = validated(database, person, vera), validated(database, person, vera, number=number, **IRISH)
    submit(database, a_person(database, MINE), number=number, **IRISH)
    update(database, other.id, person, specialty="cardiology")
    assert decide(database, other.id, vera).pending_decision == "VALIDATE"
    revoke(database, lost.id, vera)
    after = get(database, other.id)
    assert (after.status, after.review_reason, after.pending_decision) == ("VALIDATED", "LOST_ELSEWHERE", None)
    with pytest.raises(Conflict, match="No decision waits"):
        confirm(database, other.id, vito, agree=True)


def test_a_review_comes_back_with_what_was_suspended(database: sa.Engine, vera: str) -> None:
    """A suspension that lapses does not take a licence off the desk that others had put there."""
    person = a_person(database, THEIRS)
    lost, other = validated(database, person, vera), validated(database, person, vera, number="300800", **IRISH)
    revoke(database, lost.id, vera)
    suspend(database, other.id, vera)
    with unit(database) as work:
        run_item_jobs(work, now=NOW + 72 * HOUR)
    after = get(database, other.id)
    assert (after.status, after.review_reason) == ("VALIDATED", "LOST_ELSEWHERE")
    assert after.desk_since is not None


def test_who_is_appealed_against_does_not_act_while_the_applicant_answers(
    database: sa.Engine, vera: str, vito: str
) -> None:
    """A question of the other verifier takes the case off the desk, and not away from them."""
    person = a_person(database)
    licence = validated(database, person, vera)
    suspend(database, licence.id, vera)
    confirm(database, licence.id, vito, agree=True)
    with unit(database) as work:
        usecases.appeal_credential(
            work, credential_id=licence.id, person_id=person, statement="It is as I say.", now=NOW
        )
    decide(database, licence.id, a_person(database, "Vincent", roles=("VERIFIER",)), "REQUEST_INFO")
    for one in (vera, vito):
        with pytest.raises(SecondPersonRequired):
            revoke(database, licence.id, one)
    assert get(database, licence.id).appeal_statement == "It is as I say."


# ---------------------------------------------------------------------- more than was verified


@pytest.mark.parametrize("name", ["Grace Hopper", MINE])
def test_a_directory_profile_is_not_had_with_the_number_of_another(
    database: sa.Engine, vera: str, vito: str, name: str
) -> None:
    """The licence is true and the profile is somebody else's: the verifier is told which one, and one alone does not do."""
    handle = directory_profile(database, "1245319599", "Grace Hopper")
    case = claim(database, a_person(database, name), handle, "1003347634")
    found = {one.name: (one.outcome, one.detail) for one in get(database, case.id).checks}
    assert found["REGISTER_MATCH"] == (
        "FAIL",
        "It claims the directory profile of Grace Hopper, which came from another number.",
    )
    assert found["NAME_MATCH"][0] == ("FAIL" if name == MINE else "SKIPPED")
    assert decide(database, case.id, vera).pending_decision == "VALIDATE"


def test_a_board_of_one_state_licenses_nobody_in_the_whole_country(database: sa.Engine) -> None:
    """A part of where an authority licenses may be named, and nothing around it."""
    person, board = a_person(database), {"authority": "us-ny-nysed", "specialty": None}
    with pytest.raises(Invalid, match="does not license in US") as caught:
        submit(database, person, number="123456", jurisdiction="US", **board)
    assert caught.value.field == ["jurisdiction"]
    assert submit(database, person, number="123456", jurisdiction="US-NY", **board).jurisdiction == "US-NY"
    assert submit(database, person, jurisdiction="DE-BY").jurisdiction == "DE-BY"


def test_a_nurse_here_and_physician_there_is_no_physician_here(database: sa.Engine, vera: str) -> None:
    """A proof names the places of the profession that it names."""
    person = a_person(database, THEIRS)
    decide(database, submit(database, person, **IDENTITY).id, vera)
    change_profile(database, person, profession="2212")
    validated(database, person, vera, authority="es-cgcom", number="282812399", jurisdiction="ES", specialty=None)
    assert proved(database, person) == ("VALID", "2212", ["ES"])
    change_profile(database, person, profession="2221")
    validated(database, person, vera, now=NOW + DAY, authority="other")
    assert {(one["jurisdiction"], one["profession"]) for one in snapshot(database, person)["licences"]} == {
        ("ES", "2212"), ("DE", "2221")
    }  # fmt: skip
    assert proved(database, person) == ("VALID", "2221", ["DE"])


@pytest.mark.parametrize("ends", ["revoked", "withdrawn"])
def test_a_directory_profile_goes_back_when_the_claim_ends(
    database: sa.Engine, vera: str, vito: str, ends: str
) -> None:
    """Its subject can claim it then; what somebody else had of it does not count as the register's word any more."""
    number = {"revoked": "1234567000", "withdrawn": "1234567018"}[ends]
    handle = directory_profile(database, number, f"Grace {ends.capitalize()}")
    person = a_person(database, f"Grace {ends.capitalize()}")
    case = claim(database, person, handle, number)
    assert decide(database, case.id, vera).status == "VALIDATED"
    with unit(database) as work:
        assert (work.people.by_handle(handle).hidden, bool(work.people.get(person).provenance)) == (True, True)
    if ends == "revoked":
        revoke(database, case.id, vera)
        confirm(database, case.id, vito, agree=True)
    else:
        with unit(database) as work:
            usecases.withdraw_credential(work, credential_id=case.id, person_id=person, now=NOW)
    with unit(database) as work:
        assert not work.people.by_handle(handle).hidden
        assert work.people.get(person).provenance == []
    assert claim(database, a_person(database, THEIRS), handle, number).status == "ATTESTED"


def test_a_licence_that_was_valid_keeps_its_number(database: sa.Engine, vera: str, vito: str) -> None:
    """Else what was decided about one number would be looked at under another one, which no verifier is told."""
    person = a_person(database)
    licence = validated(database, person, vera)
    suspend(database, licence.id, vera)
    confirm(database, licence.id, vito, agree=True)
    with pytest.raises(Invalid, match="Another number") as caught:
        update(database, licence.id, person, number=next(NUMBERS))
    assert caught.value.field == ["number"]
    assert get(database, licence.id).number == licence.number
