"""How long a session lasts, on the real PostgreSQL and by a clock of the test's own."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from kit.clock import new_id
from kit.errors import Expired
from profiles.accounts.domain import token_hash
from profiles.rights.retention import retain
from profiles.sessions import usecases as session_usecases
from profiles.sessions.domain import OpenSession
from profiles.sessions.usecases import Session
from tests.profiles.integration.test_accounts import claims, sessions
from tests.profiles.integration.test_roles import _no_admins as _no_admins  # noqa: PLC0414  (a fixture)
from tests.profiles.integration.test_roles import give, somebody
from tests.support.desk import NOW, unit

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def opened(database: sa.Engine, person: str, *, now: datetime = NOW, otp: bool = True, demo: bool = False) -> Session:
    """A new session."""
    with unit(database) as work:
        account = work.accounts.get(person)
        assert account is not None
        return session_usecases.start_session(sessions(work, demo=demo), account, one_time_password=otp, now=now)


def refreshed(database: sa.Engine, session: Session, now: datetime, *, demo: bool = False) -> Session:
    """The session after a refresh."""
    with unit(database) as work:
        found = session_usecases.refresh_session(
            sessions(work, demo=demo), refresh_token=session.refresh_token, now=now
        )
    assert found is not None
    return found


def shown(database: sa.Engine, person: str, now: datetime) -> list[OpenSession]:
    """A person's sessions as they see them."""
    with unit(database) as work:
        return work.sessions.page(person, now=now, after=None, first=10)


def used(database: sa.Engine, session: Session, *, every: timedelta, until: datetime, now: datetime = NOW) -> Session:
    """A session that is used all the time."""
    while now + every < until:
        now += every
        session = refreshed(database, session, now)
    return session


def test_a_session_ends_90_days_after_the_sign_in_however_it_is_used(database: sa.Engine) -> None:
    """It says so; the last access token holds no longer either."""
    person = somebody(database)
    session = used(database, opened(database, person), every=10 * DAY, until=NOW + 90 * DAY)
    (one,) = shown(database, person, NOW + 80 * DAY)
    assert one.expires_at == session.refresh_expires_at == NOW + 90 * DAY
    last = NOW + 90 * DAY - MINUTE
    session = refreshed(database, session, last)
    assert session.expires_at == NOW + 90 * DAY
    assert claims(session)["exp"] == (NOW + 90 * DAY).timestamp()
    with pytest.raises(Expired):
        refreshed(database, session, NOW + 90 * DAY)
    assert shown(database, person, NOW + 90 * DAY) == []


def test_a_session_that_is_not_used_ends_after_30_days(database: sa.Engine) -> None:
    """As before."""
    person = somebody(database)
    session = opened(database, person)
    assert session.refresh_expires_at == NOW + 30 * DAY
    with pytest.raises(Expired):
        refreshed(database, session, NOW + 30 * DAY)
    refreshed(database, session, NOW + 30 * DAY - MINUTE)


@pytest.mark.parametrize("role", ["VERIFIER", "MODERATOR", "ADMIN"])
def test_a_session_in_which_a_role_counts_ends_after_12_hours(database: sa.Engine, role: str) -> None:
    """However it is used, and after an hour in which it was not."""
    person = somebody(database, role)
    session = used(database, opened(database, person), every=50 * MINUTE, until=NOW + 12 * HOUR)
    assert role in claims(session)["roles"]
    (one,) = shown(database, person, NOW + 11 * HOUR)
    assert one.expires_at == NOW + 12 * HOUR
    with pytest.raises(Expired):
        refreshed(database, session, NOW + 12 * HOUR)
    other = somebody(database, role)
    again = opened(database, other)
    assert again.refresh_expires_at == NOW + HOUR
    with pytest.raises(Expired):
        refreshed(database, again, NOW + HOUR)
    assert shown(database, other, NOW + HOUR) == []
    refreshed(database, again, NOW + HOUR - MINUTE)


