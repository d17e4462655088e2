"""Nobody gets an account at somebody else's address, and nobody keeps somebody from theirs: each order of sign-ups is tried."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from kit import clock
from kit.clock import new_id
from kit.errors import Conflict, DomainError, Expired, InvalidCredentials, RateLimited
from profiles.accounts import confirmation, passwords, recovery, usecases
from profiles.accounts.domain import token_hash
from profiles.accounts.limiter import Limiter
from profiles.accounts.passwords import Lane
from profiles.mail.delivery import deliver_one
from profiles.rights.retention import retain
from profiles.scheduled_jobs.usecases import ITEM_JOBS, run_item_job
from profiles.second_factor import usecases as factor_usecases
from profiles.sessions import usecases as session_usecases
from profiles.sessions.usecases import Session
from profiles.wiring import working
from tests.profiles.integration.test_accounts import (
    HASH,
    PASSWORD,
    address,
    claims,
    confirm,
    new_account,
    sessions,
    sign_in,
    token_for,
)
from tests.profiles.integration.test_limits import a_network, post
from tests.profiles.integration.test_limits import app as app  # noqa: PLC0414  # a fixture
from tests.support.desk import CIPHER, NOW, a_person, mails, snapshot, unit, validated
from tests.support.races import at_once
from tests.support.settings import worker_settings

THEIRS = "what the attacker chose"
THEIR_HASH = passwords.hash_password(THEIRS, lane=Lane.OPERATOR)
NEW = "a quite new pass phrase"
NEW_HASH = passwords.hash_password(NEW, lane=Lane.OPERATOR)


def sign_up(database: sa.Engine, email: str, *, attacker: bool = False, minutes: int = 0) -> Session:
    """A sign-up by the owner of the mailbox, or by somebody who does not read it."""
    with unit(database) as work:
        return usecases.sign_up(
            sessions(work),
            new=new_account(email, "Mallory" if attacker else "Ada"), password_hash=THEIR_HASH if attacker else HASH,
            now=NOW + timedelta(minutes=minutes),
        )  # fmt: skip


def reset(database: sa.Engine, token: str) -> Session | None:
    """Set a new password with a token from the mailbox."""
    with unit(database) as work:
        return recovery.reset_password(sessions(work), token=token, password_hash=NEW_HASH, now=NOW)


def confirm_with(database: sa.Engine, token: str, password: str) -> Session | None:
    """Confirm an address as the view does it."""
    with unit(database) as work:
        account = confirmation.account_of_token(work.accounts, token=token, now=NOW)
    confirmation.require_own_password(account, password)
    with unit(database) as work:
        return confirm(work, token)


def outcome(act: Any) -> str:
    """The code of a refusal and the field it names, or `done`."""
    try:
        act()
    except DomainError as error:
        return f"{error.code} {error.field}"
    return "done"


ORDERS = sorted(
    {order for order in itertools.product("oa", repeat=3) if order.count("o") == 1} | {("o", "a"), ("a", "o")}
)


@pytest.mark.parametrize("order", ORDERS, ids="".join)
def test_whoever_owns_the_mailbox_gets_in_and_nobody_else(database: sa.Engine, order: tuple[str, ...]) -> None:
    """Whichever came first, and however many others there are: o is the owner of the mailbox, a somebody else."""
    email = address()
    made = [(who, sign_up(database, email, attacker=who == "a", minutes=n)) for n, who in enumerate(order)]
    (own,) = [session for who, session in made if who == "o"]
    others = [session for who, session in made if who == "a"]
    # Nobody locks anybody out: each password opens what was made with it.
    assert sign_in(database, email).person_id == own.person_id
    assert sign_in(database, email, THEIRS).person_id in {session.person_id for session in others}
    # The owner cannot be made to confirm what somebody else made, whichever message they open.
    for session in others:
        token = token_for(database, session.person_id, "CONFIRM")
        for password in (PASSWORD, "what else could it be"):
            assert (
                outcome(lambda t=token, p=password: confirm_with(database, t, p)) == "INVALID_CREDENTIALS ['password']"
            )
    confirmed = confirm_with(database, token_for(database, own.person_id, "CONFIRM"), PASSWORD)
    assert confirmed is not None
    assert confirmed.person_id == own.person_id
    assert claims(confirmed)["email_verified"] is True
    # What the others have stays what it was, so that they cannot tell: an account of their own that nobody sees.
    theirs = sign_in(database, email, THEIRS)
    assert theirs.person_id != own.person_id
    assert claims(theirs)["email_verified"] is False
    token = token_for(database, theirs.person_id, "CONFIRM")
    with pytest.raises(Conflict):
        confirm_with(database, token, THEIRS)
    assert (snapshot(database, own.person_id)["suspended"], snapshot(database, theirs.person_id)["suspended"]) == (
        False,
        True,
    )


def test_a_reset_takes_an_account_from_whoever_made_it(database: sa.Engine) -> None:
    """Password, sessions, tokens, one-time passwords and agreements of before are worth nothing; the mailbox decides."""
    email = address()
    made = sign_up(database, email, attacker=True)
    other = sign_in(database, email, THEIRS)
    person = made.person_id
    with unit(database) as work:
        factor_usecases.start_totp(work, account=work.accounts.get(person), issuer="x")
        work.factors.use_totp_step(person, 1, confirmed_at=NOW)
        work.factors.set_recovery_codes(person, [b"code"])
    confirming = token_for(database, person, "CONFIRM")
    session = reset(database, token_for(database, person, "RESET"))
    assert session is not None  # no one-time password is asked for
    assert claims(session)["email_verified"] is True
    assert claims(session)["pol"] == ""  # whoever signed up has accepted, and nobody else
    with unit(database) as work:
        account = work.accounts.get(person)
        assert (account.confirmed, account.totp) == (True, False)
        assert work.accepted.accepted(person) == set()
        assert work.connection.execute(
            sa.text("SELECT count(*) FROM recovery_code WHERE person_id = CAST(:p AS uuid)"), {"p": person}
        ).scalar_one() == 0  # fmt: skip
        ended = {sid for sid, _ in work.sessions.ended(since=NOW - timedelta(minutes=1))}
    assert {claims(made)["sid"], claims(other)["sid"]} <= ended
    assert claims(session)["sid"] not in ended
    for refresh in (made.refresh_token, other.refresh_token):
        with pytest.raises(Expired), unit(database) as work:
            session_usecases.refresh_session(sessions(work), refresh_token=refresh, now=NOW)
    with pytest.raises(InvalidCredentials):
        sign_in(database, email, THEIRS)
    with pytest.raises(InvalidCredentials):
        confirm_with(database, confirming, THEIRS)
    assert sign_in(database, email, NEW).person_id == person
    assert snapshot(database, person)["suspended"] is False


def test_a_reset_of_a_confirmed_account_keeps_its_one_time_passwords(database: sa.Engine) -> None:
    """Who reads the mailbox has one of two factors."""
    email = address()
    own = sign_up(database, email)
    confirm_with(database, token_for(database, own.person_id, "CONFIRM"), PASSWORD)
    with unit(database) as work:
        factor_usecases.start_totp(work, account=work.accounts.get(own.person_id), issuer="x")
        work.factors.use_totp_step(own.person_id, 1, confirmed_at=NOW)
    assert reset(database, token_for(database, own.person_id, "RESET")) is None
    with unit(database) as work:
        assert work.accounts.get(own.person_id).totp
        assert work.accepted.accepted(own.person_id) != set()


def test_a_reset_does_not_take_an_address_that_has_an_owner_by_now(database: sa.Engine) -> None:
    """Its token was sent while nobody had confirmed the address."""
    email = address()
    early, own = sign_up(database, email, attacker=True), sign_up(database, email)
    token = token_for(database, early.person_id, "RESET")
    confirm_with(database, token_for(database, own.person_id, "CONFIRM"), PASSWORD)
    with pytest.raises(Conflict):
        reset(database, token)
    with unit(database) as work:
        assert work.accounts.owner_of(email).person_id == own.person_id


def test_no_session_is_opened_with_a_password_that_was_replaced(database: sa.Engine) -> None:
    """However many sign in at the moment of a reset: the password was right when it was compared, and is not any more."""
    email = address()
    person = sign_up(database, email, attacker=True).person_id
    token = token_for(database, person, "RESET")
    with unit(database) as work:
        account = work.accounts.newest_unconfirmed(email)

    def act(number: int) -> Any:
        if number == 4:
            return reset(database, token)
        with unit(database) as work:
            return session_usecases.sign_in(sessions(work), account, otp=None, now=NOW)

    results = at_once(8, act)
    assert isinstance(results[4], Session)
    assert {type(one) for one in results} <= {Session, InvalidCredentials}
    with unit(database) as work:
        left = work.connection.execute(
            sa.text("SELECT id::text FROM session WHERE person_id = CAST(:p AS uuid) AND ended_at IS NULL"),
            {"p": person},
        ).scalars()
        assert list(left) == [claims(results[4])["sid"]]
    with pytest.raises(InvalidCredentials), unit(database) as work:
        session_usecases.sign_in(sessions(work), account, otp=None, now=NOW)


def test_an_address_is_not_confirmed_with_a_password_that_was_changed_meanwhile(database: sa.Engine) -> None:
    """What was compared is what is confirmed."""
    own = sign_up(database, address())
    token = token_for(database, own.person_id, "CONFIRM")
    with unit(database) as work:
        account = confirmation.account_of_token(work.accounts, token=token, now=NOW)
        work.accounts.set_password(own.person_id, THEIR_HASH)
    with pytest.raises(InvalidCredentials) as caught, unit(database) as work:
        confirmation.confirm_email(sessions(work), account=account, token=token, now=NOW)
    assert caught.value.field == ["password"]
    with unit(database) as work:
        assert not work.accounts.has_confirmed(own.person_id)


def test_who_signed_up_with_an_owned_address_is_not_known_to_its_owners_account(database: sa.Engine) -> None:
    """Otherwise a sign-up would buy tries of the owner's password that others do not have."""
    email, network = address(), a_network()
    own = sign_up(database, email)
    confirm_with(database, token_for(database, own.person_id, "CONFIRM"), PASSWORD)
    with unit(database) as work:
        theirs = usecases.sign_up(
            sessions(work, CIPHER.hashed("client", network)),
            new=new_account(email, "Mallory"), password_hash=THEIR_HASH, now=NOW,
        )  # fmt: skip
    with unit(database) as work:
        tried = Limiter(work, NOW).charge_sign_in(
            email, network, found=session_usecases.candidates(work.accounts, email),
            device=token_hash(theirs.refresh_token),
        )  # fmt: skip
    assert tried.lane is not Lane.KNOWN


