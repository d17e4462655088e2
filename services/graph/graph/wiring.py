"""What one request works with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, g, request

from graph.db import Graph, Transaction
from graph.idempotency.store import once
from graph.moments import stamp
from graph.peers.index import PeopleIndex, View
from graph.writing import Writing
from kit import clock
from kit.web import caller, remaining_seconds


def index() -> PeopleIndex:
    """This process's index of people."""
    found: PeopleIndex = current_app.extensions["index"]
    return found


def view() -> View:
    """The read model as it is now; see `PeopleIndex.view`."""
    return index().view(graph())


def graph() -> Graph:
    """The graph, within the time that this request's caller still waits.

    Raises:
        Unavailable: Neo4j does not answer; nobody waits to find that out again.
    """
    current_app.extensions["engine"].require()
    gate = current_app.extensions["policies"]
    return Graph(
        current_app.extensions["driver"],
        lambda: max(0.001, remaining_seconds()),
        lambda: gate.check(caller(), g.get("request_id")),
        index().wrote,
    )


def write_once(request_body: Any, act: Callable[[Transaction], dict[str, Any]]) -> dict[str, Any]:
    """Run a creating act in one transaction, once for the request's Idempotency-Key and the caller."""
    return graph().write(
        lambda tx: once(
            tx,
            actor=caller().subject,
            key=request.headers.get("Idempotency-Key"),
            request=[request.path, request_body],
            now=stamp(clock.now()),
            act=lambda: act(tx),
        )
    )


def writing(tx: Transaction) -> Writing:
    """The stores of a writing transaction."""
    return Writing.of(tx, current_app.extensions["cipher"])
