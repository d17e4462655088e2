"""Calls between services: pooled keep-alive connections, short time limits, problems as errors."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import orjson

from kit.errors import OutcomeUnknown, Unavailable, remote_error
from kit.http_pool import ConnectError, ConnectionLost, HttpConnectionPool, HttpResponse, ReadTimeout, Upload
from kit.logs import log
from kit.resilience import Bound, Breaker, RetryBudget
from kit.skew import TIME_HEADER, ServerClock
from kit.validation import VALIDATE_HEADER, VALIDATED_HEADER, Validated

CONNECT_SECONDS = 0.5
READ_SECONDS = 2.0
PROBE_SECONDS = 0.5
# A change that was committed by its deadline may take this long to be read back for the answer.
READ_BACK_SECONDS = 5.0
MAX_TRIES = 3
MAX_IN_FLIGHT = 200


T = TypeVar("T")


@lru_cache(200)  # as many as there are types of answers
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


class _NoTimeLeft(Exception):
    """The deadline passed before anything was sent."""


@dataclass(frozen=True)
class CallContext:
    """What travels with each call of one request.

    Args:
        token: the caller's access token, if any.
        request_id: names the request in every service's log.
        deadline: `time.monotonic()` after which nobody waits for the answer any more.
        idempotency_key: under which the service keeps the answer, so that a repetition has no second effect.
        changes: whether the call makes a change: it then waits until the deadline and not for `READ_SECONDS`, and a lost
            answer is `OutcomeUnknown`.
        patient: whether a call that only reads waits until the deadline too, because a change depends on it.
        validate: whether the service is to check the request only; see `kit.validation`.
        repeatable: whether doing it twice is the same as doing it once, also without a key.
        language: the client's Accept-Language.
        fields: the requested parts of people, groups and discussions, where they are not all; see `kit.requested_fields`.
        client: the network address that asked, for back-off; never trusted for permission.
        agent: the `User-Agent` of the client, for changes alone: a new session is described by it.
    """

    token: str | None = None
    request_id: str | None = None
    deadline: float | None = None
    idempotency_key: str | None = None
    language: str | None = None
    client: str | None = None
    agent: str | None = None
    fields: str | None = None
    changes: bool = False
    patient: bool = False
    validate: bool = False
    repeatable: bool = False

    def headers(self) -> dict[str, str]:
        """The HTTP headers that carry this context."""
        pairs = {
            "Authorization": f"Bearer {self.token}" if self.token else None,
            "X-Request-Id": self.request_id,
            "Idempotency-Key": self.idempotency_key,
            "Accept-Language": self.language,
            "X-Client-Address": self.client,
            "X-Client-Agent": self.agent,
            "X-Fields": self.fields,
            VALIDATE_HEADER: "true" if self.validate else None,
        }
        return {name: value for name, value in pairs.items() if value}


class ServiceClient:
    """Calls one service over HTTP with JSON bodies.

    Args:
        name: of the service, for messages.
        base_url: like `http://127.0.0.1:8001`.
        read_seconds: how long to wait for an answer when the context has no nearer deadline.
        ca_file: what `https://` is checked against; the authorities of the system by default.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        connections: int = 32,
        read_seconds: float = READ_SECONDS,
        ca_file: Path | None = None,
    ) -> None:
        self.name = name
        self._read_seconds = read_seconds
        self._breaker, self._budget, self._bound = Breaker(), RetryBudget(), Bound(MAX_IN_FLIGHT)
        self._pool = HttpConnectionPool(base_url, connections=connections, ca_file=ca_file)
        self.clock = ServerClock(name)

    def call(self, method: str, path: str, body: Any = None, *, context: CallContext | None = None) -> Any:
        """Send one request and return the decoded answer.

        Args:
            body: what to send as JSON; bytes are JSON already.

        Raises:
            RemoteProblem: the service refused; carries its code, sentence and field.
            Unavailable: it did not answer, or not in time, or failed itself. A change was not made then.
            OutcomeUnknown: the same, and the change may have been made.
            Validated: the request was to be checked only, and no check has failed.
        """
        context = context or CallContext()
        response = self._succeeded(method, path, body, context)
        if response.status == 204:
            return None
        try:
            return orjson.loads(response.data)
        except orjson.JSONDecodeError as error:
            raise self._no_answer(context, perhaps_changed=True) from error

    def read(self, into: type[T], method: str, path: str, body: Any = None, *, context: CallContext) -> T:
        """Send one request and return its answer as a message, or as a list of them; otherwise like `call`.

        Args:
            into: the type of the answer; what it does not declare is passed over.
        """
        response = self._succeeded(method, path, body, context)
        try:
            return _decoder(into).decode(response.data)  # type: ignore[no-any-return, arg-type]
        except msgspec.DecodeError as error:  # the service is of a release that this one does not know
            log().error("answer_does_not_fit", service=self.name, type=str(into), error=str(error))
            raise self._no_answer(context, perhaps_changed=True) from error

    def _succeeded(self, method: str, path: str, body: Any, context: CallContext) -> HttpResponse:
        """The answer of a request that the service did; refusals are raised."""
        response = self.exchange(method, path, self._encoded(body), context=context)
        if VALIDATED_HEADER.lower() in response.headers:
            raise Validated
        if response.status < 300:
            return response
        try:
            answer = orjson.loads(response.data) if response.data else None
        except orjson.JSONDecodeError:
            answer = None
        if response.status < 500 and isinstance(answer, dict):
            raise remote_error(answer, response.status)
        unchanged = isinstance(answer, dict) and answer.get("code") == Unavailable.code
        raise self._no_answer(context, perhaps_changed=not unchanged)

    def _no_answer(self, context: CallContext, *, perhaps_changed: bool) -> Unavailable | OutcomeUnknown:
        """The failure of a call that was not answered, or not with what was asked for."""
        if context.changes and perhaps_changed:
            return OutcomeUnknown(f"The {self.name} service did not answer in time; the change may have been made.")
        unchanged = "nothing was changed. Try" if context.changes else "try"
        return Unavailable(f"The {self.name} service cannot answer now; {unchanged} again in a moment.")

    @staticmethod
    def _encoded(body: Any) -> bytes | None:
        return body if body is None or isinstance(body, bytes) else orjson.dumps(body)

    def exchange(
        self,
        method: str,
        path: str,
        body: bytes | Upload | None,
        *,
        context: CallContext,
        headers: dict[str, str] | None = None,
        pieces_seconds: float | None = None,
    ) -> HttpResponse:
        """Send one request as it is; whatever status comes back is returned.

        It is sent again, at most twice and within a tenth of all calls, where nothing was sent, or where a repetition is
        harmless (by nature, or by its Idempotency-Key); never after waiting for an answer in vain.

        Args:
            pieces_seconds: how long the body may take that is read piece by piece, when the answer has begun in time.

        Raises:
            Unavailable: there was no answer, or none in time; a change was not made.
            OutcomeUnknown: the same, and the change may have been made.
            SourceEnded: an upload was shorter than it said.
        """
        if not self._present():
            raise self._no_answer(context, perhaps_changed=False)
        if not self._bound.enter():
            raise Unavailable(f"Too much is asked of the {self.name} service; try again in a moment.")
        self._budget.earn()
        harmless = context.repeatable or context.idempotency_key is not None
        perhaps_changed = False  # by an earlier try, whose answer was lost
        try:
            for tries in range(1, MAX_TRIES + 1):
                last = tries == MAX_TRIES
                try:
                    response = self._answered(self._send(method, path, body, context, headers, pieces_seconds))
                    if not context.changes or response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                        return response
                    if not _outcome_unknown(response):
                        if perhaps_changed:
                            raise self._no_answer(context, perhaps_changed=True)
                        return response
                    perhaps_changed = True
                    if last or not harmless or not self._may_repeat():
                        return response
                except (ConnectError, ConnectionLost) as error:
                    self._breaker.failed()
                    perhaps_changed |= isinstance(error, ConnectionLost)
                    again = isinstance(error, ConnectError) or (harmless and not isinstance(error, ReadTimeout))
                    if last or not again or not self._may_repeat():
                        raise self._no_answer(context, perhaps_changed=perhaps_changed) from error
                except _NoTimeLeft as error:
                    raise self._no_answer(context, perhaps_changed=perhaps_changed) from error
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
            self._pool.exchange(
                "GET", "/healthz", {}, None, connect_seconds=CONNECT_SECONDS, read_seconds=PROBE_SECONDS
            )
        except (ConnectError, ConnectionLost):
            self._breaker.failed()
            return False
        self._breaker.succeeded()
        return True

    def _may_repeat(self) -> bool:
        return self._breaker.closed and self._budget.spend()

    def _answered(self, response: HttpResponse) -> HttpResponse:
        self._breaker.succeeded()  # a refusal is an answer too; why it was refused is the service's to say
        return response

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | Upload | None,
        context: CallContext,
        headers: dict[str, str] | None,
        pieces_seconds: float | None,
    ) -> HttpResponse:
        remaining = self._read_seconds
        if context.deadline is not None:
            left = context.deadline - time.monotonic()
            remaining = left if context.changes or context.patient else min(remaining, left)
            if remaining <= 0:
                raise _NoTimeLeft
        read_back = READ_BACK_SECONDS if context.changes else 0.0
        all_headers = self.clock.headers(remaining)
        all_headers |= {"Content-Type": "application/json"} if body is not None else {}
        all_headers |= context.headers() | (headers or {})
        sent = time.monotonic()
        answer = self._pool.exchange(
            method, path, all_headers, body, connect_seconds=CONNECT_SECONDS, read_seconds=remaining + read_back,
            pieces_seconds=pieces_seconds,
        )  # fmt: skip
        self.clock.note(sent, time.monotonic(), answer.headers.get(TIME_HEADER.lower()))
        return answer


def _outcome_unknown(response: HttpResponse) -> bool:
    """Whether a service says that it cannot know whether it made a change."""
    try:
        problem = orjson.loads(response.data)
    except orjson.JSONDecodeError:
        return False
    return isinstance(problem, dict) and problem.get("code") == OutcomeUnknown.code
