"""How many streams a process, an address, a person, and those who have confirmed nothing may hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contracts.streams import FeedPoint, StreamPage
from gateway.context import Context, Services
from gateway.execution import Engine
from gateway.schema import schema
from gateway.streams import server
from gateway.streams.changes import Subscriber
from gateway.streams.operations import Operation, prepared
from gateway.streams.server import Streams
from kit.errors import LimitReached, NotFound, Unavailable
from kit.http import CallContext
from kit.tokens import Caller

ENGINE = Engine.of(schema())


class Changes:
    """Notes who follows, and looks for nothing."""

    def __init__(self) -> None:
        self.subscribers: set[Subscriber] = set()

    def subscribe(self, topics: Any) -> Subscriber:
        """See gateway.streams.changes."""
        found = Subscriber(topics)
        self.subscribers.add(found)
        return found

    def leave(self, subscriber: Subscriber) -> None:
        """See gateway.streams.changes."""
        self.subscribers.remove(subscriber)


class Service:
    """Both services; there is no notification yet."""

    def __init__(self, failing: Exception | None = None) -> None:
        self.failing = failing

    def read(self, _into: Any, _method: str, _path: str, _body: Any = None, *, context: Any = None) -> Any:
        """See ServiceClient."""
        if self.failing is not None:
            raise self.failing
        return StreamPage(start="p0", events=[], position="p0", point=FeedPoint(epoch="e", position=0))


def operation() -> Operation:
    """Follow one's notifications."""
    document = ENGINE.prepare("subscription { notificationAdded { id } }", introspection=True)
    return prepared(ENGINE, document, ENGINE.operation(document, None), variables=None, name=None)


@pytest.fixture
def changes() -> Changes:
    """Nobody follows anything."""
    return Changes()


@pytest.fixture
def follow(changes: Changes) -> Callable[..., Any]:
    """Opens a stream of somebody from somewhere; nothing of it was sent yet."""
    streams = Streams(ENGINE, changes)  # type: ignore[arg-type]

    def open_stream(person: str, address: str, *, failing: Exception | None = None) -> Any:
        service: Any = Service(failing)
        call = CallContext(client=address)
        return streams.events(
            operation(), lambda: Context(Services(service, service), call, caller=Caller(person, token="x"))
        )

    return open_stream


@pytest.mark.parametrize(
    ("most", "person", "address"),
    [
        (server.MAX_STREAMS_OF_PERSON, "ada", "192.0.2.{}"),
        (server.MAX_STREAMS_OF_ADDRESS, "p{}", "192.0.2.1"),
        (server.MAX_STREAMS_OF_ADDRESS, "p{}", "2001:db8::{}"),
        (server.MAX_STREAMS, "p{}", "10.0.{}.1"),
    ],
    ids=["person", "address", "ipv6", "process"],
)
def test_each_figure_holds_and_what_ends_is_given_back(
    follow: Callable[..., Any], changes: Changes, most: int, person: str, address: str
) -> None:
    """At the figure, and one above it; the first one that ends makes room for another."""
    held = [follow(person.format(n), address.format(n % 250)) for n in range(most)]
    with pytest.raises(LimitReached):
        follow(person.format(most), address.format(most % 250))
    assert len(changes.subscribers) == most
    next(held[0])
    held[0].close()
    held[0].close()
    held[0] = follow(person.format(most), address.format(most % 250))
    assert len(changes.subscribers) == most


def test_a_stream_that_is_refused_or_never_read_leaves_nothing_behind(
    follow: Callable[..., Any], changes: Changes
) -> None:
    """A client that goes before the first byte, and a thing that may not be followed."""
    for _ in range(3 * server.MAX_STREAMS_OF_PERSON):
        follow("ada", "192.0.2.1").close()
    for _ in range(3 * server.MAX_STREAMS_OF_PERSON):
        with pytest.raises(NotFound):
            follow("ada", "192.0.2.1", failing=NotFound("gone"))
    with pytest.raises(Unavailable):
        follow("ada", "192.0.2.1", failing=Unavailable("away"))
    assert changes.subscribers == set()
    assert next(follow("ada", "192.0.2.1")) == b"id: p0\n\n"
