"""graphql-sse in distinct connections mode: which streams may begin, and how many are held."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack

from gateway.context import Context
from gateway.execution import Engine
from gateway.streams.changes import Changes
from gateway.streams.following import Following
from gateway.streams.operations import Operation
from kit.addresses import Tally, address_key
from kit.errors import LimitReached

MAX_STREAMS = 900  # of one gateway process; its worker holds 1,000 connections
MAX_STREAMS_OF_PERSON = 20  # of one person
MAX_STREAMS_OF_ADDRESS = 200  # of one network address


class Stream:
    """The bytes of a stream, whose end is noted once: also when the client left before the first of them was asked for.

    Args:
        start: the position after which it begins.
    """

    def __init__(self, start: str, events: Generator[bytes], end: Callable[[], None]) -> None:
        self.start = start
        self._events, self._end = events, end
        self._open = True

    def __iter__(self) -> Stream:
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

    def events(self, operation: Operation, make_context: Callable[[], Context]) -> Stream:
        """A stream's bytes.

        Args:
            make_context: a context for one event; it checks the token again, so that a stream ends with it.

        Raises:
            DomainError: the caller may not follow this, or follows too much.
        """
        context = make_context()
        person = context.require_caller().subject
        topics, start = operation.topics(person), operation.start()
        leave = self._enter(context, person)
        try:
            subscriber = self._changes.subscribe(topics)
        except BaseException:
            leave()
            raise

        def end() -> None:
            self._changes.leave(subscriber)
            leave()

        try:
            following = Following(self._engine, operation, make_context, subscriber, start)
            first = following.begin(context)  # refuses what may not be followed, before the stream begins
        except BaseException:
            end()
            raise
        return Stream(first.start, following.run(first), end)

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
