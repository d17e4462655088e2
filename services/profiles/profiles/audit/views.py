"""HTTP: the audit trail, for admins."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from kit import clock, cursors
from kit.web import ServiceBlueprint
from profiles.audit import schemas, usecases
from profiles.wiring import attempt, require, work

blueprint = ServiceBlueprint("audit", __name__, description="Who did what")


@blueprint.post("/v1/audit/search")
@blueprint.arguments(schemas.Listing)
def search(body: dict[str, Any]) -> Response:
    """Entries, newest first."""
    mark = cursors.fingerprint("audit", body["object"], body["actor"])
    before = cursors.decode(body["after"], mark, [int])[0] if body["after"] is not None else None
    with attempt("audit.read", "audit"):
        admin = require("ADMIN").subject
    with work() as unit:
        found = usecases.list_entries(
            unit.audit, viewer=admin, object=body["object"], actor=body["actor"], before=before,
            first=body["first"] + 1,
        )  # fmt: skip
        shown = found[: body["first"]]
        if shown:  # it names accounts, and says why they were suspended
            unit.audit.note_read("audit.read", actor=admin, object="audit", count=len(shown), now=clock.now())
    return jsonify(
        rows=[{"entry": row, "cursor": cursors.encode(mark, [row["seq"]])} for row in shown],
        has_next=len(found) > len(shown),
    )
