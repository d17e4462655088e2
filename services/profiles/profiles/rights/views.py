"""HTTP: a person's rights over their own data."""

from __future__ import annotations

import time
from typing import Any

from flask import Response, jsonify

from kit import clock
from kit.errors import NotFound
from kit.http import CallContext
from kit.web import ServiceBlueprint, caller, remaining_seconds, require_service
from profiles.rights import schemas, usecases
from profiles.rights.retention import retain
from profiles.wiring import attempt, wiring, work, working

blueprint = ServiceBlueprint("rights", __name__, description="Archive and erasure of one's own data")


@blueprint.post("/v1/me/archive")
def export() -> tuple[Response, int]:
    """Make an archive of all that is stored about oneself, here and in the graph."""
    parts, me = wiring(), caller()
    context = CallContext(token=me.token, deadline=time.monotonic() + remaining_seconds(), patient=True)

    def graph() -> dict[str, Any]:
        return parts.graph.call("GET", "/v1/me/export", context=context)  # type: ignore[no-any-return]

    with attempt("rights.export", f"person:{me.subject}"), work() as unit:
        url, until = usecases.export(
            unit, parts.signer, person_id=me.subject, authenticated_at=me.authenticated_at, graph=graph,
            public_url=parts.settings.issuer, now=clock.now(),
        )  # fmt: skip
    return jsonify(url=url, expires_at=until), 201


@blueprint.get("/evidence/archive/<token>")
def fetch_archive(token: str) -> Response:
    """Fetch an archive of one's own data; the address alone opens nothing."""
    parts = wiring()
    with work() as unit:
        files = usecases.fetch_archive(
            unit.rights, unit.audit, parts.signer, token=token, person_id=caller().subject, now=clock.now()
        )

    def read_document(evidence_id: str) -> bytes | None:
        # In a transaction of its own, without the request's time: a client may take minutes for an archive.
        with working(parts.engine, parts.cipher) as own:
            found = own.evidence.get(evidence_id)
        return found[1] if found else None

    response = Response(usecases.pieces(files, read_document), mimetype="application/zip")
    response.headers["Content-Disposition"] = "attachment; filename=consilium-archive.zip"
    return response


@blueprint.post("/v1/me/erasure")
@blueprint.arguments(schemas.Erasure)
def erase_me(body: dict[str, Any]) -> Response:
    """Erase oneself."""
    parts, me = wiring(), caller()
    with attempt("rights.erase", f"person:{me.subject}"), work() as unit:
        receipt = usecases.erase_me(
            unit, parts.signer, person_id=me.subject, confirm=body["confirm"],
            authenticated_at=me.authenticated_at, public_url=parts.settings.issuer, now=clock.now(),
        )  # fmt: skip
    return jsonify(receipt=receipt)


@blueprint.get("/.well-known/erasures/<erasure_id>")
def erasure(erasure_id: str) -> Response:
    """When an erasure was done, part by part; whose it was is not known any more."""
    with work() as unit:
        found = unit.rights.erasure(erasure_id)
    if found is None:
        raise NotFound("No erasure has this id.")
    return jsonify(profiles=found["erased_at"], evidence=found["erased_at"], graph=found["graph_erased_at"],
                   mail=found["mail_erased_at"])  # fmt: skip


@blueprint.post("/v1/retention")
def retention() -> Response:
    """Delete what the retention table says, as the worker does every hour."""
    require_service()
    return jsonify(retain(work, now=clock.now()))
