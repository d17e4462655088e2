"""HTTP between services: connections are used again, and what goes wrong is told apart."""

from __future__ import annotations

import contextlib
import gc
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from kit.http_pool import ConnectError, ConnectionLost, HttpConnectionPool, Pieces, ReadTimeout, SourceEnded, Upload
from tests.support.peers import Listener

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One: 1\r\n\r\nok"
Serve = Callable[[bytes], bytes | None]


class Peer(Listener):
    """A server that answers what it is told; None ends the connection."""

    def __init__(self) -> None:
        self.answer: Serve = lambda _: OK
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}/base"

    def _serve(self, connection: socket.socket) -> None:
        self._open.append(connection)
        with connection, contextlib.suppress(ConnectionError):
            while request := connection.recv(65_536):
                self.requests.append(request)
                told = self.answer(request)
                if told is None:
                    return
                connection.sendall(told)


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A server that answers 200."""
    found = Peer()
    yield found
    found.stop()


def ask(
    pool: HttpConnectionPool, method: str = "POST", target: str = "/a?b=1", body: bytes | None = b"{}", **headers: str
) -> bytes:
    """The body of an answer."""
    return pool.exchange(method, target, headers, body, connect_seconds=1, read_seconds=0.5).data


def test_a_connection_is_used_again(peer: Peer) -> None:
    """And the request reads as HTTP wants it."""
    pool = HttpConnectionPool(peer.url, connections=2)
    assert [ask(pool, Accept="x") for _ in range(5)] == [b"ok"] * 5
    assert peer.connections == 1
    host = peer.url.split("/")[2].encode()
    assert peer.requests[0] == (
        b"POST /base/a?b=1 HTTP/1.1\r\nHost: " + host + b"\r\nAccept: x\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert pool.exchange("GET", "/", {}, None, connect_seconds=1, read_seconds=1).headers["x-one"] == "1"
    assert b"Content-Length" not in peer.requests[-1]


@pytest.mark.parametrize("method", ["POST", "HEAD"])
def test_no_answer_stays_in_memory(peer: Peer, method: str) -> None:
    """Without garbage collection, which looks at what has lived long only after millions of answers."""
    if method == "HEAD":
        peer.answer = lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"
    pool = HttpConnectionPool(peer.url, connections=2)
    gc.collect()
    gc.disable()
    try:
        before = Counter(type(one).__qualname__ for one in gc.get_objects() if type(one).__module__ == "kit.http_pool")
        for _ in range(5):
            ask(pool, method)
        after = Counter(type(one).__qualname__ for one in gc.get_objects() if type(one).__module__ == "kit.http_pool")
        assert after - before == {}
    finally:
        gc.enable()


def test_what_comes_after_an_answer_is_no_part_of_it(peer: Peer) -> None:
    """Nor is it the answer to the next request."""
    peer.answer = lambda _: OK + OK.replace(b"200 OK", b"500 No")
    pool = HttpConnectionPool(peer.url, connections=2)
    with pytest.raises(ConnectionLost):
        ask(pool)
    peer.answer = lambda _: OK
    assert ask(pool) == b"ok"
    assert peer.connections == 2


def test_a_connection_that_was_closed_meanwhile_is_not_used(peer: Peer) -> None:
    """Nothing is sent on it, so that nothing has to be sent twice."""
    pool = HttpConnectionPool(peer.url, connections=2)
    assert ask(pool) == b"ok"
    peer.hang_up()
    assert ask(pool) == b"ok"
    assert (peer.connections, len(peer.requests)) == (2, 2)


@pytest.mark.parametrize(
    "told",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ],
)
def test_a_connection_that_will_be_closed_is_not_kept(peer: Peer, told: bytes) -> None:
    """As the answer says."""
    peer.answer = lambda _: told
    pool = HttpConnectionPool(peer.url, connections=2)
    assert [ask(pool), ask(pool)] == [b"ok", b"ok"]
    assert peer.connections == 2


def test_pieces_and_answers_without_a_body(peer: Peer) -> None:
    """Chunked ones, 204, and HEAD, which names a length and sends none."""
    pool = HttpConnectionPool(peer.url, connections=2)
    peer.answer = lambda _: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"
    assert ask(pool) == b"ok"
    peer.answer = lambda _: b"HTTP/1.1 204 No Content\r\n\r\n"
    assert pool.exchange("POST", "/", {}, None, connect_seconds=1, read_seconds=1).status == 204
    peer.answer = lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"
    assert ask(pool, "HEAD", body=None) == b""
    peer.answer = lambda _: OK
    assert ask(pool) == b"ok"
    assert peer.connections == 1


def test_what_goes_wrong_is_told_apart(peer: Peer) -> None:
    """Nothing sent; lost before or in the middle; no HTTP; too slow. None of these connections is used again."""
    pool = HttpConnectionPool(peer.url, connections=2)
    for told in (None, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", b"nonsense\r\n\r\n"):
        answers = iter([told])
        peer.answer = lambda _, answers=answers: next(answers, None)  # type: ignore[misc]
        with pytest.raises(ConnectionLost) as lost:
            ask(pool)
        assert isinstance(lost.value, ReadTimeout) == (told is not None and b"Content-Length" in told)
    before = peer.connections
    peer.answer = lambda _: OK
    assert ask(pool) == b"ok"
    assert peer.connections == before + 1
    peer.stop()
    with pytest.raises(ConnectError):
        ask(HttpConnectionPool(peer.url, connections=1))


def test_nobody_writes_headers_of_their_own(peer: Peer) -> None:
    """Line breaks in a value are refused, and a target is encoded."""
    pool = HttpConnectionPool(peer.url, connections=1)
    for value in ("a\r\nX-Evil: 1", "a\nb", "a\rb"):
        with pytest.raises(ValueError, match="line break"):
            ask(pool, Accept=value)
    assert ask(pool, target="/ä b\r\nX: 1?q=%20") == b"ok"
    assert peer.requests[-1].startswith(b"POST /base/%C3%A4%20b%0D%0AX:%201?q=%20 HTTP/1.1\r\n")


def upload(size: int, coming: int | None = None) -> Upload:
    """An upload of a length, of which so many bytes come."""
    left = [size if coming is None else coming]

    def read(most: int) -> bytes:
        piece = b"x" * min(most, left[0])
        left[0] -= len(piece)
        return piece

    return Upload(size, read)


def test_an_upload_is_sent_in_pieces_as_it_comes() -> None:
    """With its length in the head, and all of it there; the answer is read after its end."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                content = b""
                while len(content.partition(b"\r\n\r\n")[2]) < 300_000:
                    content += connection.recv(65_536)
                received.append(content)
                connection.sendall(OK)

        thread = threading.Thread(target=serve)
        thread.start()
        pool = HttpConnectionPool(f"http://127.0.0.1:{listener.getsockname()[1]}", connections=1)
        response = pool.exchange("PUT", "/file", {}, upload(300_000), connect_seconds=1, read_seconds=5)
        thread.join()
    assert response.data == b"ok"
    assert b"Content-Length: 300000\r\n" in received[0]
    assert received[0].endswith(b"\r\n\r\n" + b"x" * 300_000)


