"""What strangers may try how often: nobody keeps a member out, and one answer for all addresses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import gevent
import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from kit import cursors
from kit.clock import new_id
from kit.errors import RateLimited
from kit.tokens import Caller, TokenVerifier
from profiles.accounts import passwords, usecases
from profiles.accounts.domain import parse_email, token_hash
from profiles.accounts.limiter import LIMITS, Act, Limiter, SignInTry
from profiles.accounts.passwords import Lane
from profiles.app import create_app
from profiles.sessions import usecases as session_usecases
from tests.profiles.integration.test_accounts import PASSWORD, POLICIES, address, confirmed, sessions, token_for
from tests.profiles.integration.test_registers import directory_profile
from tests.support.desk import CIPHER, NOW, a_person, unit
from tests.support.patience import PatientClient
from tests.support.settings import settings

HOSPITAL, HOME = "192.0.2.1", "198.51.100.7"


def counted(
    database: sa.Engine, email: str, network: str | None, now: datetime = NOW, device: str | None = None
) -> SignInTry:
    """A try to sign in that is counted, and fails unless `good` takes it back."""
    with unit(database) as work:
        return Limiter(work, now).charge_sign_in(
            email, network, found=session_usecases.candidates(work.accounts, email),
            device=token_hash(device) if device else None,
        )  # fmt: skip


def tried(database: sa.Engine, email: str, network: str | None, now: datetime = NOW, device: str | None = None) -> Lane:
    """The queue in which a try that is counted is hashed."""
    return counted(database, email, network, now, device).lane


def good(database: sa.Engine, email: str, network: str, now: datetime = NOW) -> Lane:
    """A try to sign in that goes well."""
    one = counted(database, email, network, now)
    with unit(database) as work:
        account = work.accounts.owner_of(email)
        assert account is not None
        session_usecases.start_session(
            replace(sessions(work), client=CIPHER.hashed("client", network)), account, one_time_password=False, now=now
        )
        Limiter(work, now).refund_sign_in(one, wholly=True)
    return one.lane


def outcome(act: Callable[[], Lane]) -> str:
    """The lane, or that one must wait."""
    try:
        return act().name
    except RateLimited:
        return "RATE_LIMITED"


def a_network() -> str:
    """A network address that nobody has used."""
    return f"2001:db8:{new_id()[:4]}:{new_id()[:4]}::"


def test_failures_make_one_wait_twice_as_long_each_time(database: sa.Engine) -> None:
    """Five cost nothing; a good one forgets them; an unknown address is slowed down alike."""
    known = address()
    confirmed(database, known)
    for email in (known, address()):
        now, network = NOW, a_network()
        for _ in range(5):
            tried(database, email, network, now)
        waits = []
        for _ in range(4):
            with pytest.raises(RateLimited) as caught:
                tried(database, email, network, now)
            waits.append(caught.value.extra["retryAfter"])
            now += timedelta(seconds=waits[-1])
            last = counted(database, email, network, now)
        assert waits == [2, 3, 5, 9]
        with unit(database) as work:
            Limiter(work, now).refund_sign_in(last, wholly=True)
        tried(database, email, network, now)


def test_tries_at_once_are_counted_each(database: sa.Engine) -> None:
    """Of forty at the same moment five get through."""
    email, through = address(), []

    def act() -> None:
        if outcome(lambda: tried(database, email, HOSPITAL)) != "RATE_LIMITED":
            through.append(1)

    threads = [threading.Thread(target=act) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(through) == 5


def test_nobody_elsewhere_keeps_out_who_signs_in_from_where_they_did_before(database: sa.Engine) -> None:
    """Whatever is tried from however many network addresses; spelling the address otherwise changes nothing."""
    email = address()
    confirmed(database, email)
    assert good(database, email, HOME) is Lane.SIGN_IN
    refused = [outcome(lambda: tried(database, email.upper(), a_network())) for _ in range(60)]
    assert refused.count("RATE_LIMITED") == 60 - LIMITS[Act.MAILBOX].free  # guessing from many places is bounded
    for minutes in range(5):
        assert good(database, email, HOME, NOW + timedelta(minutes=minutes)) is Lane.KNOWN


def test_a_known_device_has_its_own_budget_wherever_it_is(database: sa.Engine) -> None:
    """Also behind a network address from which somebody guesses, and with a session that has ended; a forged one has none."""
    email, other = address(), address()
    session, foreign = confirmed(database, email), confirmed(database, other)
    with unit(database) as work:
        work.sessions.end_sessions(session.person_id, at=NOW)
    network = a_network()
    assert [outcome(lambda: tried(database, email, network)) for _ in range(7)][5:] == ["RATE_LIMITED"] * 2
    for _ in range(60):
        outcome(lambda: tried(database, email, a_network()))
    for where in (network, a_network()):
        assert outcome(partial(tried, database, email, where, device="forged")) == "RATE_LIMITED"
        assert outcome(partial(tried, database, email, where, device=foreign.refresh_token)) == "RATE_LIMITED"
        assert tried(database, email, where, device=session.refresh_token) is Lane.KNOWN
    found = [outcome(lambda: tried(database, email, a_network(), device=session.refresh_token)) for _ in range(4)]
    assert found == ["KNOWN"] * 3 + ["RATE_LIMITED"]  # guessing with a stolen token is bounded too


def test_a_stranger_who_signs_up_with_an_address_is_not_known_for_its_owner(database: sa.Engine) -> None:
    """Their session belongs to their own account, so that guessing the owner's password stays bounded."""
    email, network = address(), a_network()
    confirmed(database, email)
    with unit(database) as work:
        new = usecases.check_sign_up(
            POLICIES, email=email, password=PASSWORD, name="Mallory", regions=["DE"], profession=None,
            accepted_policies=[p.key for p in POLICIES],
        )  # fmt: skip
        usecases.sign_up(
            replace(sessions(work), client=CIPHER.hashed("client", network)), new=new, password_hash="x", now=NOW,
        )  # fmt: skip
    assert tried(database, email, network) is Lane.SIGN_IN


