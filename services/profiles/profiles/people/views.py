"""HTTP: one's own profile."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from kit import clock
from kit.web import ServiceBlueprint, caller
from profiles.people import schemas, usecases
from profiles.wiring import once_per_key, work, writer

blueprint = ServiceBlueprint("people", __name__, description="One's own profile")


@blueprint.patch("/v1/me/profile")
@blueprint.arguments(schemas.ProfileChanges)
def update_profile(body: dict[str, Any]) -> Response:
    """Change one's profile."""
    asked = dict(body)
    expected = body.pop("expected_version")
    with work() as unit:
        person = writer(unit)

        def act() -> dict[str, Any]:
            usecases.update_profile(
                unit.people, unit.institutions, unit.outbox, unit, person_id=person, changes=body,
                expected_version=expected, now=clock.now(),
            )  # fmt: skip
            return {}  # what the profile says is not stored with the key

        once_per_key(unit, asked, act)
        card = usecases.own_card(unit.people, usecases.read_profile(unit.people, person), clock.now().date())
    return jsonify(card)


@blueprint.put("/v1/me/path-opt-in")
@blueprint.arguments(schemas.PathOptIn)
@blueprint.response(204)
def set_path_opt_in(body: dict[str, Any]) -> None:
    """Say whether one may be named on the paths that others see."""
    with work() as unit:
        usecases.set_path_opt_in(unit.people, unit.outbox, person_id=writer(unit), value=body["value"])


@blueprint.put("/v1/me/visibility")
@blueprint.arguments(schemas.Visibility)
@blueprint.response(204)
def set_visibility(body: dict[str, Any]) -> None:
    """Say who sees a field. Allowed before new policies are accepted: hiding oneself never waits."""
    with work() as unit:
        usecases.set_visibility(unit.people, unit.outbox, person_id=caller().subject, **body)
