"""Where the gateway serves metrics, and what it says of itself to strangers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest
from werkzeug.test import Client

from gateway import settings
from kit.settings import Environment, SettingsError
from tests.support.gateways import AWAY, PRODUCTION, lonely_gateway
from tests.support.served import Served, served
from tests.support.stack import free_port

DEFAULTS = {"REMOTE_ADDR": "127.0.0.1", "SERVER_PORT": "8000"}


def asked(client: Client, path: str, *, headers: dict[str, str] | None = None, **environ: str) -> tuple[int, str]:
    """Status and body of a request that came like this."""
    answer = client.get(path, headers=headers or {}, environ_overrides=DEFAULTS | environ)
    return answer.status_code, answer.get_data(as_text=True)


def sees(client: Client, *, headers: dict[str, str] | None = None, **environ: str) -> bool:
    """Whether a request that came like this sees metrics and parts; it sees both or neither."""
    status, text = asked(client, "/metrics", headers=headers, **environ)
    ready = json.loads(asked(client, "/readyz", headers=headers, **environ)[1])
    both = (status == 200 and "http_request_seconds" in text, set(ready) == {"status", "parts", "clockSkewSeconds"})
    assert both in {(True, True), (False, False)}
    if not both[0]:
        assert status == 404
        assert ready == {"status": "not ready"}
    return both[0]


def test_in_production_metrics_are_served_on_their_own_port_and_nowhere_else() -> None:
    """Not even to this machine, where a proxy may stand; a header that names a port changes nothing."""
    client = lonely_gateway(**PRODUCTION)
    assert not sees(client)
    assert not sees(client, REMOTE_ADDR="192.0.2.1")
    client = lonely_gateway(**PRODUCTION, CONSILIUM_METRICS_BIND="127.0.0.1:9100")
    assert not sees(client)
    assert not sees(client, headers={"Host": "x:9100", "X-Forwarded-Port": "9100"})
    assert sees(client, REMOTE_ADDR="192.0.2.1", SERVER_PORT="9100")
    behind = lonely_gateway(**PRODUCTION, CONSILIUM_METRICS_BIND="127.0.0.1:9100", CONSILIUM_PROXIES="1")
    assert not sees(behind, headers={"Host": "x:9100", "X-Forwarded-Port": "9100", "X-Forwarded-For": "127.0.0.1"})


def test_in_development_this_machine_sees_them() -> None:
    """Directly, and not through a proxy."""
    client = lonely_gateway()
    assert sees(client)
    assert not sees(client, REMOTE_ADDR="192.0.2.1")
    assert not sees(client, headers={"X-Forwarded-For": "192.0.2.1"})
    behind = lonely_gateway(CONSILIUM_PROXIES="1")
    assert not sees(behind, headers={"X-Forwarded-For": "127.0.0.1"})
    assert not sees(lonely_gateway(CONSILIUM_METRICS_BIND="127.0.0.1:9100"))


@pytest.mark.parametrize("value", ["9100", ":9100", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "127.0.0.1:x"])
def test_an_address_for_metrics_that_is_none_is_refused_by_name(value: str) -> None:
    """At the start."""
    with pytest.raises(SettingsError, match="CONSILIUM_METRICS_BIND"):
        settings.load(Environment(AWAY | {"CONSILIUM_METRICS_BIND": value}))


@pytest.fixture(scope="module", params=["1", "2"], ids=["one worker", "two workers"])
def production(request: pytest.FixtureRequest) -> Iterator[tuple[Served, Served]]:
    """A gateway as in production: its own port, and the one for metrics."""
    port = free_port()
    variables = AWAY | PRODUCTION | {"CONSILIUM_METRICS_BIND": f"127.0.0.1:{port}", "CONSILIUM_WORKERS": request.param}
    with served("gateway.app:create_app()", **variables) as found:
        yield found, Served(port, found.process)


def get(gateway: Served, path: str) -> tuple[str, str]:
    """Status line and headers, and body."""
    answer = gateway.ask(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()).decode()
    head, _, body = answer.partition("\r\n\r\n")
    return head, body


def test_the_port_for_metrics_is_another_one(production: tuple[Served, Served]) -> None:
    """Under gunicorn, as an operator starts it."""
    public, internal = production
    assert get(public, "/metrics")[0].startswith("HTTP/1.1 404")
    assert get(public, "/readyz")[1] == '{"status":"not ready"}'
    head, body = get(internal, "/metrics")
    assert head.startswith("HTTP/1.1 200")
    assert "http_request_seconds" in body
    assert json.loads(get(internal, "/readyz")[1])["parts"] == {"profiles": False, "graph": False}


def test_no_answer_names_the_server_software(production: tuple[Served, Served]) -> None:
    """Whether the application makes it, or the server refuses what is no HTTP."""
    public, _ = production
    requests = [
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Long: " + b"x" * 9_000 + b"\r\n\r\n",
    ]
    for request in requests:
        answer = b""
        with suppress(ConnectionResetError):
            answer = public.ask(request)
        head = answer.partition(b"\r\n\r\n")[0].lower()
        assert head.startswith(b"http/1.1 "), request[:40]
        assert b"\r\nserver:" not in head
        assert b"gunicorn" not in answer.lower()
        assert b"python" not in head
