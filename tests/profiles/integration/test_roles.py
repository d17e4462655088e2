"""Who may hold a role beyond MEMBER, and who gives it, on the real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client

from kit.clock import new_id
from kit.errors import Conflict, Forbidden, Invalid, NotFound, SecondPersonRequired
from profiles.accounts import usecases as accounts
from profiles.accounts.domain import parse_email
from profiles.desk import usecases as desk
from profiles.rights import usecases as rights
from profiles.roles import usecases
from profiles.roles.domain import (
    ONE_ADMIN,
    OPERATOR,
    TWO_ADMINS,
    RoleOrigin,
    RoleProposal,
    RoleRequirements,
)
from profiles.second_factor import usecases as factors
from profiles.second_factor.domain import ALONE_HOURS
from profiles.sessions import usecases as session_usecases
from profiles.suspensions import usecases as suspensions
from tests.profiles.integration.test_accounts import claims, sessions
from tests.profiles.integration.test_sessions import app as app  # noqa: PLC0414  (a fixture)
from tests.support.desk import (
    NOW,
    a_person,
    mails,
    submit,
    unit,
)

DAY = timedelta(days=1)

STRICT = RoleRequirements()


@pytest.fixture(autouse=True)
def _no_admins(database: sa.Engine) -> None:
    """Each test makes its own."""
    with unit(database) as work:
        work.connection.execute(sa.text("DELETE FROM account_role WHERE role = 'ADMIN'"))
        work.connection.execute(sa.text("UPDATE account SET admin_lost_at = NULL WHERE admin_lost_at IS NOT NULL"))


def somebody(database: sa.Engine, *roles: str, confirmed: bool = True, totp: bool = True, email: str = "") -> str:
    """An account with roles that count, unless it lacks what they need."""
    person = new_id()
    with unit(database) as work:
        work.people.add(person_id=person, handles=[person], name="Ada", claimed=True, created_at=NOW, regions=["DE"])
        work.accounts.add(
            person_id=person, email=parse_email(email or f"{person}@example.org"), password_hash=None, created_at=NOW,
            confirmed=confirmed,
        )  # fmt: skip
        work.roles.grant(person, ["MEMBER", *roles])
        if totp:
            work.factors.use_totp_step(person, 1, confirmed_at=NOW)
    return person


def give(database: sa.Engine, admin: str, person: str, *roles: str, **given: Any) -> Any:
    """Set roles as an admin."""
    fields = {"jurisdictions": None, "now": NOW, "requirements": STRICT} | given
    with unit(database, fields.pop("requirements")) as work:
        return usecases.set_roles(work, admin=admin, person_id=person, roles=roles, **fields)


def roles_of(database: sa.Engine, person: str) -> list[str]:
    """The roles that an account has."""
    with unit(database) as work:
        return list(work.accounts.get(person).roles)


@pytest.mark.parametrize(
    ("confirmed", "totp", "said"),
    [
        (False, False, "The address of this account is not confirmed, and it has no one-time passwords"),
        (False, True, "The address of this account is not confirmed"),
        (True, False, "This account has no one-time passwords"),
    ],
)
@pytest.mark.parametrize("role", ["VERIFIER", "MODERATOR", "ADMIN"])
def test_a_role_needs_a_confirmed_address_and_one_time_passwords(
    database: sa.Engine, role: str, confirmed: bool, totp: bool, said: str
) -> None:
    """The sentence says what is missing; nothing is changed, and taking roles away is always possible."""
    admin = somebody(database, "ADMIN")
    weak = somebody(database, "MODERATOR" if role != "MODERATOR" else "VERIFIER", confirmed=confirmed, totp=totp)
    before = roles_of(database, weak)
    with pytest.raises(Conflict, match=said) as caught:
        give(database, admin, weak, role, *before)
    assert caught.value.field == ["account"]
    assert roles_of(database, weak) == before
    give(database, admin, weak, *before)  # what it has may be named again
    give(database, admin, weak)
    assert roles_of(database, weak) == ["MEMBER"]
    strong = somebody(database)
    give(database, admin, strong, role)
    assert roles_of(database, strong) == sorted(["MEMBER", role])


def test_roles_lose_their_effect_without_one_time_passwords_or_a_confirmed_address(database: sa.Engine) -> None:
    """Also in a session that was opened with one."""
    for confirmed, totp, counting in (
        (True, True, ["ADMIN", "MEMBER"]), (True, False, ["MEMBER"]), (False, True, ["MEMBER"]),
    ):  # fmt: skip
        person = somebody(database, "ADMIN", confirmed=confirmed, totp=totp)
        with unit(database) as work:
            account = work.accounts.get(person)
            session = session_usecases.start_session(sessions(work), account, one_time_password=True, now=NOW)
        assert claims(session)["roles"] == counting
    person = somebody(database, "ADMIN")
    with unit(database) as work:
        session = session_usecases.start_session(
            sessions(work), work.accounts.get(person), one_time_password=True, now=NOW
        )
        work.connection.execute(
            sa.text("UPDATE account SET totp_confirmed_at = NULL WHERE person_id = CAST(:p AS uuid)"), {"p": person}
        )
        refreshed = session_usecases.refresh_session(sessions(work), refresh_token=session.refresh_token, now=NOW)
    assert claims(session)["roles"] == ["ADMIN", "MEMBER"]
    assert claims(refreshed)["roles"] == ["MEMBER"]


def test_only_the_demo_is_excepted(database: sa.Engine) -> None:
    """Its own accounts, and only in development."""
    admin = somebody(database, "ADMIN")
    invented = somebody(database, confirmed=False, totp=False, email=f"{new_id()}@demo.example")
    other = somebody(database, confirmed=False, totp=False)
    for person, requirements in ((invented, STRICT), (other, STRICT), (other, RoleRequirements(demo=True))):
        with pytest.raises(Conflict):
            give(database, admin, person, "VERIFIER", requirements=requirements)
    give(database, admin, invented, "VERIFIER", requirements=RoleRequirements(demo=True))
    assert roles_of(database, invented) == ["MEMBER", "VERIFIER"]


def test_roles_are_given_to_accounts_that_there_are(database: sa.Engine) -> None:
    """And have their names."""
    admin = somebody(database, "ADMIN")
    with pytest.raises(NotFound):
        give(database, admin, new_id(), "VERIFIER")
    with pytest.raises(NotFound):
        give(database, admin, "none", "VERIFIER")
    with pytest.raises(Invalid):
        give(database, admin, a_person(database), "OWNER")


# ---------------------------------------------------------------------- two admins


def waiting(database: sa.Engine, person: str, *, now: Any = NOW) -> RoleProposal | None:
    """What waits for a second admin about an account."""
    with unit(database) as work:
        return work.roles.waiting_about(person, now=now)


def answer(database: sa.Engine, admin: str, proposal: str, *, agree: bool = True, now: Any = NOW) -> Any:
    """Confirm or decline a proposal."""
    act = usecases.confirm_roles if agree else usecases.decline_roles
    with unit(database) as work:
        return act(work, admin=admin, proposal_id=proposal, now=now)


def grants(database: sa.Engine, person: str) -> list[tuple[str, str, str | None, str | None]]:
    """Who gave the roles that somebody has."""
    with unit(database) as work:
        found = work.roles.grants_of([person]).get(person, [])
    return [(grant.role, grant.rule, grant.given_by, grant.confirmed_by) for grant in found]


def jurisdictions(database: sa.Engine, person: str) -> list[str]:
    """Where a verifier may decide."""
    with unit(database) as work:
        return list(work.accounts.get(person).jurisdictions)


def trail(database: sa.Engine, person: str) -> list[tuple[str, str | None]]:
    """What the audit trail says about a person, oldest first."""
    with unit(database) as work:
        name = work.audit.pseudonym_of(person)
        entries = work.audit.page(object=name, actor=None, before=None, first=50)
    return [(entry.action, entry.reason) for entry in reversed(entries)]


def rule(database: sa.Engine) -> str:
    """By which rule roles are given."""
    with unit(database) as work:
        return usecases.rule_here(work, now=NOW)


def test_one_admin_gives_roles_alone_and_the_trail_says_so(database: sa.Engine) -> None:
    """Where there is no second one whose role counts."""
    admin = somebody(database, "ADMIN")
    for lacking in ({"totp": False}, {"confirmed": False}):
        somebody(database, "ADMIN", **lacking)
    person = somebody(database)
    assert rule(database) == ONE_ADMIN
    give(database, admin, person, "MODERATOR")
    assert roles_of(database, person) == ["MEMBER", "MODERATOR"]
    assert waiting(database, person) is None
    assert grants(database, person) == [("MODERATOR", ONE_ADMIN, admin, None)]
    assert trail(database, person) == [("account.set-roles", "MEMBER,MODERATOR (ONE_ADMIN)")]
    assert mails(database, person) == ["roles-changed"]
    give(database, admin, admin, "ADMIN", "VERIFIER")  # a small instance has one person for both
    assert roles_of(database, admin) == ["ADMIN", "MEMBER", "VERIFIER"]


def test_where_there_are_two_admins_the_second_confirms(database: sa.Engine) -> None:
    """Nothing holds before that, and neither of the two is whom it is about."""
    ada, bo, person = somebody(database, "ADMIN"), somebody(database, "ADMIN"), somebody(database)
    assert rule(database) == TWO_ADMINS
    give(database, ada, person, "VERIFIER", jurisdictions=["DE"])
    found = waiting(database, person)
    assert found is not None
    assert (found.proposed_by, found.roles, found.jurisdictions) == (ada, ("VERIFIER",), ("DE",))
    assert (found.proposed_at, found.expires_at) == (NOW, NOW + 7 * DAY)
    assert roles_of(database, person) == ["MEMBER"]
    assert (mails(database, bo), mails(database, ada), mails(database, person)) == (["roles-proposed"], [], [])
    with pytest.raises(SecondPersonRequired):
        answer(database, ada, found.id)
    with pytest.raises(Forbidden):
        answer(database, person, found.id)
    answer(database, bo, found.id)
    assert roles_of(database, person) == ["MEMBER", "VERIFIER"]
    assert jurisdictions(database, person) == ["DE"]
    assert grants(database, person) == [("VERIFIER", TWO_ADMINS, ada, bo)]
    with pytest.raises(NotFound):
        answer(database, bo, found.id)
    assert trail(database, person) == [("account.propose-roles", "VERIFIER"), ("account.confirm-roles", "VERIFIER")]


def test_an_admin_whom_it_is_about_does_not_confirm(database: sa.Engine) -> None:
    """Nor propose it while another could; of two admins the other one gives it alone."""
    ada, bo, cy = (somebody(database, "ADMIN") for _ in range(3))
    give(database, ada, cy, "ADMIN", "MODERATOR")
    found = waiting(database, cy)
    assert found is not None
    with pytest.raises(SecondPersonRequired, match="about you"):
        answer(database, cy, found.id)
    with pytest.raises(Forbidden):
        give(database, bo, bo, "ADMIN", "VERIFIER")
    give(database, bo, bo)  # given up
    with pytest.raises(Forbidden):
        give(database, cy, cy, "ADMIN", "VERIFIER")
    give(database, ada, cy, "ADMIN", "VERIFIER")  # two are left, and one of them it is about
    assert grants(database, cy) == [("VERIFIER", ONE_ADMIN, ada, None)]
    assert waiting(database, cy) is None  # it replaced what she had proposed before


def test_an_admin_whom_one_admin_made_is_no_second_one(database: sa.Engine) -> None:
    """For 30 days: else one admin would make themselves a second one and two verifiers with it."""
    ada, puppet = somebody(database, "ADMIN"), somebody(database)
    give(database, ada, puppet, "ADMIN")
    assert rule(database) == ONE_ADMIN
    first, second = somebody(database), somebody(database)
    give(database, ada, first, "VERIFIER")
    give(database, puppet, second, "VERIFIER")
    assert grants(database, second) == [("VERIFIER", ONE_ADMIN, puppet, None)]
    bo = somebody(database, "ADMIN")
    assert rule(database) == TWO_ADMINS
    person = somebody(database)
    give(database, ada, person, "MODERATOR")
    found = waiting(database, person)
    assert found is not None
    assert mails(database, puppet) == ["roles-changed"]  # it is not asked
    with pytest.raises(SecondPersonRequired, match="or one of you the other"):
        answer(database, puppet, found.id)
    answer(database, bo, found.id)
    late = somebody(database)
    give(database, ada, late, "MODERATOR", now=NOW + 30 * DAY)
    answer(database, puppet, proposal_about(database, late, NOW + 30 * DAY), now=NOW + 30 * DAY)
    assert roles_of(database, late) == ["MEMBER", "MODERATOR"]


def suspend(database: sa.Engine, admin: str, person: str, *, until: Any = None) -> None:
    """Suspend an account as an admin; it lasts as if it had just begun, because the database asks what time it is."""
    with unit(database) as work:
        suspensions.suspend_account(
            work,
            admin=admin,
            person_id=person,
            reason="Under investigation",
            until=until,
            now=NOW,
        )
        if work.accounts.get(person) is not None and (until is None or until > NOW):
            lasting = datetime.now(UTC) + timedelta(hours=72)
            work.suspensions.set_suspended(person, suspended=True, until=min(until or lasting, lasting))


def reset_second_factor(database: sa.Engine, admin: str, person: str) -> None:
    """As the only other admin, who waited for it."""
    asked = NOW - timedelta(hours=ALONE_HOURS)
    with unit(database) as work:
        parts = work
        factors.request_reset(parts, work.accounts.get(person), now=asked)
        factors.approve_reset(parts, admin=admin, person_id=person, now=asked)
        factors.finish_due(parts, person, now=NOW)
        assert not work.accounts.get(person).totp


REMOVALS: dict[str, Callable[[sa.Engine, str, str], None]] = {
    "taking the role": give,
    "taking every role but one": lambda database, admin, person: give(database, admin, person, "MODERATOR"),
    "a suspension": suspend,
    "a suspension for a minute": lambda database, admin, person: suspend(
        database, admin, person, until=datetime.now(UTC) + timedelta(minutes=1)
    ),
    "a reset of the second factor": reset_second_factor,
}


@pytest.mark.parametrize("how", REMOVALS)
def test_an_admin_who_removes_the_others_is_not_alone_by_that(database: sa.Engine, how: str) -> None:
    """For 30 days: what they give waits for a second admin as before, and they give nothing to themselves."""
    ada, bo, friend = somebody(database, "ADMIN"), somebody(database, "ADMIN", "MODERATOR"), somebody(database)
    REMOVALS[how](database, ada, bo)
    with unit(database) as work:
        assert usecases.acting_admins(work) == [ada]
    assert rule(database) == TWO_ADMINS
    give(database, ada, friend, "VERIFIER")
    found = waiting(database, friend)
    assert found is not None
    assert found.roles == ("VERIFIER",)
    with pytest.raises(SecondPersonRequired):
        answer(database, ada, found.id)
    with pytest.raises(Forbidden, match="counts for 30 days"):
        give(database, ada, ada, "ADMIN", "VERIFIER")
    assert (roles_of(database, friend), roles_of(database, ada)) == (["MEMBER"], ["ADMIN", "MEMBER"])
    almost = NOW + 30 * DAY - timedelta(seconds=1)
    give(database, ada, friend, "VERIFIER", now=almost)
    assert roles_of(database, friend) == ["MEMBER"]
    give(database, ada, friend, "VERIFIER", now=NOW + 30 * DAY)
    assert grants(database, friend) == [("VERIFIER", ONE_ADMIN, ada, None)]


def test_the_operator_makes_the_second_admin_where_one_was_removed(database: sa.Engine) -> None:
    """So that an admin who had to remove another one need not wait."""
    ada, bo, person = somebody(database, "ADMIN"), somebody(database, "ADMIN"), somebody(database)
    give(database, ada, bo)
    give(database, ada, person, "VERIFIER")
    cy = somebody(database)
    with unit(database) as work:
        work.roles.grant(cy, ["ADMIN"], origin=RoleOrigin(OPERATOR, None, None, NOW))
    answer(database, cy, proposal_about(database, person, NOW))
    assert grants(database, person) == [("VERIFIER", TWO_ADMINS, ada, cy)]


@pytest.mark.parametrize("known", [True, False])
def test_an_admin_who_gets_the_role_back_is_the_admin_who_they_were(database: sa.Engine, known: bool) -> None:
    """And not one whom the other one alone has made: else removing and giving back would make a second admin none."""
    ada, bo, person = somebody(database, "ADMIN"), somebody(database), somebody(database)
    with unit(database) as work:
        work.roles.grant(bo, ["ADMIN"], origin=RoleOrigin(OPERATOR, None, None, NOW - DAY) if known else None)
    before = grants(database, bo)
    give(database, ada, bo)
    assert roles_of(database, bo) == ["MEMBER"]
    give(database, ada, bo, "ADMIN", now=NOW + DAY)
    assert roles_of(database, bo) == ["ADMIN", "MEMBER"]
    assert grants(database, bo) == before == ([("ADMIN", OPERATOR, None, None)] if known else [])
    assert trail(database, bo)[-1] == ("account.set-roles", "ADMIN,MEMBER (ONE_ADMIN)")
    give(database, ada, person, "MODERATOR", now=NOW + DAY)
    answer(database, bo, proposal_about(database, person, NOW + DAY), now=NOW + DAY)
    assert grants(database, person) == [("MODERATOR", TWO_ADMINS, ada, bo)]


def test_who_was_no_second_admin_is_none_after_being_removed(database: sa.Engine) -> None:
    """One who gave the role up, also after a suspension; whom the same admin had made; and whose role did not count."""
    ada, bo = somebody(database, "ADMIN"), somebody(database, "ADMIN")
    suspend(database, ada, bo)
    suspend(database, ada, bo, until=NOW - DAY)
    give(database, bo, bo)
    assert rule(database) == ONE_ADMIN
    puppet = somebody(database)
    give(database, ada, puppet, "ADMIN")
    give(database, ada, puppet)
    assert rule(database) == ONE_ADMIN
    open_to_all = somebody(database, "ADMIN", totp=False)
    suspend(database, ada, open_to_all)
    assert rule(database) == ONE_ADMIN


def test_an_admin_whose_suspension_is_over_is_one_at_once(database: sa.Engine) -> None:
    """Also before the worker has ended it: signing in works by then."""
    ada, bo, person = somebody(database, "ADMIN"), somebody(database, "ADMIN"), somebody(database)
    give(database, bo, person, "VERIFIER")
    suspend(database, ada, bo, until=datetime.now(UTC) + timedelta(minutes=1))
    assert waiting(database, person) is None
    with pytest.raises(Forbidden):
        give(database, bo, person, "VERIFIER")
    with unit(database) as work:
        work.connection.execute(
            sa.text("UPDATE account SET suspended_until = now() WHERE person_id = CAST(:p AS uuid)"), {"p": bo}
        )
    with unit(database) as work:
        assert usecases.acting_admins(work) == sorted([ada, bo])
    assert waiting(database, person) is not None
    with pytest.raises(SecondPersonRequired):
        answer(database, bo, proposal_about(database, person, NOW))
    answer(database, ada, proposal_about(database, person, NOW))


def test_an_admin_who_was_suspended_meanwhile_suspends_nobody(database: sa.Engine) -> None:
    """Whatever their token says, which may be some seconds older."""
    ada, bo, cy = (somebody(database, "ADMIN") for _ in range(3))
    suspend(database, ada, bo)
    with pytest.raises(Forbidden, match="no admin any more"):
        suspend(database, bo, ada)
    assert (sorted(mails(database, cy)), mails(database, bo)) == (
        ["admin-removed", "suspension-waits"],
        ["account-suspended"],
    )
    give(database, ada, cy)
    with pytest.raises(Forbidden, match="no admin any more"):
        suspend(database, cy, ada)
    with unit(database) as work:
        assert not work.accounts.get(ada).suspended


def test_a_verifier_whose_role_was_taken_reads_and_decides_nothing_more(database: sa.Engine, app: Flask) -> None:
    """Not even with a token from before: without the role there are no limits, which of a verifier means everywhere."""
    ada, vera = somebody(database, "ADMIN"), somebody(database, "VERIFIER")
    give(database, ada, vera, "VERIFIER", jurisdictions=["DE"])
    german = submit(database, a_person(database)).id
    irish = submit(database, a_person(database), kind="IDENTITY", authority=None, number=None, jurisdiction="IE").id
    token = app.extensions["wiring"].signer.access_token(vera, ["VERIFIER"], sid=new_id(), email_verified=True)
    headers = {"Authorization": f"Bearer {token}"}

    def seen() -> list[list[str]]:
        answers = [Client(app).get(f"/v1/credentials/{own}", headers=headers).json for own in (german, irish)]
        return [[one["jurisdiction"] for one in answer] for answer in answers]

    def queue() -> tuple[int, set[str]]:
        answer = Client(app).post("/v1/credentials/search", json={}, headers=headers)
        return answer.status_code, {row["jurisdiction"][:2] for row in (answer.json or {}).get("rows", ())}

    assert seen() == [["DE"], []]
    assert queue() == (200, {"DE"})
    give(database, ada, vera)
    assert jurisdictions(database, vera) == []
    assert seen() == [[], []]
    assert queue() == (403, set())
    for own in (german, irish):
        with pytest.raises(Forbidden, match="no verifier any more"), unit(database) as work:
            desk.take_case(work, credential_id=own, verifier=vera, now=NOW)


def proposal_about(database: sa.Engine, person: str, now: Any) -> str:
    """The proposal that waits about an account."""
    found = waiting(database, person, now=now)
    assert found is not None
    return found.id


def test_taking_away_is_done_at_once_by_one(database: sa.Engine) -> None:
    """And what else is asked for waits; a call that gives nothing takes back what waits, whoever proposed it."""
    ada, bo = somebody(database, "ADMIN"), somebody(database, "ADMIN")
    person = somebody(database, "MODERATOR")
    give(database, ada, person, "VERIFIER")
    assert roles_of(database, person) == ["MEMBER"]
    found = waiting(database, person)
    assert found is not None
    assert found.roles == ("VERIFIER",)
    with pytest.raises(Conflict, match="proposal about this account waits"):
        give(database, bo, person, "MODERATOR")
    give(database, bo, person)
    assert waiting(database, person) is None
    with pytest.raises(NotFound):
        answer(database, bo, found.id)
    give(database, ada, bo)
    assert roles_of(database, bo) == ["MEMBER"]
    with pytest.raises(Conflict, match="last admin"):
        give(database, ada, ada)


def test_more_places_for_a_verifier_wait_and_fewer_do_not(database: sa.Engine) -> None:
    """None means everywhere."""
    ada, bo, person = somebody(database, "ADMIN"), somebody(database, "ADMIN"), somebody(database, "VERIFIER")
    give(database, ada, person, "VERIFIER", jurisdictions=["DE", "US"])
    assert (jurisdictions(database, person), waiting(database, person)) == (["DE", "US"], None)
    give(database, ada, person, "VERIFIER", jurisdictions=["DE", "US-CA"])
    assert (jurisdictions(database, person), waiting(database, person)) == (["DE", "US-CA"], None)
    for wider in (["DE", "US"], ["FR"], []):
        give(database, ada, person, "VERIFIER", jurisdictions=wider)
        found = waiting(database, person)
        assert found is not None
        assert (found.roles, found.jurisdictions) == ((), tuple(wider))
        assert jurisdictions(database, person) == ["DE", "US-CA"]
    answer(database, bo, found.id)
    assert jurisdictions(database, person) == []
    assert grants(database, person) == [("VERIFIER", TWO_ADMINS, ada, bo)]
    give(database, ada, person, "VERIFIER")  # they stay as they are
    assert (jurisdictions(database, person), waiting(database, person)) == ([], None)


def test_a_proposal_is_declined_or_is_over(database: sa.Engine) -> None:
    """After a week, when whoever made it is no admin any more, and when the account is not protected any more."""
    ada, bo, person = somebody(database, "ADMIN"), somebody(database, "ADMIN"), somebody(database)

    def propose() -> str:
        give(database, ada, person, "VERIFIER")
        found = waiting(database, person)
        assert found is not None
        return found.id

    answer(database, bo, propose(), agree=False)
    answer(database, ada, propose(), agree=False)  # one's own is taken back
    late = propose()
    with pytest.raises(NotFound):
        answer(database, bo, late, now=NOW + 7 * DAY)
    with unit(database) as work:
        work.connection.execute(
            sa.text("UPDATE account SET totp_confirmed_at = NULL WHERE person_id = CAST(:p AS uuid)"), {"p": person}
        )
    with pytest.raises(Conflict, match="no one-time passwords"):
        answer(database, bo, late)
    give(database, bo, ada)
    with pytest.raises(NotFound):
        answer(database, bo, late)
    assert roles_of(database, person) == ["MEMBER"]
    with unit(database) as work:
        assert work.roles.page(after=None, first=10, now=NOW) == []


def test_the_list_of_proposals_is_read_in_pages(database: sa.Engine) -> None:
    """Oldest first."""
    ada, _, people = somebody(database, "ADMIN"), somebody(database, "ADMIN"), [somebody(database) for _ in range(3)]
    for n, person in enumerate(people):
        give(database, ada, person, "VERIFIER", now=NOW + n * timedelta(minutes=1))
    with unit(database) as work:
        first = work.roles.page(after=None, first=2, now=NOW)
        rest = work.roles.page(after=(first[-1].proposed_at, first[-1].id), first=2, now=NOW)
    assert [one.person_id for one in (*first, *rest)] == people


def test_what_the_operator_gives_is_told_apart(database: sa.Engine) -> None:
    """It is how the first admin comes."""
    with unit(database) as work:
        own = accounts.create_account(
            work, email=f"{new_id()}@example.org", name="Ada",
            password="a long pass phrase", roles=["ADMIN"], jurisdictions=[], now=NOW,
        )  # fmt: skip
    assert grants(database, own) == [("ADMIN", OPERATOR, None, None)]
    assert rule(database) == ONE_ADMIN


def test_who_gave_roles_goes_with_an_erasure(database: sa.Engine) -> None:
    """What an erased admin gave stays, and names nobody; what they proposed is over."""
    ada, bo, person, other = (somebody(database, "ADMIN"), somebody(database, "ADMIN"), somebody(database), somebody(database))  # fmt: skip
    give(database, ada, person, "VERIFIER")
    found = waiting(database, person)
    assert found is not None
    answer(database, bo, found.id)
    give(database, ada, other, "VERIFIER")
    with unit(database) as work:
        rights.erase(work, ada, actor=ada, now=NOW)
    assert grants(database, person) == [("VERIFIER", TWO_ADMINS, None, bo)]
    assert waiting(database, other) is None
    with unit(database) as work:
        rights.erase(work, person, actor=person, now=NOW)
        left = work.connection.execute(
            sa.text("SELECT count(*) FROM role_grant WHERE person_id = CAST(:p AS uuid)"), {"p": person}
        ).scalar_one()
    assert left == 0
