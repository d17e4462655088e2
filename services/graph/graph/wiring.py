"""What one request works with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from flask import current_app, g, request

from graph.db import Graph, Transaction
from graph.idempotency.store import once
from graph.peers.index import PeopleIndex, View
from graph.timestamps import stamp
from graph.writing import Writing
from kit import clock, ids
from kit.validation import end_validation
from kit.web import caller, note_commit, remaining_seconds


def index() -> PeopleIndex:
    """This process's index of people."""
    found: PeopleIndex = current_app.extensions["index"]
    return found


def view() -> View:
    """The read model as it is now; see `PeopleIndex.view`."""
    return index().view(graph())


def _writer() -> str | None:
    """The id of the person who writes, before the commit; what is to be checked only ends here."""
    end_validation()
    return ids.valid(caller().subject)


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
        lambda: gate.check(caller(), g.get("request_id"), seconds=remaining_seconds()),
        index().wrote,
        note_commit,
        _writer,
    )


def write_once(act: Callable[[Transaction], dict[str, Any]]) -> dict[str, Any]:
    """Run an act in one transaction, once for the request's Idempotency-Key and the caller.

    What it answers is stored with the key, so that it should hold ids and states, and no text of anybody's. Every route of
    a mutation that is not harmless to repeat runs in here; `tests/contract/test_repetition.py` checks that.
    """
    return graph().write(
        lambda tx: once(
            tx,
            actor=caller().subject,
            key=request.headers.get("Idempotency-Key"),
            request=[request.method, request.path, orjson.loads(request.get_data() or b"null")],
            now=stamp(clock.now()),
            act=lambda: act(tx),
        )
    )


def writing(tx: Transaction) -> Writing:
    """The stores of a writing transaction."""
    return Writing.of(tx, current_app.extensions["cipher"])


def second_pair(decisions: Sequence[dict[str, Any]]) -> bool:
    """Whether the caller, a moderator, is a second pair of eyes to who made some decisions: {by, at}.

    Raises:
        Unavailable: the profiles service, which knows who gave their roles, does not say; nobody decides meanwhile.
    """
    ask: Callable[[Sequence[dict[str, Any]]], bool] = current_app.extensions["second_pair"]
    return ask(decisions)