def test_failures_of_others_behind_one_network_address_keep_nobody_out(database: sa.Engine) -> None:
    """After 150 failures with made-up addresses, colleagues sign in, known there or not; who fails again must wait."""
    known, new, network = address(), address(), a_network()
    confirmed(database, known)
    confirmed(database, new)
    good(database, known, network)
    lanes = [outcome(lambda: tried(database, address(), network)) for _ in range(150)]
    assert lanes == ["SIGN_IN"] * 100 + ["SLOW"] * 50  # spraying passwords over many addresses becomes slow
    assert good(database, known, network) is Lane.KNOWN
    assert good(database, new, network) is Lane.SLOW
    assert good(database, new, network) is Lane.KNOWN
    again = address()
    assert [outcome(lambda: tried(database, again, network)) for _ in range(5)] == ["SLOW"] * 3 + ["RATE_LIMITED"] * 2


def test_the_same_tries_have_the_same_outcomes_whether_an_address_has_an_account(database: sa.Engine) -> None:
    """Nobody learns from waits who is registered."""
    registered, free = address(), address()
    confirmed(database, registered)

    def outcomes(email: str) -> list[str]:
        one = a_network()
        found = [outcome(lambda: tried(database, email, one)) for _ in range(8)]
        return found + [outcome(lambda: tried(database, email, a_network())) for _ in range(40)]

    assert outcomes(registered) == outcomes(free)