def test_a_client_of_an_earlier_release_is_told_what_is_missing(app: Flask, database: sa.Engine) -> None:
    """By the field; the token can still be used, with the right password and within its tries."""
    own = sign_up(database, address())
    with unit(database) as work:
        token = usecases.mail_token(work.accounts, own.person_id, "CONFIRM", until=clock.now() + timedelta(hours=1))
    network = a_network()
    for _ in range(3):
        missing = post(app, "/v1/accounts/confirmation", {"token": token}, network)
        assert (missing.status_code, missing.json["code"], missing.json["field"]) == (422, "INVALID", ["password"])
    wrong = post(app, "/v1/accounts/confirmation", {"token": token, "password": "not the password"}, network)
    assert (wrong.status_code, wrong.json["code"], wrong.json["field"]) == (401, "INVALID_CREDENTIALS", ["password"])
    unknown = post(app, "/v1/accounts/confirmation", {"token": "x" * 43, "password": PASSWORD}, network)
    assert (unknown.status_code, unknown.json["field"]) == (401, ["token"])
    done = post(app, "/v1/accounts/confirmation", {"token": token, "password": PASSWORD}, network)
    assert (done.status_code, done.json["session"]["person_id"]) == (200, own.person_id)


def test_passwords_are_not_guessed_with_a_token(app: Flask, database: sa.Engine) -> None:
    """From however many network addresses."""
    own = sign_up(database, address())
    with unit(database) as work:
        token = usecases.mail_token(work.accounts, own.person_id, "CONFIRM", until=clock.now() + timedelta(hours=1))
    codes = [
        post(app, "/v1/accounts/confirmation", {"token": token, "password": f"guess number {n}"}, a_network()).json[
            "code"
        ]
        for n in range(7)
    ]
    assert codes == ["INVALID_CREDENTIALS"] * 5 + ["RATE_LIMITED"] * 2


