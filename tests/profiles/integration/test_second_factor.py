"""Recovery codes, and a lost second factor: reset by two admins, or by one and time, and never against the person's will."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kit.clock import new_id, now
from kit.errors import Conflict, Forbidden, InvalidCredentials, OtpRequired, SecondPersonRequired
from profiles import db
from profiles.accounts import passwords, recovery, usecases
from profiles.accounts.passwords import Lane
from profiles.mail.delivery import deliver_one
from profiles.rights.usecases import FRESH_SECONDS
from profiles.roles.domain import ONE_ADMIN, RoleOrigin
from profiles.scheduled_jobs.usecases import ITEM_JOBS, run_item_job
from profiles.second_factor import usecases as factor_usecases
from profiles.second_factor.domain import ALONE_HOURS, RESET_DAYS
from profiles.second_factor.usecases import (
    approve_reset,
    disable_totp,
    finish_due,
    new_recovery_codes,
    refuse_reset,
    request_reset,
)
from profiles.sessions import usecases as session_usecases
from profiles.suspensions.usecases import suspend_account
from profiles.wiring import working
from tests.profiles.integration.test_accounts import PASSWORD, address, claims, confirmed, otp, sessions, sign_in
from tests.profiles.integration.test_sessions import app as app  # noqa: PLC0414  (a fixture)
from tests.support.desk import CIPHER, NOW, a_person, mails, unit
from tests.support.patience import PatientClient
from tests.support.races import at_once, tally
from tests.support.settings import worker_settings

MANY = 16
LATER = NOW + timedelta(hours=ALONE_HOURS)
TOLD = "second-factor-reset"


def turn_on(database: sa.Engine, person: str, session: str, *, at: datetime = NOW) -> tuple[bytes, list[str]]:
    """Turn one-time passwords on; returns the secret and the recovery codes."""
    with unit(database) as work:
        secret, _ = factor_usecases.start_totp(work, account=work.accounts.get(person), issuer="Consilium")
    raw = base64.b32decode(secret + "=" * (-len(secret) % 8))
    with unit(database) as work:
        codes = factor_usecases.confirm_totp(
            work, person_id=person, session=session, otp=otp(raw, at), now=at
        )  # fmt: skip
    return raw, codes


def protected(database: sa.Engine, *roles: str) -> tuple[str, str, list[str]]:
    """Somebody with one-time passwords: address, id and recovery codes."""
    email = address()
    session = confirmed(database, email)
    with unit(database) as work:
        work.roles.grant(session.person_id, roles)
    _, codes = turn_on(database, session.person_id, claims(session)["sid"])
    return email, session.person_id, codes


def admins(database: sa.Engine, count: int) -> list[str]:
    """So many admins, and no others."""
    with unit(database) as work:
        work.connection.execute(sa.text("DELETE FROM account_role WHERE role = 'ADMIN'"))
        work.connection.execute(sa.text("UPDATE account SET admin_lost_at = NULL WHERE admin_lost_at IS NOT NULL"))
    made = [a_person(database, f"Admin {number}", roles=("ADMIN",)) for number in range(count)]
    with unit(database) as work:
        for admin in made:
            work.factors.use_totp_step(admin, 1, confirmed_at=NOW)
    return made


def ask(database: sa.Engine, person: str, *, at: datetime = NOW) -> None:
    """Ask for a reset, as somebody whose password was right."""
    with unit(database) as work:
        account = work.accounts.get(person)
    with unit(database) as work:
        request_reset(work, account, now=at)


def approve(database: sa.Engine, admin: str, person: str, *, at: datetime = NOW) -> bool:
    """Agree."""
    with unit(database) as work:
        return approve_reset(work, admin=admin, person_id=person, now=at)


def is_on(database: sa.Engine, person: str) -> bool:
    """Whether signing in asks for a one-time password."""
    with unit(database) as work:
        return bool(work.accounts.get(person).totp)


def told(database: sa.Engine, person: str) -> list[str]:
    """Which steps of a reset somebody is told of."""
    return [kind.removeprefix(f"{TOLD}-") for kind in mails(database, person) if kind.startswith(TOLD)]


def finish(database: sa.Engine, at: datetime) -> None:
    """What the worker does by the clock."""
    run_item_job(lambda: working(database, CIPHER), "second_factor_resets", ITEM_JOBS["second_factor_resets"], now=at)


def test_two_admins_turn_one_time_passwords_off(database: sa.Engine) -> None:
    """The first agrees, the second does it; all sessions end, and roles count when one-time passwords are on again."""
    first, second = admins(database, 2)
    email, person, codes = protected(database, "VERIFIER")
    session = sign_in(database, email, otp=codes[0])
    assert claims(session)["roles"] == ["MEMBER", "VERIFIER"]
    ask(database, person)
    assert (mails(database, first), mails(database, second)) == ([f"{TOLD}-waiting"], [f"{TOLD}-waiting"])
    assert approve(database, first, person) is False
    with pytest.raises(SecondPersonRequired):
        approve(database, first, person)
    assert is_on(database, person)
    assert approve(database, second, person) is True
    assert not is_on(database, person)
    assert told(database, person) == ["requested", "approved", "done"]
    with unit(database) as work:
        assert (claims(session)["sid"], None) in work.sessions.ended(since=NOW - timedelta(minutes=1))
        left = work.connection.execute(
            sa.text("SELECT count(*) FROM recovery_code WHERE person_id = CAST(:p AS uuid)"), {"p": person}
        )
        assert left.scalar_one() == 0
        rows = work.connection.execute(
            sa.text("SELECT action, actor FROM audit_entry WHERE object = :o AND action LIKE '%second%' ORDER BY seq"),
            {"o": work.audit.pseudonym_of(person)},
        ).all()
        names = [work.audit.pseudonym_of(one) for one in (person, first, second)]
    assert [tuple(row) for row in rows] == [
        ("account.request-second-factor-reset", names[0]),
        ("account.approve-second-factor-reset", names[1]),
        ("account.reset-second-factor", names[2]),
    ]
    fresh = sign_in(database, email)
    assert claims(fresh)["roles"] == ["MEMBER"]
    turn_on(database, person, claims(fresh)["sid"], at=NOW + timedelta(minutes=2))
    with unit(database) as work:
        again = session_usecases.refresh_session(sessions(work), refresh_token=fresh.refresh_token, now=NOW)
    assert claims(again)["roles"] == ["MEMBER", "VERIFIER"]


def test_only_another_admin_decides_and_only_what_was_asked_for(database: sa.Engine) -> None:
    """Nobody about themselves, no other role, and nothing that nobody asked for or that is over."""
    first, second = admins(database, 2)
    _, person, _ = protected(database, "ADMIN")
    verifier = a_person(database, roles=("VERIFIER",))
    for given in (person, new_id(), "none"):
        with pytest.raises(Conflict):
            approve(database, first, given)
    ask(database, person)
    for admin in (person, verifier):
        with pytest.raises(Forbidden):
            approve(database, admin, person)
    over = NOW + timedelta(days=RESET_DAYS)
    approve(database, first, person)
    with pytest.raises(Conflict):
        approve(database, second, person, at=over)
    finish(database, over)
    with unit(database) as work:
        assert work.factors.get(person) is None
    assert is_on(database, person)


def test_an_admin_who_is_one_no_more_has_not_agreed(database: sa.Engine) -> None:
    """Two who are admins now must agree."""
    first, second, third = admins(database, 3)
    _, person, _ = protected(database)
    ask(database, person)
    assert approve(database, first, person) is False
    with unit(database) as work:
        work.roles.take_roles(first, ["ADMIN"], at=NOW)
    assert approve(database, second, person) is False
    assert approve(database, third, person) is True


def test_one_admin_alone_must_wait_and_the_person_is_told(database: sa.Engine) -> None:
    """72 hours, and not a second less; the message says when."""
    (admin,) = admins(database, 1)
    _, person, _ = protected(database)
    ask(database, person)
    assert approve(database, admin, person) is False
    with unit(database) as work:
        assert work.factors.get(person).due_at == LATER
        said = work.connection.execute(
            sa.text("SELECT data->>'done_at' FROM mail WHERE person_id = CAST(:p AS uuid) AND kind LIKE '%approved'"),
            {"p": person},
        ).scalar_one()
    assert said == f"{LATER:%Y-%m-%d %H:%M} UTC"
    finish(database, LATER - timedelta(seconds=1))
    assert is_on(database, person)
    finish(database, LATER)
    assert not is_on(database, person)
    assert told(database, person) == ["requested", "approved", "done"]


def test_an_admin_whom_the_other_one_made_is_no_second_one(database: sa.Engine) -> None:
    """Else the only admin would make one, and do at once with both what must wait for 72 hours; whoever agrees first."""
    for puppet_first in (False, True):
        (admin,) = admins(database, 1)
        _, puppet, _ = protected(database)
        with unit(database) as work:
            work.roles.grant(puppet, ["ADMIN"], origin=RoleOrigin(ONE_ADMIN, admin, None, NOW, admin))
        _, person, _ = protected(database)
        ask(database, person)
        first, second = (puppet, admin) if puppet_first else (admin, puppet)
        assert approve(database, first, person) is False
        with unit(database) as work:
            assert work.factors.get(person).due_at == LATER
        with pytest.raises(SecondPersonRequired, match="or one of you the other"):
            approve(database, second, person)
        assert is_on(database, person)
        assert told(database, person) == ["requested", "approved"]
        finish(database, LATER)
        assert not is_on(database, person)


def test_an_admin_whose_role_does_not_count_is_no_second_one(database: sa.Engine) -> None:
    """Nobody waits for them in vain."""
    admin, weak = admins(database, 2)
    with unit(database) as work:
        work.factors.turn_off(weak)
    _, person, _ = protected(database)
    ask(database, person)
    approve(database, admin, person)
    with unit(database) as work:
        assert work.factors.get(person).due_at == LATER


def test_an_admin_whom_the_other_one_suspended_counts(database: sa.Engine) -> None:
    """So nobody gets round the second admin by that."""
    admin, other = admins(database, 2)
    with unit(database) as work:
        suspend_account(
            work, admin=admin, person_id=other, reason="Under investigation", until=None,
            now=NOW,
        )  # fmt: skip
    _, person, _ = protected(database)
    ask(database, person)
    assert approve(database, admin, person) is False
    with unit(database) as work:
        assert work.factors.get(person).due_at is None
    finish(database, LATER)
    assert is_on(database, person)


def test_the_only_admin_who_is_one_no_more_has_not_agreed_either(database: sa.Engine) -> None:
    """The request is forgotten when its time comes."""
    (admin,) = admins(database, 1)
    _, person, _ = protected(database)
    ask(database, person)
    approve(database, admin, person)
    admins(database, 1)
    finish(database, LATER)
    assert is_on(database, person)
    with unit(database) as work:
        assert work.factors.get(person) is None


@pytest.mark.parametrize("message", ["requested", "approved"])
def test_the_person_refuses_with_the_token_of_any_message(database: sa.Engine, tmp_path: Path, message: str) -> None:
    """Then it is never done, and everybody is signed out."""
    (admin,) = admins(database, 1)
    email, person, codes = protected(database)
    session = sign_in(database, email, otp=codes[0])
    with unit(database) as work:
        work.connection.execute(sa.text("DELETE FROM mail"))
    config = replace(worker_settings(), mail_dir=tmp_path, field_keys=((1, b"f" * 32),))
    ask(database, person)
    while deliver_one(database, config):
        pass
    approve(database, admin, person)
    while deliver_one(database, config):
        pass
    (file,) = tmp_path.glob(f"*-{TOLD}-{message}-*.eml")
    text = file.read_text(encoding="utf-8")
    assert f"To: {email}" in text
    (token,) = re.findall(r"^[\w-]{43}$", text, flags=re.M)
    with unit(database) as work:
        refuse_reset(work, token=token, now=NOW)
        assert (claims(session)["sid"], None) in work.sessions.ended(since=NOW - timedelta(minutes=1))
    assert told(database, person) == ["refused"]
    with pytest.raises(InvalidCredentials), unit(database) as work:
        refuse_reset(work, token=token, now=NOW)
    finish(database, LATER)
    assert is_on(database, person)


def test_a_new_password_ends_what_was_asked_for_with_the_one_before(database: sa.Engine) -> None:
    """Whoever learned the old password may have asked."""
    first, second = admins(database, 2)
    email, person, _ = protected(database)
    ask(database, person)
    approve(database, first, person)
    with unit(database) as work:
        recovery.change_password(
            work, person_id=person, session=None,
            password_hash=passwords.hash_password("another pass phrase", lane=Lane.OPERATOR), now=NOW,
        )  # fmt: skip
    with pytest.raises(Conflict):
        approve(database, second, person)
    with pytest.raises(OtpRequired):
        sign_in(database, email, "another pass phrase")


def test_somebody_who_is_suspended_asks_like_everybody(database: sa.Engine) -> None:
    """Else whoever has lost the device could not sign in to take their data along or erase them."""
    _, person, _ = protected(database)
    with unit(database) as work:
        work.suspensions.set_suspended(person, suspended=True, until=None)
    ask(database, person)
    assert told(database, person) == ["requested"]


def test_asking_needs_the_password_and_is_for_who_needs_it(database: sa.Engine, app: Any) -> None:
    """One answer for a wrong password and for nobody; nothing is stored. Admins alone see what waits."""
    first, _ = admins(database, 2)
    email, person, _ = protected(database)

    def post(path: str, body: Any, token: str | None = None) -> Any:
        headers = {"X-Client-Address": "10.8.7.6"} | ({"Authorization": f"Bearer {token}"} if token else {})
        return PatientClient(app).post(path, json=body, headers=headers)

    path = "/v1/second-factor-resets"
    wrong = post(path, {"email": email, "password": "not the password"})
    nobody = post(path, {"email": address(), "password": PASSWORD})
    assert (wrong.status_code, wrong.json["code"]) == (401, "INVALID_CREDENTIALS")
    assert (wrong.json["code"], wrong.json["detail"]) == (nobody.json["code"], nobody.json["detail"])
    plain = address()
    confirmed(database, plain)
    assert post(path, {"email": plain, "password": PASSWORD}).json["code"] == "CONFLICT"
    with unit(database) as work:
        assert work.factors.get(person) is None
    assert post(path, {"email": email, "password": PASSWORD}).status_code == 204
    signer = app.extensions["wiring"].signer
    given = {"sid": new_id(), "email_verified": True}
    admin, member = signer.access_token(first, ["ADMIN"], **given), signer.access_token(person, ["MEMBER"], **given)
    assert post(f"{path}/search", {}, member).status_code == 403
    rows = post(f"{path}/search", {}, admin).json["rows"]
    (row,) = [one["reset"] for one in rows if one["reset"]["account"]["id"] == person]
    assert (row["account"]["email"], row["approved_by"], row["due_at"]) == (email, None, None)
    answer = post(f"/v1/accounts/{person}/second-factor-reset", {}, admin)
    assert (answer.status_code, answer.json) == (200, {"done": False})
    again = post(f"/v1/accounts/{person}/second-factor-reset", {}, admin)
    assert (again.status_code, again.json["code"]) == (403, "SECOND_PERSON_REQUIRED")


def test_new_recovery_codes_replace_the_earlier_ones(database: sa.Engine, app: Any) -> None:
    """After a recent sign-in and with the password; they are stored as hashes."""
    email, person, codes = protected(database)
    signer = app.extensions["wiring"].signer

    def post(password: str, *, ago: float = 0) -> Any:
        given = signer.access_token(
            person, ["MEMBER"], sid=new_id(), auth_time=now().timestamp() - ago, email_verified=True
        )
        return PatientClient(app).post(
            "/v1/me/recovery-codes", json={"password": password}, headers={"Authorization": f"Bearer {given}"}
        )

    assert post(PASSWORD, ago=FRESH_SECONDS + 1).json["code"] == "FORBIDDEN"
    assert post("not the password").json["code"] == "INVALID_CREDENTIALS"
    assert sign_in(database, email, otp=codes[0]).person_id == person
    new = post(PASSWORD).json["recovery_codes"]
    assert len(set(new)) == 10
    assert not set(new) & set(codes)
    with unit(database) as work:
        stored = str(work.connection.execute(sa.text("SELECT * FROM recovery_code")).all())
    assert not any(code in stored for code in new)
    with pytest.raises(InvalidCredentials):
        sign_in(database, email, otp=codes[1])
    assert sign_in(database, email, otp=new[0]).person_id == person
    with pytest.raises(InvalidCredentials):
        sign_in(database, email, otp=new[0])
    assert mails(database, person)[-1] == "recovery-codes-replaced"


def test_one_time_passwords_are_turned_off_by_oneself(database: sa.Engine) -> None:
    """The present session goes on without roles, all others end, and another device can be set up."""
    email, person, codes = protected(database, "MODERATOR")
    present, other = sign_in(database, email, otp=codes[0]), sign_in(database, email, otp=codes[1])
    later = NOW + timedelta(seconds=1)
    with unit(database) as work:
        disable_totp(work, person_id=person, session=claims(present)["sid"], now=later)
        ended = work.sessions.ended(since=NOW - timedelta(minutes=1))
        assert (claims(other)["sid"], None) in ended
        assert (claims(present)["sid"], later) in ended
    with unit(database) as work:
        refreshed = session_usecases.refresh_session(sessions(work), refresh_token=present.refresh_token, now=later)
    assert claims(refreshed)["roles"] == ["MEMBER"]
    assert claims(sign_in(database, email))["roles"] == ["MEMBER"]
    assert mails(database, person)[-1] == "totp-disabled"
    turn_on(database, person, claims(refreshed)["sid"])
    assert is_on(database, person)
    with pytest.raises(Conflict), unit(database) as work:
        new_recovery_codes(work, person_id=a_person(database))


@pytest.fixture(scope="module")
def racing(database: sa.Engine) -> Iterator[sa.Engine]:
    """Connections for all threads at once, that wait for a lock as long as a busy machine makes them."""
    engine = db.connect(database.url.render_as_string(hide_password=False), pool_size=MANY)
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("SET lock_timeout = '60s'"))
    yield engine
    engine.dispose()


def test_two_admins_reset_a_second_factor_once(racing: sa.Engine) -> None:
    """However often both agree at once: one agreement of each, and it is done once."""
    pair = admins(racing, 2)
    _, person, _ = protected(racing)
    ask(racing, person)
    results = at_once(MANY, lambda number: approve(racing, pair[number % 2], person))
    answers = [result for result in results if isinstance(result, bool)]
    assert sorted(answers) == [False, True]
    assert set(tally(results)) <= {"done", "SecondPersonRequired", "Conflict"}
    # Who agrees last may have come first, and a message has the time at which its request came.
    assert sorted(told(racing, person)) == ["approved", "done", "requested"]
    with unit(racing) as work:
        rows = work.connection.execute(
            sa.text("SELECT actor FROM audit_entry WHERE object = :o AND action IN "
                    "('account.approve-second-factor-reset', 'account.reset-second-factor')"),
            {"o": work.audit.pseudonym_of(person)},
        ).scalars().all()  # fmt: skip
        assert sorted(rows) == sorted(work.audit.pseudonym_of(admin) for admin in pair)


def test_a_reset_is_done_or_refused_and_never_both(racing: sa.Engine) -> None:
    """By the second admin, the person and workers whose time has come, all at once."""
    for _ in range(4):
        first, second = admins(racing, 2)
        _, person, _ = protected(racing)
        ask(racing, person)
        approve(racing, first, person)
        with unit(racing) as work:
            purpose = f"TOTP_RESET:{work.factors.get(person).id}:x"
            token = usecases.mail_token(work.accounts, person, purpose, until=LATER)

        def act(number: int, *, token: str = token, person: str = person, second: str = second) -> Any:
            with unit(racing) as work:
                if number == 0:
                    return refuse_reset(work, token=token, now=NOW)
                if number == 1:
                    return approve_reset(work, admin=second, person_id=person, now=NOW)
                return finish_due(work, person, now=NOW)

        results = at_once(6, act)
        refused = results[0] is None
        assert is_on(racing, person) == refused
        assert (results[1] is True) == (not refused)
        assert sorted(told(racing, person)) == sorted(["requested", "approved", "refused" if refused else "done"])


def test_one_time_passwords_are_turned_off_once(racing: sa.Engine) -> None:
    """The others are told that they are off."""
    email, person, codes = protected(racing)
    session = claims(sign_in(racing, email, otp=codes[0]))["sid"]

    def act(_: int) -> None:
        with unit(racing) as work:
            disable_totp(work, person_id=person, session=session, now=NOW)

    assert tally(at_once(MANY, act)) == {"done": 1, "Conflict": MANY - 1}
    assert mails(racing, person).count("totp-disabled") == 1


def test_of_many_new_recovery_codes_one_set_works(racing: sa.Engine) -> None:
    """Ten codes are stored, all of one answer."""
    email, person, _ = protected(racing)

    def act(_: int) -> list[str]:
        with unit(racing) as work:
            return new_recovery_codes(work, person_id=person)

    sets = at_once(MANY, act)
    with unit(racing) as work:
        left = work.connection.execute(
            sa.text("SELECT count(*) FROM recovery_code WHERE person_id = CAST(:p AS uuid)"), {"p": person}
        )
        assert left.scalar_one() == 10

    def works(code: str) -> bool:
        try:
            sign_in(racing, email, otp=code)
        except InvalidCredentials:
            return False
        return True

    (good,) = [codes for codes in sets if works(codes[0])]
    assert all(works(code) for code in good[1:])


def test_one_request_waits_however_often_it_is_made(racing: sa.Engine) -> None:
    """The person is told once, and each admin."""
    (admin,) = admins(racing, 1)
    _, person, _ = protected(racing)
    assert tally(at_once(MANY, lambda _: ask(racing, person))) == {"done": MANY}
    assert told(racing, person) == ["requested"]
    assert mails(racing, admin) == [f"{TOLD}-waiting"]
