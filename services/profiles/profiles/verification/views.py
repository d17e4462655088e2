"""HTTP: one's own steps to being verified."""

from __future__ import annotations

from flask import Response, jsonify

from contracts import verification as messages
from kit import clock
from kit.web import ServiceBlueprint, caller
from profiles.credentials.views import dump
from profiles.verification import schemas
from profiles.verification.usecases import Files, read_steps, tell_steps
from profiles.wiring import work

blueprint = ServiceBlueprint("verification", __name__, description="The steps to being verified")


@blueprint.post("/v1/me/verification-steps")
@blueprint.arguments(schemas.Steps)
def steps(body: schemas.StepsRequest) -> Response:
    """One's own steps, the ladder's first."""
    me, now = caller().subject, clock.now()
    with work() as unit:
        found = read_steps(Files(unit.accounts, unit.people, unit.credentials, unit.evidence), me, now.date())
        told = tell_steps(found, unit.verification, language=body["language"], now=now)
        about = {one.credential.id: one.credential for one in found if one.credential is not None}
        shown = dump(unit, list(about.values()), me) if body["credentials"] else []
    by_id = {one.id: one for one in shown}
    return jsonify(
        [
            messages.VerificationStep(
                kind=one.step.kind,
                state=one.step.state,
                waits_for=one.step.waits_for,
                since=one.step.since,
                usual_wait_hours_p50=one.usual[0] if one.usual else None,
                usual_wait_hours_p90=one.usual[1] if one.usual else None,
                credential_id=one.step.credential.id if one.step.credential else None,
                credential=by_id.get(one.step.credential.id) if one.step.credential else None,
                title=one.title,
                text=one.text,
                next_step=one.next_step,
            )
            for one in told
        ]
    )
