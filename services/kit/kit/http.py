"""Calls between services: pooled keep-alive connections, short time limits, problems as errors."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import Any

import orjson

from kit.errors import RemoteProblem, Unavailable
from kit.resilience import Bound, Breaker, RetryBudget
from kit.skew import TIME_HEADER, ServerClock
from kit.wire import Answer, Lost, NotSent, TooSlow, Wire

CONNECT_SECONDS = 0.5
READ_SECONDS = 2.0
PROBE_SECONDS = 0.5
MOST_TRIES = 3
MOST_IN_FLIGHT = 200


@dataclass(frozen=True)
class CallContext:
    """What travels with each call of one request.

    Args:
        token: the caller's access token, if any.
        request_id: names the request in every service's log.
        deadline: `time.monotonic()` after which nobody waits for the answer any more.
        idempotency_key: as the client sent it, for the service that owns the data.
        language: the client's Accept-Language.
        wanted: what of people, groups and discussions is wanted, where that is less than everything; see `kit.wanted`.
        client: the network address that asked, for back-off; never trusted for permission.
    """

    token: str | None = None
    request_id: str | None = None
    deadline: float | None = None
    idempotency_key: str | None = None
    language: str | None = None
    client: str | None = None
    wanted: str | None = None

    def headers(self) -> dict[str, str]:
        """The HTTP headers that carry this context."""
        pairs = {
            "Authorization": f"Bearer {self.token}" if self.token else None,
            "X-Request-Id": self.request_id,
            "Idempotency-Key": self.idempotency_key,
            "Accept-Language": self.language,
            "X-Client-Address": self.client,
            "X-Wanted": self.wanted,
        }
        return {name: value for name, value in pairs.items() if value}


class ServiceClient:
    """Calls one service over HTTP with JSON bodies.

    Args:
        name: of the service, for messages.
        base_url: like `http://127.0.0.1:8001`.
        read_seconds: how long to wait for an answer when the context has no nearer deadline.
    """

    def __init__(self, name: str, base_url: str, *, connections: int = 32, read_seconds: float = READ_SECONDS) -> None:
        self.name = name
        self._read_seconds = read_seconds
        self._breaker, self._budget, self._bound = Breaker(), RetryBudget(), Bound(MOST_IN_FLIGHT)
        self._wire = Wire(base_url, connections=connections)
        self.clock = ServerClock(name)

    def call(self, method: str, path: str, body: Any = None, *, context: CallContext | None = None) -> Any:
        """Send one request and return the decoded answer.

        Args:
            body: what to send as JSON; bytes are JSON already.

        Raises:
            RemoteProblem: the service refused; carries its code, sentence and field.
            Unavailable: it did not answer, or not in time, or failed itself.
        """
        context = context or CallContext()
        response = self.exchange(method, path, self._encoded(body), context=context)
        if response.status == 204:
            return None
        try:
            answer = orjson.loads(response.data) if response.data else None
        except orjson.JSONDecodeError:
            answer = None
        if response.status < 300 and answer is not None:
            return answer
        if response.status < 500 and isinstance(answer, dict):
            raise RemoteProblem(answer, response.status)
        raise Unavailable(f"The {self.name} service cannot answer now; try again in a moment.")

    @staticmethod
    def _encoded(body: Any) -> bytes | None:
        return body if body is None or isinstance(body, bytes) else orjson.dumps(body)

    def exchange(
        self, method: str, path: str, body: bytes | None, *, context: CallContext, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send one request as it is; whatever status comes back is returned.

        It is sent again, at most twice and within a tenth of all calls, where nothing was sent, or where an
        Idempotency-Key makes a repetition harmless; never after waiting for an answer in vain.

        Raises:
            Unavailable: there was no answer, or none in time.
        """
        away = Unavailable(f"The {self.name} service cannot answer now; try again in a moment.")
        if not self._present():
            raise away
        if not self._bound.enter():
            raise Unavailable(f"Too much is asked of the {self.name} service; try again in a moment.")
        self._budget.earn()
        try:
            for tries in range(1, MOST_TRIES + 1):
                try:
                    return self._answered(self._send(method, path, body, context, headers))
                except (NotSent, Lost) as error:
                    self._breaker.failed()
                    harmless = context.idempotency_key and not isinstance(error, TooSlow)
                    again = isinstance(error, NotSent) or harmless
                    if not again or tries == MOST_TRIES or not self._breaker.closed or not self._budget.spend():
                        raise away from error
                    time.sleep(random.uniform(0.01, 0.05) * tries)
        finally:
            self._bound.leave()
        raise AssertionError("unreachable")

    def _present(self) -> bool:
        """Whether the service is worth asking: after failures in a row, one call a second asks `/healthz` first.

        So that one slow operation, repeated, does not close the way to all others: a service that takes its time with
        a query answers `/healthz` all the same, and one that has stopped does not.
        """
        if self._breaker.closed:
            return True
        if not self._breaker.allows():
            return False
        try:
            self._wire.exchange(
                "GET", "/healthz", {}, None, connect_seconds=CONNECT_SECONDS, read_seconds=PROBE_SECONDS
            )
        except (NotSent, Lost):
            self._breaker.failed()
            return False
        self._breaker.succeeded()
        return True

    def _answered(self, response: Answer) -> Answer:
        self._breaker.succeeded()  # a refusal is an answer too; why it was refused is the service's to say
        return response

    def _send(
        self, method: str, path: str, body: bytes | None, context: CallContext, headers: dict[str, str] | None
    ) -> Answer:
        remaining = self._read_seconds
        if context.deadline is not None:
            remaining = min(remaining, context.deadline - time.monotonic())
            if remaining <= 0:
                raise Unavailable(f"There was no time left to ask the {self.name} service.")
        all_headers = self.clock.headers(remaining)
        all_headers |= {"Content-Type": "application/json"} if body is not None else {}
        all_headers |= context.headers() | (headers or {})
        sent = time.monotonic()
        answer = self._wire.exchange(
            method, path, all_headers, body, connect_seconds=CONNECT_SECONDS, read_seconds=remaining
        )
        self.clock.note(sent, time.monotonic(), answer.headers.get(TIME_HEADER.lower()))
        return answer
