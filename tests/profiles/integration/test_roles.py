"""Who may hold a role beyond MEMBER, and who gives it, on the real PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from kit.clock import new_id
from kit.errors import Conflict, Invalid, NotFound
from profiles.accounts import usecases as accounts
from profiles.accounts.domain import parse_email
from profiles.roles import usecases
from profiles.roles.domain import RoleRequirements
from tests.profiles.integration.test_accounts import claims, sessions
from tests.support.desk import NOW, a_person, unit

STRICT = RoleRequirements()


@pytest.fixture(autouse=True)
def _no_admins(database: sa.Engine) -> None:
    """Each test makes its own."""
    with unit(database) as work:
        work.connection.execute(sa.text("DELETE FROM account_role WHERE role = 'ADMIN'"))


def somebody(database: sa.Engine, *roles: str, confirmed: bool = True, totp: bool = True, email: str = "") -> str:
    """An account with roles that count, unless it lacks what they need."""
    person = new_id()
    with unit(database) as work:
        work.people.add(person_id=person, handles=[person], name="Ada", claimed=True, created_at=NOW, regions=["DE"])
        work.accounts.add(
            person_id=person, email=parse_email(email or f"{person}@example.org"), password_hash=None, created_at=NOW,
            confirmed=confirmed,
        )  # fmt: skip
        work.accounts.grant(person, ["MEMBER", *roles])
        if totp:
            work.accounts.use_totp_step(person, 1, confirmed_at=NOW)
    return person


def give(database: sa.Engine, admin: str, person: str, *roles: str, **given: Any) -> Any:
    """Set roles as an admin."""
    fields = {"jurisdictions": None, "now": NOW, "requirements": STRICT} | given
    with unit(database) as work:
        return usecases.set_roles(
            work.role_work(fields.pop("requirements")), admin=admin, person_id=person, roles=roles, **fields
        )


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
            session = accounts.start_session(sessions(work), account, one_time_password=True, now=NOW)
        assert claims(session)["roles"] == counting
    person = somebody(database, "ADMIN")
    with unit(database) as work:
        session = accounts.start_session(sessions(work), work.accounts.get(person), one_time_password=True, now=NOW)
        work.connection.execute(
            sa.text("UPDATE account SET totp_confirmed_at = NULL WHERE person_id = CAST(:p AS uuid)"), {"p": person}
        )
        refreshed = accounts.refresh_session(sessions(work), refresh_token=session.refresh_token, now=NOW)
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
