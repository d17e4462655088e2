"""Uploads through a real gateway, in front of a profiles service that counts what comes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psutil
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.passthrough import (
    MAX_EVIDENCE_BYTES,
    MAX_FILES_OF_ADDRESS,
    MAX_UPLOADS_OF_PERSON,
    POINTS,
    UPLOAD_POINTS,
    UPLOAD_TYPE,
)
from profiles.accounts.signing import Signer
from profiles.evidence import domain, usecases
from tests.support.gateways import AWAY
from tests.support.served import Served, served

ISSUER = "http://127.0.0.1:8000"
PIECE = b"x" * 65_536


class Profiles:
    """Publishes its keys, and takes uploads."""

    def __init__(self) -> None:
        key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.signer = Signer(key.decode(), ISSUER)
        self.received: list[int] = []
        self.asked: list[str] = []
        profiles = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                """Answer the keys."""
                profiles.asked.append(self.path)
                self._answer(
                    profiles.signer.key_set()
                    if self.path == "/.well-known/jwks.json"
                    else {"ended": [], "policies": ""}
                )

            def do_PUT(self) -> None:
                """Take a file, piece by piece."""
                profiles.asked.append(self.path)
                left = int(self.headers["Content-Length"])
                received = 0
                while left and (piece := self.rfile.read(min(left, 65_536))):
                    left -= len(piece)
                    received += len(piece)
                profiles.received.append(received)
                self._answer({"bytes": received}, 201)

            def _answer(self, body: Any, status: int = 200) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def address(self, size: int, *, person: str = "ada", token_type: str = UPLOAD_TYPE, seconds: int = 900) -> str:
        """A signed address for an upload."""
        claims = {"jti": "1", "credential": "c", "sub": person, "type": "application/pdf", "bytes": size}
        return "/evidence/" + self.signer.sign(claims | {"exp": int(time.time()) + seconds}, token_type=token_type)


@pytest.fixture(scope="module")
def profiles() -> Iterator[Profiles]:
    """A profiles service."""
    found = Profiles()
    yield found
    found.server.shutdown()


@pytest.fixture(scope="module")
def gateway(profiles: Profiles) -> Iterator[Served]:
    """In front of it."""
    with served("gateway.app:create_app()", **AWAY | {"CONSILIUM_PROFILES_URL": profiles.url}) as found:
        yield found


def memory(gateway: Served) -> int:
    """Bytes that the gateway's processes hold."""
    processes = [psutil.Process(gateway.process.pid), *psutil.Process(gateway.process.pid).children(recursive=True)]
    return sum(int(process.memory_info().rss) for process in processes)


def processor_seconds(gateway: Served) -> float:
    """What the gateway's processes have used of the processor."""
    processes = [psutil.Process(gateway.process.pid), *psutil.Process(gateway.process.pid).children(recursive=True)]
    return sum(process.cpu_times().user + process.cpu_times().system for process in processes)


def put(gateway: Served, path: str, size: int, *, client: str = "127.0.0.1", sent: int | None = None) -> bytes:
    """The answer to an upload of so many bytes; its status stands at [9:12]."""
    with gateway.connect(client) as connection:
        head = (
            f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/pdf\r\nContent-Length: {size}\r\n\r\n"
        )
        connection.sendall(head.encode())
        left = size if sent is None else sent
        try:
            while left > 0:
                connection.sendall(PIECE[: min(left, len(PIECE))])
                left -= min(left, len(PIECE))
            if sent is not None:
                connection.shutdown(1)
            return connection.recv(65_536)
        except (BrokenPipeError, ConnectionResetError):
            return b""


def test_anonymous_uploads_are_not_read_into_memory(gateway: Served, profiles: Profiles) -> None:
    """60 at once of 10 MB to a made-up address: nobody is asked, memory stays where it was, and little time is spent.

    A client that goes on sending sees its connection closed.
    """
    before, asked, began = memory(gateway), len(profiles.asked), processor_seconds(gateway)
    with ThreadPoolExecutor(60) as pool:
        answers = list(
            pool.map(lambda n: put(gateway, "/evidence/x", 10_000_000, client=f"127.0.0.{2 + n % 3}"), range(60))
        )
    assert {answer[9:12] for answer in answers} <= {b"404", b""}
    assert memory(gateway) - before < 30_000_000
    assert processor_seconds(gateway) - began < 3.0
    assert [path for path in profiles.asked[asked:] if path.startswith("/evidence")] == []


