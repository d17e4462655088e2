"""HTTP/1.1 from service to service over connections that stay open: one write, few reads, answers parsed by httptools.

It does what the services need and no more: no redirects, no proxies, no retries. `https://` is TLS with certificates and
host names checked. urllib3, which it replaced, took a quarter of the gateway's time for a search.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import httptools

from kit.logs import log
from kit.urls import SERVICE_SCHEMES, check_url, tls_context

PIECE = 65_536
HANDSHAKE_SECONDS = 2.0
REPORT_SECONDS = 60.0  # how often a refused certificate is logged
PIECE_SECONDS = 10.0  # that a service may take to accept a piece of an upload
ANSWER_SECONDS = 10.0  # that it may take to answer after the last one
_PLAIN = re.compile(r"[!-~]+")  # a target that needs no encoding
_SAFE = "/?&=%:@!$'()*+,;~"


class ConnectError(Exception):
    """No connection was made, so that nothing was sent."""


class ConnectionLost(Exception):
    """The connection ended before the answer did, or what came was no HTTP; it may have been acted upon."""


class ReadTimeout(ConnectionLost):
    """The answer did not come in time."""


class SourceEnded(Exception):
    """What is passed on ended before its length; nothing was acted upon."""


@dataclass(frozen=True)
class Upload:
    """A body that is passed on piece by piece while it comes, so that it is never in memory as a whole.

    Args:
        length: of all of it, in bytes.
        read: returns at most so many bytes; none when there are no more.
    """

    length: int
    read: Callable[[int], bytes]


@dataclass
class HttpResponse:
    """An HTTP response.

    Args:
        headers: by name in lower case.
        data: the body.
        pieces: the body instead, of an answer that is passed on while it comes.
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    data: bytes = b""
    pieces: Pieces | None = None


class _Reading:
    """Takes what the parser finds.

    It drops the parser at the end of the message. The two refer to each other, so the body would otherwise stay in memory until
    Python's garbage collector finds the cycle, which can take thousands of responses.
    """

    def __init__(self, *, bodiless: bool) -> None:
        self.response, self.begun, self.complete = HttpResponse(), False, False
        self.stays = False  # whether the connection can be used again
        self._bodiless = bodiless
        self.pieces: list[bytes] = []
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)

    def feed(self, piece: bytes) -> None:
        """Parse what came in.

        Raises:
            HttpParserError: it is not HTTP, or a second message follows the first.
        """
        if self._parser is not None:
            self._parser.feed_data(piece)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.response.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        if self._parser is None:
            raise ValueError("A second message followed the response.")
        # The parser knows this only until the message is complete.
        self.response.status, self.stays = self._parser.get_status_code(), self._parser.should_keep_alive()
        self.begun = True
        if self._bodiless:
            self.on_message_complete()

    def on_body(self, piece: bytes) -> None:
        self.pieces.append(piece)

    def on_message_complete(self) -> None:
        self.complete, self._parser = True, None


class Pieces:
    """The body of an answer, piece by piece while it comes, so that it is never in memory as a whole.

    Args:
        end: takes the connection, which can be used again when the body is complete.
        seconds: that all of it may take.
    """

    def __init__(
        self,
        connection: socket.socket,
        reading: _Reading,
        end: Callable[[socket.socket, _Reading], None],
        seconds: float,
    ) -> None:
        self._connection, self._reading, self._end = connection, reading, end
        self._until = time.monotonic() + seconds
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """The next piece.

        Raises:
            ReadTimeout: it does not come in time, or all took too long.
            ConnectionLost: the connection ended before the body did.
        """
        while not self._reading.pieces:
            if self._reading.complete or not self._open:
                self.close()
                raise StopIteration
            try:
                _receive(self._connection, self._reading, min(self._until, time.monotonic() + PIECE_SECONDS))
            except BaseException:
                self.close()
                raise
        found = b"".join(self._reading.pieces)
        self._reading.pieces.clear()
        return found

    def close(self) -> None:
        """Give the connection back, or end it where the body is not complete."""
        if self._open:
            self._open = False
            self._end(self._connection, self._reading)