def test_wrong_tokens_of_others_refuse_no_right_one(app: Flask, database: sa.Engine) -> None:
    """Of the same network address, for example a hospital's; only what is wrong must wait."""
    own = sign_up(database, address())
    with unit(database) as work:
        token = usecases.mail_token(work.accounts, own.person_id, "CONFIRM", until=clock.now() + timedelta(hours=1))
    network = a_network()
    codes = [
        post(app, "/v1/accounts/confirmation", {"token": f"{n:043d}", "password": PASSWORD}, network).json["code"]
        for n in range(30)
    ]
    assert (codes[:20], codes[-1]) == (["INVALID_CREDENTIALS"] * 20, "RATE_LIMITED")
    done = post(app, "/v1/accounts/confirmation", {"token": token, "password": PASSWORD}, network)
    assert (done.status_code, done.json["session"]["person_id"]) == (200, own.person_id)


def resend(database: sa.Engine, person: str, seconds: float = 0) -> str:
    """Have the message sent again, as the account's owner."""

    def act() -> None:
        with unit(database) as work:
            confirmation.resend_confirmation(
                work.accounts, work.mail, person_id=person, now=NOW + timedelta(seconds=seconds)
            )

    return outcome(act)


def test_the_message_is_sent_again_within_bounds(database: sa.Engine) -> None:
    """Once a minute, five times a day, and again a day after the last one; a confirmed address needs none."""
    own = sign_up(database, address()).person_id
    before = mails(database, own)
    assert [resend(database, own, n) for n in (0, 1, 59, 60)] == [
        "done",
        "RATE_LIMITED None",
        "RATE_LIMITED None",
        "done",
    ]
    assert [resend(database, own, 120 + 60 * n) for n in range(4)] == ["done"] * 3 + ["RATE_LIMITED None"]
    last = 240
    with pytest.raises(RateLimited) as caught, unit(database) as work:
        confirmation.resend_confirmation(
            work.accounts, work.mail, person_id=own, now=NOW + timedelta(seconds=last + 60)
        )
    assert caught.value.extra["retryAfter"] == 86400 - 60 + 1
    day = 86400
    assert [resend(database, own, last + s) for s in (day - 1, day)] == ["RATE_LIMITED None", "done"]
    assert mails(database, own)[len(before) :] == ["confirm-address"] * 6
    with unit(database) as work:
        work.accounts.confirm(own, at=NOW)
    assert resend(database, own, 5 * day) == "CONFLICT None"


