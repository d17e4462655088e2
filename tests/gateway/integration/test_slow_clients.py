"""Clients that send slowly, or nothing, against a real gateway: they end, and the others are served meanwhile."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from gateway.passthrough import UPLOAD_POINTS
from gateway.settings import ADDRESS_CONNECTIONS, ADDRESS_POINTS
from kit.worker import FLOW_SECONDS, HEADER_SECONDS, HEADER_SECONDS_CROWDED, LATER_SECONDS, MAX_HEAD, MIN_RATE
from tests.support.gateways import AWAY
from tests.support.served import Served, read_all, served

HALF = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
ATTACKER = "127.0.0.2"


@pytest.fixture(scope="module")
def gateway() -> Iterator[Served]:
    """One worker, in front of services that do not answer."""
    with served("gateway.app:create_app()", **AWAY) as found:
        yield found


def half_open(gateway: Served, stack: ExitStack, client: str, count: int) -> list[socket.socket]:
    """Connections on which half a request was sent."""
    found = []
    for _ in range(count):
        connection = stack.enter_context(gateway.connect(client))
        connection.sendall(HALF)
        found.append(connection)
    return found


def test_a_thousand_half_open_requests_of_one_client_stop_nobody(gateway: Served) -> None:
    """1,020 sockets without a token: one address has its share of connections, and each of them ends."""
    with ExitStack() as stack:
        held = half_open(gateway, stack, ATTACKER, 1_020)
        taken = [gateway.healthy_in() for _ in range(20)]
        assert max(taken) < 1.0
        began = time.monotonic()
        answers = [connection.recv(20) for connection in held[ADDRESS_CONNECTIONS:]]
        # Refused a moment later, without a place among those that are served, so that trying again at once keeps nobody busy.
        assert time.monotonic() - began < HEADER_SECONDS
        assert {answer[9:12] for answer in answers} <= {b"503", b""}
        began = time.monotonic()
        assert {connection.recv(20)[9:12] for connection in held[:ADDRESS_CONNECTIONS]} == {b"408"}
        assert time.monotonic() - began < 3 * HEADER_SECONDS
        assert gateway.ask(HALF[:10] + b"\r\n\r\n", ATTACKER).startswith(b"HTTP/1.1 4")  # served again


def test_who_is_refused_a_connection_learns_of_it_after_a_moment(gateway: Served) -> None:
    """However many there are; those that are served do not notice."""
    with ExitStack() as stack:
        half_open(gateway, stack, ATTACKER, ADDRESS_CONNECTIONS)
        gateway.healthy_in()  # they were taken by then
        began = time.monotonic()
        refused = [stack.enter_context(gateway.connect(ATTACKER)) for _ in range(20)]
        assert {read_all(connection)[9:12] for connection in refused} == {b"503"}
        assert time.monotonic() - began > LATER_SECONDS * 0.9


def test_who_was_told_to_come_later_is_read_later(gateway: Served) -> None:
    """The answer comes at once, and the next request on its connection waits."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60, source_address=("127.0.0.9", 0))
    waits: dict[int, list[float]] = {404: [], 429: []}
    status = 404
    while len(waits[429]) < 2:  # each costs much of the address's bucket, and little work
        assert len(waits[404]) < 20 * ADDRESS_POINTS // UPLOAD_POINTS
        began = time.monotonic()
        connection.request("PUT", "/evidence/x", headers={"Content-Length": "0"})
        answer = connection.getresponse()
        answer.read()
        waits[status].append(time.monotonic() - began)  # by what the request before it was told
        status = answer.status
    connection.close()
    assert min(waits[429]) > LATER_SECONDS / 2


def test_half_open_requests_of_many_clients_end_sooner(gateway: Served) -> None:
    """Six addresses hold every connection that a worker has; all of them end while another client waits, in a few seconds."""
    with ExitStack() as stack:
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda n: half_open(gateway, stack, f"127.0.0.{n}", ADDRESS_CONNECTIONS), range(3, 9)))
        assert gateway.healthy_in() < 3 * HEADER_SECONDS_CROWDED


