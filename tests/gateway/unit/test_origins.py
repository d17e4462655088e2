"""Pages of other origins: which may use the API, what they may send, and that no path is forgotten."""

from __future__ import annotations

import pytest
from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse

from gateway import settings
from gateway.origins import ENDPOINTS, origin_of
from kit.settings import Environment, SettingsErrors
from tests.support.gateways import AWAY, PRODUCTION, lonely_gateway

APP = "https://app.example"
# Pages of the gateway itself, and what operators and browsers ask: nothing of it is for pages of other origins.
OWN = {
    "page", "page_asset", "account_form", "account_act", "account_asset", "mails", "console", "console_file", "healthz",
    "readyz", "metrics",
}  # fmt: skip
HEADERS = {
    "Content-Type", "Authorization", "Idempotency-Key", "Accept-Language", "Content-Disposition", "X-Request-Id",
    "GraphQL-Require-Preflight", "Apollo-Require-Preflight", "X-Apollo-Operation-Name", "apollographql-client-name",
    "apollographql-client-version", "traceparent", "tracestate", "baggage", "Last-Event-ID", "Consilium-Session",
}  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Client:
    """A gateway that knows one page of another origin, with every route that there is."""
    return lonely_gateway(CONSILIUM_CORS_ORIGINS=APP, CONSILIUM_MAIL_DIR="/nowhere")


def preflight(client: Client, path: str, method: str, origin: str | None = APP, headers: str = "") -> TestResponse:
    """What a browser is answered before it sends."""
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return client.options(path, headers=asked | ({"Origin": origin} if origin else {}))


def rules(client: Client) -> list[Rule]:
    """Every route of the gateway."""
    return list(client.application.url_map.iter_rules())  # type: ignore[attr-defined]


def path_of(rule: Rule) -> str:
    """A path that a rule matches."""
    return rule.rule.replace("<path:rest>", "x").replace("<path:name>", "x").split("<")[0] + (
        "confirm" if "<any" in rule.rule and "page.js" not in rule.rule else "page.js" if "<any" in rule.rule else ""
    )


def test_every_path_answers_a_whole_preflight_or_is_for_no_other_origin(client: Client) -> None:
    """Each method of each route of the API; a route that is new stands in one of the two tables."""
    seen = set()
    for rule in rules(client):
        path = path_of(rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = preflight(client, path, method, headers="content-type,authorization")
            allowed = answer.headers.get("Access-Control-Allow-Origin")
            if rule.endpoint in OWN:
                assert allowed is None, rule
                assert client.open(path, method=method, headers={"Origin": APP}).headers.get(
                    "Access-Control-Allow-Origin"
                ) is None  # fmt: skip
                continue
            seen.add((path, method))
            assert (answer.status_code, allowed, answer.data) == (204, APP, b""), rule
            assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
            assert set(answer.headers["Access-Control-Allow-Headers"].split(", ")) >= HEADERS
            assert answer.headers["Access-Control-Max-Age"] == "7200"
            assert "Origin" in answer.headers["Vary"]
            cookies = answer.headers.get("Access-Control-Allow-Credentials")
            assert cookies == ("true" if path.startswith("/graphql") else None)
            assert (
                client.open(path, method=method, headers={"Origin": APP}).headers["Access-Control-Allow-Origin"] == APP
            )
    assert {rule.endpoint for rule in rules(client)} == OWN | ENDPOINTS
    assert seen == {
        ("/graphql", "GET"), ("/graphql", "POST"), ("/graphql/stream", "GET"), ("/graphql/stream", "POST"),
        ("/evidence/x", "GET"), ("/evidence/x", "PUT"), ("/registers/x", "PUT"), ("/.well-known/x", "GET"),
        ("/status-list/x", "GET"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "origin",
    [
        "null", "https://app.example.evil.example", "http://app.example", "https://APP.example", "https://app.example:444",
        "https://app.example/", "https://evil.app.example", "", "http://localhost.evil.example", "http://localhost@evil.example",
        "http://evil.example:8000", "http://127.0.0.1.evil.example", "http://127.0.0.1:8000:8000", "http://localhost:",
        "http://127.0.0.1:8000\u0131", "file://",
    ],
)  # fmt: skip
def test_any_other_origin_is_told_nothing(client: Client, origin: str) -> None:
    """Before it sends and when it reads."""
    sent = origin.encode().decode("latin-1")
    for answer in (
        preflight(client, "/graphql", "POST", sent),
        client.post("/graphql", json={"query": "{ __typename }"}, headers={"Origin": sent}),
    ):
        assert [name for name, _ in answer.headers if name.startswith("Access-Control")] == []
        assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "origin", ["http://localhost:5173", "http://127.0.0.1:3000", "https://localhost", "http://[::1]:8080"]
)
def test_pages_of_this_machine_are_allowed_in_development_only(origin: str, client: Client) -> None:
    """On whatever port."""
    production = lonely_gateway(**PRODUCTION, CONSILIUM_CORS_ORIGINS=APP)
    for gateway, allowed in ((client, origin), (production, None)):
        answer = preflight(gateway, "/evidence/x", "PUT", origin)
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed
    assert preflight(production, "/graphql", "POST").headers["Access-Control-Allow-Origin"] == APP


@pytest.mark.parametrize(
    "wrong", ["*", "null", "https://app.example/", "app.example", "https://*.example", "https://A.example"]
)
def test_what_is_no_origin_is_refused_at_the_start(wrong: str) -> None:
    """It would allow nobody, and nobody would know why."""
    with pytest.raises(SettingsErrors, match="CONSILIUM_CORS_ORIGINS"):
        settings.load(Environment(AWAY | {"CONSILIUM_CORS_ORIGINS": f"{APP} {wrong}"}))


def test_an_origin_is_written_as_browsers_write_it() -> None:
    """Without a path, and without the port that its scheme has anyway."""
    assert origin_of("https://Consilium.example:443/path") == "https://consilium.example"
    assert origin_of("http://[::1]:8000") == "http://[::1]:8000"
