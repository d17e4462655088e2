"""Accounts on the real PostgreSQL: nobody learns who has one, and tries are slowed down."""

from __future__ import annotations

import base64
import re
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import jwt
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from kit.clock import new_id
from kit.errors import Conflict, Expired, Forbidden, Invalid, InvalidCredentials, OtpRequired
from profiles.accounts import confirmation, passwords, recovery, usecases
from profiles.accounts.passwords import Lane
from profiles.accounts.signing import Signer
from profiles.accounts.usecases import NewAccount
from profiles.mail.delivery import deliver_one
from profiles.policies.files import read_policies
from profiles.roles import usecases as roles
from profiles.roles.domain import RoleRequirements
from profiles.second_factor import usecases as factor_usecases
from profiles.sessions import usecases as session_usecases
from profiles.sessions.usecases import Session, SessionContext
from profiles.suspensions import usecases as suspensions
from profiles.unit_of_work import UnitOfWork
from tests.kit.unit.test_kit import a_pem
from tests.support.desk import NOW, mails, unit

SIGNER = Signer(a_pem(), "http://x")
POLICIES = read_policies(None)
PASSWORD = "a long pass phrase"
HASH = passwords.hash_password(PASSWORD, lane=Lane.OPERATOR)


def sessions(work: UnitOfWork, client: bytes | None = b"client", *, demo: bool = False) -> SessionContext:
    """What opening a session needs."""
    work.requirements = RoleRequirements(demo=demo)
    return SessionContext(work, SIGNER, POLICIES, client)


def new_account(email: str, name: str = "Ada") -> NewAccount:
    """What the view has checked."""
    return usecases.check_sign_up(
        POLICIES, email=email, password=PASSWORD, name=name, regions=["DE"], profession=None,
        accepted_policies=[p.key for p in POLICIES],
    )  # fmt: skip


def sign_up(database: sa.Engine, email: str, name: str = "Ada") -> Session:
    """A new account."""
    new = new_account(email, name)
    with unit(database) as work:
        return usecases.sign_up(sessions(work), new=new, password_hash=HASH, now=NOW)


def sign_in(database: sa.Engine, email: str, password: str = PASSWORD, otp: str | None = None, now=NOW) -> Session:  # type: ignore[no-untyped-def]
    """As the view does it."""
    with unit(database) as work:
        found = session_usecases.candidates(work.accounts, email)
    account = session_usecases.matching(found, password, lane=Lane.KNOWN)
    with unit(database) as work:
        return session_usecases.sign_in(sessions(work), account, otp=otp, now=now)


def token_for(database: sa.Engine, person: str, purpose: str, *, hours: float = 1) -> str:
    """A token as it is sent by mail."""
    with unit(database) as work:
        return usecases.mail_token(work.accounts, person, purpose, until=NOW + timedelta(hours=hours))


def confirm(work: UnitOfWork, token: str) -> Session | None:
    """Confirm an address with a token that was sent by mail."""
    account = confirmation.account_of_token(work.accounts, token=token, now=NOW)
    return confirmation.confirm_email(sessions(work), account=account, token=token, now=NOW)


def claims(session: Session):  # type: ignore[no-untyped-def]
    """What an access token says."""
    return jwt.decode(session.access_token, options={"verify_signature": False})


def address() -> str:
    """An address that nobody has."""
    return f"{new_id()}@example.org"


def messages(database: sa.Engine) -> int:
    """How many messages wait."""
    with unit(database) as work:
        return int(work.connection.execute(sa.text("SELECT count(*) FROM mail")).scalar_one())


def confirmed(database: sa.Engine, email: str) -> Session:
    """An account whose address is confirmed."""
    session = sign_up(database, email)
    with unit(database) as work:
        work.accounts.confirm(session.person_id, at=NOW)
    return session


@pytest.mark.parametrize(
    "password",
    ["short", "x" * 129, "123456789012", "password1234", "Password2024!", "passwordpassword", "qwertyuiop12", "aaaaaaaaaaaa",
     "iloveyou12345", "20262026202620", "1q2w3e4r5t6y"],
)  # fmt: skip
def test_a_password_that_anyone_would_try_is_refused(password: str) -> None:
    """Too short, too long, or common, also with digits behind it or twice."""
    with pytest.raises(Invalid):
        passwords.check_new(password)


