"""Every type and field of the schema has a line that says who reaches it, and nobody else does."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_object_type

from gateway.discussions.kinds import DETAILS as DETAILS_OF_KINDS
from gateway.fields import camel
from gateway.schema import schema
from kit.profile_fields import PLAIN
from tests.e2e.test_introductions import connect
from tests.support.network import answer, codes, discuss, group, join, newcomer
from tests.support.stack import Stack

HERE = Path(__file__).parent
# What one kind of discussion has is listed with the kind.
DETAILS = [camel(one.name) for one in DETAILS_OF_KINDS]
TABLE = tomllib.loads((HERE / "reach.toml").read_text(encoding="utf-8"))
TABLE["Discussion"]["fields"] += DETAILS
TABLE["Professional"]["fields"] += [camel(field.name) for field in PLAIN]  # their declarations say who sees them
ACCESS = tomllib.loads((HERE / "access.toml").read_text(encoding="utf-8"))
# Made by rule: what pages and changes answer holds only what is listed.
BY_RULE = ("Payload", "Connection", "Edge")
ROOTS = {"Query", "Mutation", "Subscription"}
READERS = ("anonymous", "insider", "outsider", "blocked", "moderator")
# Of each reach, which readers get a thing of a secret group's insider. The moderator is the instance's, and no member.
REACHED = {
    "anonymous": set(READERS),
    "member": {"insider", "outsider", "moderator"},
    "groups": {"insider"},
    "sides": {"insider"},
    "own": {"insider"},
    "moderator": {"moderator"},
}


def test_every_type_and_field_is_listed() -> None:
    """In this table, in access.toml, or as a page or payload of what is listed."""
    discussion = schema().type_map["Discussion"].fields  # type: ignore[attr-defined]
    details = {get_named_type(discussion[name].type).name for name in DETAILS}
    known = {*TABLE, *ACCESS["types"], *ACCESS["inside"], *ROOTS, *details}
    for name, kind in schema().type_map.items():
        if is_object_type(kind) and not name.startswith("__") and not name.endswith(BY_RULE):
            assert name in known, f"{name} is not listed"
    for name, row in TABLE.items():
        assert sorted(row["fields"]) == sorted(schema().type_map[name].fields), name  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def readers(stack: Stack) -> dict[str, str | None]:
    """Who reads: the insider is who the things are about; the blocked one has been blocked by them."""
    insider, outsider, blocked = (newcomer(stack)[0] for _ in range(3))
    return {
        "anonymous": None, "insider": insider, "outsider": outsider, "blocked": blocked, "moderator": stack.sign_in("mod")
    }  # fmt: skip


@pytest.fixture(scope="module")
def things(stack: Stack, readers: dict[str, str | None]) -> dict[str, str]:
    """One of each type that has an id, about or by the insider."""
    insider, blocked = readers["insider"], readers["blocked"]
    assert insider is not None
    assert blocked is not None
    owner = stack.sign_in("maria")
    own = stack.data("{ viewer { professional { id } } }", insider)["viewer"]["professional"]["id"]
    other = stack.data("{ viewer { professional { id } } }", blocked)["viewer"]["professional"]["id"]
    stack.change("blockProfessional", "professional { id }", insider, professional=other)
    secret = group(stack, owner)
    join(stack, insider, secret)
    discussion = discuss(stack, insider, secret)["id"]
    post = answer(stack, insider, discussion)["id"]
    stack.change("updateGroup", "group { id }", owner, id=secret, visibility="SECRET")
    request = stack.change(
        "requestConnection", "connectionRequest { id }", insider, to=stack.data(
            "{ viewer { professional { id } } }", owner)["viewer"]["professional"]["id"]
    )["connectionRequest"]["id"]  # fmt: skip
    friend = newcomer(stack)[0]
    connect(stack, friend, insider)
    told = stack.data("{ viewer { notifications { nodes { id } } } }", insider)["viewer"]["notifications"]["nodes"]
    payload = stack.change("flag", "flag { id }", owner, subject=post, reason="SPAM")
    assert codes(payload) == []
    first = stack.data(
        "{ instance { policies { id } } specialties(first: 1) { id } authorities(first: 1) { id } institutions(first: 1) { id } "
        "professions(first: 1) { id } regions(first: 1) { id } languages(first: 1) { nodes { id } } }"
    )
    return {
        "Professional": own, "Group": secret, "Discussion": discussion, "Post": post, "ConnectionRequest": request,
        "Notification": told[0]["id"], "Flag": payload["flag"]["id"], "Policy": first["instance"]["policies"][0]["id"],
        "Specialty": first["specialties"][0]["id"], "Authority": first["authorities"][0]["id"],
        "Institution": first["institutions"][0]["id"], "Profession": first["professions"][0]["id"],
        "Region": first["regions"][0]["id"], "Language": first["languages"]["nodes"][0]["id"],
    }  # fmt: skip


def _selection(kind: str, name: str) -> str:
    field = schema().type_map[kind].fields[name]  # type: ignore[attr-defined]
    inner = field.type
    while hasattr(inner, "of_type"):
        inner = inner.of_type
    needed = ", ".join(f'{own}: "DE"' for own, given in field.args.items() if own == "country" and given)
    below = " { __typename }" if isinstance(inner, GraphQLObjectType) or not hasattr(inner, "serialize") else ""
    return f"{name}{f'({needed})' if needed else ''}{below}"


@pytest.mark.parametrize(
    "kind",
    ["Professional", "Group", "Discussion", "Post", "ConnectionRequest", "Notification", "Flag", "Policy", "Specialty",
     "Authority", "Institution", "Profession", "Region", "Language"],
)  # fmt: skip
def test_a_thing_is_reached_by_whom_the_table_names(
    stack: Stack, readers: dict[str, str | None], things: dict[str, str], kind: str
) -> None:
    """By its id, field by field; everybody else gets null or a refusal, whichever field they ask for."""
    reach = TABLE[kind]["reach"]
    expected = REACHED[reach] - ({"insider"} if kind == "Flag" else set())
    if kind == "Group":
        expected = {"insider"}  # it is a secret one
    for reader, token in readers.items():
        fields = TABLE[kind]["fields"]
        for start in range(0, len(fields), 6):
            chosen = " ".join(_selection(kind, name) for name in fields[start : start + 6])
            found: Any = stack.run(f'{{ node(id: "{things[kind]}") {{ ... on {kind} {{ {chosen} }} }} }}', token)
            reached = (found.get("data") or {}).get("node") is not None
            assert reached == (reader in expected), (kind, reader, chosen, found)
