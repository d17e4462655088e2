"""HTTP: imports, for the operator's tools only."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import marshmallow as ma
from flask import Response, jsonify, request

from graph.imports import usecases
from graph.imports.store import ImportStore
from graph.wiring import graph
from kit import clock
from kit.fields import Rows
from kit.web import ServiceBlueprint, require_service

blueprint = ServiceBlueprint("imports", __name__, description="Imports by the operator")
MAX_BATCH_BYTES = 16_000_000
KINDS = {
    "connections": usecases.import_connections,
    "groups": usecases.import_groups,
    "memberships": usecases.import_memberships,
    "discussions": usecases.import_discussions,
    "posts": usecases.import_posts,
    "reactions": usecases.import_reactions,
    "votes": usecases.import_votes,
    "translations": usecases.import_translations,
    "notes": usecases.import_notes,
    "flags": usecases.import_flags,
}


class Batch(ma.Schema):
    """Rows of one kind; each is checked by itself."""

    rows = Rows(most=5000, required=True)


@blueprint.before_request
def _allow_batches() -> None:
    request.max_content_length = MAX_BATCH_BYTES


@blueprint.put(f"/v1/imports/<any({', '.join(KINDS)}):kind>")
@blueprint.arguments(Batch)
def import_rows(body: dict[str, Any], kind: str) -> Response:
    """Store a batch; the answer counts what is new and gives the reason for each refused row."""
    actor = require_service().subject
    return jsonify(asdict(KINDS[kind](ImportStore(graph(), actor=actor), body["rows"], now=clock.now())))