def test_of_many_who_ask_at_once_for_another_message_one_is_sent(database: sa.Engine) -> None:
    """The bound holds in one statement."""
    own = sign_up(database, address()).person_id
    before = len(mails(database, own))
    found = sorted(at_once(8, lambda _: resend(database, own)))
    assert found == ["RATE_LIMITED None"] * 7 + ["done"]
    assert len(mails(database, own)) == before + 1


def test_an_address_with_an_owner_gets_no_token_for_what_others_made(database: sa.Engine) -> None:
    """Only its owner learns of it, as at the sign-up; who asked is answered the same."""
    email = address()
    own = sign_up(database, email).person_id
    with unit(database) as work:
        work.accounts.confirm(own, at=NOW)
    theirs = sign_up(database, email, attacker=True).person_id
    before = mails(database, own)
    assert resend(database, theirs) == "done"
    assert mails(database, own)[len(before) :] == ["address-known"]
    assert mails(database, theirs) == []


def come_due(database: sa.Engine, days: int, *people: str) -> list[list[str]]:
    """Do what the worker does by the clock, so many days later.

    Returns:
        the kinds of messages that were sent to each of these people meanwhile.
    """
    now = NOW + timedelta(days=days)
    for name in ("unconfirmed", "confirmations"):
        run_item_job(partial(working, database, CIPHER), name, ITEM_JOBS[name], now=now)
    sent = [mails(database, person) for person in people]
    with unit(database) as work:
        work.connection.execute(
            sa.text("DELETE FROM mail WHERE person_id = ANY(CAST(:p AS uuid[]))"), {"p": list(people)}
        )
    retain(partial(working, database, CIPHER), now=now)
    return sent


def there(database: sa.Engine, person: str) -> bool:
    """Whether a person has not been erased."""
    with unit(database) as work:
        return work.people.get(person) is not None


@pytest.fixture
def alone(database: sa.Engine) -> None:
    """No other accounts of earlier tests wait to be confirmed."""
    with unit(database) as work:
        work.connection.execute(
            sa.text("DELETE FROM person WHERE id IN (SELECT person_id FROM account WHERE confirmed_at IS NULL)")
        )


@pytest.mark.usefixtures("alone")
def test_nobody_is_erased_without_a_reminder(database: sa.Engine) -> None:
    """It comes a week before, once; where it came late, the erasure waits for a week after it."""
    own, late = (sign_up(database, address()).person_id for _ in range(2))
    assert come_due(database, 22, own) == [["confirm-address"]]
    assert [come_due(database, days, own) for days in (23, 24, 30)] == [[["confirm-reminder"]], [[]], [[]]]
    with unit(database) as work:  # as if no worker had run before
        work.connection.execute(
            sa.text("UPDATE account SET reminded_at = NULL WHERE person_id = CAST(:p AS uuid)"), {"p": late}
        )
        work.connection.execute(sa.text("DELETE FROM mail WHERE person_id = CAST(:p AS uuid)"), {"p": late})
    assert come_due(database, 31, late) == [["confirm-reminder"]]
    assert (there(database, own), there(database, late)) == (False, True)
    assert come_due(database, 37, late) == [[]]
    assert there(database, late)
    come_due(database, 39)
    assert not there(database, late)


