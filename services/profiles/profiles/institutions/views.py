"""HTTP: institutions, to search as one types."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import marshmallow as ma
from flask import Response, jsonify

from catalogues import regions
from kit.errors import Invalid
from kit.fields import Text, Texts, Whole
from kit.web import ServiceBlueprint
from profiles.wiring import work

blueprint = ServiceBlueprint("institutions", __name__, description="Institutions")


class Search(ma.Schema):
    """What to look for, or which ids to read."""

    text = Text(load_default=None, allow_none=True, longest=200)
    region = Text(load_default=None, allow_none=True)
    ids = Texts(load_default=None, allow_none=True, most=100)
    first = Whole(1, 100, load_default=20)


@blueprint.post("/v1/institutions/search")
@blueprint.arguments(Search)
def search(body: dict[str, Any]) -> Response:
    """Institutions by the beginning of a word in their name, or by id."""
    inside = None
    if body["region"] is not None:
        inside = sorted(regions.expand(body["region"].upper()))
        if not inside:
            raise Invalid(f"{body['region']!r} is no region.", field=["region"])
    with work() as unit:
        if body["ids"] is not None:
            found = unit.institutions.get_many(body["ids"])
        else:
            found = unit.institutions.search(text=body["text"], regions=inside, first=body["first"])
    return jsonify([asdict(institution) for institution in found])
