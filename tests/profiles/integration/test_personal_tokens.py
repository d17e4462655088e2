"""Personal access tokens on the real PostgreSQL: made, used, and ended by whatever ends sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
import sqlalchemy as sa

from kit.errors import DomainError, Forbidden, Invalid, LimitReached, NotFound, Unauthenticated
from kit.suspension import AccountSuspended
from kit.tokens import PERSONAL_AUDIENCE, PERSONAL_PREFIX
from profiles.accounts import recovery
from profiles.accounts.domain import token_hash
from profiles.personal_tokens import usecases
from profiles.personal_tokens.domain import MAX_TOKENS, PersonalToken
from profiles.rights import usecases as rights
from profiles.rights.retention import RULES
from profiles.roles import usecases as roles
from profiles.sessions import usecases as session_usecases
from tests.profiles.integration.test_accounts import HASH, POLICIES, SIGNER
from tests.profiles.integration.test_roles import somebody
from tests.support.desk import CIPHER, NOW, a_person, mails, unit

DAY = timedelta(days=1)


def made(
    database: sa.Engine, person: str, *scopes: str, days: int = 30, name: str = "a program"
) -> tuple[PersonalToken, str]:
    """A new token: as it is listed, and itself."""
    with unit(database) as work:
        new = usecases.check_token(name=name, scopes=scopes or ("READ",), days=days)
        return usecases.create_token(work, new, person_id=person, now=NOW)


def used(database: sa.Engine, token: str, *, now: datetime = NOW) -> dict[str, Any]:
    """The claims of the access token that a token is exchanged for."""
    with unit(database) as work:
        access, _ = usecases.give_access(work, SIGNER, POLICIES, token=token, now=now)
    return dict(jwt.decode(access, options={"verify_signature": False}))


def listed(database: sa.Engine, person: str, now: datetime = NOW) -> list[str]:
    """The names of the tokens that somebody sees."""
    with unit(database) as work:
        return [one.name for one in work.personal_tokens.page(person, now=now, after=None, first=50)]


def refused(database: sa.Engine, token: str, *, now: datetime = NOW) -> type[DomainError]:
    """What a token is refused with."""
    with pytest.raises(DomainError) as caught:
        used(database, token, now=now)
    return type(caught.value)


def test_a_token_says_what_it_may_do_and_is_stored_as_a_hash(database: sa.Engine) -> None:
    """Whoever writes reads; the audit trail names it, and neither its name nor the token."""
    person = a_person(database)
    reading, token = made(database, person)
    _, writing = made(database, person, "WRITE", name="another program")
    found = used(database, token)
    assert (found["aud"], found["scope"], found["sub"], found["sid"]) == (PERSONAL_AUDIENCE, "READ", person, reading.id)
    assert (found["roles"], "auth_time" in found, found["exp"] - found["iat"]) == (["MEMBER"], False, 600)
    assert used(database, writing)["scope"] == "READ WRITE"
    assert token.startswith(PERSONAL_PREFIX)
    with unit(database) as work:
        rows = str(work.connection.execute(sa.text("SELECT * FROM personal_access_token")).all())
        trail = work.connection.execute(
            sa.text("SELECT action, reason FROM audit_entry NATURAL LEFT JOIN audit_reason ORDER BY seq DESC LIMIT 2")
        ).all()
        (one,) = [t for t in work.personal_tokens.page(person, now=NOW, after=None, first=9) if t.id == reading.id]
    assert token not in rows
    assert token.rpartition(".")[0].removeprefix(PERSONAL_PREFIX) not in rows
    assert one.last_used_at == NOW
    assert sorted(listed(database, person)) == ["a program", "another program"]
    assert [row.action for row in trail] == ["personal-token.create"] * 2
    assert "program" not in str(trail)
    assert mails(database, person) == ["personal-token-made"] * 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, ["name"]), ({"name": "x" * 61}, ["name"]), ({"scopes": []}, ["scopes"]), ({"scopes": ["ADMIN"]}, ["scopes"]),
        ({"days": 0}, ["expiresInDays"]), ({"days": 366}, ["expiresInDays"]),
    ],
)  # fmt: skip
def test_what_makes_no_token_is_refused(changed: dict[str, Any], field: list[str]) -> None:
    """With the field."""
    given: dict[str, Any] = {"name": "x", "scopes": ["READ"], "days": 1} | changed
    with pytest.raises(Invalid) as caught:
        usecases.check_token(**given)
    assert caught.value.field == field


def test_a_token_ends_by_itself_and_makes_room(database: sa.Engine) -> None:
    """Its last access token holds no longer; a person has a number of tokens at a time."""
    person = a_person(database)
    _, token = made(database, person, days=1)
    end = NOW + DAY
    assert used(database, token, now=end - timedelta(seconds=90))["exp"] == end.timestamp()
    assert refused(database, token, now=end) is Unauthenticated
    for _ in range(MAX_TOKENS - 1):
        made(database, person)
    with pytest.raises(LimitReached):
        made(database, person)
    assert len(listed(database, person, end)) == MAX_TOKENS - 1


def test_only_its_owner_revokes_a_token(database: sa.Engine) -> None:
    """Its access tokens end with it; that of somebody else is not found, as one that never was."""
    person, other = a_person(database), a_person(database)
    mine, token = made(database, person)
    for who, which in ((other, mine.id), (person, other), (person, "x")):
        with pytest.raises(NotFound), unit(database) as work:
            usecases.revoke_token(work, person_id=who, token_id=which, now=NOW)
    used(database, token)
    for _ in range(2):
        with unit(database) as work:
            usecases.revoke_token(work, person_id=person, token_id=mine.id, now=NOW)
    assert refused(database, token) is Unauthenticated
    assert listed(database, person) == []
    with unit(database) as work:
        assert dict(work.personal_tokens.ended(since=NOW - DAY))[mine.id] is None


@pytest.mark.parametrize("text", ["", "x", PERSONAL_PREFIX, f"{PERSONAL_PREFIX}abc.def", "é" * 50])
def test_a_made_up_token_reaches_no_database(database: sa.Engine, text: str) -> None:
    """Known by its tag; that of another instance is none here."""
    assert not usecases.is_personal_token(CIPHER, text)
    assert refused(database, text) is Unauthenticated


def test_no_role_beyond_member_counts_in_a_token(database: sa.Engine) -> None:
    """However it was protected; a change of roles ends the access tokens that are out, and the token goes on."""
    admin, moderator = somebody(database, "ADMIN"), somebody(database, "MODERATOR")
    mine, token = made(database, moderator)
    assert used(database, token)["roles"] == ["MEMBER"]
    with unit(database) as work:
        account = work.accounts.get(moderator)
        assert account is not None
        roles._hold_at_once(work, account, now=NOW)
        assert dict(work.personal_tokens.ended(since=NOW - DAY))[mine.id] is not None
    assert used(database, token)["roles"] == ["MEMBER"]
    assert admin != moderator


def _suspended(database: sa.Engine, person: str) -> None:
    with unit(database) as work:
        work.suspensions.set_suspended(person, suspended=True, until=None)
        work.personal_tokens.void(person, at=NOW)


def test_a_token_of_somebody_who_is_suspended_does_nothing(database: sa.Engine) -> None:
    """It works again when the suspension ends."""
    person = somebody(database)
    _, token = made(database, person)
    _suspended(database, person)
    assert refused(database, token) is AccountSuspended
    with unit(database) as work:
        work.suspensions.set_suspended(person, suspended=False, until=None)
    assert used(database, token)["sub"] == person


def _changes_password(database: sa.Engine, person: str) -> None:
    with unit(database) as work:
        recovery.change_password(work, person_id=person, session=None, password_hash=HASH, now=NOW)


def _erased(database: sa.Engine, person: str) -> None:
    with unit(database) as work:
        rights.erase(work, person, actor=person, now=NOW)


@pytest.mark.parametrize("act", [_changes_password, _erased])
def test_what_ousts_a_thief_ends_tokens_too(database: sa.Engine, act: Callable[[sa.Engine, str], None]) -> None:
    """Whoever had got at the account may have made one; its access tokens end as well."""
    person = somebody(database)
    mine, token = made(database, person)
    act(database, person)
    assert refused(database, token) is Unauthenticated
    with unit(database) as work:
        ended = [*work.personal_tokens.ended(since=NOW - DAY), *work.sessions.ended(since=NOW - DAY)]
    assert dict(ended)[mine.id] is None


def test_ending_sessions_leaves_tokens(database: sa.Engine) -> None:
    """A lost phone is no reason to stop one's programs; the list of tokens is beside that of sessions."""
    person = somebody(database)
    _, token = made(database, person)
    with unit(database) as work:
        session_usecases.end_other_sessions(
            work.sessions, work.audit, person_id=person, session="0" * 8 + "-0000" * 3 + "-" + "0" * 12, now=NOW
        )
    assert used(database, token)["sub"] == person


def test_a_token_is_kept_for_30_days_after_its_end(database: sa.Engine) -> None:
    """Whether it was revoked or has expired."""
    person = a_person(database)
    (rule,) = [rule for rule in RULES if rule.what == "personal access tokens"]
    _, running = made(database, person, days=60)
    gone, _ = made(database, person, days=60)
    made(database, person, days=1)
    with unit(database) as work:
        usecases.revoke_token(work, person_id=person, token_id=gone.id, now=NOW)

    def left(now: datetime) -> int:
        with unit(database) as work:
            work.connection.execute(sa.text(rule.statement), {"before": now - timedelta(days=rule.days)})
            return int(work.connection.execute(
                sa.text("SELECT count(*) FROM personal_access_token WHERE person_id = CAST(:p AS uuid)"), {"p": person}
            ).scalar_one())  # fmt: skip

    assert [left(NOW + days * DAY) for days in (30, 30.5, 31.5)] == [3, 2, 1]
    with unit(database) as work:
        assert work.personal_tokens.use(token_hash(running), at=NOW) is not None
    assert issubclass(AccountSuspended, Forbidden)
