"""Ids that come from outside."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from graphql import is_object_type
from hypothesis import given
from hypothesis import strategies as st

from catalogues import authorities, languages, regions, specialties
from gateway import ids
from gateway.node import READERS
from gateway.schema import schema
from kit.clock import new_id
from kit.errors import Invalid, NotFound
from kit.paths import internal_path
from profiles.policies.files import read_policies


def forged(kind: str, own: str) -> str:
    """A global id as anybody can write it."""
    return base64.b64encode(f"{kind}:{own}".encode()).decode()


UUIDS = sorted(
    kind for kind, form in ids.FORMS.items() if form.fullmatch(new_id()) and not form.fullmatch("cardiology")
)


@pytest.mark.parametrize("kind", UUIDS)
def test_an_id_is_a_uuid_or_nothing(kind: str) -> None:
    """What reached another endpoint, what was an internal error, and other spellings of a UUID."""
    own = new_id()
    assert ids.decode(ids.encode(kind, own)) == (kind, own)
    for wrong in (
        "x/decision?",
        "../me",
        "..",
        "me",
        "x",
        own.upper(),
        f"{{{own[:34]}}}",
        own + "\n",
        f"{own}?a=b",
        "",
        " " + own,
    ):
        assert ids.decode(forged(kind, wrong)) is None, wrong
        with pytest.raises(NotFound):
            ids.expect(forged(kind, wrong), kind, "id", missing=True)
        with pytest.raises(Invalid):
            ids.expect(forged(kind, wrong), kind, "id")


def test_the_types_of_ids_are_those_of_the_schema() -> None:
    """Every type that `node` finds, and every type that a mutation can name, has a form; each is a type of the schema."""
    types = {name for name, kind in schema().type_map.items() if is_object_type(kind)}
    assert set(ids.FORMS) <= types
    assert set(READERS) <= set(ids.FORMS)


def test_catalogue_ids_have_their_form() -> None:
    """All that there are."""
    for kind, found in (
        ("Authority", authorities.authorities()), ("Specialty", specialties.specialties()),
        ("Profession", specialties.professions()), ("Region", regions.all_regions()), ("Language", languages.tags()),
        ("Policy", [policy.key for policy in read_policies(None)]),
    ):  # fmt: skip
        assert found
        for own in found:
            assert ids.decode(ids.encode(kind, own)) == (kind, own)


@given(st.sampled_from(sorted(ids.FORMS)), st.text(max_size=60))
def test_whatever_is_decoded_is_one_segment_of_a_path(kind: str, own: str) -> None:
    """So that no id leaves the path that it is put into."""
    try:
        found = ids.decode(base64.b64encode(f"{kind}:{own}".encode()).decode())
    except UnicodeEncodeError:
        return
    if found is not None:
        assert internal_path("x", found[1]) == f"/v1/x/{found[1]}"
        assert not set(found[1]) & set("/?#%\\. ") - {"."}


def test_global_ids_are_read_in_one_place() -> None:
    """Nothing else in the gateway takes an id apart."""
    folder = Path(ids.__file__).parent
    readers = [
        str(path.relative_to(folder))
        for path in folder.glob("**/*.py")
        if "from_global_id" in path.read_text(encoding="utf-8") or "b64decode" in path.read_text(encoding="utf-8")
    ]
    assert readers == ["ids.py"]
