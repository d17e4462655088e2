"""HTTP: one's own profile."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from kit import clock
from kit.web import ServiceBlueprint, caller
from profiles.accounts.usecases import require_policies
from profiles.people import schemas, usecases
from profiles.wiring import wiring, work

blueprint = ServiceBlueprint("people", __name__, description="One's own profile")


@blueprint.patch("/v1/me/profile")
@blueprint.arguments(schemas.ProfileChanges)
def update_profile(body: dict[str, Any]) -> Response:
    """Change one's profile."""
    expected = body.pop("expected_version")
    with work() as unit:
        require_policies(unit.accounts, wiring().policies, caller().subject)
        snapshot = usecases.update_profile(
            unit.people,
            unit.institutions,
            unit.outbox,
            person_id=caller().subject,
            changes=body,
            expected_version=expected,
        )
    return jsonify(usecases.own_card(snapshot, clock.now().date()))
