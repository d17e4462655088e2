"""HTTP: copies of registers, for the operator's tools; and what everybody may know about authorities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, jsonify, request

from kit import clock
from kit.web import ServiceBlueprint, require_service
from profiles.registers import schemas, usecases
from profiles.wiring import work

blueprint = ServiceBlueprint("registers", __name__, description="Copies of registers, and lists of sanctions")
MAX_BATCH_BYTES = 64_000_000
WAITING_DAYS, MIN_CASES = 180, 5


@blueprint.before_request
def _allow_batches() -> None:
    if request.path.startswith("/v1/registers") or request.path.startswith("/v1/sanctions"):
        request.max_content_length = MAX_BATCH_BYTES


@blueprint.put("/v1/registers")
@blueprint.arguments(schemas.Begin)
@blueprint.response(204)
def begin(body: dict[str, Any]) -> None:
    """Begin a copy."""
    require_service()
    with work() as unit:
        usecases.begin_snapshot(
            unit.registers, snapshot_id=body["id"], authority=body["authority"], as_of=body["as_of"], now=clock.now()
        )


@blueprint.put("/v1/registers/<snapshot_id>/entries")
@blueprint.arguments(schemas.Entries)
def add_entries(body: dict[str, Any], snapshot_id: str) -> Response:
    """Add rows to a copy."""
    require_service()
    with work() as unit:
        stored, refused = usecases.add_entries(unit.registers, snapshot_id=snapshot_id, rows=body["rows"])
    return jsonify(stored=stored, rejected=refused)


@blueprint.post("/v1/registers/<snapshot_id>/activate")
def activate(snapshot_id: str) -> Response:
    """Let a copy count."""
    actor = require_service().subject
    with work() as unit:
        authority, entries = usecases.activate_snapshot(unit.registers, snapshot_id=snapshot_id, actor=actor, work=unit)
    return jsonify(authority=authority, entries=entries)


@blueprint.post("/v1/registers/recheck")
def recheck() -> Response:
    """Check the next validated credentials again, of one authority or of all; `last` is where to go on."""
    require_service()
    authority, after = request.args.get("authority"), request.args.get("after")
    with work() as unit:
        if authority:
            found = unit.credentials.validated_of(authority, after=after, most=usecases.RECHECK_BATCH)
        else:
            found = unit.credentials.validated(after=after, most=usecases.RECHECK_BATCH)
        opened = usecases.recheck(unit, found, now=clock.now())
    return jsonify(checked=len(found), opened=opened, last=found[-1].id if found else None)


@blueprint.put("/v1/sanctions")
@blueprint.arguments(schemas.Sanctions)
def sanctions(body: dict[str, Any]) -> Response:
    """Replace a list of sanctions."""
    actor = require_service().subject
    with work() as unit:
        stored, refused = usecases.import_sanctions(
            unit.registers, source=body["source"], rows=body["rows"], now=clock.now()
        )
        unit.audit.note(
            "sanctions.import", actor=actor, object=f"sanctions:{body['source']}", reason=f"{stored} entries"
        )
    return jsonify(stored=stored, rejected=refused)


@blueprint.get("/v1/authorities/statistics")
def statistics() -> Response:
    """As of when each register's copy is, and how many hours cases of each authority usually wait (p50, p90)."""
    with work() as unit:
        snapshots = unit.registers.snapshots()
        waiting = unit.credentials.waiting_times(since=clock.now() - timedelta(days=WAITING_DAYS), fewest=MIN_CASES)
    return jsonify(
        {
            own: {
                "snapshot_as_of": snapshots.get(own),
                "waiting_hours_p50": waiting[own][0] if own in waiting else None,
                "waiting_hours_p90": waiting[own][1] if own in waiting else None,
            }
            for own in snapshots.keys() | waiting.keys()
        }
    )
