"""TLS between services: what shows another certificate is sent nothing, and what asks for TLS never falls back to clear."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from kit.errors import Unavailable
from kit.http import CallContext, ServiceClient
from kit.http_pool import ConnectError, ConnectionLost, HttpConnectionPool, ReadTimeout
from kit.settings import Environment, SettingsError
from kit.urls import check_url, read_ca_file, read_url
from tests.support.certificates import Authority
from tests.support.peers import Listener

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b'{"ok":true}'
TOKEN = "SECRETTOKEN"


class TlsPeer(Listener):
    """A server that speaks TLS, and remembers whatever came in clear or under TLS."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self.silent = False
        super().__init__()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), self._context.wrap_socket(connection, server_side=True) as secured:
            self._open.append(secured)
            while request := secured.recv(65_536):
                self.requests.append(request)
                if not self.silent:
                    secured.sendall(ANSWER)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of the test's own."""
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def peer(authority: Authority) -> Iterator[TlsPeer]:
    """A server that is localhost and nobody else."""
    found = TlsPeer(authority.server_context("localhost"))
    yield found
    found.stop()


def client(peer: TlsPeer, ca_file: Path | None, host: str = "localhost") -> ServiceClient:
    """A client of the server."""
    return ServiceClient("profiles", f"https://{host}:{peer.port}", ca_file=ca_file)


def call(found: ServiceClient) -> object:
    """One call, with a token that nobody else may read."""
    return found.call("GET", "/x", context=CallContext(token=TOKEN))


def test_calls_go_over_one_connection_under_tls(peer: TlsPeer, authority: Authority) -> None:
    """It is used again, also where the server has sent session tickets meanwhile."""
    found = client(peer, authority.file)
    assert [call(found) for _ in range(5)] == [{"ok": True}] * 5
    assert peer.connections == 1
    assert all(f"Bearer {TOKEN}".encode() in request for request in peer.requests)


def test_a_connection_that_was_closed_meanwhile_is_made_again(peer: TlsPeer, authority: Authority) -> None:
    """And a silent server is too slow, as without TLS."""
    found = client(peer, authority.file)
    call(found)
    peer.hang_up()
    assert call(found) == {"ok": True}
    assert peer.connections == 2
    peer.silent = True
    pool = HttpConnectionPool(f"https://localhost:{peer.port}", connections=1, ca_file=authority.file)
    with pytest.raises(ReadTimeout):
        pool.exchange("GET", "/", {}, None, connect_seconds=1, read_seconds=0.3)


@pytest.mark.parametrize("case", ["another authority", "the system's authorities", "another host"])
def test_whoever_cannot_show_that_it_is_the_service_is_sent_nothing(
    peer: TlsPeer, authority: Authority, tmp_path: Path, case: str
) -> None:
    """The reason is logged, and the caller told that the service is unavailable."""
    ca_file = {"another authority": Authority(tmp_path, "other").file, "the system's authorities": None}.get(
        case, authority.file
    )
    found = client(peer, ca_file, "127.0.0.1" if case == "another host" else "localhost")
    with structlog.testing.capture_logs() as logs, pytest.raises(Unavailable):
        call(found)
    assert peer.requests == []
    refused = [entry for entry in logs if entry["event"] == "tls_refused"]
    assert len(refused) == 1
    assert refused[0]["port"] == peer.port
    assert refused[0]["reason"]


def test_a_number_is_checked_as_well(authority: Authority) -> None:
    """A certificate may be for an address without a name."""
    peer = TlsPeer(authority.server_context("127.0.0.1"))
    try:
        assert call(client(peer, authority.file, "127.0.0.1")) == {"ok": True}
        with pytest.raises(Unavailable):
            call(client(peer, authority.file))
    finally:
        peer.stop()


def test_a_server_without_tls_is_sent_nothing_in_clear(authority: Authority) -> None:
    """What it sees is a greeting of TLS, without the token."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        seen.append(connection.recv(65_536))
                        connection.sendall(ANSWER)

        threading.Thread(target=serve, daemon=True).start()
        pool = HttpConnectionPool(
            f"https://localhost:{listener.getsockname()[1]}", connections=1, ca_file=authority.file
        )
        with pytest.raises((ConnectError, ConnectionLost)) as caught:
            pool.exchange("GET", "/", {"Authorization": TOKEN}, None, connect_seconds=1, read_seconds=1)
        assert caught.type is ConnectError
    assert seen
    assert all(TOKEN.encode() not in one for one in seen)


def test_it_works_the_same_under_gevent(peer: TlsPeer, authority: Authority) -> None:
    """As services run: with sockets that gevent has replaced."""
    program = (
        "from gevent import monkey; monkey.patch_all()\n"
        "import sys; from pathlib import Path\n"
        "from kit.http import ServiceClient\n"
        "from kit.errors import Unavailable\n"
        f"good = ServiceClient('p', 'https://localhost:{peer.port}', ca_file=Path(sys.argv[1]))\n"
        "print([good.call('GET', '/x')['ok'] for _ in range(3)])\n"
        f"bad = ServiceClient('p', 'https://127.0.0.1:{peer.port}', ca_file=Path(sys.argv[1]))\n"
        "try:\n    bad.call('GET', '/x')\nexcept Unavailable:\n    print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(authority.file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.splitlines()[0] == "[True, True, True]", done.stderr
    assert done.stdout.splitlines()[-1] == "refused"
    assert len(peer.requests) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ftp://profiles", "X must begin with http:// or https://, not with ftp://."),
        ("profiles:8001", "X must be an address that begins with http:// or https://."),
        ("profiles", "X must be an address that begins with http:// or https://."),
        ("https://", "X names no host after https://."),
        ("http://h:port", "X must be an address that begins with http:// or https://."),
        ("http://[::1", "X must be an address that begins with http:// or https://."),
        ("https//h", "X must be an address that begins with http:// or https://."),
    ],
)
def test_an_address_that_is_none_is_refused_with_the_setting_and_what_it_takes(text: str, said: str) -> None:
    """One parser for all settings; users and passwords are not repeated."""
    with pytest.raises(SettingsError) as caught:
        read_url(Environment({"X": text}), "X", schemes=("http", "https"))
    assert str(caught.value) == said
    with pytest.raises(SettingsError) as caught:
        check_url("X", "ftp://user:password@h", schemes=("http",))
    assert "password" not in str(caught.value)
    with pytest.raises(SettingsError, match="must begin with http:// or https://"):
        HttpConnectionPool("ftp://profiles", connections=1)


def test_a_file_of_authorities_that_is_none_is_refused(tmp_path: Path) -> None:
    """At the start, with one sentence."""
    file = tmp_path / "ca.pem"
    for said in ("cannot be read: No such file", "holds no certificates in PEM"):
        with pytest.raises(SettingsError, match=f"CONSILIUM_CA_FILE names .*ca.pem, which {said}"):
            read_ca_file(Environment({"CONSILIUM_CA_FILE": str(file)}))
        file.write_text("nothing")
