"""Services answer only what an operation can want; each field alone is what it is beside all others."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from gateway.schema import schema
from tests.support.stack import Stack

# What is read from elsewhere, or is a page of its own.
ELSEWHERE = {"members", "discussions", "coverageGaps", "posts", "history", "notes", "group", "connection"}


def shape(kind: GraphQLObjectType, depth: int) -> str:
    """A selection of everything that a type tells by itself."""
    parts = []
    for name, field in kind.fields.items():
        if any(is_required_argument(one) for one in field.args.values()) or name in ELSEWHERE or "Request" in name:
            continue
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            parts.append(name)
        elif depth and isinstance(inner, GraphQLObjectType) and not inner.name.endswith("Connection"):
            parts.append(f"{name} {shape(inner, depth - 1)}")
    return f"{{ {' '.join(parts) or '__typename'} }}"


def selections(name: str) -> dict[str, str]:
    """Each field of a type with all that stands in it."""
    kind = schema().type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    found = {}
    for field, definition in kind.fields.items():
        inner = get_named_type(definition.type)
        if field in ELSEWHERE or inner.name.endswith("Connection"):
            continue
        found[field] = field if is_leaf_type(inner) else f"{field} {shape(inner, 0)}"  # type: ignore[arg-type]
    return found


GROUP, DISCUSSION = selections("Group"), selections("Discussion")


@pytest.mark.parametrize("who", ["maria", "vera", "jonas"])
def test_each_field_alone_is_what_it_is_beside_all_others(stack: Stack, who: str) -> None:
    """Of a group and its discussions, for a member and for others; `connection` makes the services tell everything."""
    token = stack.sign_in(who)
    groups = stack.data(
        "{ groups(first: 20) { nodes { id discussions(first: 1) { nodes { id } } } } }", stack.sign_in("maria")
    )
    own = next(one["id"] for one in groups["groups"]["nodes"] if one["discussions"]["nodes"])

    def ask(of_group: str, of_discussion: str, everything: str = "") -> tuple[dict[str, Any], list[dict[str, Any]]]:
        query = (
            f"query($id: ID!) {{ group(by: {{id: $id}}) {{ __typename {of_group} "
            f"discussions(first: 5) {{ nodes {{ __typename {of_discussion} {everything} }} }} }} }}"
        )
        found = stack.data(query, token, id=own)["group"]
        return found, found["discussions"]["nodes"]

    everything = "seen: author { connection }"
    assert len(GROUP) > 15
    assert len(DISCUSSION) > 20
    for name, selection in GROUP.items():
        assert ask(selection, "")[0][name] == ask(selection, "", everything)[0][name], name
    for name, selection in DISCUSSION.items():
        whole = [text[name] for text in ask("", selection, everything)[1]]
        assert whole
        assert [text[name] for text in ask("", selection)[1]] == whole, name
