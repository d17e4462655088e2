"""More processes on the engines of a running system: several workers a service, and two graph processes behind a balancer."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console

from consilium.home import Home
from consilium.supervisor import Supervisor
from tests.support.stack import Stack, free_port, is_ready

PIECE = 65_536


class Balancer:
    """Passes each request to the next backend, over a connection of its own, so that no two go the same way by habit."""

    def __init__(self, ports: list[int]) -> None:
        self._backends = itertools.cycle(ports)
        self._server = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._pass, args=(client, next(self._backends)), daemon=True).start()

    @staticmethod
    def _pass(client: socket.socket, port: int) -> None:
        with client, socket.create_connection(("127.0.0.1", port)) as backend:
            data = b""
            while b"\r\n\r\n" not in data:
                piece = client.recv(PIECE)
                if not piece:
                    return
                data += piece
            head, body = data.split(b"\r\n\r\n", 1)
            lengths = [
                line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
            ]
            missing = int(lengths[0]) - len(body) if lengths else 0
            while missing > 0:
                piece = client.recv(PIECE)
                body, missing = body + piece, missing - len(piece)
            backend.sendall(head + b"\r\nConnection: close\r\n\r\n" + body)
            with suppress(OSError):  # the client may have gone
                while piece := backend.recv(PIECE):
                    client.sendall(piece)


@contextmanager
def many_workers(stack: Stack, workers: int) -> Iterator[Stack]:
    """A gateway, profiles and two graph processes, each with so many workers, on the engines of a running system."""
    gateway, profiles, graphs = free_port(), free_port(), [free_port(), free_port()]
    balancer = Balancer(graphs)
    with _environ(stack.environment | {"CONSILIUM_HOME": str(stack.home)}):
        environment = Supervisor(Home(stack.home), Console(quiet=True)).service_environment()
    environment |= {
        "CONSILIUM_WORKERS": str(workers),
        "CONSILIUM_PROFILES_URL": f"http://127.0.0.1:{profiles}",
        "CONSILIUM_GRAPH_URL": f"http://127.0.0.1:{balancer.port}",
    }
    started = [("profiles", profiles), *(("graph", port) for port in graphs), ("gateway", gateway)]
    log = Path(tempfile.mkstemp(prefix="consilium-cluster-", suffix=".log")[1])
    children = []
    try:
        for name, port in started:
            with log.open("ab") as file:
                children.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "gunicorn", "-c", "python:kit.listen", f"{name}.app:create_app()"],
                        env=dict(os.environ)
                        | stack.environment
                        | environment
                        | {"CONSILIUM_BIND": f"127.0.0.1:{port}"},
                        stdout=file,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                )
            if name == "profiles":
                _wait_ready(port, log)
        for name, port in started:
            # Each worker has to be ready, and each probe meets one of them.
            for _ in range(4 * workers if name == "graph" else 1):
                _wait_ready(port, log)
        yield Stack(f"http://127.0.0.1:{gateway}", stack.home, None, stack.environment)
    finally:
        balancer.close()
        for child in children:
            child.terminate()
        for child in children:
            child.wait(20)
        log.unlink(missing_ok=True)


@contextmanager
def _environ(values: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _wait_ready(port: int, log: Path, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_ready(f"http://127.0.0.1:{port}"):
            return
        time.sleep(0.2)
    raise AssertionError(f"not ready: {log.read_text()[-2000:]}")