def test_a_role_that_does_not_count_shortens_nothing(database: sa.Engine) -> None:
    """Without a one-time password the session is a member's; with one it is not."""
    person = somebody(database, "VERIFIER")
    weak, strong = opened(database, person, otp=False), opened(database, person)
    assert claims(weak)["roles"] == ["MEMBER"]
    refreshed(database, weak, NOW + 20 * DAY)
    with pytest.raises(Expired):
        refreshed(database, strong, NOW + 20 * DAY)


def test_a_role_shortens_the_sessions_that_are_open(database: sa.Engine) -> None:
    """Whoever signed in on an earlier day signs in again; a role that is taken away makes no session longer."""
    admin, person = somebody(database, "ADMIN"), somebody(database)
    old, today = opened(database, person), opened(database, person, now=NOW + 2 * DAY)
    given = NOW + 2 * DAY + MINUTE
    give(database, admin, person, "MODERATOR", now=given)
    with pytest.raises(Expired):
        refreshed(database, old, given)
    today = refreshed(database, today, given)
    assert {one.expires_at for one in shown(database, person, given)} == {NOW + 90 * DAY, NOW + 2 * DAY + 12 * HOUR}
    give(database, admin, person, now=given)
    today = refreshed(database, today, given + MINUTE)
    assert claims(today)["roles"] == ["MEMBER"]
    with pytest.raises(Expired):
        refreshed(database, today, NOW + 2 * DAY + 12 * HOUR)


def test_the_accounts_of_the_demo_are_no_exception(database: sa.Engine) -> None:
    """Their roles count without a one-time password, and as long."""
    person = somebody(database, "ADMIN", totp=False, email=f"{new_id()}@demo.example")
    session = opened(database, person, otp=False, demo=True)
    assert "ADMIN" in claims(session)["roles"]
    with pytest.raises(Expired):
        refreshed(database, session, NOW + HOUR, demo=True)


def test_a_session_of_an_earlier_version_ends_too(database: sa.Engine) -> None:
    """90 days after its sign-in, or, where a role counts, at its first refresh after 12 hours."""
    for role, life in ((None, 90 * DAY), ("ADMIN", 12 * HOUR)):
        person = somebody(database, *([role] if role else []))
        session = opened(database, person)
        with unit(database) as work:
            work.connection.execute(
                sa.text(
                    "UPDATE session SET expires_at = NULL, refresh_until = NULL WHERE person_id = CAST(:p AS uuid)"
                ),
                {"p": person},
            )
            work.connection.execute(
                sa.text(
                    "UPDATE refresh_token SET expires_at = :at WHERE session_id IN "
                    "(SELECT id FROM session WHERE person_id = CAST(:p AS uuid))"
                ),
                {"p": person, "at": NOW + 100 * DAY},
            )
        (one,) = shown(database, person, NOW)
        assert one.expires_at == NOW + 90 * DAY
        with pytest.raises(Expired):
            refreshed(database, session, NOW + life)
        refreshed(database, session, NOW + life - MINUTE)


def test_a_session_that_nobody_ended_is_deleted_30_days_after_its_end(database: sa.Engine) -> None:
    """And not before; a device is known by its token until then, also an admin's, whose session ended the same day."""
    person = somebody(database, "ADMIN")
    session = opened(database, person)
    known = token_hash(session.refresh_token)

    def left(now: datetime) -> tuple[int, bool]:
        retain(lambda: unit(database), now=now)
        with unit(database) as work:
            rows = work.connection.execute(
                sa.text("SELECT count(*) FROM session WHERE person_id = CAST(:p AS uuid)"), {"p": person}
            ).scalar_one()
            return int(rows), work.sessions.session_of([person], known) is not None

    assert left(NOW + 29 * DAY) == (1, True)
    assert left(NOW + 31 * DAY) == (0, False)
