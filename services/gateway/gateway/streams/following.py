"""One stream: reads what happened after its position, and sends each event once, until the token or the permission ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

from graphql import GraphQLError

from contracts.streams import EVENTS_AT_ONCE, FeedPoint, StreamEvent, StreamPage
from gateway.context import Context
from gateway.errors import graphql_error
from gateway.execution import Engine
from gateway.serving import COMPLETE, body_of, errors_of, event
from gateway.streams.changes import Subscriber
from gateway.streams.operations import Operation, Start
from gateway.streams.types import root_of
from kit.errors import DomainError, Unauthenticated, Unavailable

HEARTBEAT_SECONDS = 12.0
SIGN_OF_LIFE = b":\n\n"
CHECK_SECONDS = 2.0  # how often a token is looked at while nothing happens
RETRY_SECONDS = 0.5
ANNOUNCED_TRIES = 3  # of one event in vain, after which a client is told that a service is away
MAX_RESUMED = 1_000  # events that are looked at to resume; who has missed more reads again


class TokenExpired(DomainError):
    """The access token of a stream is over, and its session is not."""

    code = "TOKEN_EXPIRED"
    status = 401


def check_token(context: Context) -> None:
    """Return if the stream of a token goes on.

    Raises:
        TokenExpired: the token is over.
        Unauthenticated: its session has ended, or its rights have changed.
        Unavailable: that cannot be found out now.
    """
    expires_at = context.require_caller().expires_at
    if expires_at is not None and time.time() >= expires_at:
        raise TokenExpired("The access token is over: refresh the session, and go on with the header Last-Event-ID.")


class Following:
    """Follows what a subscription names.

    Args:
        make_context: a context for one event; it checks the token again.
    """

    def __init__(
        self,
        engine: Engine,
        operation: Operation,
        make_context: Callable[[], Context],
        subscriber: Subscriber,
        start: Start,
    ) -> None:
        self._engine, self._operation, self._make_context = engine, operation, make_context
        self._subscriber = subscriber
        self._start = start
        self._failing = False  # whether the client was told so
        self._request_id: str | None = None

    def begin(self, context: Context) -> StreamPage:
        """The first events.

        Raises:
            DomainError: the caller may not follow this.
        """
        check_token(context)
        self._request_id = context.call.request_id
        return self._read(context, None)

    def run(self, page: StreamPage) -> Generator[bytes]:
        """The bytes of the stream.

        Args:
            page: the first events.
        """
        backlog = 0
        try:
            yield f"id: {page.start}\n\n".encode()  # a client that reads ids has one before the first event
            while True:
                if page.lost:
                    yield self._missed(page)
                for one in page.events:
                    yield from self._sent(one)
                backlog = backlog + EVENTS_AT_ONCE if page.more else 0  # also those that the caller may not see
                if backlog >= MAX_RESUMED:
                    self._start, backlog = Start(), 0
                    page = yield from self._next_page(fresh=True)
                    yield self._missed(page)
                    continue
                if not page.more:
                    yield from self._waited()
                page = yield from self._next_page()
        except DomainError as error:
            yield self._told(graphql_error(error))
            yield COMPLETE

    def _read(self, context: Context, point: FeedPoint | None) -> StreamPage:
        known = None if point is None else {"epoch": point.epoch, "position": point.position}
        body = {
            "sources": [{"kind": kind, "of": of} for kind, of in self._subscriber.topics],
            "after": self._start.position, "node": self._start.node, "point": known,
        }  # fmt: skip
        page = context.read_graph(StreamPage, "POST", "/v1/streams/read", body)
        self._start = Start(position=page.position)
        return page

    def _next_page(self, *, fresh: bool = False) -> Generator[bytes, None, StreamPage]:
        """The next events; asked for again while a service does not answer.

        Args:
            fresh: whether to ask how far the change feed is, instead of going as far as is known.
        """
        tries = 0
        while True:
            try:
                context = self._make_context()
                check_token(context)
                return self._read(context, None if fresh else self._subscriber.point)
            except DomainError as error:
                if error.code != Unavailable.code:
                    raise
            tries += 1
            yield from self._paused(tries)

    def _waited(self) -> Generator[bytes]:
        """Signs of life until something happened."""
        beat = time.monotonic() + HEARTBEAT_SECONDS
        while True:
            noticed = self._subscriber.noticed.wait(CHECK_SECONDS)
            if noticed:
                self._subscriber.noticed.clear()
                if not self._subscriber.failing:
                    self._failing = False
                    return
                yield from self._announced()
            else:
                self._check()
            if time.monotonic() >= beat:
                yield SIGN_OF_LIFE
                beat = time.monotonic() + HEARTBEAT_SECONDS

    def _check(self) -> None:
        try:
            check_token(self._make_context())
        except DomainError as error:
            if error.code != Unavailable.code:  # while a service is away nobody can be told to go
                raise

    def _sent(self, one: StreamEvent) -> Generator[bytes]:
        """One event. Where a service's silence leaves nothing of it, it is tried again until it can be sent."""
        tries = 0
        while True:
            answer = self._answer(one)
            if answer is not None:
                self._failing = False
                yield answer
                return
            tries += 1
            yield from self._paused(tries)

    def _answer(self, one: StreamEvent) -> bytes | None:
        context = self._make_context()
        try:
            check_token(context)
        except Unavailable:
            return None
        operation = self._operation
        result = self._engine.run(
            operation.prepared, variables=operation.variables, operation=operation.name, context=context,
            root=root_of(operation.field, one),
        )  # fmt: skip
        if result.errors and not any((result.data or {}).values()):
            codes = {(error.extensions or {}).get("code") for error in result.errors}
            if codes == {"UPSTREAM_UNAVAILABLE"}:
                return None
            if codes == {Unauthenticated.code}:  # the session ended meanwhile; the event waits for the next one
                raise Unauthenticated(result.errors[0].message)
        body = body_of(result, context.call.request_id) | {"extensions": {"position": one.position}}
        return event("next", body, one.position)

    def _paused(self, tries: int) -> Generator[bytes]:
        """A pause before something is tried again; the client is told after some tries.

        It sends a sign of life, by which a client that has left is noticed while a service hangs.
        """
        if tries >= ANNOUNCED_TRIES:
            yield from self._announced()
        yield SIGN_OF_LIFE
        time.sleep(RETRY_SECONDS)

    def _announced(self) -> Generator[bytes]:
        """The event that says that a service does not answer; the stream goes on by itself."""
        if not self._failing:
            yield self._told(GraphQLError("A service does not answer.", extensions={"code": "UPSTREAM_UNAVAILABLE"}))
        self._failing = True

    def _missed(self, page: StreamPage) -> bytes:
        """The event that says that what happened before cannot be told any more."""
        error = GraphQLError(
            "Events were missed that cannot be sent any more: read again what you show. The stream goes on from now.",
            extensions={"code": "EVENTS_MISSED"},
        )
        return self._told(error, page.start)

    def _told(self, error: GraphQLError, position: str | None = None) -> bytes:
        body: dict[str, object] = {"errors": errors_of([error], self._request_id)}
        if position is not None:
            body["extensions"] = {"position": position}
        return event("next", body, position)
