"""Turns: of what one network address asks of a process, so much is worked on at a time."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import gevent
from flask import has_request_context, request

from kit.addresses import address_key, let_others

# How long nobody has a turn that others wait for, as a multiple of how long the one before it was, and at most. With two turns
# at a time, an address gets half of a process, so that what others wait for is done in between. A turn that was short keeps
# nobody waiting, and many of one address may be short: of a proxy that was not declared, or of a server that makes pages.
PAUSE, MAX_PAUSE_SECONDS = 3.0, 0.1
SHORT_SECONDS = 0.004
_TURN, _CONNECTION = "consilium.turn", "gunicorn.socket"  # in a request's WSGI environment


@dataclass
class _Waiter:
    given: threading.Event = field(default_factory=threading.Event)
    pause: float = 0.0


class Turns:
    """Lets each of many keys have so many turns at a time; the others of the key wait, those who came first go first.

    A process serves all its clients one piece at a time, in the order in which they are ready. Forty requests of one
    address that take ten milliseconds each would make everybody else wait for all forty at each step; those that wait for
    their turn are not ready. After a long turn that others wait for is a pause. A turn that nothing interrupts is over before
    the process looks at its sockets again, so that those count as well that began since it looked last.

    Args:
        most: turns of one key at a time, and from one look at the sockets to the next.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[_Waiter]] = {}
        self._look, self._begun = -1, Counter[str]()
        self._lock = threading.Lock()

    def enter(self, key: str) -> float:
        """Wait for a turn; returns when it began, for `leave`."""
        waiter = _Waiter()
        with self._lock:
            if self._held[key] < self._most:
                self._held[key] += 1
                if self._begin(key):
                    return time.monotonic()
                waiter.given.set()
            else:
                self._waiting.setdefault(key, deque()).append(waiter)
        try:
            waiter.given.wait()
            let_others(waiter.pause)
        except BaseException:  # what waits is ended
            with self._lock:
                given = waiter.given.is_set()
                if not given:
                    self._waiting[key].remove(waiter)
            if given:
                self.leave(key, time.monotonic())
            raise
        return time.monotonic()

    def _begin(self, key: str) -> bool:
        """Begin a turn now; False where the key has begun all of its turns since the process last looked at its sockets."""
        look = gevent.get_hub().loop.iteration
        if look != self._look:
            self._look = look
            self._begun.clear()
        if self._begun[key] >= self._most:
            return False
        self._begun[key] += 1
        return True

    def leave(self, key: str, began: float) -> None:
        """Give the turn to who waited longest."""
        with self._lock:
            if waiting := self._waiting.get(key):
                waiter, took = waiting.popleft(), time.monotonic() - began
                waiter.pause = 0.0 if took < SHORT_SECONDS else min(MAX_PAUSE_SECONDS, PAUSE * took)
                waiter.given.set()
                return
            self._waiting.pop(key, None)
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._held) + len(self._waiting)


class Turn:
    """A request's turn, which is given up while it waits for its client and taken again to go on.

    Args:
        turns: of the process.
        key: of the network address.
    """

    def __init__(self, turns: Turns, key: str) -> None:
        self._turns, self._key = turns, key
        self._began: float | None = None
        self._over = False

    def take(self) -> None:
        """Wait for the turn, unless it is held, or over."""
        if self._began is None and not self._over:
            self._began = self._turns.enter(self._key)

    def rest(self) -> None:
        """Let others have it until it is taken again."""
        if self._began is not None:
            began, self._began = self._began, None
            self._turns.leave(self._key, began)

    def end(self) -> None:
        """What follows is bounded by something else, or done."""
        self._over = True
        self.rest()


class Connection(Protocol):
    """A client's connection, which lets the turn rest while it waits for the client."""

    turn: Turn | None

    def read_later(self) -> None:
        """Read the next request only after a moment."""


class InTurns:
    """WSGI middleware: each request has a turn of its network address until `end_turn`, or until its answer is made.

    Args:
        app: the application.
        most: turns of one address at a time.
    """

    def __init__(self, app: Any, most: int) -> None:
        self._app, self._turns = app, Turns(most)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request in its turn."""
        turn = environ[_TURN] = Turn(self._turns, address_key(environ.get("REMOTE_ADDR")))
        connection: Connection | None = environ.get(_CONNECTION)
        if connection is not None:
            connection.turn = turn
        turn.take()
        try:
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        finally:
            turn.end()


def end_turn() -> None:
    """Let the next request of the address be worked on: this one waits for something else from here on."""
    turn: Turn | None = request.environ.get(_TURN)
    if turn is not None:
        turn.end()


def read_later() -> None:
    """The client was told to come later: its connection is read again only after a moment.

    Behind a proxy the connection is the proxy's, and carries the requests of others too.
    """
    connection: Connection | None = request.environ.get(_CONNECTION) if has_request_context() else None
    if connection is not None and "werkzeug.proxy_fix.orig" not in request.environ:
        connection.read_later()
