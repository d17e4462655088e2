"""HTTP: directory profiles."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from kit import clock
from kit.web import ServiceBlueprint
from profiles.accounts.limiter import Act
from profiles.credentials.views import changed_once
from profiles.directory import schemas, usecases
from profiles.people.usecases import publish
from profiles.wiring import client_address, counted, wiring, work, writer

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
def hide(body: dict[str, Any]) -> Response:
    """Hide a directory profile; needs no account, and is slowed down, whether the number is right or not."""
    parts, client = wiring(), client_address()
    with counted() as limiter:
        limiter.charge(Act.HIDE_FROM, client)
        limiter.charge(Act.HIDE, body["handle"].casefold())
    actor = f"anonymous:{parts.cipher.hashed('client', client).hex()[:16]}" if client else "anonymous"
    with work() as unit:
        profile = usecases.hide_profile(unit.people, unit.directory, unit.audit, actor=actor, **body)
        publish(unit.people, unit.outbox, profile)
    return jsonify(hidden=True)
