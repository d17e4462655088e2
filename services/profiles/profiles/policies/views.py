"""HTTP: the instance and its policies."""

from __future__ import annotations

from flask import Response, jsonify

from kit.version import version
from kit.web import ServiceBlueprint
from profiles.wiring import wiring

blueprint = ServiceBlueprint("policies", __name__, description="The instance and its policies")


@blueprint.get("/v1/instance")
def instance() -> Response:
    """What this instance is, who runs it and under which policies."""
    settings = wiring().settings
    return jsonify(
        name=settings.instance_name,
        operator=settings.operator,
        contact=settings.contact,
        demo=settings.demo,
        version=version(),
        policies=[policy.as_dict() for policy in wiring().policies],
        password_rules=wiring().password_rules,
    )
