"""HTTP: proofs of verification."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from kit import clock
from kit.web import ServiceBlueprint, caller
from profiles.accounts.limiter import Act
from profiles.people.usecases import read_profile
from profiles.proofs import schemas, usecases
from profiles.wiring import limits, wiring, work

blueprint = ServiceBlueprint("proofs", __name__, description="Proofs of verification")


@blueprint.post("/v1/me/proofs")
@blueprint.arguments(schemas.Audience)
def make(body: dict[str, Any]) -> tuple[Response, int]:
    """Make a proof about oneself, or give out the one that was made within the last hour."""
    parts, me = wiring(), caller().subject
    with work() as unit:
        unit.people.lock(me)
        snapshot = read_profile(unit.people, me)
        proof = usecases.make_proof(
            unit.proofs, parts.signer, snapshot=snapshot, audience=body["audience"],
            public_url=parts.settings.issuer, now=clock.now(),
        )  # fmt: skip
        if proof.is_new:
            limits(unit).charge(Act.PROOF, me)
            unit.audit.note("proof.make", actor=me, object=f"person:{me}")
    return jsonify(token=proof.token, expires_at=proof.until), 201


@blueprint.post("/v1/proofs/check")
@blueprint.arguments(schemas.Check)
def check(body: dict[str, Any]) -> Response:
    """Check a proof."""
    with work() as unit:
        return jsonify(usecases.check_proof(unit.proofs, wiring().signer, now=clock.now(), **body))


@blueprint.get("/status-list/<int:number>")
def status_list(number: int) -> Response:
    """A part of the published status list."""
    parts = wiring()
    with work() as unit:
        token = usecases.status_list(
            unit.proofs, parts.signer, number=number, public_url=parts.settings.issuer, now=clock.now()
        )
    response = Response(token, mimetype="application/statuslist+jwt")
    response.headers["Cache-Control"] = f"public, max-age={usecases.LIST_TTL_SECONDS}"
    return response
