"""HTTP: institutions, to search as one types."""

from __future__ import annotations

from typing import Any, TypedDict

import marshmallow as ma
from flask import Response, jsonify

from catalogues import regions
from contracts import institutions as messages
from contracts.messages import Page, of
from kit import cursors, ids
from kit.errors import Invalid
from kit.fields import PageSchema, Text, Texts, Whole
from kit.web import ServiceBlueprint
from profiles.institutions.store import Place
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
    inside = _inside(body["region"])
    with work() as unit:
        if body["ids"] is not None:
            found = unit.institutions.get_many(body["ids"])
        else:
            found = unit.institutions.search(text=body["text"], regions=inside, first=body["first"])
    return jsonify([of(messages.Institution, institution) for institution in found])


class PageOfInstitutions(PageSchema):
    """A page of those that match, read forward, or with `last` backward."""

    text = Text(load_default=None, allow_none=True, longest=200)
    region = Text(load_default=None, allow_none=True)
    last = Whole(1, 100, load_default=None, allow_none=True)
    before = Text(longest=2000, load_default=None, allow_none=True)


class PageBody(TypedDict):
    """What `PageOfInstitutions` reads."""

    text: str | None
    region: str | None
    first: int
    after: str | None
    last: int | None
    before: str | None
    count: bool


@blueprint.post("/v1/institutions/page")
@blueprint.arguments(PageOfInstitutions)
def page(body: PageBody) -> Response:
    """A page of institutions by the beginning of a word in their name; `has_next` is about the direction that is read."""
    list_key = cursors.fingerprint("institutions", body["text"], body["region"])
    inside, text = _inside(body["region"]), body["text"]
    after, before = _place(body["after"], list_key, "after"), _place(body["before"], list_key, "before")
    size = body["last"] or body["first"]
    with work() as unit:
        found = unit.institutions.search(
            text=text, regions=inside, first=size + 1, after=after, before=before, backward=body["last"] is not None
        )
        total = cursors.count(
            body["count"], lambda most: unit.institutions.search(text=text, regions=inside, first=most)
        )
    shown = found[-size:] if body["last"] is not None else found[:size]
    rows = [
        messages.InstitutionRow(
            institution=of(messages.Institution, one), cursor=cursors.encode(list_key, [one.name_key, one.id])
        )
        for one in shown
    ]
    return jsonify(Page(rows=rows, has_next=len(found) > size, total=total.number, at_least=total.at_least))


def _inside(region: str | None) -> list[str] | None:
    """The codes of a region and of all inside it; None where none is asked for."""
    if region is None:
        return None
    inside = sorted(regions.expand(region.upper()))
    if not inside:
        raise Invalid(f"{region!r} is no region.", field=["region"])
    return inside


def _place(cursor: str | None, list_key: str, argument: str) -> Place | None:
    """The place in the list that a cursor names."""
    if cursor is None:
        return None
    key, own = cursors.decode(cursor, list_key, [str, str])
    if ids.valid(own) is None:
        raise Invalid(f"This cursor does not belong to this list; start without `{argument}`.", field=[argument])
    return key, own
