"""HTTP: people as others see them, and their projection."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from graph.db import Transaction
from graph.groups.store import GroupWriter
from graph.groups.usecases import watching_memberships
from graph.notifications.store import NotificationWriter
from graph.peers.neighbours import mutual_of
from graph.people import schemas, usecases
from graph.people.domain import position_of
from graph.people.store import PeopleStore, PeopleWriter
from graph.wiring import graph, view
from kit import clock
from kit.web import ServiceBlueprint, caller, require_service

blueprint = ServiceBlueprint("people", __name__, description="People as others see them")
MAX_PROJECTION_BYTES = 16_000_000
MAX_IDS = 1000


@blueprint.before_request
def _allow_batches() -> None:
    if request.path == "/v1/projection":
        request.max_content_length = MAX_PROJECTION_BYTES


@blueprint.put("/v1/projection")
@blueprint.arguments(schemas.Projection)
def project(body: dict[str, Any]) -> Response:
    """Take snapshots, each only if it is newer."""
    require_service()
    people: list[dict[str, Any]] = body["people"]
    position = position_of(body["position"])

    def act(tx: Transaction) -> int:
        writer, ids = PeopleWriter(tx), [person["id"] for person in people]
        applied = 0
        if people:
            applied = watching_memberships(
                GroupWriter(tx), NotificationWriter(tx), ids, lambda: writer.project(people, position=position),
                now=clock.now(),
            )  # fmt: skip
        writer.advance(position)
        return applied

    return jsonify(applied=graph().write(act))


@blueprint.post("/v1/projection/position")
@blueprint.arguments(schemas.Ids)
def position(body: dict[str, Any]) -> Response:
    """How far an installation's outbox is applied here; nulls before the first delivery."""
    require_service()
    found = PeopleStore(graph()).position(body["installation"])
    return jsonify(found or {"epoch": None, "position": None, "row": None})


@blueprint.post("/v1/projection/ids")
@blueprint.arguments(schemas.Ids)
def ids(body: dict[str, Any]) -> Response:
    """The next ids, at most a thousand, that an installation has projected here or erased."""
    require_service()
    found = PeopleStore(graph()).ids(body["installation"], kind=body["kind"], after=body["after"], limit=MAX_IDS)
    return jsonify(ids=found)


@blueprint.post("/v1/people")
@blueprint.arguments(schemas.PeopleById)
def read(body: dict[str, Any]) -> Response:
    """People by id or handle, as the caller sees them."""
    people = PeopleStore(graph())
    ids = list(body["ids"])
    if body["handles"]:
        ids += people.by_handle(body["handles"]).values()
    return jsonify(list(usecases.read_cards(people, ids, viewer=caller().subject, now=clock.now()).values()))


@blueprint.post("/v1/people/mutual")
@blueprint.arguments(schemas.Mutual)
def mutual(body: dict[str, Any]) -> Response:
    """Connections shared with several people."""
    now, network, me = clock.now(), view().network, caller().subject
    return jsonify(
        usecases.list_mutual(
            PeopleStore(graph()),
            lambda person, position, first: mutual_of(
                network, me, person, now.date().toordinal(), after=position, first=first
            ),
            body["ids"],
            viewer=me,
            first=body["first"],
            after=body["after"],
            now=now,
        )
    )