@pytest.mark.parametrize(
    "password", ["a long pass phrase", "correct horse battery staple", "Zürich-Überlingen-7", "x9!q" * 30]
)
def test_a_good_password_is_taken(password: str) -> None:
    """12 to 128 characters of any kind."""
    passwords.check_new(password)
    assert passwords.matches(passwords.hash_password(password, lane=Lane.KNOWN), password, lane=Lane.KNOWN)
    assert HASH.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_signing_up_with_a_known_address_answers_the_same_and_tells_only_its_owner(database: sa.Engine) -> None:
    """The owner keeps the account; who signed up has one of their own that can never confirm the address."""
    email = address()
    owner = confirmed(database, email)
    other = sign_up(database, email.upper(), "Mallory")
    assert {type(v) for v in owner.as_dict().values()} == {type(v) for v in other.as_dict().values()}
    assert claims(other).keys() == claims(owner).keys()
    assert mails(database, owner.person_id) == ["confirm-address", "address-known"]
    assert mails(database, other.person_id) == []
    token = token_for(database, other.person_id, "CONFIRM")
    with pytest.raises(Conflict), unit(database) as work:
        confirm(work, token)
    with unit(database) as work:
        assert work.accounts.owner_of(email).person_id == owner.person_id


def test_two_spellings_of_an_address_are_one_account(database: sa.Engine) -> None:
    """Sign-up, sign-in and mail take them for the same mailbox; the owner learns of the second sign-up."""
    name = new_id()
    owner = confirmed(database, f"{name}@xn--mnchen-3ya.de")
    other = sign_up(database, f"{name.upper()}@münchen.de", "Mallory")
    assert mails(database, owner.person_id) == ["confirm-address", "address-known"]
    assert mails(database, other.person_id) == []
    assert sign_in(database, f"{name}@MÜNCHEN.de").person_id == owner.person_id
    with unit(database) as work:
        assert work.accounts.get(owner.person_id).email == f"{name}@münchen.de"


@pytest.mark.parametrize("email", ["a@[x.y", "x1,victim@x.de", "<b>@x.de", "ada@x.de\nBcc: eve@x.de"])
def test_an_address_that_is_none_makes_no_account(database: sa.Engine, email: str) -> None:
    """The field is named, and nothing was stored."""
    before = messages(database)
    with pytest.raises(Invalid) as caught:
        sign_up(database, email)
    assert caught.value.field == ["email"]
    with unit(database) as work:
        assert work.accounts.newest_unconfirmed(email) is None
    assert messages(database) == before


def test_of_two_who_confirm_one_address_at_once_one_gets_it(database: sa.Engine) -> None:
    """The database decides."""
    email = address()
    tokens = [token_for(database, sign_up(database, email).person_id, "CONFIRM") for _ in range(6)]
    outcomes: list[str] = []

    def act(token: str) -> None:
        try:
            with unit(database) as work:
                confirm(work, token)
            outcomes.append("confirmed")
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=act, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["confirmed"] + ["refused"] * 5