class HttpConnectionPool:
    """Connections to one service.

    Args:
        base_url: like `http://127.0.0.1:8001`, or `https://profiles.example`.
        connections: how many are kept open.
        ca_file: certificates of the authorities that are believed; those of the system by default.

    Raises:
        SettingsError: the address has another scheme, or the file holds no certificates.
    """

    def __init__(self, base_url: str, *, connections: int, ca_file: Path | None = None) -> None:
        parts = urlsplit(check_url("The address of a service", base_url, schemes=SERVICE_SCHEMES))
        assert parts.hostname is not None
        encrypted = parts.scheme == "https"
        self._tls = tls_context(ca_file) if encrypted else None
        self._place = (parts.hostname, parts.port or (443 if encrypted else 80))
        self._refused_at = float("-inf")
        self._host = f"Host: {parts.netloc}\r\n"
        self._prefix = parts.path.rstrip("/")
        self._idle: deque[socket.socket] = deque()
        self._most = connections

    def exchange(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes | Upload | None,
        *,
        connect_seconds: float,
        read_seconds: float,
        pieces_seconds: float | None = None,
    ) -> HttpResponse:
        """Send a request and read its answer.

        Args:
            read_seconds: how long the answer is waited for; of an upload, from its end, and at most `ANSWER_SECONDS`.
            pieces_seconds: how long the body may take that is read piece by piece, when the answer has begun in time.

        Raises:
            SourceEnded: an upload was shorter than it said.
            ConnectError: there is no connection.
            ReadTimeout: the answer did not come in time.
            ConnectionLost: the connection ended before.
        """
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        if head.count("\n") != len(headers) or head.count("\r") != len(headers):
            raise ValueError("A header's value has a line break.")
        target = self._prefix + (target if _PLAIN.fullmatch(target) else quote(target, safe=_SAFE))
        sized = body is not None or method not in {"GET", "HEAD"}
        upload = body if isinstance(body, Upload) else None
        content = body if isinstance(body, bytes) else b""
        length = f"Content-Length: {upload.length if upload else len(content)}\r\n" if sized else ""
        request = f"{method} {target} HTTP/1.1\r\n{self._host}{head}{length}\r\n".encode("latin-1") + content
        connection = self._connection(connect_seconds)
        reading = _Reading(bodiless=method == "HEAD")
        until = time.monotonic() + read_seconds
        try:
            connection.settimeout(max(0.001, read_seconds))
            connection.sendall(request)
            if upload is not None:
                _pass_on(upload, connection)
                until = time.monotonic() + min(read_seconds, ANSWER_SECONDS)
            while not (reading.complete or (pieces_seconds is not None and reading.begun)):
                _receive(connection, reading, until)
        except TimeoutError as error:
            connection.close()
            raise ReadTimeout("The answer did not come in time.") from error
        except OSError as error:
            connection.close()
            raise ConnectionLost(str(error)) from error
        except BaseException:
            connection.close()
            raise
        if pieces_seconds is not None:
            reading.response.pieces = Pieces(connection, reading, self._end, pieces_seconds)
        else:
            reading.response.data = b"".join(reading.pieces)
            self._end(connection, reading)
        return reading.response

    def _end(self, connection: socket.socket, reading: _Reading) -> None:
        """Keep a connection for the next request, where it can be used again."""
        if reading.complete and reading.stays and len(self._idle) < self._most:
            self._idle.append(connection)
        else:
            connection.close()

    def _connection(self, seconds: float) -> socket.socket:
        """One that is open and idle, or else a new one."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread took it
                break
            if _open(connection):
                return connection
            connection.close()
        try:
            connection = socket.create_connection(self._place, timeout=seconds)
        except OSError as error:
            raise ConnectError(str(error)) from error
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection if self._tls is None else self._encrypted(connection, self._tls)

    def _encrypted(self, connection: socket.socket, tls: ssl.SSLContext) -> socket.socket:
        """The connection with TLS, once the other side has shown who it is.

        Raises:
            ConnectError: it has not; nothing was sent.
        """
        try:
            connection.settimeout(HANDSHAKE_SECONDS)
            return tls.wrap_socket(connection, server_hostname=self._place[0])
        except OSError as error:  # also ssl.SSLError and time limits
            connection.close()
            if isinstance(error, ssl.SSLError) and time.monotonic() - self._refused_at > REPORT_SECONDS:
                self._refused_at = time.monotonic()
                reason = getattr(error, "verify_message", None) or error.reason
                log().error("tls_refused", host=self._place[0], port=self._place[1], reason=reason)
            raise ConnectError(type(error).__name__) from error


def _receive(connection: socket.socket, reading: _Reading, until: float) -> None:
    """Read once.

    Raises:
        ReadTimeout: nothing came until then.
        ConnectionLost: the connection has ended, or what came is no HTTP.
    """
    left = until - time.monotonic()
    try:
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        piece = connection.recv(PIECE)
        if not piece:
            raise ConnectionLost("The connection ended before the answer did.")
        reading.feed(piece)
    except TimeoutError as error:
        raise ReadTimeout("The answer did not come in time.") from error
    except (OSError, httptools.HttpParserError) as error:
        raise ConnectionLost(str(error)) from error


def _pass_on(upload: Upload, connection: socket.socket) -> None:
    """Send an upload as it comes; it ends early where the service has answered already.

    Raises:
        SourceEnded: it was shorter than it said.
    """
    left = upload.length
    while left:
        piece = upload.read(min(left, PIECE))
        if not piece:
            raise SourceEnded
        left -= len(piece)
        connection.settimeout(PIECE_SECONDS)
        try:
            connection.sendall(piece)
        except TimeoutError:
            raise
        except OSError:
            return  # the answer says why, if there is one


def _open(connection: socket.socket) -> bool:
    """Whether an idle connection has not been closed by the other side, nor has anything to say."""
    encrypted = isinstance(connection, ssl.SSLSocket)
    try:
        connection.settimeout(0)
        # Of TLS nothing can be peeked at; what it sends by itself, like session tickets, is no data.
        connection.recv(1, 0 if encrypted else socket.MSG_PEEK)
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        pass
    return False
