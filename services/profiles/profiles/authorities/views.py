"""HTTP: authorities that operators have added and changed."""

from __future__ import annotations

from flask import Response, jsonify, request

from catalogues.authorities import Authority
from catalogues.authority_rows import COLUMNS, as_row
from contracts import authorities as messages
from kit import clock
from kit.web import ServiceBlueprint, require_service
from profiles.authorities import schemas, usecases
from profiles.wiring import attempt, once_per_key, require, work

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


@blueprint.post("/v1/authorities")
@blueprint.arguments(schemas.Addition)
def add(body: dict[str, object]) -> tuple[Response, int]:
    """Add an authority; for admins."""
    code = str(body.pop("code"))
    with attempt("authority.add", f"authority:{code}"):
        admin = require("ADMIN").subject
        row = schemas.cells(body) | {"id": code}
        with work() as unit:

            def act() -> dict[str, str]:
                usecases.add_authority(unit, row=row, actor=admin, now=clock.now())
                return {"id": code}

            once_per_key(unit, row, act)
            return jsonify(_message(usecases.get_authority(unit, code))), 201


@blueprint.patch("/v1/authorities/<own_id>")
@blueprint.arguments(schemas.Changes)
def change(body: dict[str, object], own_id: str) -> Response:
    """Change an authority; for admins."""
    with attempt("authority.change", f"authority:{own_id}"):
        admin = require("ADMIN").subject
        expected = body.pop("expected_version")
        assert expected is None or isinstance(expected, int)
        row = schemas.cells(body)
        with work() as unit:

            def act() -> dict[str, str]:
                usecases.change_authority(
                    unit, own_id=own_id, changes=row, expected_version=expected, actor=admin, now=clock.now(),
                )  # fmt: skip
                return {"id": own_id}

            once_per_key(unit, [row, expected], act)
            return jsonify(_message(usecases.get_authority(unit, own_id)))