def test_every_address_costs_the_same_number_of_hashes(database: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Known, unknown, confirmed or not; that is why the answer takes as long for all."""
    known, fresh = address(), address()
    confirmed(database, known)
    sign_up(database, fresh)
    counted: list[int] = []
    hasher = passwords._hasher

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            counted.append(1)
            return hasher.verify(stored, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    many = address()
    for _ in range(5):
        sign_up(database, many)
    tries = (
        (known, "wrong"),
        (fresh, PASSWORD),
        (fresh, "wrong"),
        (many, PASSWORD),
        (many, "wrong"),
        (address(), PASSWORD),
    )
    for email, password in tries:
        counted.clear()
        with suppress(InvalidCredentials):
            sign_in(database, email, password)
        assert len(counted) == 4
    counted.clear()
    sign_in(database, known)
    assert len(counted) == 1  # who knows the owner's password learns nothing from the time


def otp(secret: bytes, at=NOW) -> str:  # type: ignore[no-untyped-def]
    """What the app shows."""
    return TOTP(secret, 6, SHA1(), 30).generate(int(at.timestamp())).decode()


def test_one_time_passwords(database: sa.Engine) -> None:
    """Asked for once they are on; each works once, recovery codes too; roles beyond MEMBER count only with them."""
    email = address()
    session = confirmed(database, email)
    person = session.person_id
    with unit(database) as work:
        work.roles.grant(person, ["VERIFIER"])
    assert claims(sign_in(database, email))["roles"] == ["MEMBER"]
    with unit(database) as work:
        account = work.accounts.get(person)
        secret, uri = factor_usecases.start_totp(work, account=account, issuer="Consilium")
    assert uri.startswith("otpauth://totp/Consilium:")
    raw = base64.b32decode(secret + "=" * (-len(secret) % 8))
    with unit(database) as work:
        assert raw not in str(work.connection.execute(sa.text("SELECT * FROM account")).all()).encode()
    sign_in(database, email)  # not on yet
    with pytest.raises(InvalidCredentials), unit(database) as work:
        factor_usecases.confirm_totp(
            work,
            person_id=person,
            session=claims(session)["sid"],
            otp="000000",
            now=NOW,
        )
    with unit(database) as work:
        codes = factor_usecases.confirm_totp(
            work,
            person_id=person,
            session=claims(session)["sid"],
            otp=otp(raw),
            now=NOW,
        )
    assert len(set(codes)) == 10
    with pytest.raises(OtpRequired):
        sign_in(database, email)
    with pytest.raises(InvalidCredentials):
        sign_in(database, email, otp=otp(raw))  # was used to confirm
    later = NOW + timedelta(seconds=31)
    assert claims(sign_in(database, email, otp=otp(raw, later), now=later))["roles"] == ["MEMBER", "VERIFIER"]
    with pytest.raises(InvalidCredentials):
        sign_in(database, email, otp=otp(raw, later), now=later)
    assert claims(sign_in(database, email, otp=codes[0].upper()))["roles"] == ["MEMBER", "VERIFIER"]
    with pytest.raises(InvalidCredentials):
        sign_in(database, email, otp=codes[0])
    # The session in which they were turned on has its roles after a refresh.
    with unit(database) as work:
        refreshed = session_usecases.refresh_session(sessions(work), refresh_token=session.refresh_token, now=NOW)
    assert claims(refreshed)["roles"] == ["MEMBER", "VERIFIER"]


def test_the_demo_is_excepted_from_one_time_passwords(database: sa.Engine) -> None:
    """Only its own accounts, and only where the demo is on."""
    for email, demo, counting in (
        ("a@demo.example", True, ["ADMIN", "MEMBER"]), ("b@demo.example", False, ["MEMBER"]), (address(), True, ["MEMBER"]),
    ):  # fmt: skip
        person = confirmed(database, email).person_id
        with unit(database) as work:
            work.roles.grant(person, ["ADMIN"])
            account = work.accounts.get(person)
            session = session_usecases.start_session(
                sessions(work, demo=demo), account, one_time_password=False, now=NOW
            )
        assert claims(session)["roles"] == counting


def test_a_refresh_token_is_used_once(database: sa.Engine) -> None:
    """Within ten seconds the same client gets another; anybody else, or later, ends the family."""

    def refresh(token: str, client: bytes = b"client", after: float = 0) -> Session | None:
        with unit(database) as work:
            return session_usecases.refresh_session(
                sessions(work, client), refresh_token=token, now=NOW + timedelta(seconds=after)
            )

    first = sign_up(database, address())
    second = refresh(first.refresh_token)
    assert refresh(first.refresh_token, after=9) is not None
    assert refresh(first.refresh_token, after=11) is None
    with pytest.raises(Expired):
        refresh(second.refresh_token)
    stolen = sign_up(database, address())
    refresh(stolen.refresh_token)
    assert refresh(stolen.refresh_token, b"another client", after=1) is None
    with unit(database) as work:
        stored = str(work.connection.execute(sa.text("SELECT * FROM refresh_token")).all())
    assert first.refresh_token not in stored


def test_a_new_password_ends_all_sessions(database: sa.Engine) -> None:
    """By mail: the token works once and for an hour. By oneself: the present session goes on."""
    email = address()
    session = confirmed(database, email)
    other = sign_in(database, email)
    new_hash = passwords.hash_password("another pass phrase", lane=Lane.KNOWN)
    with unit(database) as work:
        recovery.change_password(
            work, person_id=session.person_id, session=claims(session)["sid"],
            password_hash=new_hash, now=NOW,
        )  # fmt: skip
        ended = {sid for sid, _ in work.sessions.ended(since=NOW - timedelta(minutes=1))}
    assert claims(other)["sid"] in ended
    assert claims(session)["sid"] not in ended
    sign_in(database, email, "another pass phrase")
    token = token_for(database, session.person_id, "RESET")
    for now, error in ((NOW + timedelta(hours=2), Expired), (NOW, InvalidCredentials)):
        with pytest.raises(error), unit(database) as work:
            recovery.reset_password(
                sessions(work),
                token=token if error is Expired else "x" * 43,
                password_hash=HASH,
                now=now,
            )
    with unit(database) as work:
        recovery.reset_password(sessions(work), token=token, password_hash=HASH, now=NOW)
    with pytest.raises(InvalidCredentials), unit(database) as work:
        recovery.reset_password(sessions(work), token=token, password_hash=HASH, now=NOW)
    sign_in(database, email)
    assert mails(database, session.person_id)[-2:] == ["password-changed", "password-changed"]


def test_a_role_or_a_suspension_ends_the_tokens_that_are_out(database: sa.Engine) -> None:
    """The list that every service reads says so, and a refresh gives a token as things are now."""
    session, admin = confirmed(database, address()), confirmed(database, address())
    sid = claims(session)["sid"]
    with unit(database) as work:
        work.roles.grant(admin.person_id, ["ADMIN"])
        work.factors.use_totp_step(session.person_id, 1, confirmed_at=NOW)
        roles.set_roles(
            work, admin=admin.person_id, person_id=session.person_id,
            roles=["MODERATOR"], jurisdictions=None, now=NOW + timedelta(seconds=1),
        )  # fmt: skip
        assert (sid, NOW + timedelta(seconds=1)) in work.sessions.ended(since=NOW)
    with unit(database) as work:
        suspensions.suspend_account(
            work, admin=admin.person_id, person_id=session.person_id,
            reason="Under investigation", until=NOW + timedelta(days=2), now=NOW + timedelta(seconds=2),
        )  # fmt: skip
        assert (sid, None) in work.sessions.ended(since=NOW)


def test_the_last_admin_stays(database: sa.Engine) -> None:
    """Two who step down at once leave one; nobody suspends themselves."""
    with unit(database) as work:
        work.connection.execute(sa.text("DELETE FROM account_role WHERE role = 'ADMIN'"))
    admins = [confirmed(database, address()).person_id for _ in range(2)]
    with unit(database) as work:
        for admin in admins:
            work.roles.grant(admin, ["ADMIN"])
    refused = []

    def step_down(admin: str) -> None:
        try:
            with unit(database) as work:
                roles.set_roles(
                    work,
                    admin=admin,
                    person_id=admin,
                    roles=[],
                    jurisdictions=None,
                    now=NOW,
                )
        except Conflict:
            refused.append(admin)

    threads = [threading.Thread(target=step_down, args=(admin,)) for admin in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    with pytest.raises(Forbidden), unit(database) as work:
        suspensions.suspend_account(
            work, admin=refused[0], person_id=refused[0], reason="why not", until=None,
            now=NOW,
        )  # fmt: skip


def test_mail_is_written_once_and_tokens_stand_nowhere_else(database: sa.Engine, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """The file holds the token; the database only its hash. An unknown address gets nothing."""
    from tests.support.settings import worker_settings

    config = replace(worker_settings(), mail_dir=tmp_path)
    with unit(database) as work:
        work.connection.execute(sa.text("DELETE FROM mail"))
    email = address()
    person = sign_up(database, email).person_id
    with unit(database) as work:
        work.mail.send("password-reset", address="nobody@example.org")
    while deliver_one(database, config):
        pass
    (file,) = tmp_path.glob("*.eml")
    text = file.read_text(encoding="utf-8")
    assert f"To: {email}" in text
    (token,) = re.findall(r"^[\w-]{43}$", text, flags=re.M)
    with unit(database) as work:
        for table in ("mail", "mail_token"):
            assert token not in str(work.connection.execute(sa.text(f"SELECT * FROM {table}")).all())
        session = confirm(work, token)
    assert session is not None
    with unit(database) as work:
        assert work.accounts.get(person).confirmed
