"""HTTP: people as others see them, and their projection."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from graph.groups.store import GroupWriter
from graph.groups.usecases import watching_memberships
from graph.notifications.store import NotificationWriter
from graph.people import schemas, usecases
from graph.people.store import PeopleStore, PeopleWriter
from graph.wiring import graph
from kit import clock
from kit.web import ServiceBlueprint, caller, require_service

blueprint = ServiceBlueprint("people", __name__, description="People as others see them")
MAX_PROJECTION_BYTES = 16_000_000


@blueprint.before_request
def _allow_batches() -> None:
    if request.path == "/v1/projection":
        request.max_content_length = MAX_PROJECTION_BYTES


@blueprint.put("/v1/projection")
@blueprint.arguments(schemas.Projection)
def project(body: dict[str, Any]) -> Response:
    """Take snapshots, each only if it is newer."""
    require_service("relay")
    people: list[dict[str, Any]] = body["people"]
    applied = graph().write(
        lambda tx: watching_memberships(
            GroupWriter(tx), NotificationWriter(tx), [person["id"] for person in people],
            lambda: PeopleWriter(tx).project(people), now=clock.now(),
        )
    )  # fmt: skip
    return jsonify(applied=applied)


@blueprint.post("/v1/people")
@blueprint.arguments(schemas.PeopleWanted)
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
    return jsonify(
        usecases.list_mutual(
            PeopleStore(graph()),
            body["ids"],
            viewer=caller().subject,
            first=body["first"],
            after=body["after"],
            now=clock.now(),
        )
    )
