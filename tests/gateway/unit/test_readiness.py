"""The gateway's /readyz says which part of which service is not ready, and how far clocks are apart."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from gateway.app import _clock_skew, _ready
from gateway.context import Services
from kit.http import CallContext, ServiceClient
from kit.skew import stated_time

Start = Callable[..., str]


@pytest.fixture
def service() -> Iterator[Start]:
    """Starts a service that answers everything alike."""
    running: list[ThreadingHTTPServer] = []

    def start(status: int, body: Any, ahead: float = 0.0) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                now = float(stated_time().split(";")[0])
                self.send_header("X-Time", f"{now + ahead};clock=there")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        running.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in running:
        server.shutdown()


def services(profiles: str, graph: str) -> Services:
    """Clients of two services."""
    return Services(ServiceClient("profiles", profiles), ServiceClient("graph", graph))


READY = {"status": "ready", "parts": {"postgresql": True}}


def test_parts_of_a_service_that_is_not_ready_are_named(service: Start) -> None:
    """With the service's name; of one that is ready nothing more is said."""
    warming = {"status": "not ready", "parts": {"neo4j": True, "queries": False, "index": True}}
    assert _ready(services(service(200, READY), service(503, warming))) == {
        "profiles": True, "graph": False, "graph.neo4j": True, "graph.queries": False, "graph.index": True,
    }  # fmt: skip


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"parts": 3}'])
def test_a_service_that_says_nothing_useful_is_not_ready(service: Start, body: bytes) -> None:
    """As is one that does not answer."""
    assert _ready(services("http://127.0.0.1:1", service(503, body))) == {"profiles": False, "graph": False}


def test_differences_between_clocks_are_shown_once_they_are_known(service: Start) -> None:
    """In seconds that the service's clock is ahead."""
    both = services(service(200, READY), service(200, READY, ahead=-12.0))
    assert _clock_skew(both) == {"clockSkewSeconds": {}}
    for client in (both.profiles, both.graph):
        client.exchange("GET", "/readyz", None, context=CallContext())
    shown = _clock_skew(both)["clockSkewSeconds"]
    assert shown["profiles"] == pytest.approx(0, abs=0.1)
    assert shown["graph"] == pytest.approx(-12, abs=0.1)
