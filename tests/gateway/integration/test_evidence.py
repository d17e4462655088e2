"""Files through a real gateway, in front of a profiles service that counts what comes and sends archives."""

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
    ARCHIVE_TYPE,
    DOWNLOAD_TYPE,
    MAX_DOWNLOADS_OF_PERSON,
    MAX_EVIDENCE_BYTES,
    MAX_FILES_OF_ADDRESS,
    MAX_REGISTER_BYTES,
    MAX_UPLOADS_OF_PERSON,
    POINTS,
    REGISTER_UPLOAD_TYPE,
    UPLOAD_POINTS,
    UPLOAD_TYPE,
)
from profiles.accounts.signing import Signer
from profiles.evidence import domain, usecases
from profiles.registers import files
from profiles.rights.usecases import ARCHIVE
from tests.support.gateways import AWAY
from tests.support.served import Served, served

ISSUER = "http://127.0.0.1:8000"
PIECE = b"x" * 65_536
ARCHIVE_BYTES = 1_000 * len(PIECE)


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
                if self.path.startswith("/evidence/"):
                    self._send_file(1_000 if "cut" not in self.path else 500)
                    return
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

            def _send_file(self, pieces: int) -> None:
                """Send the pieces of an archive, perhaps fewer than it has."""
                self.send_response(200)
                self.send_header("Content-Type", "application/zip")
                self.send_header("Content-Length", str(ARCHIVE_BYTES))
                self.end_headers()
                self.close_connection = pieces < 1_000
                with suppress(OSError):
                    for _ in range(pieces):
                        self.wfile.write(PIECE)

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

    def archive(self, name: str = "a", *, token_type: str = ARCHIVE_TYPE, seconds: int = 900) -> str:
        """A signed address of an archive."""
        claims = {"archive": name, "exp": int(time.time()) + seconds}
        return "/evidence/archive/" + self.signer.sign(claims, token_type=token_type)

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

    def uploads() -> set[bytes]:
        with ThreadPoolExecutor(60) as pool:
            client = lambda n: f"127.0.0.{2 + n % 3}"  # noqa: E731
            answers = pool.map(lambda n: put(gateway, "/evidence/x", 10_000_000, client=client(n)), range(60))
            return {answer[9:12] for answer in answers}

    uploads()  # what a process takes once: threads, arenas, modules
    before, asked, began = memory(gateway), len(profiles.asked), processor_seconds(gateway)
    assert uploads() <= {b"404", b""}
    assert memory(gateway) - before < 60_000_000  # a tenth of what was sent
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


def get(gateway: Served, path: str, *, client: str, pause: float = 0.0, most: int = 1_000_000_000) -> int:
    """How many bytes of a file come, when the client pauses between its reads and leaves when it has enough."""
    with gateway.connect(client) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        head, _, piece = connection.recv(65_536).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        found = len(piece)
        with suppress(ConnectionResetError):
            while found < most and (piece := connection.recv(65_536)):
                found += len(piece)
                time.sleep(pause)
        return found


def test_archives_are_passed_on_in_pieces_as_fast_as_their_clients_take_them(
    gateway: Served, profiles: Profiles
) -> None:
    """Four of 65 MB at once, of which one is taken slowly: all there, and less than one of them in memory."""
    get(gateway, profiles.archive("first"), client="127.0.1.9")
    before, highest, done = memory(gateway), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            highest[0] = max(highest[0], memory(gateway))

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(4) as pool:
        sizes = list(
            pool.map(
                lambda n: get(gateway, profiles.archive(f"p{n}"), client="127.0.1.1", pause=0.002 * (n == 0)), range(4)
            )
        )
    done.set()
    watcher.join()
    assert sizes == [ARCHIVE_BYTES] * 4
    assert highest[0] - before < 20_000_000


def test_a_download_that_either_side_ends_gives_its_place_back(gateway: Served, profiles: Profiles) -> None:
    """However often; what was cut short is no whole answer, and the next one is."""
    for number in range(2 * MAX_DOWNLOADS_OF_PERSON):
        assert get(gateway, profiles.archive("left"), client="127.0.1.2", most=100_000) < ARCHIVE_BYTES
        assert get(gateway, profiles.archive("cut") + f"?cut={number}", client="127.0.1.2") < ARCHIVE_BYTES
    time.sleep(0.5)
    assert get(gateway, profiles.archive("left"), client="127.0.1.2") == ARCHIVE_BYTES


def test_a_download_of_an_address_that_was_not_signed_asks_nobody(gateway: Served, profiles: Profiles) -> None:
    """Made up, of another type, or of yesterday."""
    asked = len(profiles.asked)
    for path, status in (
        ("/evidence/x", b"404"), ("/evidence/archive/x", b"404"), (profiles.archive(seconds=-120), b"410"),
        (profiles.archive(token_type=DOWNLOAD_TYPE), b"404"), (profiles.address(1), b"404"),
    ):  # fmt: skip
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        assert gateway.ask(request, "127.0.1.3")[9:12] == status, path
    assert [path for path in profiles.asked[asked:] if path.startswith("/evidence")] == []


def test_an_archive_is_downloaded_a_few_times_at_once(gateway: Served, profiles: Profiles) -> None:
    """From however many network addresses: what is above is told to come again, until one has ended."""
    request = f"GET {profiles.archive('often')} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    held = [gateway.connect(f"127.0.1.{4 + n % 2}") for n in range(MAX_DOWNLOADS_OF_PERSON + 1)]
    statuses = []
    for connection in held:
        connection.sendall(request)
        statuses.append(connection.recv(12)[9:12])
    assert statuses == [b"200"] * MAX_DOWNLOADS_OF_PERSON + [b"503"]
    for connection in held:
        connection.close()
    time.sleep(0.5)
    assert get(gateway, profiles.archive("often"), client="127.0.1.4") == ARCHIVE_BYTES


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
    assert (REGISTER_UPLOAD_TYPE, MAX_REGISTER_BYTES) == (files.UPLOAD, files.MAX_BYTES)
    assert (DOWNLOAD_TYPE, ARCHIVE_TYPE) == (usecases.DOWNLOAD, ARCHIVE)
