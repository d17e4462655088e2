"""Conventions that hold for the whole project."""

from __future__ import annotations

import re
import subprocess
import threading
from pathlib import Path

import pytest
import yaml
from flask import Flask

from gateway.schema import sdl
from graph.feed.domain import sources

ROOT = Path(__file__).parents[2]
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def tracked() -> list[Path]:
    """The project's own files."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def profiles_app() -> Flask:
    """The profiles service, not connected."""
    from profiles.app import create_app
    from tests.support.settings import settings

    return create_app(settings())


def graph_app() -> Flask:
    """The graph service, not connected."""
    from graph.app import create_app
    from graph.settings import Settings

    return create_app(
        Settings("bolt://127.0.0.1:1", "neo4j", "x", "http://x", "http://127.0.0.1:1", ((1, b"k" * 32),), None)
    )


@pytest.mark.parametrize("make", [profiles_app, graph_app])
def test_every_route_needs_a_token_unless_it_is_listed_as_public(make) -> None:  # type: ignore[no-untyped-def]
    """Without one the answer is 401 in problem+json, whatever the route."""
    app = make()
    client = app.test_client()
    tried = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in app.extensions["public_endpoints"]:
            continue
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
            path = re.sub(r"<int:[^>]+>", "1", path)
            path = re.sub(r"<[^>]+>", "x", path)
            answer = client.open(path, method=method, json={})
            assert answer.status_code == 401, (method, rule.rule)
            assert answer.mimetype == "application/problem+json"
            assert answer.get_json()["code"] == "UNAUTHENTICATED"
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            tried += 1
    assert tried > 10


def gateway_app() -> Flask:
    """The gateway in development, in front of services that do not answer."""
    from gateway import settings as gateway_settings
    from gateway.app import create_app
    from kit.settings import Environment
    from tests.support.gateways import AWAY

    return create_app(gateway_settings.load(Environment(AWAY)))


@pytest.mark.parametrize("make", [profiles_app, graph_app, gateway_app])
def test_no_answer_redirects_or_repeats_the_host_of_a_request(make) -> None:  # type: ignore[no-untyped-def]
    """Whatever the route and the spelling of its path: a Host that anybody wrote comes back nowhere."""
    app = make()
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
        path = re.sub(r"<int:[^>]+>", "1", path)
        path = re.sub(r"<[^>]+>", "x", path)
        halfway = path.rindex("/")
        for spelled in (path, f"{path}/", f"/{path}", f"{path[:halfway]}/{path[halfway:]}", f"{path}//", f"/.{path}"):
            for method in ("GET", "PUT"):
                answer = client.open(spelled, base_url="http://attacker.example", method=method)
                assert not 300 <= answer.status_code < 400, (method, spelled)
                assert "attacker.example" not in str(answer.headers), (method, spelled)
                assert b"attacker.example" not in answer.get_data(), (method, spelled)


@pytest.mark.parametrize("make", [profiles_app, graph_app])
def test_making_an_app_begins_nothing(make) -> None:  # type: ignore[no-untyped-def]
    """What goes on beside requests begins when a worker does; an app that is only made leaves no thread behind."""
    before = set(threading.enumerate())
    make().test_client().get("/readyz")
    assert set(threading.enumerate()) <= before


def test_public_routes_are_only_those_that_must_be() -> None:
    """A new one is added here on purpose."""
    assert sorted(profiles_app().extensions["public_endpoints"]) == [
        "accounts.confirm_email", "accounts.jwks",
        "accounts.request_reset", "accounts.reset_password", "accounts.service_token",
        "accounts.sign_up", "addresses.confirm", "addresses.refuse", "api-docs.openapi_json", "authorities.own", "evidence.download", "evidence.preview",
        "evidence.upload", "healthz", "hiding.request_hiding", "institutions.page", "institutions.search", "metrics", "personal_tokens.exchange", "policies.instance", "proofs.check",
        "proofs.status_list", "readyz", "registers.statistics", "registers.upload", "rights.erasure", "roles.rule", "second_factor.refuse", "second_factor.request",
        "sessions.list_ended_tokens", "sessions.refresh_session", "sessions.sign_in", "sessions.sign_out",
    ]  # fmt: skip
    assert sorted(graph_app().extensions["public_endpoints"]) == [
        "api-docs.openapi_json",
        "healthz",
        "metrics",
        "readyz",
    ]


def test_the_committed_schema_is_the_served_one() -> None:
    """`make schema` writes it."""
    assert (ROOT / "schema.graphql").read_text(encoding="utf-8") == sdl()


def test_no_file_names_a_package_registry_or_a_path_of_some_machine() -> None:
    """Clients know where their registries are; nothing here needs to."""
    hosts = ("pypi" + ".org", "files.python" + "hosted", "repo1." + "maven", "repo.maven" + ".apache", "npmjs" + ".org",
             "registry." + "npm", "/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/")  # fmt: skip
    for path in tracked():
        if path.suffix in {".png", ".ico"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        text = re.sub(
            r"https://[^/\s]+/[^\s,]*", lambda url: url[0].replace("/ho" + "me/", "/"), text
        )  # a page of somebody's
        found = [host for host in hosts if host in text]
        assert not found, (path, found)


def test_every_package_in_the_lock_files_has_hashes() -> None:
    """So that what is installed is what was resolved."""
    for path in (ROOT / "deploy" / "requirements").glob("*.lock"):
        text = path.read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9][^\s]*==", text, flags=re.M)
        assert len(pins) > 20
        assert text.count("\\\n    --hash=sha256:") >= len(pins)


def test_make_alone_lists_every_target() -> None:
    """The help is made from the Makefile's own comments."""
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in (
        "up",
        "status",
        "reset",
        "check",
        "format",
        "test-unit",
        "test",
        "chaos",
        "lint",
        "bench",
        "schema",
        "texts",
        "lock",
    ):
        assert f"make {target} " in shown


