"""What the profiles service says of a change when PostgreSQL fails before, during and after its commit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from psycopg.errors import AdminShutdown
from werkzeug.test import TestResponse

from kit.clock import new_id
from kit.skew import TIMEOUT_HEADER
from kit.tokens import Caller, TokenVerifier
from profiles.app import create_app
from profiles.credentials import usecases
from profiles.policies import usecases as policy_usecases
from profiles.policies.files import read_policies
from tests.support.desk import CIPHER, NOW, NUMBERS, a_person, decide, get, submit, unit
from tests.support.patience import PatientClient
from tests.support.settings import settings

LICENCE = {"kind": "LICENCE", "authority": "de-baek", "jurisdiction": "DE", "specialty": "cardiology"}
ROLES: dict[str, frozenset[str]] = {}


@pytest.fixture(scope="module")
def app(database: sa.Engine) -> Iterator[Flask]:
    """The service in this process; a token is the id of whom it is for."""
    patch = pytest.MonkeyPatch()
    patch.setattr(
        TokenVerifier,
        "verify",
        lambda _self, token: Caller(token, ROLES.get(token, frozenset({"MEMBER"})), token=token, confirmed=True),
    )
    config = replace(settings(), database_url=database.url.render_as_string(hide_password=False))
    made = create_app(replace(config, field_keys=((1, b"f" * 32),)))
    made.extensions["wiring"] = replace(made.extensions["wiring"], cipher=CIPHER)
    yield made
    made.extensions["end"]()
    patch.undo()


@pytest.fixture
def ask(app: Flask) -> Callable[..., TestResponse]:
    """Sends a request as somebody, under a key, with so many seconds left."""

    def send(method: str, path: str, body: Any, *, me: str, key: str | None = None, **headers: str) -> TestResponse:
        given = {"Authorization": f"Bearer {me}"} | ({"Idempotency-Key": key} if key else {})
        return PatientClient(app).open(path, method=method, json=body, headers=given | headers)

    return send


def member(database: sa.Engine, *roles: str) -> str:
    """Somebody who may write."""
    person = a_person(database, roles=roles)
    ROLES[person] = frozenset({"MEMBER", *roles})
    policies = read_policies(None)
    with unit(database) as work:
        policy_usecases.accept_policies(work, policies, person_id=person, accepted=[p.key for p in policies], now=NOW)
    return person


def lost() -> sa.exc.OperationalError:
    """How SQLAlchemy tells that the connection was lost."""
    return sa.exc.OperationalError("COMMIT", {}, AdminShutdown("terminating connection"))


def commit_then_fail(patch: pytest.MonkeyPatch) -> None:
    """Lose the connection while the next commit is under way, after PostgreSQL has done it."""
    commit, left = sa.Connection.commit, [1]

    def failing(self: sa.Connection) -> None:
        commit(self)
        if left[0]:
            left[0] = 0
            raise lost()

    patch.setattr(sa.Connection, "commit", failing)


def credentials(database: sa.Engine, person: str) -> int:
    """How many credentials somebody has."""
    with unit(database) as work:
        return _count(work.connection, person)


def _count(connection: sa.Connection, person: str) -> int:
    text = sa.text("SELECT count(*) FROM credential WHERE person_id = CAST(:p AS uuid)")
    return int(connection.execute(text, {"p": person}).scalar_one())


def test_a_connection_lost_at_the_commit_leaves_the_outcome_open_and_the_key_settles_it(
    database: sa.Engine, ask: Callable[..., TestResponse], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One credential."""
    me, key, body = member(database), new_id(), LICENCE | {"number": next(NUMBERS)}
    with monkeypatch.context() as patch:
        commit_then_fail(patch)
        first = ask("POST", "/v1/me/credentials", body, me=me, key=key)
    assert (first.status_code, first.json["code"]) == (503, "OUTCOME_UNKNOWN")  # type: ignore[index]
    again = ask("POST", "/v1/me/credentials", body, me=me, key=key)
    assert (again.status_code, again.json["number"]) == (201, body["number"].replace(" ", ""))  # type: ignore[index]
    assert credentials(database, me) == 1


