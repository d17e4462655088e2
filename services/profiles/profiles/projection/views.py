"""HTTP: rebuilding the projection, for the operator's tools."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from kit.web import ServiceBlueprint, require_service
from profiles.projection import schemas, usecases
from profiles.projection.domain import REQUESTED, RESTORED
from profiles.wiring import work

blueprint = ServiceBlueprint("projection", __name__, description="The projection of people in the graph")


@blueprint.post("/v1/projection/rebuild")
@blueprint.arguments(schemas.Rebuild)
def rebuild(body: dict[str, Any]) -> Response:
    """Begin to project everybody again; the worker does it in batches, and goes on where it was after a crash."""
    actor = require_service().subject
    reason = RESTORED if body["restored"] else REQUESTED
    with work() as unit:
        epoch = usecases.open_epoch(unit.connection, reason=reason, actor=actor)
    return jsonify(epoch=epoch)


@blueprint.get("/v1/projection/rebuild")
def progress() -> Response:
    """How far a rebuild is: its stage (null when it is done), people queued and people in all, rows that wait or are dead."""
    require_service()
    with work() as unit:
        state = unit.projection.state()
        return jsonify(
            epoch=state.epoch, stage=state.stage, queued=state.done, people=unit.people.count(),
            waiting=unit.outbox.size(), dead=unit.outbox.dead(),
        )  # fmt: skip
