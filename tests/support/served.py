"""A service under gunicorn as an operator starts it, and sockets of many clients."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from tests.support.stack import free_port

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Served:
    """A service that listens on a port of this machine."""

    port: int
    process: subprocess.Popen[bytes]

    def connect(self, client: str = "127.0.0.1", seconds: float = 30) -> socket.socket:
        """A connection from an address; all of 127.0.0.0/8 are this machine's."""
        return socket.create_connection(("127.0.0.1", self.port), seconds, source_address=(client, 0))

    def ask(self, request: bytes, client: str = "127.0.0.1", seconds: float = 30) -> bytes:
        """What comes back for these bytes until the connection is closed."""
        with self.connect(client, seconds) as connection:
            connection.sendall(request)
            return read_all(connection)

    def healthy_in(self, client: str = "127.0.0.1") -> float:
        """How many seconds `/healthz` takes."""
        began = time.monotonic()
        assert self.ask(HEALTH, client).startswith(b"HTTP/1.1 200")
        return time.monotonic() - began


def read_all(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    pieces = []
    try:
        while piece := connection.recv(65_536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


@contextmanager
def served(app: str, *, log: Path | None = None, **variables: str) -> Iterator[Served]:
    """Start a service, like `gateway.app:create_app()`, with these variables; it ends with the block.

    Args:
        log: the file that takes what it writes.
    """
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSILIUM_")}
    with nullcontext() if log is None else log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "python:kit.listen", app],
            env=environment | {"CONSILIUM_BIND": f"127.0.0.1:{port}"} | variables, stdout=output, stderr=output,
        )  # fmt: skip
    found = Served(port, process)
    try:
        for _ in range(600):
            assert process.poll() is None, log and log.read_text()
            try:
                found.healthy_in()
                break
            except OSError:
                time.sleep(0.1)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
