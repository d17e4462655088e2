"""One's own sessions, over HTTP on the real PostgreSQL: seen, and ended from elsewhere."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from kit.clock import new_id, now
from profiles.accounts.domain import parse_email
from profiles.app import OWN_ENDED_SECONDS, create_app
from tests.profiles.integration.test_accounts import PASSWORD, POLICIES, address
from tests.support.desk import CIPHER, unit
from tests.support.patience import PatientClient
from tests.support.settings import settings

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile Safari/604.1"


@pytest.fixture
def app(database: sa.Engine) -> Flask:
    """The profiles service on the test's database."""
    config = replace(settings(), database_url=database.url.render_as_string(hide_password=False))
    made = create_app(replace(config, field_keys=((1, b"f" * 32),)))
    made.extensions["wiring"] = replace(made.extensions["wiring"], cipher=CIPHER)
    return made


def ask(app: Flask, path: str, token: str, body: Any = None) -> TestResponse:
    """One request of somebody who is signed in."""
    return PatientClient(app).post(
        path, json={} if body is None else body, headers={"Authorization": f"Bearer {token}"}
    )


def listed(app: Flask, token: str, **page: Any) -> list[dict[str, Any]]:
    """A page of one's sessions."""
    return [row["session"] for row in ask(app, "/v1/me/sessions/search", token, page).json["rows"]]  # type: ignore[index]


def sign_in(app: Flask, email: str, agent: str | None = None) -> dict[str, Any]:
    """Open a session with a program."""
    answer = PatientClient(app).post(
        "/v1/sessions", json={"email": email, "password": PASSWORD}, headers={"X-Client-Agent": agent} if agent else {}
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json)  # type: ignore[arg-type]


@pytest.fixture
def email(database: sa.Engine, app: Flask) -> str:
    """The address of somebody who is signed in nowhere."""
    own = address()
    body = {
        "email": own, "password": PASSWORD, "name": "Ada", "regions": ["DE"], "accepted_policies": [p.key for p in POLICIES],
    }  # fmt: skip
    answer = PatientClient(app).post(
        "/v1/accounts", json=body, headers={"X-Client-Address": f"10.9.{time.time_ns() % 250}.1"}
    )
    person = answer.json["person_id"]  # type: ignore[index]
    with unit(database) as work:
        work.accounts.confirm(person, at=now())
        work.sessions.end_sessions(person, at=now())
    return own


def test_one_sees_where_one_is_signed_in(database: sa.Engine, app: Flask, email: str) -> None:
    """By program and times, newest first and page by page; nothing tells from which network address."""
    tokens = [sign_in(app, email, agent)["access_token"] for agent in (FIREFOX, PHONE, None)]
    first = listed(app, tokens[0])
    assert [(one["client"], one["current"]) for one in first] == [
        ("Unknown program", False), ("Safari on iPhone", False), ("Firefox on Windows", True),
    ]  # fmt: skip
    assert set(first[0]) == {"id", "created_at", "last_used_at", "expires_at", "client", "current"}
    page = ask(app, "/v1/me/sessions/search", tokens[0], {"first": 2}).json
    assert page["has_next"]  # type: ignore[index]
    rest = listed(app, tokens[0], after=page["rows"][-1]["cursor"])  # type: ignore[index]
    assert [one["id"] for one in rest] == [first[-1]["id"]]
    with unit(database) as work:
        stored = str(work.connection.execute(sa.text("SELECT * FROM session")).all())
    assert "Mozilla" not in stored


def test_refreshing_says_when_a_session_was_last_used(app: Flask, email: str) -> None:
    """And opens no other one."""
    session = sign_in(app, email)
    (before,) = listed(app, session["access_token"])
    assert before["last_used_at"] == before["created_at"]
    fresh = PatientClient(app).post("/v1/sessions/refresh", json={"refresh_token": session["refresh_token"]}).json
    (after,) = listed(app, fresh["access_token"])  # type: ignore[index]
    assert after["id"] == before["id"]
    assert after["last_used_at"] > before["last_used_at"]
    assert after["created_at"] == before["created_at"]


def test_a_session_that_is_ended_from_elsewhere_is_refused_and_the_others_go_on(app: Flask, email: str) -> None:
    """Its access token at its next request, its refresh token too; ending it again is no failure."""
    lost, kept = sign_in(app, email), sign_in(app, email)
    own = next(one["id"] for one in listed(app, lost["access_token"]) if one["current"])
    for _ in range(2):
        assert ask(app, f"/v1/me/sessions/{own}/end", kept["access_token"]).status_code == 204
    assert own not in [one["id"] for one in listed(app, kept["access_token"])]
    refreshed = PatientClient(app).post("/v1/sessions/refresh", json={"refresh_token": lost["refresh_token"]})
    assert (refreshed.status_code, refreshed.json["code"]) == (410, "EXPIRED")  # type: ignore[index]
    time.sleep(OWN_ENDED_SECONDS)  # how old the list of ended tokens may be here
    refused = ask(app, "/v1/me/sessions/search", lost["access_token"])
    assert (refused.status_code, refused.json["code"]) == (401, "UNAUTHENTICATED")  # type: ignore[index]
    assert len(listed(app, kept["access_token"])) == 1


def test_all_others_end_at_once(app: Flask, email: str) -> None:
    """The present one stays."""
    others, kept = [sign_in(app, email) for _ in range(3)], sign_in(app, email)
    assert ask(app, "/v1/me/sessions/end-others", kept["access_token"]).status_code == 204
    time.sleep(OWN_ENDED_SECONDS)
    assert [ask(app, "/v1/me/sessions/search", one["access_token"]).status_code for one in others] == [401] * 3
    assert [one["current"] for one in listed(app, kept["access_token"])] == [True]


def test_nobody_ends_or_finds_out_about_somebody_elses_session(app: Flask, email: str, database: sa.Engine) -> None:
    """One answer for another person's session, for one that never was and for what is no id."""
    session, person = sign_in(app, email), new_id()
    with unit(database) as work:
        work.people.add(
            person_id=person, handles=[person], name="Mallory", claimed=True, created_at=now(), regions=["DE"]
        )
        work.accounts.add(
            person_id=person, email=parse_email(address()), password_hash=None, created_at=now(), confirmed=True
        )
        work.roles.grant(person, ["MEMBER"])
        work.accepted.accept(person, [(p.id, p.edition) for p in POLICIES], at=now())
    signer = app.extensions["wiring"].signer
    other = signer.access_token(person, ["MEMBER"], sid=new_id(), email_verified=True)
    (own,) = [one["id"] for one in listed(app, session["access_token"])]
    answers = [ask(app, f"/v1/me/sessions/{given}/end", other) for given in (own, new_id(), "none")]
    assert {(one.status_code, one.json["code"], one.json["detail"]) for one in answers} == {  # type: ignore[index]
        (404, "NOT_FOUND", "You have no session with this id.")
    }
    assert listed(app, other) == []
    assert len(listed(app, session["access_token"])) == 1
