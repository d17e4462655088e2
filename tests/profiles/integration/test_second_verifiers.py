"""Two verifiers are two people only where no one admin alone made both, on the real PostgreSQL."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from kit.clock import new_id
from kit.errors import SecondPersonRequired
from profiles.credentials.usecases import appeal_credential
from profiles.desk.second_verifier import confirm_decision
from profiles.rights import usecases as rights
from profiles.roles.domain import (
    ONE_ADMIN,
    OPERATOR,
    TWO_ADMINS,
    RoleGrant,
    RoleOrigin,
    RoleRequirements,
    made_by_one,
)
from profiles.roles.usecases import second_pair
from tests.profiles.integration.test_roles import DAY, STRICT, _no_admins, give, grants, somebody
from tests.support.desk import NOW, a_person, confirm, decide, get, read, revoke, submit, suspend, unit, validated

__all__ = ["_no_admins"]  # a fixture that each test uses


def grant(
    person: str, rule: str = ONE_ADMIN, by: str | None = "ada", days: float = 1, sole: str | None = None
) -> RoleGrant:
    """A verifier's role, given so many days ago."""
    return RoleGrant(person, "VERIFIER", rule, by, None, sole or by, NOW - days * DAY)


@pytest.mark.parametrize(
    ("grants_of", "made"),
    [
        ([grant("a"), grant("b")], True),
        ([grant("a"), grant("b", days=29.9)], True),
        ([grant("a", by=None), grant("b", by=None)], True),  # both by an admin who was erased
        ([grant("a"), grant("b", by="bo")], False),
        ([grant("a"), grant("b", by="bo", sole="ada")], True),  # ada has made bo an admin
        ([grant("a", by="cy", sole="ada"), grant("b", by="bo", sole="ada")], True),
        ([grant("b", by="bo", sole="a")], True),
        ([grant("a"), grant("b", days=30)], False),
        ([grant("a"), grant("b", TWO_ADMINS)], False),
        ([grant("a", OPERATOR, None), grant("b", OPERATOR, None)], False),
        ([grant("a")], False),
        ([], False),
        ([grant("b", by="a")], True),  # one made the other
        ([grant("a", by="b")], True),
        ([grant("a", by="a"), grant("b", by="a")], True),
        ([grant("a", by="a")], False),
        ([grant("b", TWO_ADMINS, by="a")], False),
    ],
)
def test_who_is_no_second_pair_of_eyes(grants_of: list[RoleGrant], made: bool) -> None:
    """Both were made by one admin alone within 30 days, or one by the other."""
    assert made_by_one("a", "b", {one.person_id: [one] for one in grants_of}, now=NOW) is made
    assert made_by_one("b", "a", {one.person_id: [one] for one in grants_of}, now=NOW) is made


def by_one_admin(database: sa.Engine) -> tuple[str, str, str]:
    """Two verifiers whom one admin made alone, and one from before that was recorded."""
    admin = somebody(database, "ADMIN")
    first, second = somebody(database), somebody(database)
    for person in (first, second):
        give(database, admin, person, "VERIFIER")
    return first, second, a_person(database, roles=("VERIFIER",))


def test_two_verifiers_whom_one_admin_made_do_not_decide_together(database: sa.Engine) -> None:
    """A revocation and a suspension wait for another, or until the roles are 30 days old; to disagree is open to both."""
    first, second, other = by_one_admin(database)
    for act in (revoke, suspend):
        case = validated(database, a_person(database), other)
        act(database, case.id, first)
        with pytest.raises(SecondPersonRequired, match="One admin alone made you"):
            confirm(database, case.id, second, True)
        assert get(database, case.id).pending_by == first
        confirm(database, case.id, other, True)
    case = validated(database, a_person(database), other)
    revoke(database, case.id, first)
    assert confirm(database, case.id, second, False).status == "VALIDATED"
    case = validated(database, a_person(database), other)
    revoke(database, case.id, first)
    with pytest.raises(SecondPersonRequired):
        confirm(database, case.id, second, True, now=NOW + 29 * DAY)
    assert confirm(database, case.id, second, True, now=NOW + 30 * DAY).status == "REVAL_FAIL"


def test_taking_the_first_verifiers_role_away_does_not_wash_it_off(database: sa.Engine) -> None:
    """Who had given it counts, as it was when they decided; of a decision and of an appeal."""
    admin = somebody(database, "ADMIN")
    first, second = somebody(database), somebody(database)
    for person in (first, second):
        give(database, admin, person, "VERIFIER")
    other = a_person(database, roles=("VERIFIER",))
    case = validated(database, a_person(database), other)
    revoke(database, case.id, first)
    rejected = submit(database, a_person(database))
    decide(database, rejected.id, first, "REJECT")
    with unit(database) as work:
        appeal_credential(
            work, credential_id=rejected.id, person_id=rejected.person_id, statement="It is mine, look again.",
            now=NOW,
        )  # fmt: skip
    give(database, admin, first, now=NOW + DAY)
    with pytest.raises(SecondPersonRequired):
        confirm(database, case.id, second, True, now=NOW + DAY)
    with pytest.raises(SecondPersonRequired):
        decide(database, rejected.id, second, now=NOW + DAY)
    assert confirm(database, case.id, other, True, now=NOW + DAY).status == "REVAL_FAIL"