def test_an_upload_is_passed_on_in_pieces(gateway: Served, profiles: Profiles) -> None:
    """Ten of 10 MB, one after the other and all there, and less than one of them in memory."""
    put(gateway, profiles.address(1000), 1000)
    before, began = memory(gateway), len(profiles.received)
    for number in range(10):
        answer = put(gateway, profiles.address(MAX_EVIDENCE_BYTES, person=f"p{number}"), MAX_EVIDENCE_BYTES)
        assert answer[9:12] == b"201"
    assert profiles.received[began:] == [MAX_EVIDENCE_BYTES] * 10
    assert memory(gateway) - before < 8_000_000


@pytest.mark.parametrize(
    ("make", "size", "status"),
    [
        (lambda p: "/evidence/x", 10, b"404"),
        (lambda p: p.address(10, token_type="evidence-download+jwt"), 10, b"404"),
        (lambda p: p.address(10, seconds=-120), 10, b"410"),
        (lambda p: p.address(10)[:-8] + "AAAAAAAA", 10, b"404"),
        (lambda p: p.address(10), 11, b"422"),
        (lambda p: p.address(MAX_EVIDENCE_BYTES + 1), MAX_EVIDENCE_BYTES + 1, b"413"),
        (lambda p: p.address(0), 0, b"422"),
    ],
    ids=["no token", "another type", "expired", "forged", "another length", "too long", "empty"],
)
def test_what_was_not_announced_is_refused_unread(  # type: ignore[no-untyped-def]
    gateway: Served, profiles: Profiles, make, size: int, status: bytes
) -> None:
    """The profiles service is not asked."""
    before = len(profiles.received)
    assert put(gateway, make(profiles), size, client="127.0.0.9")[9:12] == status
    assert len(profiles.received) == before


def test_an_upload_that_ends_early_is_refused_and_no_fault_of_the_service(gateway: Served, profiles: Profiles) -> None:
    """However often, the service is still asked afterwards."""
    for _ in range(12):
        assert put(gateway, profiles.address(50_000), 50_000, sent=20_000)[9:12] in {b"400", b""}
    assert put(gateway, profiles.address(50_000), 50_000)[9:12] == b"201"


def test_a_person_and_an_address_upload_a_few_files_at_a_time(gateway: Served, profiles: Profiles) -> None:
    """What is above is told to come again; what is held is given back."""
    open_ones = []
    for number in range(MAX_UPLOADS_OF_PERSON):
        connection = gateway.connect("127.0.0.6")
        connection.sendall(f"PUT {profiles.address(100)} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx".encode())
        open_ones.append(connection)
        assert number < MAX_FILES_OF_ADDRESS
    time.sleep(0.5)
    assert put(gateway, profiles.address(100), 100, client="127.0.0.7")[9:12] == b"503"
    assert put(gateway, profiles.address(100, person="eve"), 100, client="127.0.0.7")[9:12] == b"201"
    for connection in open_ones:
        connection.sendall(b"x" * 99)
        assert connection.recv(65_536)[9:12] == b"201"
        connection.close()
    assert put(gateway, profiles.address(100), 100, client="127.0.0.7")[9:12] == b"201"


def test_each_path_is_charged_to_the_address(profiles: Profiles) -> None:
    """Files, keys and status lists: an empty bucket answers 429 and when to come back."""
    for path, method, points in (
        ("/evidence/x", "PUT", UPLOAD_POINTS), ("/evidence/x", "GET", POINTS["/evidence/"]),
        ("/.well-known/jwks.json", "GET", POINTS["/.well-known/"]), ("/status-list/1", "GET", POINTS["/status-list/"]),
    ):  # fmt: skip
        variables = {"CONSILIUM_PROFILES_URL": profiles.url, "CONSILIUM_ADDRESS_POINTS": str(2 * points)}
        from tests.support.gateways import lonely_gateway

        client = lonely_gateway(**variables)
        answers = [client.open(path, method=method) for _ in range(3)]
        assert [answer.status_code == 429 for answer in answers] == [False, False, True], path
        assert answers[2].get_json()["code"] == "RATE_LIMITED"
        assert int(answers[2].headers["Retry-After"]) >= 1


def test_the_figures_are_those_of_the_profiles_service() -> None:
    """The gateway checks what the service announced."""
    assert (UPLOAD_TYPE, MAX_EVIDENCE_BYTES) == (usecases.UPLOAD, domain.MAX_BYTES)
