"""What an import batch may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Rows, Text
from kit.profile_fields import LISTS, PLAIN

MAX_ROWS = 2000


class Batch(ma.Schema):
    """A batch of people from one source; each row is checked by itself, so that a bad one does not stop the rest."""

    source = Text(required=True, longest=200)
    people = Rows(most=MAX_ROWS, required=True)
    as_of = ma.fields.Date(load_default=None, allow_none=True)


class DemoCredential(ma.Schema):
    """An invented credential and the status that it is taken to."""

    person_id = Text(required=True)
    kind = Text(required=True)
    authority = Text(load_default=None, allow_none=True)
    number = Text(load_default=None, allow_none=True)
    jurisdiction = Text(required=True)
    specialty = Text(load_default=None, allow_none=True)
    issued_on = Text(load_default=None, allow_none=True)
    expires_on = Text(load_default=None, allow_none=True)
    status = Text(required=True)
    standing = Text(load_default=None, allow_none=True)


class DemoCredentials(ma.Schema):
    """Invented credentials, and the two verifiers who decide about them."""

    credentials = ma.fields.List(ma.fields.Nested(DemoCredential), required=True)
    verifier = Text(required=True)
    second_verifier = Text(required=True)


# The type of each key of a row; the profile's own rules come after.
ROW_TYPES: dict[str, type | tuple[type, ...]] = {
    **{field.name: list if field.kind in LISTS else str for field in PLAIN},
    "ref": str,
    "name": str,
    "handle": str,
    "email": str,
    "password": str,
    "profession": str,
    "practice_status": str,
    "deactivated_on": str,
    "primary_specialty": str,
    "institution": str,
    "joined_at": str,
    "specialties": list,
    "regions": list,
    "roles": list,
    "provenance": list,
    "claimed": bool,
}


def wrong_shape(row: dict[str, object]) -> str | None:
    """What is wrong with a row's shape, or None; a plain loop, because marshmallow costs as much as all the rest."""
    for name in ("ref",) if row.get("deactivated_on") else ("ref", "name"):
        if not isinstance(row.get(name), str) or not row[name]:
            return f"{name} is missing"
    for name, value in row.items():
        kind = ROW_TYPES.get(name)
        if kind is None:
            return f"{name[:60]} is no known column"
        if value is not None and not isinstance(value, kind):
            return f"{name} has the wrong type"
        if isinstance(value, list) and name != "provenance" and not all(isinstance(item, str) for item in value):
            return f"{name} must be a list of texts"
    return None