def test_a_failure_before_the_commit_changes_nothing_and_says_so(
    database: sa.Engine, ask: Callable[..., TestResponse], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the last statement before it; the key stays free."""
    me, key, body = member(database), new_id(), LICENCE | {"number": next(NUMBERS)}
    with monkeypatch.context() as patch:

        def failing(_self: Any) -> None:
            raise lost()

        patch.setattr("profiles.audit.store.AuditTrail.flush", failing)
        first = ask("POST", "/v1/me/credentials", body, me=me, key=key)
    assert (first.status_code, first.json["code"]) == (503, "UNAVAILABLE")  # type: ignore[index]
    assert credentials(database, me) == 0
    assert ask("POST", "/v1/me/credentials", body, me=me, key=key).status_code == 201


def test_nothing_is_committed_when_nobody_waits_any_more(
    database: sa.Engine, ask: Callable[..., TestResponse], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline passes while the change is made: it is rolled back, and the answer is true."""
    me, over = member(database), [False]
    submit_credential = usecases.submit_credential

    def slow(*given: Any, **named: Any) -> Any:
        done = submit_credential(*given, **named)
        over[0] = True
        return done

    monkeypatch.setattr(usecases, "submit_credential", slow)
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + (60 if over[0] else 0), time=time.time)
    monkeypatch.setattr("kit.web.time", clock)
    answer = ask(
        "POST", "/v1/me/credentials", LICENCE | {"number": next(NUMBERS)}, me=me,
        **{TIMEOUT_HEADER: "30"},
    )  # fmt: skip
    assert (answer.status_code, answer.json["code"]) == (503, "UNAVAILABLE")  # type: ignore[index]
    assert credentials(database, me) == 0


def test_what_fails_after_a_commit_is_not_told_as_if_nothing_had_been_changed(
    database: sa.Engine, ask: Callable[..., TestResponse], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that cannot be shown; counted tries alone do not count as a change."""
    me = member(database)
    with unit(database) as work:
        account = work.accounts.get(me)
    assert account is not None

    def failing(*_given: Any, **_named: Any) -> None:
        raise lost()

    with monkeypatch.context() as patch:  # the tries are counted, and then the change is not made
        patch.setattr("profiles.accounts.recovery.require_password", failing)
        answer = ask("POST", "/v1/me/totp", {"password": "x"}, me=me)
    assert (answer.status_code, answer.json["code"]) == (503, "UNAVAILABLE")  # type: ignore[index]
    with monkeypatch.context() as patch:  # the change is made, and then it cannot be shown
        patch.setattr("profiles.people.views.jsonify", failing)
        changed = ask("PATCH", "/v1/me/profile", {"headline": "Changed"}, me=me)
    assert (changed.status_code, changed.json["code"]) == (503, "OUTCOME_UNKNOWN")  # type: ignore[index]
    assert ask("GET", "/v1/me", None, me=me).json["professional"]["headline"] == "Changed"  # type: ignore[index]


@pytest.mark.parametrize("act", ["decide", "withdraw", "profile", "suspend"])
def test_a_route_that_refuses_a_second_time_answers_the_same_under_its_key(
    database: sa.Engine, ask: Callable[..., TestResponse], monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """A case that is decided, a credential that is withdrawn, a version that has passed; and one message is sent."""
    owner, verifier, admin, key = member(database), member(database, "VERIFIER"), member(database, "ADMIN"), new_id()
    credential = submit(database, owner)
    if act == "decide":
        assert ask("POST", f"/v1/credentials/{credential.id}/take", {}, me=verifier).status_code == 200
    method, path, body, me = {
        "decide": (
            "POST", f"/v1/credentials/{credential.id}/decision",
            {"decision": "VALIDATE", "reason": "CONFIRMED_AT_SOURCE"}, verifier,
        ),
        "withdraw": ("POST", f"/v1/me/credentials/{credential.id}/withdraw", {}, owner),
        "profile": ("PATCH", "/v1/me/profile", {"headline": "New", "expected_version": 1}, owner),
        "suspend": ("PUT", f"/v1/accounts/{owner}/suspension", {"reason": "Spam", "until": None}, admin),
    }[act]  # fmt: skip
    if act == "profile":
        body["expected_version"] = ask("GET", "/v1/me", None, me=owner).json["professional"]["version"]  # type: ignore[index]
    with monkeypatch.context() as patch:
        commit_then_fail(patch)
        first = ask(method, path, body, me=me, key=key)
    assert first.json["code"] == "OUTCOME_UNKNOWN", first.text  # type: ignore[index]
    with unit(database) as work:
        mails = work.connection.execute(sa.text("SELECT count(*) FROM mail")).scalar_one()
    again = ask(method, path, body, me=me, key=key)
    assert again.status_code == 200, again.text
    with unit(database) as work:
        assert work.connection.execute(sa.text("SELECT count(*) FROM mail")).scalar_one() == mails
    if act in {"decide", "withdraw", "profile"}:
        assert ask(method, path, body, me=me, key=new_id()).status_code == 409


def test_no_number_is_stored_with_a_key(database: sa.Engine, ask: Callable[..., TestResponse]) -> None:
    """The answer is an id; the credential is read again."""
    me, key, number = member(database), new_id(), next(NUMBERS)
    assert ask("POST", "/v1/me/credentials", LICENCE | {"number": number}, me=me, key=key).status_code == 201
    with unit(database) as work:
        row = work.connection.execute(sa.text("SELECT answer FROM idempotency WHERE key = :k"), {"k": key}).one()
    assert list(row.answer) == ["id"]
    assert get(database, row.answer["id"]).number == number
    assert decide(database, row.answer["id"], new_id()).status == "VALIDATED"
