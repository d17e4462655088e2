"""How answers leave the worker that every service runs under."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from kit.worker import PIECE, Connection

SIZED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
STREAMED = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def pair() -> Iterator[tuple[Connection, socket.socket]]:
    """A connection in a request, and its client, who receives what was sent at once as one message."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8 * PIECE)  # else it waits for the client
    connection = Connection(ours, SimpleNamespace(alive=True, crowded=lambda: False))  # type: ignore[arg-type]
    connection.begin_request()
    theirs.settimeout(5)
    with ours, theirs:
        yield connection, theirs


def test_headers_leave_with_the_body_that_follows(pair: tuple[Connection, socket.socket]) -> None:
    """One message for each answer."""
    connection, client = pair
    for body in (b"{}", b"[]"):
        connection.sendall(SIZED)
        connection.sendall(body)
        assert client.recv(1000) == SIZED + body


def test_headers_without_a_body_leave_when_the_answer_ends(pair: tuple[Connection, socket.socket]) -> None:
    """As for HEAD; and only once."""
    connection, client = pair
    connection.sendall(SIZED)
    connection.flush()
    connection.flush()
    connection.sendall(STREAMED)
    assert [client.recv(1000), client.recv(1000)] == [SIZED, STREAMED]


def test_a_stream_begins_before_its_first_event(pair: tuple[Connection, socket.socket]) -> None:
    """A browser says that a stream is open when the headers are there."""
    connection, client = pair
    connection.sendall(STREAMED)
    assert client.recv(1000) == STREAMED


def test_a_large_body_is_not_copied_behind_its_headers(pair: tuple[Connection, socket.socket]) -> None:
    """It leaves in its pieces, in order."""
    connection, client = pair
    connection.sendall(SIZED)
    connection.sendall(b"x" * (PIECE + 1))
    assert [len(client.recv(2 * PIECE)) for _ in range(3)] == [len(SIZED), PIECE, 1]
