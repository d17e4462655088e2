"""Which part of the system may call what of another: every route of profiles and graph × every service."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from graph.app import create_app as create_graph
from graph.settings import Settings as GraphSettings
from kit.errors import InvalidCredentials
from kit.services import SIGNING_IN, Service, digest_of, recognise
from kit.settings import Environment, SettingsError
from kit.tokens import KeySet
from profiles.accounts.signing import Signer
from profiles.app import create_app as create_profiles
from profiles.settings import load
from tests.support.operations import ABSENT
from tests.support.settings import DIGESTS, SECRETS, settings

TABLE = tomllib.loads((Path(__file__).parent / "callers.toml").read_text(encoding="utf-8"))
ROWS = [(service, *route.split(" ", 1), who) for service, rows in TABLE.items() for route, who in rows.items()]
CONFIG = settings()
SIGNER = Signer(CONFIG.signing_key, CONFIG.issuer)


@pytest.fixture(scope="module")
def apps() -> Iterator[dict[str, Flask]]:
    """Both services, connected to nothing; who is let in gets as far as the engine that is not there."""
    graph = GraphSettings("bolt://127.0.0.1:1", "neo4j", "x", "http://x", "http://127.0.0.1:1", ((1, b"k" * 32),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KeySet, "at", classmethod(lambda cls, *_: cls(SIGNER.key_set)))
        made = {"profiles": create_profiles(CONFIG), "graph": create_graph(graph)}
        yield made
        for app in made.values():
            app.extensions["engine"].stop()


def routes(app: Flask) -> dict[str, str]:
    """The endpoints of an application by method and path."""
    found = {}
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found[f"{method} {rule.rule}"] = rule.endpoint
    return found


def path_of(rule: str) -> str:
    """A path that matches a rule."""
    path = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule)
    return re.sub(r"<\w+>", ABSENT, re.sub(r"<int:\w+>", "1", path))


def ask(app: Flask, method: str, rule: str, token: str | None) -> Any:
    """Send an empty request, with a body that no schema takes: rights are looked at before."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client(app).open(path_of(rule), method=method, data=b"not json", headers=headers)


@pytest.mark.parametrize("service", TABLE)
def test_the_table_lists_every_route_and_no_other(apps: dict[str, Flask], service: str) -> None:
    """A new route says here who may call it before it is served."""
    assert sorted(TABLE[service]) == sorted(routes(apps[service]))


@pytest.mark.parametrize("service", TABLE)
def test_what_a_service_declares_is_what_its_routes_are_for(apps: dict[str, Flask], service: str) -> None:
    """Each row of its table is a route for services, and each route for services has a row."""
    app = apps[service]
    for_services = {
        name
        for name, view in app.view_functions.items()
        if "require_service(" in inspect.getsource(inspect.unwrap(view))
    }
    assert set(app.extensions["callers"]) == for_services
    assert not for_services & app.extensions["public_endpoints"]


@pytest.mark.parametrize(("service", "method", "rule", "who"), ROWS)
def test_a_route_lets_in_whom_the_table_names(
    apps: dict[str, Flask], service: str, method: str, rule: str, who: str | list[str]
) -> None:
    """Every service, a person with every role, and nobody; nothing is read of a body before that."""
    app = apps[service]
    if who == "anyone":
        assert ask(app, method, rule, None).status_code != 401
        return
    assert ask(app, method, rule, None).status_code == 401
    for caller in Service:
        answer = ask(app, method, rule, SIGNER.service_token(caller))
        let_in = answer.status_code not in (401, 403)
        assert let_in == (caller in who), (caller, answer.status_code, answer.text)
    stranger = ask(app, method, rule, SIGNER.access_token("service:stranger", ["ADMIN"]))
    assert stranger.status_code == 403
    if who != "people":
        roles = ["MEMBER", "VERIFIER", "MODERATOR", "ADMIN"]
        person = ask(app, method, rule, SIGNER.access_token(ABSENT, roles, email_verified=True))
        assert (person.status_code, person.json["code"]) == (403, "FORBIDDEN")


def test_a_service_signs_in_with_its_own_secret_and_as_nobody_else() -> None:
    """What the gateway holds makes no operator."""
    for name in (*SIGNING_IN, Service.PROFILES, Service.RELAY, "admin", ""):
        for owner, secret in SECRETS.items():
            if name == owner:
                assert recognise(name, secret, DIGESTS) is owner
                continue
            with pytest.raises(InvalidCredentials):
                recognise(name, secret, DIGESTS)
    with pytest.raises(InvalidCredentials):  # what profiles knows is not what anybody signs in with
        recognise("operator", digest_of(SECRETS[Service.OPERATOR]), DIGESTS)


def test_a_secret_can_be_replaced_without_an_outage() -> None:
    """Both are taken while both digests are given."""
    both = {Service.GATEWAY: (digest_of("old" * 9), digest_of("new" * 9))}
    assert {recognise("gateway", secret, both) for secret in ("old" * 9, "new" * 9)} == {Service.GATEWAY}


@pytest.mark.parametrize("suffix", ["", "_FILE"])
def test_the_secret_that_opened_everything_is_refused(suffix: str) -> None:
    """With one sentence that names what to set instead."""
    from gateway import settings as gateway_settings
    from profiles import worker_settings

    environment = Environment({f"CONSILIUM_SERVICE_SECRET{suffix}": "x" * 30})
    for read in (load, gateway_settings.load, worker_settings.load):
        given = Environment(
            {
                "CONSILIUM_DATABASE_URL": "postgresql+psycopg://x",
                "CONSILIUM_SIGNING_KEY": "x",
                f"CONSILIUM_SERVICE_SECRET{suffix}": "x" * 30,
            }
        )
        with pytest.raises(SettingsError, match=r"CONSILIUM_GATEWAY_SECRET for the gateway.*CONSILIUM_SERVICE_DIGESTS"):
            read(given)
    assert environment.read == frozenset()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gateway", "must be like"),
        (f"gateway:{'0' * 63}", "must be like"),
        (f"profiles:{'0' * 64}", "must be like"),
        (f"gateway:{'0' * 64} worker:{'0' * 64}", "no digest for: operator"),
    ],
)
def test_digests_are_read_strictly(text: str, said: str) -> None:
    """A service that could not sign in is named at the start."""
    from kit.services import read_digests

    with pytest.raises(SettingsError, match=said):
        read_digests(Environment({"CONSILIUM_SERVICE_DIGESTS": text}))


def test_a_short_secret_is_refused() -> None:
    """It could be guessed from its digest."""
    from kit.services import read_secret

    with pytest.raises(SettingsError, match="CONSILIUM_WORKER_SECRET must have at least 24 characters"):
        read_secret(Environment({"CONSILIUM_WORKER_SECRET": "s" * 23}), Service.WORKER)
