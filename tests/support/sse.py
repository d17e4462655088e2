"""A small client for graphql-sse in distinct connections mode."""

from __future__ import annotations

import http.client
import json
import queue
import threading
from typing import Any
from urllib.parse import urlsplit

from tests.support.stack import Stack


class Follower:
    """One open subscription; its events are read in the background.

    Args:
        source: the address that it comes from; all of 127.0.0.0/8 are this machine's.
        last_event_id: the id of the last event, with which a client resumes.

    Attributes:
        position: the id of the last event that `next` has returned; before that where the stream begins.
    """

    def __init__(
        self,
        stack: Stack,
        token: str | None,
        query: str,
        *,
        source: str | None = None,
        last_event_id: str | None = None,
        **variables: Any,
    ) -> None:
        parts = urlsplit(stack.url)
        self._connection = http.client.HTTPConnection(
            str(parts.hostname), parts.port, timeout=60, source_address=(source, 0) if source else None
        )
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        self._connection.request(
            "POST", "/graphql/stream", json.dumps({"query": query, "variables": variables}), headers
        )
        self._answer = self._connection.getresponse()
        self.status, self.type = self._answer.status, self._answer.headers["Content-Type"]
        self.position = self._answer.headers["Last-Event-ID"]
        self._events: queue.Queue[tuple[str, Any, str | None]] = queue.Queue()
        if self.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def body(self) -> Any:
        """The answer of a stream that was refused."""
        return json.loads(self._answer.read())

    def _read(self) -> None:
        kind, position = "", None
        try:
            for raw in self._answer:
                line = raw.decode().rstrip("\n")
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("id: "):
                    position = line.removeprefix("id: ")
                elif line.startswith("data:"):
                    data = line.removeprefix("data:").strip()
                    self._events.put((kind, json.loads(data) if data else None, position))
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass
        self._events.put(("closed", None, position))

    def next(self, seconds: float = 10) -> tuple[str, Any]:
        """The next event, (kind, payload)."""
        kind, payload, position = self._events.get(timeout=seconds)
        self.position = position or self.position
        return kind, payload

    def data(self, seconds: float = 10) -> Any:
        """The data of the next event, which must have no errors."""
        kind, payload = self.next(seconds)
        assert kind == "next", kind
        assert "errors" not in payload, payload
        return payload["data"]

    def silent(self, seconds: float = 1.5) -> bool:
        """Whether nothing comes for a while."""
        try:
            self._events.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def close(self) -> None:
        """Hang up."""
        if self._connection.sock is not None:
            self._connection.sock.shutdown(2)
        self._connection.close()