def test_a_body_that_stands_still_ends_the_connection(gateway: Served) -> None:
    """Headers at once, and then a byte a second."""
    with gateway.connect() as connection:
        connection.sendall(HALF + b"Content-Length: 1000\r\n\r\n")
        began = time.monotonic()
        connection.settimeout(1)
        found = b""
        while not found and time.monotonic() - began < 3 * FLOW_SECONDS:
            try:
                connection.sendall(b"x")
                found = connection.recv(1000)
                break
            except TimeoutError:
                continue
            except OSError:
                break
        assert FLOW_SECONDS - 1 < time.monotonic() - began < 3 * FLOW_SECONDS
        assert found == b"" or found.startswith(b"HTTP/1.1 4")


def test_slow_bodies_are_not_in_flight() -> None:
    """As many as a worker takes at once, and twice that, leave room for a client that sends its request whole."""
    with served("gateway.app:create_app()", **AWAY, CONSILIUM_MOST_IN_FLIGHT="5") as gateway, ExitStack() as stack:
        for connection in half_open(gateway, stack, ATTACKER, 10):
            connection.sendall(b"Content-Length: 27\r\n\r\n{")
        time.sleep(0.5)
        body = b'{"query": "{ __typename }"}'
        answer = gateway.ask(HALF + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        assert answer.startswith(b"HTTP/1.1 200"), answer


def test_slow_bodies_keep_nobody_of_their_address_waiting(gateway: Served) -> None:
    """Nor a client there that does not read: who sends and reads is answered at once, from the same address."""
    large = b"GET /account/page.js HTTP/1.1\r\nHost: localhost\r\n\r\n" * 500
    with ExitStack() as stack:
        for connection in half_open(gateway, stack, ATTACKER, 10):
            connection.sendall(b"Content-Length: 27\r\n\r\n{")
        for _ in range(10):
            stack.enter_context(gateway.connect(ATTACKER)).sendall(large)
        time.sleep(0.5)
        assert gateway.healthy_in(ATTACKER) < FLOW_SECONDS / 2


def test_a_body_that_flows_is_taken(gateway: Served) -> None:
    """In pieces with pauses, slower than a whole one, and faster than the slowest rate."""
    body = b'{"query": "{ __typename }"}'.ljust(60_000)
    assert len(body) / 2 > MIN_RATE
    with gateway.connect() as connection:
        connection.sendall(HALF + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        for start in range(0, len(body), 20_000):
            connection.sendall(body[start : start + 20_000])
            time.sleep(0.7)
        assert b'{"data":{"__typename":"Query"}' in read_all(connection)


def test_the_pause_between_requests_is_longer_than_headers_may_take(gateway: Served) -> None:
    """A connection that stays open serves the next request after more than the time for headers."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    connection.connect()
    first = connection.sock
    for pause in (HEADER_SECONDS + 2, 0):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read().startswith(b'{"status":"ok"')
        assert connection.sock is first
        time.sleep(pause)
    connection.close()


def test_headers_are_few(gateway: Served) -> None:
    """64 pass; what one connection may hold in memory is bounded."""

    def status(count: int) -> bytes:
        lines = b"".join(b"X-%d: y\r\n" % number for number in range(count - 2))
        return gateway.ask(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + lines + b"\r\n")[9:12]

    assert (status(64), status(65)) == (b"200", b"431")


def test_headers_are_short_together(gateway: Served) -> None:
    """24 kB of them pass, 40 kB do not; many connections that send as much as they may hold little memory."""

    def head(count: int) -> bytes:
        lines = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 8_000) for number in range(count))
        return b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + lines

    assert gateway.ask(head(3) + b"\r\n")[9:12] == b"200"
    with suppress(ConnectionResetError):
        assert gateway.ask(head(5) + b"\r\n")[9:12] in {b"431", b""}
    worker = psutil.Process(gateway.process.pid).children()[0]
    before = worker.memory_info().rss
    with ExitStack() as stack:
        for number in range(600):
            connection = stack.enter_context(gateway.connect(f"127.0.2.{number % 4}"))
            with suppress(OSError):
                connection.sendall(head(60))
        assert worker.memory_info().rss - before < 600 * 2 * MAX_HEAD + 20_000_000
        assert gateway.healthy_in() < 3 * HEADER_SECONDS_CROWDED


CHUNKED = HALF + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
QUERY = b'{"query": "{ __typename }"}'


def chunks(*pieces: bytes) -> bytes:
    """A body in these chunks."""
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def test_a_chunked_body_comes_in_pieces_of_some_size(gateway: Served) -> None:
    """A few small ones pass, also one sign each; tens of thousands take no time to refuse."""
    assert gateway.ask(CHUNKED + chunks(*(QUERY[n : n + 1] for n in range(len(QUERY)))))[9:12] == b"200"
    worker = psutil.Process(gateway.process.pid).children()[0]
    before = worker.cpu_times().user
    for _ in range(5):
        with suppress(ConnectionError):
            assert gateway.ask(CHUNKED + chunks(*[b" "] * 90_000))[9:12] in {b"400", b""}
    assert worker.cpu_times().user - before < 1.0  # 3 s before there was a bound


@pytest.mark.parametrize(
    "body",
    [
        b"-1\r\nx\r\n0\r\n\r\n",
        b"x\r\n",
        b"1\r\nxy\r\n0\r\n\r\n",
        b"1;" + b"a" * 9_000,
        b"0\r\n" + b"X-A: b\r\n" * 70_000,
    ],
    ids=["negative", "no number", "longer", "extension", "trailers"],
)
def test_a_body_that_is_no_http_is_the_clients_fault(gateway: Served, body: bytes) -> None:
    """Not a fault of the server's, of which its log would tell at length."""
    with suppress(ConnectionError):
        assert gateway.ask(CHUNKED + body)[9:12] in {b"400", b""}


def test_what_is_no_http_is_not_quoted_in_the_log(tmp_path: Path) -> None:
    """It may hold a token; a thousand such requests are a line or two."""
    log = tmp_path / "log"
    with served("gateway.app:create_app()", log=log, **AWAY) as gateway:
        requests = [
            b"GET /?token=SECRET HTTP/9.9\r\nHost: x\r\n\r\n",
            b"GET /healthz HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer SECRET\r\n\r\n",
        ]
        began = time.monotonic()
        with ThreadPoolExecutor(50) as pool:
            assert {answer[9:12] for answer in pool.map(gateway.ask, requests * 50)} == {b"400"}
        # Who tries again at once, as fast as it gets an answer, keeps nobody busy.
        assert time.monotonic() - began > 2 * LATER_SECONDS * 0.9
    text = log.read_text(encoding="utf-8")
    assert "SECRET" not in text
    assert "127.0.0.1" not in text
    assert text.count("malformed_requests") == 1


def test_requests_in_one_go_are_served_one_after_the_other(gateway: Served) -> None:
    """Headers of a connection's later requests count by themselves."""
    one = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"y" * 8_000 + b"\r\n\r\n"
    last = one.replace(b"Host:", b"Connection: close\r\nHost:", 1)
    assert gateway.ask(one * 30 + last).count(b"HTTP/1.1 200") == 31


def test_behind_a_declared_proxy_connections_are_the_proxys_to_limit() -> None:
    """All clients come from one address then."""
    with served("gateway.app:create_app()", **AWAY, CONSILIUM_PROXIES="1") as gateway, ExitStack() as stack:
        half_open(gateway, stack, "127.0.0.1", ADDRESS_CONNECTIONS + 50)
        assert gateway.healthy_in() < 1.0
