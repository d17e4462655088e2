"""HTTP: authorities that operators have added and changed."""

from __future__ import annotations

from flask import Response, jsonify, request

from catalogues.authorities import Authority
from catalogues.authority_rows import COLUMNS, as_row
from contracts import authorities as messages
from kit import clock
from kit.web import ServiceBlueprint, require_service
from profiles.authorities import schemas, usecases
from profiles.wiring import work

blueprint = ServiceBlueprint(
    "authorities", __name__, description="The catalogue's authorities, as operators change them"
)
MAX_IMPORT_BYTES = 8_000_000


@blueprint.before_request
def _allow_files() -> None:
    if request.method == "PUT":
        request.max_content_length = MAX_IMPORT_BYTES


def _message(authority: Authority) -> messages.Authority:
    return messages.Authority(row=as_row(authority), version=authority.version)


@blueprint.get("/v1/authorities/own")
def own() -> Response:
    """What operators have added and changed; only the revision where the caller knows it (`known`)."""
    with work(counts_as_change=False) as unit:
        revision = unit.authorities.revision()
        found = None if request.args.get("known") == revision else unit.authorities.all()
    return jsonify(
        messages.OwnAuthorities(
            revision=revision, authorities=None if found is None else [_message(one) for one in found]
        )
    )


@blueprint.put("/v1/authorities")
@blueprint.arguments(schemas.Import)
def import_rows(body: schemas.ImportBody) -> Response:
    """Add and change the authorities of a file; for the operator's tools."""
    actor = require_service().subject
    rows = [{name: str(row.get(name) or "")[: schemas.MAX_CELL] for name in COLUMNS} for row in body["rows"]]
    with work() as unit:
        done = usecases.import_authorities(unit, rows=rows, dry_run=body["dry_run"], actor=actor, now=clock.now())
    return jsonify(done)
