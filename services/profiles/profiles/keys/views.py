"""HTTP: the keys that encrypt fields, for the operator's tools."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, jsonify

from kit import key_schemas
from kit.keys import name_of
from kit.web import ServiceBlueprint, require_service
from profiles.keys import usecases
from profiles.wiring import wiring, work

blueprint = ServiceBlueprint("keys", __name__, description="The keys that encrypt fields")


@blueprint.get("/v1/keys")
def show() -> Response:
    """The keys that this process holds, the present one first; which process uses which; and what is encrypted with old ones.

    `unreadable` is how much is encrypted with keys that this process does not hold.
    """
    require_service()
    names = wiring().cipher.names
    with work() as unit:
        return jsonify(
            keys=[asdict(name) for name in names],
            holders=[asdict(holder) for holder in unit.keys.holders()],
            counts=unit.keys.counts([name.id for name in names[1:]]),
            unreadable=unit.keys.unreadable([name.id for name in names]),
        )


@blueprint.post("/v1/keys/reencrypt")
@blueprint.arguments(key_schemas.Reencrypt)
def reencrypt(body: dict[str, Any]) -> Response:
    """Encrypt the next fields again that are encrypted with an old key; `done` is 0 when none is."""
    require_service()
    with work() as unit:
        done = usecases.reencrypt(
            unit.keys, unit.encrypted(), present=wiring().cipher.name, current=name_of(body["current"])
        )
    return jsonify(done=done)


@blueprint.post("/v1/keys/retire")
@blueprint.arguments(key_schemas.Retire)
def retire(body: dict[str, Any]) -> Response:
    """Retire old keys, unless something is encrypted with one or a process still encrypts with one."""
    require_service()
    with work() as unit:
        retired = usecases.retire(
            unit.keys, unit.audit, present=wiring().cipher.name, current=name_of(body["current"]),
            old=[name_of(key) for key in body["old"]],
        )  # fmt: skip
    return jsonify(retired=retired)