@pytest.fixture(scope="module")
def app(database: sa.Engine) -> Flask:
    """The service in this process."""
    config = replace(settings(), database_url=database.url.render_as_string(hide_password=False))
    made = create_app(replace(config, field_keys=((1, b"f" * 32),)))
    made.extensions["wiring"] = replace(made.extensions["wiring"], cipher=CIPHER)
    return made


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that are hashed; hashing itself is left out."""
    found: list[str] = []

    def noted(password: str, *, lane: Lane) -> str:
        found.append(lane.name)
        return "x"

    monkeypatch.setattr(passwords, "hash_password", noted)
    return found


def post(app: Flask, path: str, body: Any, network: str) -> TestResponse:
    """One request of somebody who is not signed in."""
    return PatientClient(app).post(path, json=body, headers={"X-Client-Address": network})


def a_sign_up(email: str | None = None) -> dict[str, Any]:
    """What a client sends."""
    return {
        "email": email or address(), "password": PASSWORD, "name": "Ada", "regions": ["DE"],
        "accepted_policies": [p.key for p in POLICIES],
    }  # fmt: skip


def test_a_wrong_token_hashes_nothing_and_is_limited(database: sa.Engine, app: Flask, hashed: list[str]) -> None:
    """The token is looked at first; a right one hashes once, and is not counted."""
    network, path = a_network(), "/v1/password-resets/use"
    wrong = {"token": "wrong", "password": "another long phrase"}
    found = [post(app, path, wrong, network) for _ in range(25)]
    assert [answer.status_code for answer in found] == [401] * 20 + [429] * 5
    assert int(found[-1].headers["Retry-After"]) > 0
    assert hashed == []
    person = confirmed(database, address()).person_id
    right = {"token": token_for(database, person, "RESET", hours=24 * 3650), "password": "another long phrase"}
    assert post(app, path, right, a_network()).status_code == 200
    assert hashed == ["KNOWN"]


def test_who_must_wait_takes_no_connection_of_the_database(database: sa.Engine, app: Flask, hashed: list[str]) -> None:
    """So that a crowd that goes on trying one mailbox keeps nobody else waiting for one."""
    email, network, taken = address(), a_network(), []
    confirmed(database, email)
    sa.event.listen(app.extensions["wiring"].engine, "checkout", lambda *_given: taken.append(1))

    def status(path: str = "/v1/sessions") -> int:
        return post(app, path, {"email": email, "password": "not the password"}, network).status_code

    found = [status() for _ in range(6)]
    assert found == [401] * 5 + [429]
    before = len(taken)
    assert (status(), len(taken) - before) == (429, 0)
    assert status("/v1/second-factor-resets") == 429  # its own memory, with the same budget


def test_a_token_or_spelling_that_changes_each_time_reaches_the_database_no_more_often(
    database: sa.Engine, app: Flask, hashed: list[str]
) -> None:
    """Whoever must wait is refused from memory whatever they send along; the device that is known signs in meanwhile."""
    email, network, taken = address(), a_network(), []
    session = confirmed(database, email)
    sa.event.listen(app.extensions["wiring"].engine, "checkout", lambda *_given: taken.append(1))

    def status(number: int, token: str | None, password: str = "not the password") -> int:
        spelling = email.upper() if number % 2 else email.title()
        return post(
            app, "/v1/sessions", {"email": spelling, "password": password, "refresh_token": token}, network
        ).status_code

    assert [status(n, None) for n in range(6)] == [401] * 5 + [429]
    before, genuine = len(taken), session.refresh_token
    part, tag = genuine.split(".")
    forged = [
        new_id(),
        f"{new_id()}.{tag}",
        f"{part}.{tag[::-1]}",
        f"{part}.",
        part,
        f"{part}.{tag}=",
        f".{tag}",
        "x" * 500,
        "é.ü",
    ]
    assert [status(n, token) for n, token in enumerate(forged * 10)] == [429] * len(forged) * 10
    assert len(taken) - before <= 1  # once more than none where five seconds have passed
    assert status(0, genuine, PASSWORD) == 201
    assert status(1, genuine) == 401  # its own budget
    assert status(2, None) == 429


def test_sign_ups_from_one_network_address_are_limited(database: sa.Engine, app: Flask, hashed: list[str]) -> None:
    """Thirty cost no waiting; beyond that nothing is hashed, stored or sent; bad input costs nothing."""
    network = a_network()
    for bad in ({"email": "a@[x.y"}, {"password": "short"}, {"regions": []}, {"accepted_policies": []}):
        assert post(app, "/v1/accounts", a_sign_up() | bad, network).status_code in {403, 422}
    assert hashed == []
    found = [post(app, "/v1/accounts", a_sign_up(), network) for _ in range(32)]
    assert [answer.status_code for answer in found] == [201] * 30 + [429] * 2
    assert found[-1].json["code"] == "RATE_LIMITED"  # type: ignore[index]
    assert int(found[-1].headers["Retry-After"]) > 0
    assert hashed == ["ANONYMOUS"] * 30
    assert post(app, "/v1/accounts", a_sign_up(), a_network()).status_code == 201


def test_mail_to_one_mailbox_is_limited_wherever_it_is_asked_for(
    database: sa.Engine, app: Flask, hashed: list[str]
) -> None:
    """Sign-ups and resets share its budget, in any spelling, and with an account or without."""
    owned, free = address(), address()
    confirmed(database, owned)
    for email in (owned, free):
        codes = [post(app, "/v1/password-resets", {"email": email.upper()}, a_network()).status_code for _ in range(3)]
        codes += [post(app, "/v1/accounts", a_sign_up(email), a_network()).status_code for _ in range(3)]
        codes += [post(app, "/v1/password-resets", {"email": email}, a_network()).status_code]
        assert codes == [204, 204, 204, 201, 201, 429, 429]
    with unit(database) as work:
        sent = work.connection.execute(
            sa.text("SELECT count(*) FROM mail WHERE lower(address) = :a"), {"a": parse_email(free).key}
        ).scalar_one()
    assert sent == 3


def test_messages_from_one_network_address_are_limited(database: sa.Engine, app: Flask) -> None:
    """To however many mailboxes."""
    network = a_network()
    codes = [post(app, "/v1/password-resets", {"email": address()}, network).status_code for _ in range(32)]
    assert codes == [204] * 30 + [429] * 2


def test_requests_to_hide_directory_profiles_are_limited(database: sa.Engine, app: Flask) -> None:
    """By network address, whomever they are about and whatever address they name."""
    network, codes = a_network(), []
    for n in range(6):
        handle = directory_profile(database, f"124531960{n}", f"Jo Doe {n}")
        body = {"handle": handle, "contact": address(), "note": "I am the person that it is about."}
        codes.append(post(app, "/v1/hiding-requests", body, network).status_code)
    assert codes == [204] * 5 + [429]


def test_a_flood_of_anonymous_hashes_keeps_no_member_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """One is hashed and ten wait; the others are refused at once, and members have places of their own."""
    queue = passwords._QUEUES[Lane.ANONYMOUS]
    monkeypatch.setattr(queue, "wait_seconds", None)
    outcomes: list[str] = []

    def flood() -> None:
        try:
            passwords.hash_password(PASSWORD, lane=Lane.ANONYMOUS)
            outcomes.append("hashed")
        except RateLimited:
            outcomes.append("refused")

    jobs = [gevent.spawn(flood) for _ in range(200)]
    gevent.sleep(0)
    member = gevent.spawn(lambda: passwords.hash_password(PASSWORD, lane=Lane.KNOWN))
    member.join()
    assert outcomes.count("refused") == 189
    assert outcomes.count("hashed") <= 4  # the member has not waited for the ten
    gevent.joinall(jobs)
    assert outcomes.count("hashed") == 11


def test_nobody_waits_long_for_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused within the time that callers wait, and the place is not lost."""
    queue = passwords._QUEUES[Lane.ANONYMOUS]
    monkeypatch.setattr(queue, "wait_seconds", 0.05)
    with queue.place(), pytest.raises(RateLimited):
        passwords.hash_password(PASSWORD, lane=Lane.ANONYMOUS)
    assert queue.waiting == 0
    monkeypatch.setattr(queue, "wait_seconds", 5.0)
    assert passwords.hash_password(PASSWORD, lane=Lane.ANONYMOUS).startswith("$argon2id$")


