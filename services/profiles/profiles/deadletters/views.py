"""HTTP: dead letters, for admins."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, jsonify

from kit import cursors
from kit.web import ServiceBlueprint
from profiles.deadletters import schemas, usecases
from profiles.wiring import attempt, once_per_key, require, work

blueprint = ServiceBlueprint("dead_letters", __name__, description="What the worker has given up")


@blueprint.post("/v1/dead-letters/search")
@blueprint.arguments(schemas.DeadLetterListing)
def search(body: dict[str, Any]) -> Response:
    """Dead letters, the last one first."""
    mark = cursors.fingerprint("dead-letters", body["kind"])
    before = cursors.moment_after(body["after"], mark)
    with attempt("dead-letter.list", "dead-letters"):
        require("ADMIN")
    with work() as unit:
        total = cursors.count(body["count"], lambda most: unit.letters.page(kind=body["kind"], before=None, first=most))
        found = unit.letters.page(kind=body["kind"], before=before, first=body["first"] + 1, only=body["id"])
    rows = found[: body["first"]]
    return jsonify(
        rows=[
            {"dead_letter": asdict(row), "cursor": cursors.encode(mark, [row.dead_at.isoformat(), row.id])}
            for row in rows
        ],
        has_next=len(found) > len(rows),
        total=total.number,
        at_least=total.at_least,
    )


@blueprint.post("/v1/dead-letters/<letter_id>/retry")
def retry(letter_id: str) -> Response:
    """Let a dead letter be tried again."""
    with attempt("dead-letter.retry", f"dead-letter:{letter_id}"):
        admin = require("ADMIN").subject
        with work() as unit:

            def act() -> dict[str, Any]:
                usecases.retry_dead_letter(unit.letters, unit.audit, letter_id=letter_id, admin=admin)
                return {"id": letter_id}

            return jsonify(once_per_key(unit, None, act))
