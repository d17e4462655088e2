"""graphql-sse in distinct connections mode: one request, one operation, its events until it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLObjectType, OperationDefinitionNode
from graphql.execution.values import get_argument_values, get_variable_values

from gateway.context import Context
from gateway.discussions.types import link_discussions, link_posts
from gateway.errors import graphql_error
from gateway.execution import Engine, Prepared, RequestRejected
from gateway.ids import expect
from gateway.notifications.types import link_notifications
from gateway.serving import COMPLETE, body_of, errors_of, event
from gateway.streams.changes import Changes, Subscriber
from kit.addresses import Tally, address_key
from kit.errors import DomainError, LimitReached, NotFound

HEARTBEAT_SECONDS = 12.0
MAX_STREAMS = 900  # of one gateway process; its worker holds 1,000 connections
MAX_STREAMS_OF_PERSON = 20  # of one person
MAX_STREAMS_OF_ADDRESS = 200  # of one network address
FULL = 100  # posts that are read at once
RETRY_SECONDS = 0.5
ANNOUNCED_TRIES = 3  # of one event in vain, after which a client is told that a service is away
Row = dict[str, Any]
Read = Callable[[Context, Subscriber], list[Row]]


@dataclass(frozen=True)
class Operation:
    """A subscription that was checked and may begin."""

    prepared: Prepared
    variables: dict[str, Any] | None
    name: str | None
    field: str
    arguments: Row


def prepared(
    engine: Engine,
    document: Prepared,
    operation: OperationDefinitionNode,
    *,
    variables: dict[str, Any] | None,
    name: str | None,
) -> Operation:
    """The one field that a subscription follows, with its arguments.

    Raises:
        RequestRejected: the variables do not fit, or it follows several fields.
    """
    root = engine.schema.subscription_type
    assert isinstance(root, GraphQLObjectType)
    values = get_variable_values(engine.schema, operation.variable_definitions or (), variables or {})
    if isinstance(values, list):
        raise RequestRejected(values)
    fields = [node for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    if len(fields) != 1 or len(operation.selection_set.selections) != 1 or fields[0].name.value.startswith("__"):
        raise RequestRejected([GraphQLError("A subscription selects one field, not in a fragment.")])
    try:
        arguments = get_argument_values(root.fields[fields[0].name.value], fields[0], values)
    except GraphQLError as error:
        raise RequestRejected([error]) from error
    return Operation(document, variables, name, fields[0].name.value, arguments)


class _Stream:
    """The bytes of a stream, whose end is noted once: also when the client left before the first of them was asked for."""

    def __init__(self, events: Generator[bytes], end: Callable[[], None]) -> None:
        self._events, self._end = events, end
        self._open = True

    def __iter__(self) -> _Stream:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._events)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End it."""
        if self._open:
            self._open = False
            self._end()
            self._events.close()