def test_features_have_the_usual_file_names() -> None:
    """`ls services/*/*/groups` is the whole feature."""
    allowed = {
        "__init__.py", "views.py", "schemas.py", "usecases.py", "store.py", "domain.py", "tables.py", "queries",
        "migrations", "types.py", "queries.py", "client.py", "mutations.py", "mutations", "__pycache__",
        # what only one feature has
        "signing.py", "passwords.py", "cipher.py", "relay.py", "files.py", "texts", "texts.py", "totp.py", "recovery.py", "confirmation.py",
        "chain.py", "checkpoints.py", "casework.py", "names.py", "delivery.py", "retention.py", "holdings.py", "access.py", "holders.py", "kinds.py", "numbers.py", "eligibility.py", "changes.py", "server.py", "following.py", "operations.py",
        "attempts.py", "cases.py", "decisions.py", "rendering.py", "sanctions.py", "validating.py", "identity.py", "ending.py", "second_verifier.py", "properties.py", "kinds", "usecases", "extras.py",
        "due.py", "identifiers.py", "origin.py", "columns.py", "storage.py", "order.py", "position.py", "neighbours.py", "network.py", "index.py", "ranking.py", "cards.py", "pages.py", "buckets.py", "limiter.py", "memberships.py", "licences.py", "connections.py", "entries.py", "languages.py", "known_authorities.py", "contacts.py", "facets.py",
    }  # fmt: skip
    for service in ("profiles", "graph", "gateway"):
        for feature in (ROOT / "services" / service / service).iterdir():
            if feature.is_dir() and feature.name not in {
                "__pycache__",
                "migrations",
                "page",
                "account_page",
                "console_page",
            }:
                strange = {entry.name for entry in feature.iterdir()} - allowed
                assert not strange, (feature, strange)


# They change nothing that is kept: what stands beside texts is read each time, and a lock changes nothing.
def test_every_writing_query_declares_what_it_changes() -> None:
    """The change feed is made from these lines; a parameter or column that one names is declared in the same header."""
    graph = ROOT / "services" / "graph" / "graph"
    writes = re.compile(r"^\s*(ON \w+ )?(SET|CREATE|MERGE|DELETE|DETACH DELETE|REMOVE|FOREACH)\b", re.MULTILINE)
    undeclared, wrong = [], []
    for path in graph.glob("*/queries/*.cypher"):
        text, name = path.read_text(encoding="utf-8"), f"{path.parent.parent.name}/{path.stem}"
        declared = sources(text)
        if bool(writes.search(text)) != (declared is not None):
            undeclared.append(name)
        parameters, _, returned = text.split("// feed:")[0].partition("// returns:")
        for source in declared or ():
            first = source.path[0]
            if (first if source.of_result else f"${first}") not in (returned if source.of_result else parameters):
                wrong.append(name)
    assert (undeclared, wrong) == ([], [])


def test_only_the_graph_writes_to_neo4j() -> None:
    """Every session is opened by `graph.db.session`, and every write passes `Graph.write`, which appends to the feed."""
    services = ROOT / "services"
    openers = {
        str(path.relative_to(services))
        for path in services.glob("**/*.py")
        if re.search(r"\.(session|begin_transaction|execute_query)\(", path.read_text(encoding="utf-8"))
        and "neo4j" in path.read_text(encoding="utf-8")
    }
    assert openers == {"graph/graph/db.py"}


def test_hooks_before_a_commit_run_what_make_check_runs() -> None:
    """Each by its own hook, from this repository and nothing fetched."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    check = re.search(r"^check: ([^#]*)", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert check is not None
    assert [one["repo"] for one in hooks] == ["local"]
    assert [hook["entry"] for hook in hooks[0]["hooks"]] == [f"make {target}" for target in check[1].split()]
