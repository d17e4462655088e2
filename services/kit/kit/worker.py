"""gunicorn's gevent worker with an end to everything that a client may delay, and a most of connections of one address.

gunicorn's own worker gives a client as long for the headers of a request as for the pause between two (`keepalive`), for
the body as long as it likes, and an address as many connections as there are. A thousand half-sent requests then stop a
service for more than a minute. Here a request's headers have `HEADER_SECONDS` in all, and a body and an answer have to flow
at `MIN_RATE`. While more than half of all connections are taken, headers and pauses have less.
"""

from __future__ import annotations

import errno
import logging
import random
import resource
import socket
import ssl
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

import gevent
from gevent.hub import Hub
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.http import wsgi
from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import (
    ForbiddenProxyRequest,
    InvalidChunkSize,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.ggevent import GeventWorker

from kit.addresses import Tally, address_key
from kit.logs import log, report_greenlet
from kit.settings import SettingsError
from kit.turns import Turn

HEADER_SECONDS = 10.0  # from the first byte of a request, or from the connection, until its headers are complete
PAUSE_SECONDS = 75.0  # between two requests of a connection
HEADER_SECONDS_CROWDED = 3.0
PAUSE_SECONDS_CROWDED = 5.0
FLOW_SECONDS = 10.0  # that a body, or an answer, may stand still in all, and beside that
MIN_RATE = 10_000  # bytes a second
LOOK_SECONDS = 1.0  # how often a waiting connection looks whether it is crowded now
MIN_PATIENCE = 0.6  # a thousand connections that began together do not look, or end, in one moment
PIECE = 65_536
MAX_HEAD = 32_768  # bytes of a request's line and headers; what parses them looks at all of them again with each 8 kB
SMALL_CHUNK, MAX_SMALL_CHUNKS = 64, 1_000  # bytes of a piece of a chunked body; 100,000 of one byte took 0.6 s
MAX_DRAIN = 131_072  # bytes of a body that the application did not want
_STATUS_LINE, _SIZED = b"HTTP/1.1 ", b"\r\nContent-Length: "
_LAST = b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
BAD_REQUEST = b"HTTP/1.1 400 Bad Request" + _LAST
TIMED_OUT = b"HTTP/1.1 408 Request Timeout" + _LAST
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large" + _LAST
FAILED = b"HTTP/1.1 500 Internal Server Error" + _LAST
REFUSED = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5" + _LAST
# A client that is refused a connection, or sends something that is not a request, is answered after this time; one that was told
# to come back later is read again then. Otherwise a few clients that retry as fast as they can keep a process busy refusing them.
LATER_SECONDS = 1.0
# Connections that are held to be refused; more are refused at once. Never most of the files that the process may have open: it
# needs others for those that it serves, and for the services that it asks.
MAX_REFUSED = min(2_000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 4)
MALFORMED_SECONDS = 60.0  # how often malformed requests are reported, all of that time in one line
_MALFORMED = {  # what is not answered as BAD_REQUEST
    LimitRequestLine: b"HTTP/1.1 414 URI Too Long" + _LAST, LimitRequestHeaders: TOO_LARGE,
    UnsupportedTransferCoding: b"HTTP/1.1 501 Not Implemented" + _LAST, ForbiddenProxyRequest: b"HTTP/1.1 403 Forbidden" + _LAST,
}  # fmt: skip
# The extension of a Flask application that says how many connections one address may have; 0 for any number.
PER_ADDRESS = "connections_per_address"


_default_headers = wsgi.Response.default_headers


def _unnamed_headers(response: wsgi.Response) -> list[str]:
    """The first lines of an answer, without the name of the server software: it helps nobody but who looks for its faults."""
    return [line for line in _default_headers(response) if not line.startswith("Server:")]


wsgi.Response.default_headers = _unnamed_headers


def later() -> float:
    """How many seconds it is until who was told to come later is heard: not the same for all that were told at once."""
    return random.uniform(0.5, 1.5) * LATER_SECONDS


class Connection:
    """A client's socket that does not wait for ever; to gunicorn it ends as if the client had closed it.

    Args:
        sock: of gevent, which keeps to its timeouts without the kernel.
        worker: whose connection it is.

    Attributes:
        turn: of the request; others of its address have it while the client is waited for.
    """

    def __init__(self, sock: Any, worker: BoundedWorker) -> None:
        self._sock, self._worker = sock, worker
        self.turn: Turn | None = None
        self._ended = False
        self._in_request = False
        self._patience = random.uniform(MIN_PATIENCE, 1.0)
        self._began: float | None = time.monotonic()  # when the headers began; None in a pause
        self._paused_at = self._began
        self._moved, self._waited = 0, 0.0  # bytes of this request and its answer, and seconds spent waiting for them
        self._held = b""  # headers of an answer whose body follows at once
        self._later = False
        self._head = 0  # bytes that have come before the headers were complete

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def begin_request(self) -> None:
        """The headers are complete; what follows is the body and the answer."""
        self._in_request, self._moved, self._waited = True, 0, 0.0

    def begin_pause(self) -> None:
        """The answer was sent; the next request may come."""
        self._in_request, self._began, self._paused_at = False, None, time.monotonic()
        self._head = 0
        self.turn = None
        if self._later:
            self._later = False
            gevent.sleep(later())
            self._paused_at = time.monotonic()

    def _left(self) -> float:
        """How many seconds the client still has."""
        if self._in_request:
            return FLOW_SECONDS + self._moved / MIN_RATE - self._waited
        crowded = self._worker.crowded()
        if self._began is None:
            if not self._worker.alive:
                return 0.0  # it is to stop, and nobody waits for an answer here
            return self._paused_at + (PAUSE_SECONDS_CROWDED if crowded else PAUSE_SECONDS) - time.monotonic()
        seconds = HEADER_SECONDS_CROWDED * self._patience if crowded else HEADER_SECONDS
        return self._began + seconds - time.monotonic()

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Read from the client; nothing when it has closed, or has taken too long, or its headers have."""
        while not self._ended:
            left = self._left()
            if left <= 0:
                self._end()
                break
            if not self._in_request and self._head >= MAX_HEAD:
                self._ended = True
                self._worker.refused.hold(self._sock, TOO_LARGE)
                break
            with self._resting():
                began = time.monotonic()
                self._sock.settimeout(left if self._in_request else min(left, LOOK_SECONDS * self._patience))
                try:
                    if self._began is None:
                        # Look at the other sockets first, even if the next request has arrived already: otherwise a few clients
                        # that send the next request as soon as they have an answer are served one after the other.
                        gevent.socket.wait_read(self._sock.fileno(), self._sock.gettimeout(), TimeoutError())
                    piece: bytes = self._sock.recv(size, flags)
                except TimeoutError:
                    continue
                finally:
                    self._waited += time.monotonic() - began
                    self._sock.settimeout(None)
            self._moved += len(piece)
            if not self._in_request:
                self._head += len(piece)
            if self._began is None:
                self._began = time.monotonic()
            return piece
        return b""

    @contextmanager
    def _resting(self) -> Iterator[None]:
        """The client is waited for: others of its address may be worked on."""
        if self.turn is None:
            yield
            return
        self.turn.rest()
        try:
            yield
        finally:
            self.turn.take()

    def read_later(self) -> None:
        """Read the next request only after a moment, once the answer to this one is sent."""
        self._later = True

    def end(self) -> None:
        """Read nothing more."""
        self._ended = True

    def _end(self) -> None:
        """Say that it took too long, where a request was begun and not answered yet, and read nothing more."""
        self._ended = True
        if not self._in_request and self._began is not None:
            with suppress(OSError):
                self._sock.settimeout(0)
                self._sock.send(TIMED_OUT)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send to the client.

        gunicorn sends the headers and then the body. Where the headers say how long the body is, they wait for its first
        piece: a quarter of what the gateway did for a query was to send, and to wake the client, twice.

        Raises:
            ConnectionResetError: it takes the answer too slowly.
        """
        if not self._held and self._in_request and data[:9] == _STATUS_LINE and _SIZED in data:
            self._held = bytes(data)
            return
        held, self._held = self._held, b""
        if held and len(data) <= PIECE:
            data = held + data
        elif held:
            self._send(held, flags)
        self._send(data, flags)

    def flush(self) -> None:
        """Send headers that no body followed.

        Raises:
            ConnectionResetError: the client takes them too slowly.
        """
        held, self._held = self._held, b""
        if held:
            self._send(held, 0)

    def _send(self, data: Any, flags: int) -> None:
        view = memoryview(data).cast("B")
        for start in range(0, len(view), PIECE):
            piece = view[start : start + PIECE]
            left, began = self._left() if self._in_request else FLOW_SECONDS, time.monotonic()
            try:
                if left <= 0:
                    raise TimeoutError
                self._sock.settimeout(left)
                self._sock.sendall(piece, flags)
            except TimeoutError as error:
                self._ended = True
                raise ConnectionResetError(errno.ECONNRESET, "The client takes the answer too slowly.") from error
            finally:
                self._waited += time.monotonic() - began
                self._sock.settimeout(None)
            self._moved += len(piece)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a file, in pieces that each have their time."""
        file.seek(offset)
        sent = 0
        while (left := PIECE if count is None else min(PIECE, count - sent)) and (piece := file.read(left)):
            self.sendall(piece)
            sent += len(piece)
        return sent


def _large_enough(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of a chunked body, of which few may be small.

    Raises:
        InvalidChunkSize: too many are.
    """
    small = 0
    for piece in pieces:
        small += len(piece) < SMALL_CHUNK
        if small > MAX_SMALL_CHUNKS:
            raise InvalidChunkSize(b"too many small chunks")
        yield piece


class _Refused:
    """Connections that are refused after a moment; until then they take no place among those that are served."""

    def __init__(self) -> None:
        self._held: deque[tuple[float, socket.socket, bytes]] = deque()
        self._ending: gevent.Greenlet | None = None

    def hold(self, client: Any, answer: bytes) -> None:
        """Send the answer later and end the connection then, even if the caller closes its own descriptor now."""
        with suppress(OSError):
            # Another descriptor of the connection outlives the greenlet that has it.
            held = socket.fromfd(client.fileno(), client.family, client.type)
            held.setblocking(False)  # noqa: FBT003
            self._held.append((time.monotonic() + LATER_SECONDS, held, answer))  # they come one after the other
            if len(self._held) > MAX_REFUSED:
                self._end_first()
            if not self._ending:
                self._ending = gevent.spawn(self._end_all)

    def _end_all(self) -> None:
        while self._held:
            gevent.sleep(max(0.0, self._held[0][0] - time.monotonic()))
            while self._held and self._held[0][0] <= time.monotonic():
                self._end_first()

    def _end_first(self) -> None:
        _, held, answer = self._held.popleft()
        with suppress(OSError):
            held.send(answer)
        held.close()


class BoundedWorker(GeventWorker):
    """The worker that every service runs under."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._of_addresses = Tally()
        self._open = 0
        self._warned_at = self._reported_at = float("-inf")
        self._malformed: Counter[str] = Counter()
        self.refused = _Refused()

    def init_process(self) -> None:
        """See GeventWorker; what ends a greenlet, or the worker, is logged like everything else and not printed."""
        Hub.print_exception = report_greenlet
        try:
            super().init_process()
        except Exception as error:
            sentence = {"sentence": str(error)} if isinstance(error, SettingsError) else {}
            log().critical("worker_failed", error=type(error).__name__, **sentence, exc_info=error)
            sys.exit(1 if self.booted else Arbiter.WORKER_BOOT_ERROR)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what is no request, or what failed outside the application; nothing of what was sent is logged or sent back.

        A stranger can send any number of malformed requests, so they are counted by kind, and a line says how many there were.
        """
        by_client = isinstance(exc, ParseException | ssl.SSLError)
        if by_client and not isinstance(exc, InvalidResponseHeader | InvalidResponseHeaderName):
            self.refused.hold(client, _MALFORMED.get(type(exc), BAD_REQUEST))  # type: ignore[arg-type]
            self._malformed[type(exc).__name__] += 1
            self._report_malformed()
            return
        log().error("connection_failed", error=type(exc).__name__, exc_info=exc)
        with suppress(Exception):
            client.sendall(FAILED)
            client.flush()

    def _report_malformed(self) -> None:
        if time.monotonic() - self._reported_at > MALFORMED_SECONDS:
            self._reported_at = time.monotonic()
            log().warning("malformed_requests", count=self._malformed.total(), kinds=dict(self._malformed))
            self._malformed.clear()

    def timeout_ctx(self) -> AbstractContextManager[None]:
        """`Connection` keeps the time."""
        return nullcontext()

    def crowded(self) -> bool:
        """Whether more than half of all connections are taken."""
        return self._open * 2 > self.worker_connections

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve a connection, unless its address has too many."""
        most = self.app.callable.extensions.get(PER_ADDRESS, 0)
        key = address_key(addr[0] if isinstance(addr, tuple) else None)
        if most and not self._of_addresses.enter(key, most):
            self._refuse(client, most)
            return
        self._open += 1
        try:
            super().handle(listener, Connection(client, self), addr)
        finally:
            self._open -= 1
            if most:
                self._of_addresses.leave(key)

    def _refuse(self, client: Any, most: int) -> None:
        if time.monotonic() - self._warned_at > 60:
            self._warned_at = time.monotonic()
            # A proxy that was not declared looks like this too.
            log().warning("address_has_too_many_connections", most=most, setting="CONSILIUM_PROXIES")
        self.refused.hold(client, REFUSED)
        client.close()

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """See GeventWorker."""
        sock.begin_request()
        if isinstance(req.body.reader, ChunkedReader):
            req.body.reader.parser = _large_enough(req.body.reader.parser)
        try:
            try:
                super().handle_request(listener_name, req, sock, addr)
            finally:
                sock.flush()
            _drain(req, sock)
        finally:
            sock.begin_pause()


def _drain(req: Any, sock: Connection) -> None:
    """Take in the rest of a body that nobody read, if it is short; else the connection is not used again.

    gunicorn would take in all of it, 1 kB at a time.
    """
    left = MAX_DRAIN
    try:
        while left > 0 and (piece := req.body.read(min(left, PIECE))):
            left -= len(piece)
    except Exception:  # a body that cannot be read ends the connection too, whatever is wrong with it
        left = 0
    if left <= 0:
        sock.end()


class PlainLogger(Logger):
    """gunicorn's logger, whose lines go where all others of the process go; see `kit.logs`."""

    def setup(self, cfg: Any) -> None:
        """Set levels and no handlers of its own."""
        self.cfg = cfg
        self.loglevel = self.LOG_LEVELS.get(cfg.loglevel.lower(), logging.WARNING)
        self.error_log.setLevel(self.loglevel)
        self.error_log.propagate = True
        self._access_log_enabled = False