class Streams:
    """Runs subscriptions of this process."""

    def __init__(self, engine: Engine, changes: Changes) -> None:
        self._engine, self._changes = engine, changes
        self._open = Tally()

    def events(self, operation: Operation, make_context: Callable[[], Context]) -> Iterator[bytes]:
        """A stream's bytes.

        Args:
            make_context: a context for one event; it checks the token again, so that a stream ends with it.

        Raises:
            DomainError: the caller may not follow this, or follows too much.
        """
        context = make_context()
        person = context.require_caller().subject
        topic, read = self._source(operation, person)
        leave = self._enter(context, person)
        try:
            subscriber = self._changes.subscribe(topic)
        except BaseException:
            leave()
            raise

        def end() -> None:
            self._changes.leave(subscriber)
            leave()

        try:
            first = read(context, subscriber)  # refuses what may not be followed, before the stream begins
        except BaseException:
            end()
            raise
        return _Stream(self._run(operation, make_context, context, subscriber, read, first), end)

    def _enter(self, context: Context, person: str) -> Callable[[], None]:
        """Count a stream for its person and network address; returns what takes it out again.

        Raises:
            LimitReached: one of them has too many.
        """
        with ExitStack() as entered:

            def enter(key: str, most: int, sentence: str) -> None:
                if not self._open.enter(key, most):
                    raise LimitReached(sentence)
                entered.callback(self._open.leave, key)

            enter("all", MAX_STREAMS, f"This process holds {MAX_STREAMS} streams already; try again later.")
            enter(f"person:{person}", MAX_STREAMS_OF_PERSON, f"You follow {MAX_STREAMS_OF_PERSON} things already.")
            enter(
                f"address:{address_key(context.call.client)}", MAX_STREAMS_OF_ADDRESS,
                f"Your network address holds {MAX_STREAMS_OF_ADDRESS} streams already; try again later.",
            )  # fmt: skip
            return entered.pop_all().close

    def _run(
        self,
        operation: Operation,
        make_context: Callable[[], Context],
        context: Context,
        subscriber: Subscriber,
        read: Read,
        first: list[Row],
    ) -> Generator[bytes]:
        failing, tries, pending = False, 0, first
        try:
            yield b":\n\n"
            while True:
                while pending:
                    answer = self._next(operation, make_context(), pending[0])
                    if answer is None:  # a service did not answer; the event is sent when it does
                        tries += 1
                        if not failing and tries >= ANNOUNCED_TRIES:
                            yield self._away(context)
                            failing = True
                        time.sleep(RETRY_SECONDS)
                        continue
                    failing, tries = False, 0
                    yield answer
                    pending = pending[1:]
                beat = time.monotonic() + HEARTBEAT_SECONDS
                while not subscriber.noticed.wait(max(0.05, beat - time.monotonic())):
                    yield b":\n\n"
                    beat = time.monotonic() + HEARTBEAT_SECONDS
                    make_context().require_caller()
                subscriber.noticed.clear()
                if subscriber.failing:
                    if not failing:
                        yield self._away(context)
                    failing = True
                    continue
                failing = False
                try:
                    pending = read(make_context(), subscriber)
                except DomainError as error:
                    if error.code != "UNAVAILABLE":
                        raise
                    subscriber.noticed.set()  # tried again with the next look
                    time.sleep(RETRY_SECONDS)
        except DomainError as error:
            yield event("next", {"errors": errors_of([graphql_error(error)], context.call.request_id)})
            yield COMPLETE

    @staticmethod
    def _away(context: Context) -> bytes:
        """The event that says that a service does not answer; the stream goes on by itself."""
        error = GraphQLError("A service does not answer.", extensions={"code": "UPSTREAM_UNAVAILABLE"})
        return event("next", {"errors": errors_of([error], context.call.request_id)})

    def _next(self, operation: Operation, context: Context, node: Row) -> bytes | None:
        """One event; None where a service's silence leaves nothing of it, so that it has to be tried again."""
        context.require_caller()
        result = self._engine.run(
            operation.prepared, variables=operation.variables, operation=operation.name, context=context, root=node
        )
        if result.errors and not any((result.data or {}).values()):
            codes = {(error.extensions or {}).get("code") for error in result.errors}
            if codes == {"UPSTREAM_UNAVAILABLE"}:
                return None
        return event("next", body_of(result, context.call.request_id))

    @staticmethod
    def _source(operation: Operation, person: str) -> tuple[tuple[str, str], Read]:
        """The topic of a subscription, and what reads its events: each once."""
        given = operation.arguments
        if operation.field == "notificationAdded":
            after = expect(given["after"], "Notification", "after") if given.get("after") else None
            return ("notifications", person), _added("/v1/streams/notifications", {}, after, link_notifications)
        if operation.field == "discussionAdded":
            group = expect(given["group"], "Group", "group", missing=True)
            after = expect(given["after"], "Discussion", "after") if given.get("after") else None
            return ("discussions", group), _added("/v1/streams/discussions", {"of": group}, after, link_discussions)
        own = expect(given["discussion"], "Discussion", "discussion", missing=True)
        if operation.field == "postAdded":
            after = expect(given["after"], "Post", "after") if given.get("after") else None
            return ("posts", own), _added("/v1/streams/posts", {"of": own}, after, link_posts)
        if operation.field == "discussionChanged":
            return ("discussion", own), _changed(own)
        return ("changed-posts", own), _changed_posts(own)


def _changed(discussion: str) -> Read:
    """Reads a discussion whenever it changed."""
    began = False

    def read(context: Context, _subscriber: Subscriber) -> list[Row]:
        nonlocal began
        shown: list[Row] = context.graph("POST", "/v1/discussions/read", {"ids": [discussion]})
        if not shown:
            raise NotFound("No discussion has this id.", field=["discussion"])
        link_discussions(context, shown)
        begun, began = began, True
        return shown if begun else []

    return read


def _changed_posts(discussion: str) -> Read:
    """Reads the posts of a discussion that changed."""

    def read(context: Context, subscriber: Subscriber) -> list[Row]:
        if not context.graph("POST", "/v1/discussions/read", {"ids": [discussion]}):
            raise NotFound("No discussion has this id.", field=["discussion"])
        ids = list(subscriber.changed)[:FULL]
        if not ids:
            return []
        shown: list[Row] = context.graph("POST", "/v1/posts/read", {"ids": ids})
        for one in ids:
            subscriber.changed.pop(one, None)
        if subscriber.changed:
            subscriber.noticed.set()
        link_posts(context, shown)
        return shown

    return read


def _added(path: str, body: Row, after: str | None, mark: Callable[[Context, list[Row]], None]) -> Read:
    """Reads what was added since the last time, each once: after a given node, or from now on."""
    position: int | None = None

    def read(context: Context, _subscriber: Subscriber) -> list[Row]:
        nonlocal position, after
        added: list[Row] = []
        next_position, next_after, more = position, after, True
        while more:
            answer = context.graph("POST", path, {**body, "position": next_position, "after": next_after})
            added += answer["rows"]
            next_position, next_after, more = answer["position"], answer["after"], answer["more"]
        mark(context, added)
        position, after = next_position, next_after  # only now: a page that fails is read again with those before it
        return added

    return read
