"""HTTP: handing acts to the audit trail. A relay takes them, stores them once by id, and says which it has."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from graph.audit import schemas
from graph.audit.store import AuditEvents
from graph.wiring import graph
from kit.web import ServiceBlueprint, require_service

blueprint = ServiceBlueprint("audit", __name__, description="Acts for the audit trail")


@blueprint.get("/v1/audit-events")
def waiting() -> Response:
    """The oldest acts that wait."""
    require_service()
    return jsonify(events=AuditEvents(graph()).waiting())


@blueprint.post("/v1/audit-events/waiting")
@blueprint.arguments(schemas.Waiting)
def waiting_except(body: dict[str, Any]) -> Response:
    """The oldest acts that wait, but for those that the relay could not take a moment ago."""
    require_service()
    return jsonify(events=AuditEvents(graph()).waiting(except_ids=body["except_ids"]))


@blueprint.post("/v1/audit-events/done")
@blueprint.arguments(schemas.Done)
def done(body: dict[str, Any]) -> Response:
    """Forget acts that were taken."""
    require_service()
    AuditEvents(graph()).taken(body["ids"])
    return jsonify(done=len(body["ids"]))


@blueprint.get("/v1/audit-checkpoint")
def checkpoint() -> Response:
    """The last checkpoint of the trail that is remembered here, outside PostgreSQL and outside its file; or null."""
    require_service()
    return jsonify(checkpoint=AuditEvents(graph()).checkpoint())


@blueprint.put("/v1/audit-checkpoint")
@blueprint.arguments(schemas.Checkpoint)
def put_checkpoint(body: dict[str, Any]) -> Response:
    """Remember a later checkpoint, in the place of the one that is expected."""
    require_service()
    return jsonify(taken=AuditEvents(graph()).put_checkpoint(**body))