def test_an_upload_that_ends_early_is_nobodys_answer(peer: Peer) -> None:
    """It is told apart from a service that went away, and its connection is not used again."""
    peer.answer = lambda request: OK if b"GET" in request else b""
    pool = HttpConnectionPool(peer.url, connections=1)
    with pytest.raises(SourceEnded):
        pool.exchange("PUT", "/file", {}, upload(100, 50), connect_seconds=1, read_seconds=1)
    assert ask(pool, "GET", body=None) == b"ok"
    assert peer.connections == 2


def test_a_service_that_answers_before_the_end_of_an_upload_is_heard() -> None:
    """It may refuse by what stands in the head, and close."""
    refusal = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(refusal)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65_536):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        pool = HttpConnectionPool(f"http://127.0.0.1:{listener.getsockname()[1]}", connections=1)
        response = pool.exchange("PUT", "/file", {}, upload(2_000_000), connect_seconds=1, read_seconds=5)
        thread.join()
    assert (response.status, response.data) == (404, b"no")


def test_a_body_is_read_piece_by_piece_and_its_connection_used_again(peer: Peer) -> None:
    """Nothing is read ahead; an answer that is complete gives its connection back, one that is left ends it."""
    body = b"x" * 300_000
    peer.answer = lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + body
    pool = HttpConnectionPool(peer.url, connections=1)

    def pieces() -> Pieces:
        response = pool.exchange("GET", "/", {}, None, connect_seconds=1, read_seconds=1, pieces_seconds=5)
        assert (response.status, response.data) == (200, b"")
        assert response.pieces is not None
        return response.pieces

    found = list(pieces())
    assert b"".join(found) == body
    assert max(len(piece) for piece in found) <= 65_536
    assert b"".join(pieces()) == body
    assert peer.connections == 1
    left = pieces()
    next(left)
    left.close()
    assert list(left) == []
    assert b"".join(pieces()) == body
    assert peer.connections == 2


@pytest.mark.parametrize(("seconds", "expected"), [(5, ConnectionLost), (0.2, ReadTimeout)], ids=["ended", "too slow"])
def test_a_body_that_does_not_come_is_no_end_of_it(peer: Peer, seconds: float, expected: type[Exception]) -> None:
    """It ends early, or takes longer than it may."""
    peer.answer = lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"
    pool = HttpConnectionPool(peer.url, connections=1)
    response = pool.exchange("GET", "/", {}, None, connect_seconds=1, read_seconds=1, pieces_seconds=seconds)
    assert response.pieces is not None
    if expected is ConnectionLost:
        peer.hang_up()
    with pytest.raises(expected):
        list(response.pieces)
    peer.answer = lambda _: OK
    assert ask(pool) == b"ok"