MODERATORS = ("MODERATOR", "ADMIN")


def second(database: sa.Engine, first: str, other: str, *, at: datetime = NOW, now: datetime = NOW) -> bool:
    """Whether one moderator is a second pair of eyes to another one who decided."""
    with unit(database) as work:
        return second_pair(work.accounts, work.roles, STRICT, first=first, second=other, by=MODERATORS, at=at, now=now)


def test_two_moderators_whom_one_admin_made_are_no_second_pair_of_eyes(database: sa.Engine) -> None:
    """Nor the admin and a moderator of theirs, for 30 days; who has one of the roles in another way is somebody by themselves."""
    admin = somebody(database, "ADMIN")
    one, two = somebody(database), somebody(database)
    for person in (one, two):
        give(database, admin, person, "MODERATOR")
    old = a_person(database, roles=("MODERATOR",))
    assert not second(database, one, two)
    assert not second(database, admin, one)
    assert not second(database, one, admin)
    assert second(database, one, old)
    assert second(database, old, one)
    assert not second(database, one, two, now=NOW + 29 * DAY)
    assert second(database, one, two, now=NOW + 30 * DAY)
    give(database, admin, one, now=NOW + DAY)  # takes the role away
    assert not second(database, one, two, now=NOW + DAY)
    # Somebody who was an admin before any of this was recorded, whom the other one makes a moderator besides.
    earlier = somebody(database, "ADMIN")
    with unit(database) as work:
        work.roles.grant(earlier, ["MODERATOR"], origin=RoleOrigin(ONE_ADMIN, admin, None, NOW, admin))
    assert second(database, earlier, two)
    assert second(database, new_id(), two)  # who was erased


def test_two_verifiers_of_one_admin_and_their_puppet_do_not_decide_together(database: sa.Engine) -> None:
    """Whom an admin alone made an admin is no other one, for 30 days."""
    ada, puppet = somebody(database, "ADMIN"), somebody(database)
    give(database, ada, puppet, "ADMIN")
    first, second = somebody(database), somebody(database)
    give(database, ada, first, "VERIFIER")
    give(database, puppet, second, "VERIFIER")
    assert grants(database, second) == [("VERIFIER", ONE_ADMIN, puppet, None)]
    case = validated(database, a_person(database), a_person(database, roles=("VERIFIER",)))
    revoke(database, case.id, first)
    with pytest.raises(SecondPersonRequired, match="One admin alone made you"):
        confirm(database, case.id, second, True)


def test_an_appeal_goes_to_an_independent_verifier(database: sa.Engine) -> None:
    """Not to one behind whom the first may be."""
    first, second, other = by_one_admin(database)
    case = submit(database, a_person(database))
    decide(database, case.id, first, "REJECT")
    with unit(database) as work:
        appeal_credential(
            work,
            credential_id=case.id,
            person_id=case.person_id,
            statement="It is mine, look again.",
            now=NOW,
        )
    with pytest.raises(SecondPersonRequired, match="One admin alone made you"):
        decide(database, case.id, second)
    assert decide(database, case.id, other).status == "VALIDATED"


def test_a_decision_whose_verifier_was_erased_is_made_anew(database: sa.Engine) -> None:
    """Else erasing oneself would wash off who made whom."""
    first, second, other = by_one_admin(database)
    case = validated(database, a_person(database), other)
    revoke(database, case.id, first)
    with unit(database) as work:
        rights.erase(work, first, actor=first, now=NOW)
    for verifier in (second, other):
        with pytest.raises(SecondPersonRequired, match="was erased"):
            confirm(database, case.id, verifier, True)
    assert confirm(database, case.id, other, False).status == "VALIDATED"


def test_the_demo_network_decides_whoever_made_its_verifiers(database: sa.Engine) -> None:
    """Both must be its people."""
    admin = somebody(database, "ADMIN")
    demo = RoleRequirements(demo=True)
    first, second = (somebody(database, email=f"{new_id()}@demo.example") for _ in range(2))
    third, other = somebody(database), a_person(database, roles=("VERIFIER",))
    for person in (first, second, third):
        give(database, admin, person, "VERIFIER", requirements=demo)
    case = validated(database, a_person(database), other)
    revoke(database, case.id, first)

    def agree(verifier: str, requirements: RoleRequirements) -> str:
        read(database, case.id, verifier)
        with unit(database, requirements) as work:
            return confirm_decision(work, credential_id=case.id, verifier=verifier, agree=True, now=NOW).status

    for verifier, requirements in ((second, STRICT), (third, demo)):
        with pytest.raises(SecondPersonRequired):
            agree(verifier, requirements)
    assert agree(second, demo) == "REVAL_FAIL"
