"""A line to a server that a test can cut, as trains and lifts do."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class Line:
    """Passes bytes on to a server, from a port of its own.

    Args:
        server: the address of the server, for example `http://127.0.0.1:8000`.
    """

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._server = (str(parts.hostname), int(parts.port or 80))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._broken = False
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    @contextlib.contextmanager
    def cut(self) -> Iterator[None]:
        """End every connection, and refuse others until the block is left."""
        with self._lock:
            self._broken = True
            ends = list(self._ends)
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        yield
        self._broken = False

    def close(self) -> None:
        """End it for good."""
        with self.cut():
            self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection(self._server) as server:
            with self._lock:
                if self._broken:
                    return
                self._ends |= {client, server}
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            _pump(client, server)
            back.join()
            self._ends -= {client, server}


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Pass on what comes until either side ends."""
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
