"""HTTP: directory profiles."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from kit import clock
from kit.web import ServiceBlueprint
from profiles.accounts.limiter import Act
from profiles.credentials.views import changed_once
from profiles.directory import schemas, usecases
from profiles.wiring import attempt, client_address, counted, work, writer

blueprint = ServiceBlueprint("directory", __name__, description="Directory profiles: claiming and hiding")


@blueprint.post("/v1/directory/claims")
@blueprint.arguments(schemas.Claim)
def claim(body: dict[str, Any]) -> tuple[Response, int]:
    """Claim a directory profile."""
    with work() as unit:
        person = writer(unit)
        return changed_once(
            unit, body, person,
            lambda: usecases.claim_profile(unit, unit.people, person_id=person, now=clock.now(), **body),
        ), 201  # fmt: skip


@blueprint.post("/v1/directory/hidden")
@blueprint.arguments(schemas.Claim)
def hide(body: dict[str, str]) -> Response:
    """Hide the directory profile of a number that is validated; slowed down, whether the number is right or not."""
    with counted() as limiter:
        limiter.charge(Act.HIDE_FROM, client_address())
        limiter.charge(Act.HIDE, body["handle"].casefold())
    with attempt("directory.hide", "directory"), work() as unit:
        usecases.hide_profile(unit, person_id=writer(unit), **body)
    return jsonify(hidden=True)
