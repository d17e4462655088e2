"""HTTP: the instance and its policies."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from flask import Response, jsonify

from kit.web import ServiceBlueprint
from profiles.wiring import wiring

blueprint = ServiceBlueprint("policies", __name__, description="The instance and its policies")


def _version() -> str:
    try:
        return version("consilium")
    except PackageNotFoundError:  # a container holds the packages' folders only
        return "0.1.0"


@blueprint.get("/v1/instance")
def instance() -> Response:
    """What this instance is, who runs it and under which policies."""
    settings = wiring().settings
    return jsonify(
        name=settings.instance_name,
        operator=settings.operator,
        contact=settings.contact,
        demo=settings.demo,
        version=_version(),
        policies=[policy.as_dict() for policy in wiring().policies],
    )
