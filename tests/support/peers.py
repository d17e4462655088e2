"""Servers for tests of clients, on sockets of their own."""

from __future__ import annotations

import contextlib
import socket
import threading


class Listener:
    """Takes connections, each in a thread, and counts them; a subclass serves them.

    What a subclass needs for that is there before this begins.
    """

    def __init__(self) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        raise NotImplementedError

    def hang_up(self) -> None:
        """End every connection."""
        for connection in self._open:
            connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Listen no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