@pytest.mark.usefixtures("alone")
def test_what_others_made_with_an_owned_address_goes_without_a_message(database: sa.Engine) -> None:
    """Its owner has heard of it at the sign-up."""
    email = address()
    own = sign_up(database, email).person_id
    with unit(database) as work:
        work.accounts.confirm(own, at=NOW)
    theirs = sign_up(database, email, attacker=True).person_id
    assert come_due(database, 23, own, theirs) == [["confirm-address", "address-known"], []]
    assert come_due(database, 31, own, theirs) == [[], []]
    assert (there(database, own), there(database, theirs)) == (True, False)


@pytest.mark.usefixtures("alone")
def test_a_verified_doctor_is_hidden_and_told_and_never_erased(database: sa.Engine) -> None:
    """From before addresses had to be confirmed: shown to nobody, until the address is confirmed."""
    person = a_person(database)
    validated(database, person, new_id(), authority="no-hpr", jurisdiction="NO", specialty=None, number="9000777")
    with unit(database) as work:
        work.connection.execute(
            sa.text("UPDATE account SET confirmed_at = NULL, created_at = :at WHERE person_id = CAST(:p AS uuid)"),
            {"p": person, "at": NOW},
        )
        version = work.people.get(person).version
    come_due(database, 0, person)
    with unit(database) as work:
        assert work.people.get(person).version == version + 1  # told to the graph, once
        sent = work.connection.execute(
            sa.text("SELECT payload FROM outbox WHERE aggregateid = :p ORDER BY position DESC LIMIT 1"), {"p": person}
        ).scalar_one()
    assert (sent["suspended"], sent["unconfirmed"]) == (True, True)
    told = [come_due(database, days, person)[0] for days in (1, 25, 40, 50, 60, 400)]
    assert told == [[], ["confirm-verified"], [], [], ["confirm-verified"], ["confirm-verified"]]
    assert there(database, person)
    with unit(database) as work:
        assert work.people.get(person).version == version + 1


@pytest.mark.parametrize("kind", ["confirm-address", "password-reset"])
def test_a_token_counts_before_its_message_is_sent(
    database: sa.Engine, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Whoever reads the message at once can use it; and a message that was deleted meanwhile is not sent."""
    email = address()
    own = sign_up(database, email).person_id
    sent: list[bool] = []

    def send(_config: object, _queued: object, _address: object, _subject: str, text: str) -> None:
        (token,) = re.findall(r"^[\w-]{43}$", text, flags=re.M)
        purpose = "CONFIRM" if kind == "confirm-address" else "RESET"
        with unit(database) as work:
            sent.append(work.accounts.find_mail_token(token_hash(token), purpose) is not None)

    monkeypatch.setattr("profiles.mail.delivery._send", send)
    for deleted in (False, True):
        with unit(database) as work:
            work.connection.execute(sa.text("DELETE FROM mail"))
            work.mail.send(
                kind,
                person_id=own if kind == "confirm-address" else None,
                address=None if kind == "confirm-address" else email,
            )
        if deleted:
            monkeypatch.setattr("profiles.mail.store.MailStore.lock", lambda _self, _id: False)
        assert deliver_one(database, worker_settings())
    assert sent == [True]


@pytest.mark.parametrize("app_url", [None, "https://app.example/en"])
def test_links_lead_to_the_app_or_to_the_gateway(database: sa.Engine, tmp_path: Path, app_url: str | None) -> None:
    """With the token behind the `#`, in the language of the browser or else of the profile."""
    config = replace(worker_settings(), mail_dir=tmp_path, app_url=app_url)
    email = address()
    own = sign_up(database, email).person_id
    with unit(database) as work:
        work.connection.execute(sa.text("DELETE FROM mail"))
        work.people.change(own, {"languages": ["hu", "fr-CH", "en"]})
        work.mail.send("confirm-address", person_id=own, language=None)
        work.mail.send("confirm-address", person_id=own, language="pt-BR")
        work.mail.send("password-reset", address=email)
    while deliver_one(database, config):
        pass
    texts = sorted(
        (file.read_text(encoding="utf-8").split("\n\n", 1)[1] for file in tmp_path.glob("*.eml")),
        key=lambda text: text[:4],
    )
    assert [text.split(" ", 1)[0] for text in texts] == ["Bem-vindo", "Bienvenue", "Quelqu’un"]
    for text, page in zip(texts, ("confirm", "confirm", "reset"), strict=True):
        (token,) = re.findall(r"^[\w-]{43}$", text, flags=re.M)
        assert f"\n{app_url or 'http://x'}/{page}#token={token}\n" in text
