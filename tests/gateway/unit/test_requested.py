"""Services are asked for what an operation selects: by its fields, and not by the words in its text."""

from __future__ import annotations

import pytest
from graphql import parse

from gateway.requested import field_names, optional_parts


def peers(selection: str) -> str:
    """A query for peers that selects these fields of them."""
    return f"{{ peers(filter: {{}}, first: 1) {{ nodes {{ {selection} }} }} }}"


def parts_of(text: str) -> set[str] | None:
    """The optional parts that services are asked for; None for everything."""
    header = optional_parts(field_names(parse(text)))
    return None if header is None else set(header.split(",")[1:])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (peers("id name"), set()),
        (peers("id headline"), {"headline"}),
        (peers("languages: id"), set()),  # an alias is no field
        (peers("other: languages"), {"languages"}),
        ('{ peers(filter: {text: "about contacts", languages: ["de"]}, first: 1) { nodes { id } } }', set()),
        ("{ peers(filter: {}, first: 1) { nodes { id } } } # headline", set()),
        (peers("...F") + " fragment F on Professional { joinedAt }", {"joined_at"}),
        (peers("... on Professional { practisedSpecialties { primary } }"), {"practised_specialties"}),
        ("{ group(by: {handle: \"a\"}) { viewerEligibility { met } } }", {"eligibility", "credential_policy"}),
        (peers("id connection"), None),
        ('{ node(id: "x") { id } }', {"licences", "poll_options"}),  # it may be part of a person or a discussion
    ],
)  # fmt: skip
def test_parts_follow_from_the_selected_fields(text: str, expected: set[str] | None) -> None:
    """Whatever stands in arguments, strings, comments and aliases."""
    assert parts_of(text) == expected