def test_a_full_queue_is_no_failure_of_who_signs_in(
    database: sa.Engine, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused ten times because others hash, they are still not slowed down."""
    email, network = address(), a_network()
    confirmed(database, email)
    with monkeypatch.context() as patch:
        patch.setattr(passwords._QUEUES[Lane.SIGN_IN], "max_waiting", 0)
        body = {"email": email, "password": PASSWORD}
        assert {post(app, "/v1/sessions", body, network).status_code for _ in range(10)} == {429}
    assert post(app, "/v1/sessions", body, network).status_code == 201


def test_a_forged_cursor_names_its_field(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in a cursor is checked as any input; nothing of it reaches the database."""
    admin = Caller("00000000-0000-4000-8000-000000000001", frozenset({"ADMIN", "VERIFIER"}), token="x", confirmed=True)
    monkeypatch.setattr(TokenVerifier, "verify", lambda _self, _token: admin)
    mark = cursors.fingerprint("accounts", None, None)
    at, own = "2026-11-21T08:30:00+00:00", new_id()
    for values in (
        [at, "not-a-uuid"], ["9999-12-31T23:59:59-14:00", own], ["yesterday", own], ["2026-11-21", own], [at, "\x00"], [at], [own, at],
    ):  # fmt: skip
        answer = PatientClient(app).post(
            "/v1/accounts/search", json={"after": cursors.encode(mark, values)}, headers={"Authorization": "Bearer x"}
        )
        assert (answer.status_code, answer.json["code"], answer.json["field"]) == (422, "INVALID", ["after"])  # type: ignore[index]
    good = PatientClient(app).post(
        "/v1/accounts/search", json={"after": cursors.encode(mark, [at, own])}, headers={"Authorization": "Bearer x"}
    )
    assert good.status_code == 200


def test_a_suspension_until_the_end_of_time_names_its_field(
    database: sa.Engine, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL would store it, and nobody could read the account again."""
    admin, person = a_person(database, roles=("ADMIN",)), a_person(database)
    caller = Caller(admin, frozenset({"ADMIN"}), token="x", confirmed=True)
    monkeypatch.setattr(TokenVerifier, "verify", lambda _self, _token: caller)
    answer = PatientClient(app).put(
        f"/v1/accounts/{person}/suspension", json={"reason": "x y z", "until": "9999-12-31T23:59:59-14:00"},
        headers={"Authorization": "Bearer x"},
    )  # fmt: skip
    assert (answer.status_code, answer.json["code"], answer.json["field"]) == (422, "INVALID", ["until"])  # type: ignore[index]
    with unit(database) as work:
        account = work.accounts.get(person)
    assert account is not None
    assert not account.suspended
