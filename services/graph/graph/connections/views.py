"""HTTP: connections and requests. Each answer carries the other person's card as it is after the change."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from graph.connections import schemas, usecases
from graph.connections.store import ConnectionReader, ConnectionWriter
from graph.db import Row, Transaction
from graph.notifications.store import NotificationWriter
from graph.peers.neighbours import connections_of
from graph.people.store import PeopleStore
from graph.people.usecases import read_cards
from graph.reading import people
from graph.timestamps import END_OF_TIME, stamp
from graph.wiring import graph, view, write_once
from kit import clock, cursors
from kit.fields import PageSchema
from kit.web import ServiceBlueprint, caller

blueprint = ServiceBlueprint("connections", __name__, description="Connections and requests to connect")


def _card(person_id: str) -> dict[str, Any] | None:
    return read_cards(PeopleStore(graph()), [person_id], viewer=caller().subject, now=clock.now()).get(person_id)


@blueprint.post("/v1/connection-requests")
@blueprint.arguments(schemas.Ask)
def ask(body: dict[str, Any]) -> tuple[Response, int]:
    """Ask somebody to connect."""
    me, now = caller().subject, clock.now()
    made: dict[str, Row] = {}

    def act(tx: Transaction) -> dict[str, Any]:
        request = usecases.request_connection(
            ConnectionWriter(tx), NotificationWriter(tx), me=me, other=body["to"], message=body["message"], now=now
        )["request"]
        made.update({request["id"]: request} if request else {})
        return {"id": request and request["id"]}  # the message is not stored with the key

    own = write_once(act)["id"]
    if own is not None and own not in made:  # a repetition; meanwhile the request may have been answered
        rows = ConnectionReader(graph()).requests_by_id([own], me=me, now=stamp(now))
        made.update({row["id"]: _row(row) | {"from": me, "to": body["to"]} for row in rows})
    return jsonify(request=made.get(own), professional=_card(body["to"])), 201


@blueprint.post("/v1/connection-requests/<request_id>/answer")
@blueprint.arguments(schemas.RespondInput)
def respond(body: dict[str, Any], request_id: str) -> Response:
    """Accept or decline a request."""
    now = clock.now()
    sides = ConnectionReader(graph()).request_sides(request_id, now=stamp(now))
    answer = write_once(
        lambda tx: usecases.respond_to_connection(
            ConnectionWriter(tx),
            NotificationWriter(tx),
            sides,
            me=caller().subject,
            request_id=request_id,
            accept=body["accept"],
            now=now,
        )
    )
    return jsonify(professional=_card(answer["other"]))


@blueprint.delete("/v1/connection-requests/<request_id>")
def withdraw(request_id: str) -> Response:
    """Take a request back."""
    now = clock.now()
    sides = ConnectionReader(graph()).request_sides(request_id, now=stamp(now))
    answer = write_once(
        lambda tx: usecases.withdraw_connection(ConnectionWriter(tx), sides, me=caller().subject, now=now)
    )
    return jsonify(professional=_card(answer["other"]))


@blueprint.delete("/v1/connections/<person_id>")
def remove(person_id: str) -> Response:
    """End a connection."""
    graph().write(
        lambda tx: usecases.remove_connection(
            ConnectionWriter(tx), me=caller().subject, other=person_id, now=clock.now()
        )
    )
    return jsonify(professional=_card(person_id))


@blueprint.put("/v1/blocks/<person_id>")
def block(person_id: str) -> Response:
    """Block somebody."""
    graph().write(
        lambda tx: usecases.block(ConnectionWriter(tx), me=caller().subject, other=person_id, now=clock.now())
    )
    return jsonify(professional=_card(person_id))


@blueprint.delete("/v1/blocks/<person_id>")
def unblock(person_id: str) -> Response:
    """End a block."""
    graph().write(
        lambda tx: usecases.unblock(ConnectionWriter(tx), me=caller().subject, other=person_id, now=clock.now())
    )
    return jsonify(professional=_card(person_id))


@blueprint.post("/v1/me/blocked/search")
@blueprint.arguments(PageSchema)
def blocked(body: dict[str, Any]) -> Response:
    """Whom one blocks, by name."""
    me = caller().subject
    mark = cursors.fingerprint("blocked", me)
    reader = ConnectionReader(graph())
    found = reader.blocked(me, after=cursors.position(body["after"], mark, ("", "")), first=body["first"] + 1)
    total = cursors.count(body["count"], lambda most: reader.blocked(me, after=("", ""), first=most))
    return _by_name(body, mark, found, total)


@blueprint.post("/v1/me/connections/search")
@blueprint.arguments(PageSchema)
def connections(body: dict[str, Any]) -> Response:
    """One's own connections, by name."""
    network, me = view().network, caller().subject
    mark = cursors.fingerprint("connections", me)
    after = cursors.position(body["after"], mark, ("", "")) if body["after"] is not None else None
    slot = network.slot_of.get(me)
    found, total = ([], 0) if slot is None else connections_of(network, slot, after=after, first=body["first"])
    return _by_name(body, mark, found, total)


def _by_name(body: dict[str, Any], mark: str, found: list[Row], total: int | cursors.Total) -> Response:
    """A page of people by name."""
    ids = [row["id"] for row in found[: body["first"]]]
    cards = people(ids)
    return jsonify(
        cursors.page(
            mark, found, body["first"], sort=("sort_name", "id"), name="card", show=lambda row: cards.get(row["id"]),
            total=total,
        )
    )  # fmt: skip


@blueprint.post("/v1/me/connection-requests/search")
@blueprint.arguments(schemas.Requests)
def requests(body: dict[str, Any]) -> Response:
    """One's own open requests, newest first."""
    me, now = caller().subject, clock.now()
    received = body["direction"] == "RECEIVED"
    mark = cursors.fingerprint("requests", me, body["direction"])
    position = cursors.position(body["after"], mark, (END_OF_TIME, ""))

    def read(after: tuple[str, str], first: int) -> list[Row]:
        return ConnectionReader(graph()).requests(me, received=received, now=stamp(now), after=after, first=first)

    found = read(position, body["first"] + 1)
    total = cursors.count(body["count"], lambda most: read((END_OF_TIME, ""), most))
    shown = found[: body["first"]]
    others = [row["sender"] if received else row["receiver"] for row in shown]
    cards = read_cards(PeopleStore(graph()), [*others, me], viewer=me, now=now)

    return jsonify(
        cursors.page(
            mark,
            found,
            body["first"],
            sort=("created_at", "id"),
            name="request",
            show=lambda row: _shown(row, cards),
            total=total,
        )
    )


def _row(row: Row) -> Row:
    return {name: row[name] for name in ("id", "message", "created_at", "expires_at")}


def _shown(row: Row, cards: dict[str, Any]) -> Row:
    return _row(row) | {"from": cards.get(row["sender"]), "to": cards.get(row["receiver"])}


@blueprint.post("/v1/connection-requests/read")
@blueprint.arguments(schemas.RequestsById)
def read_requests(body: dict[str, Any]) -> Response:
    """Open requests by id, those that one sent or received."""
    me, now = caller().subject, clock.now()
    found = ConnectionReader(graph()).requests_by_id(body["ids"], me=me, now=stamp(now))
    sides = [row[side] for row in found for side in ("sender", "receiver")]
    cards = read_cards(PeopleStore(graph()), sides, viewer=me, now=now)
    return jsonify([_shown(row, cards) for row in found])
