"""A proxy in front of a service, which loses or delays answers as a test plans it."""

from __future__ import annotations

import http.client
import http.server
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Proxy:
    """A running proxy.

    Args:
        url: where it listens.
        faults: what happens to the next requests that `matching` finds, in order; the rest pass. `lose` acts and hangs up
            without the answer, `drop` hangs up without acting, and a number is how many seconds the answer is delayed.
        matching: finds a request by its method and path, such as `POST /v1/groups`.
        seen: the Idempotency-Key of each request that was found.
    """

    url: str
    faults: list[str | float] = field(default_factory=list)
    matching: str = "$never"
    seen: list[str | None] = field(default_factory=list)

    def plan(self, matching: str, *faults: str | float) -> None:
        """Plan the faults of the next requests of a kind."""
        self.matching, self.faults, self.seen = matching, list(faults), []


@contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    """A proxy in front of a service on this machine."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            fault: str | float = 0.0
            if re.fullmatch(running.matching, f"{self.command} {self.path}"):
                running.seen.append(self.headers.get("Idempotency-Key"))
                fault = running.faults.pop(0) if running.faults else 0.0
            if fault == "drop":
                self._hang_up()
                return
            upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            upstream.request(self.command, self.path, body or None, dict(self.headers.items()))
            answer = upstream.getresponse()
            data = answer.read()
            upstream.close()
            if fault == "lose":
                self._hang_up()
                return
            assert isinstance(fault, float | int)
            time.sleep(fault)
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"connection", "content-length", "transfer-encoding", "date", "server"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass  # noqa: N815

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = Proxy(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()


class Line:
    """Passes bytes on to a service, event by event, until a test cuts it; later connections pass again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break all connections, in the middle of whatever they carry."""
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take no more connections, and break those that there are."""
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                service = socket.create_connection(("127.0.0.1", self._port))
                self._open |= {client, service}
                for source, target in ((client, service), (service, client)):
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
        for one in (source, target):
            self._open.discard(one)
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
