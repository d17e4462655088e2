"""HTTP: a person's rights over what the graph holds of them."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, jsonify

from graph.people.domain import position_of
from graph.rights import schemas
from graph.rights.store import RightsStore
from graph.wiring import graph
from kit.web import ServiceBlueprint, caller, require_service

blueprint = ServiceBlueprint("rights", __name__, description="Export and erasure")


@blueprint.get("/v1/me/export")
def export() -> Response:
    """All that the graph holds of the caller."""
    return jsonify(RightsStore(graph()).export(caller().subject, current_app.extensions["cipher"]))


@blueprint.post("/v1/projection/erase")
@blueprint.arguments(schemas.Erasure)
def erase(body: dict[str, Any]) -> Response:
    """Erase people, as the relay says."""
    require_service()
    position = position_of(body["position"])
    cipher = current_app.extensions["cipher"]
    return jsonify(erased=RightsStore(graph()).erase(body["ids"], cipher, position=position, ghosts=body["ghosts"]))
