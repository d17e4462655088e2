"""Every id is one object's, and `node` finds it for whoever sees the object elsewhere, and for nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from graphql import (
    FieldNode,
    NameNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_composite_type,
    parse,
    print_ast,
    visit,
)

from gateway.ids import decode, encode
from gateway.schema import schema
from tests.e2e.test_verification import address, submit
from tests.support.casework import decide
from tests.support.matrix import number
from tests.support.network import codes, discuss, group, join, me, newcomer
from tests.support.operations import ABSENT, own_id, saved
from tests.support.stack import PASSWORD, Stack

QUERIES = {name: text for name, text in saved().items() if "subscription" not in text and "mutation" not in text}


class _WithIds(Visitor):
    """Selects `__typename` everywhere, and `id` where there is one."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode | None:
        kind = get_named_type(self._types.get_parent_type() or self._types.get_type())
        if not is_composite_type(kind):
            return None
        names = ["__typename", *(["id"] if "id" in getattr(kind, "fields", {}) else [])]
        added = tuple(FieldNode(name=NameNode(value=name), arguments=(), directives=()) for name in names)
        return SelectionSetNode(selections=(*added, *node.selections))


def with_ids(text: str) -> str:
    """The same operation, with `__typename` and `id` of every object."""
    types = TypeInfo(schema())
    return print_ast(visit(parse(text), TypeInfoVisitor(types, _WithIds(types))))


def objects(value: Any) -> list[tuple[str, str]]:
    """Id and type of every object in an answer."""
    if isinstance(value, list):
        return [one for item in value for one in objects(item)]
    if not isinstance(value, dict):
        return []
    own = [(value["id"], value["__typename"])] if "id" in value else []
    return own + [one for item in value.values() for one in objects(item)]


def test_every_type_with_an_id_is_a_node() -> None:
    """And has no id of another form than the interface says."""
    nodes = {kind.name for kind in schema().get_possible_types(schema().type_map["Node"])}  # type: ignore[arg-type]
    with_id = {
        name
        for name, kind in schema().type_map.items()
        if "id" in getattr(kind, "fields", {}) and not name.endswith(("Input", "By")) and name != "Node"
    }
    assert with_id == nodes


def test_node_finds_every_object_of_the_saved_operations(stack: Stack) -> None:
    """Each id has one type in all answers, and `nodes` answers an object of this type with this id."""
    seen: dict[str, dict[str, str]] = {}
    types: dict[str, str] = {}
    for text in QUERIES.values():
        who = re.search(r"^# as: (\w+)$", text, flags=re.M)
        if who is None:
            continue
        found = objects(stack.data(with_ids(text), stack.sign_in(who[1])))
        seen.setdefault(who[1], {}).update(found)
        for own, kind in found:
            assert types.setdefault(own, kind) == kind, own
    assert len(types) > 50
    for who, expected in seen.items():
        ids = list(expected)
        for start in range(0, len(ids), 50):
            some = ids[start : start + 50]
            answer = stack.data(
                "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", stack.sign_in(who), ids=some
            )
            assert answer["nodes"] == [{"__typename": expected[own], "id": own} for own in some]


def node(stack: Stack, token: str | None, own: str, shape: str = "") -> Any:
    """What `node` answers of an id: the object; None also where it is refused."""
    answer = stack.run(f"query($id: ID!) {{ node(id: $id) {{ __typename id {shape} }} }}", token, {"id": own})
    return (answer.get("data") or {}).get("node")


def test_a_licence_is_shown_with_the_profile(stack: Stack) -> None:
    """Its id is not that of the credential; who may not see the licences of the person does not find it."""
    owner = stack.sign_up("Lina Zenz", address(), ["DE"])
    person, credential = me(stack, owner), submit(stack, owner, number=number())
    assert codes(decide(stack, stack.sign_in("vera"), credential["id"])) == []
    reader, _ = newcomer(stack)
    licences = (
        "query($id: ID!) { professional(by: {id: $id}) { licences { id credential jurisdiction authority { id } } } }"
    )
    (licence,) = stack.data(licences, reader, id=person)["professional"]["licences"]
    assert licence["credential"] == credential["id"] != licence["id"]
    shape = "... on Licence { credential jurisdiction authority { id } }"
    assert node(stack, reader, licence["id"], shape) == licence | {"__typename": "Licence"}
    stack.change("setVisibility", "viewer { id }", owner, field="LICENCES", audience="NOBODY")
    assert node(stack, reader, licence["id"]) is None
    assert node(stack, owner, licence["id"])["id"] == licence["id"]
    stack.change("setVisibility", "viewer { id }", owner, field="LICENCES", audience="MEMBERS")
    assert node(stack, reader, licence["id"]) is not None
    stack.change("blockProfessional", "professional { id }", owner, professional=me(stack, reader))
    assert node(stack, reader, licence["id"]) is None
    other = encode("Licence", f"{own_id(me(stack, reader))}.{own_id(credential['id'])}")
    assert node(stack, owner, other) is None


def test_a_membership_is_shown_in_the_lists_where_it_stands(stack: Stack) -> None:
    """Of a secret group to members; a request to moderators and whoever asks; the payload that refuses it says what is gone."""
    owner = stack.sign_in("maria")
    member, member_id = newcomer(stack)
    asking, asking_id = newcomer(stack)
    outsider, _ = newcomer(stack)
    secret = group(stack, owner)
    assert join(stack, member, secret) == "ACTIVE"
    stack.change("updateGroup", "group { id }", owner, id=secret, visibility="UNLISTED", joinPolicy="REQUEST")
    assert join(stack, asking, secret) == "REQUESTED"
    lists = "query($id: ID!, $s: MembershipState) { group(by: {id: $id}) { members(state: $s, first: 20) { nodes { id state role joinedAt professional { id } } } } }"
    listed = stack.data(lists, owner, id=secret)["group"]["members"]["nodes"]
    shape = "... on Membership { state role joinedAt professional { id } }"
    for one in listed:
        for token in (owner, member):
            assert node(stack, token, one["id"], shape) == one | {"__typename": "Membership"}
    (request,) = stack.data(lists, owner, id=secret, s="REQUESTED")["group"]["members"]["nodes"]
    for token in (owner, asking):
        assert node(stack, token, request["id"], shape) == request | {"__typename": "Membership"}
    assert node(stack, member, request["id"]) is None
    stack.change("updateGroup", "group { id }", owner, id=secret, visibility="SECRET")
    for one in (*listed, request):
        assert node(stack, outsider, one["id"]) is None
    refused = stack.change(
        "respondToMembership", "deletedId membership { id } group { id memberCount } professional { id }", owner,
        group=secret, professional=asking_id, accept=False,
    )  # fmt: skip
    assert refused | {"userErrors": []} == {
        "deletedId": request["id"], "membership": None, "group": {"id": secret, "memberCount": 2},
        "professional": {"id": asking_id}, "userErrors": [],
    }  # fmt: skip
    assert node(stack, owner, request["id"]) is None
    left = stack.change("leaveGroup", "deletedId", member, group=secret)
    assert left["deletedId"] == encode("Membership", f"{own_id(secret)}.{own_id(member_id)}")
    assert node(stack, member, left["deletedId"]) is None


def test_an_option_is_shown_with_its_poll(stack: Stack) -> None:
    """Whoever reads the poll finds it; an id from before still votes."""
    owner = stack.sign_in("maria")
    outsider, _ = newcomer(stack)
    own = group(stack, owner)
    poll = discuss(stack, owner, own, kind="POLL", pollOptions=["Daily", "Weekly"])["id"]
    stack.change("updateGroup", "group { id }", owner, id=own, visibility="SECRET")
    options = "query($id: ID!) { node(id: $id) { ... on Discussion { pollOptions { id text votes viewerVoted } } } }"
    first, second = stack.data(options, owner, id=poll)["node"]["pollOptions"]
    stack.change("vote", "discussion { id }", owner, discussion=poll, option=first["id"])
    shape = "... on PollOption { text votes viewerVoted }"
    assert node(stack, owner, first["id"], shape) == first | {
        "__typename": "PollOption",
        "votes": 1,
        "viewerVoted": True,
    }
    assert node(stack, outsider, first["id"]) is None
    before = encode("PollOption", own_id(second["id"]).split(".")[1])
    assert codes(stack.change("vote", "discussion { id }", owner, discussion=poll, option=before)) == []
    assert node(stack, owner, second["id"], shape)["viewerVoted"]
    assert node(stack, owner, before) is None


def test_what_belongs_to_a_case_is_shown_with_it(stack: Stack) -> None:
    """A note to verifiers, never to the applicant; nothing to other members."""
    applicant = stack.sign_up("Nora Tiz", address(), ["DE"])
    stranger, _ = newcomer(stack)
    vera = stack.sign_in("vera")
    case = submit(stack, applicant, number=number())["id"]
    file = "credential { caseFile { notes { id text authorName } } }"
    (note,) = stack.change("addCaseNote", file, vera, credential=case, text="Ask again.")["credential"]["caseFile"][
        "notes"
    ]
    shape = "... on CaseNote { text authorName }"
    assert node(stack, vera, note["id"], shape) == note | {"__typename": "CaseNote"}
    for token in (applicant, stranger, None):
        assert node(stack, token, note["id"]) is None


def test_ones_own_things_are_found_by_oneself(stack: Stack) -> None:
    """The viewer and the sessions; of what is for admins, others find nothing."""
    own, _ = newcomer(stack)
    other, _ = newcomer(stack)
    found = stack.data("{ viewer { id email sessions { nodes { id current } } } }", own)["viewer"]
    session = found["sessions"]["nodes"][0]
    assert node(stack, own, found["id"], "... on Viewer { email }")["email"] == found["email"]
    assert node(stack, own, session["id"], "... on Session { current }") == session | {"__typename": "Session"}
    for own_thing in (found["id"], session["id"]):
        assert node(stack, other, own_thing) is None
        assert node(stack, None, own_thing) is None
    for kind in ("RegisterImport", "RoleProposal", "DeadLetter", "HidingRequest"):
        for token in (own, stack.sign_in("admin")):
            answer = stack.run("query($id: ID!) { node(id: $id) { id } }", token, {"id": encode(kind, ABSENT)})
            assert answer == {"data": {"node": None}, "extensions": answer["extensions"]}


@pytest.mark.parametrize("post", [False, True])
def test_a_payload_says_which_of_two_types_changed(stack: Stack, post: bool) -> None:
    """Beside `subject`, which is deprecated, for an answer without fragments."""
    owner = stack.sign_in("maria")
    own = discuss(stack, owner, group(stack, owner))["id"]
    if post:
        added = stack.change("addPost", "post { id }", owner, discussion=own, body="Slowly.", language="en")
        own = added["post"]["id"]
    for change in ("react", "unreact"):
        payload = stack.change(
            change, "subject { id } discussion { id } post { id }", owner, subject=own, reaction="THANKS"
        )
        assert payload["subject"] == {"id": own}
        assert (payload["discussion"], payload["post"]) == ((None, {"id": own}) if post else ({"id": own}, None))


def test_an_upload_says_to_which_credential_it_belongs(stack: Stack) -> None:
    """So that a page can show it there at once."""
    token = stack.sign_up("Uma Bell", address(), ["DE"])
    case = submit(stack, token, number=number())["id"]
    payload = stack.change(
        "requestEvidenceUpload", "uploadUrl credential { id evidence { id } }", token, credential=case,
        mediaType="application/pdf", bytes=10,
    )  # fmt: skip
    assert payload["credential"] == {"id": case, "evidence": []}
    assert decode(case) is not None


def test_a_request_to_join_is_read_by_those_who_decide(stack: Stack) -> None:
    """Its note and its date, in the list, by its id and by whoever wrote it; the same everywhere, and nobody else's."""
    owner = stack.sign_in("maria")
    member, _ = newcomer(stack)
    asking, _ = newcomer(stack)
    own = group(stack, owner)
    join(stack, member, own)
    stack.change("updateGroup", "group { id }", owner, id=own, joinPolicy="REQUEST")
    shape = "id state message waitingSince joinedAt"
    asked = stack.change("joinGroup", f"membership {{ {shape} }}", asking, group=own, message="I run the clinic.")
    request = asked["membership"]
    assert (request["state"], request["message"], request["joinedAt"]) == ("REQUESTED", "I run the clinic.", None)
    assert request["waitingSince"] is not None
    lists = (
        "query($id: ID!, $s: MembershipState) { group(by: {id: $id}) { viewerMembership { ID } "
        "members(state: $s, first: 20) { nodes { ID } } } }"
    ).replace("ID }", f"{shape} }}")
    assert stack.data(lists, owner, id=own, s="REQUESTED")["group"]["members"]["nodes"] == [request]
    assert stack.data(lists, asking, id=own)["group"]["viewerMembership"] == request
    for token in (owner, asking):
        assert node(stack, token, request["id"], f"... on Membership {{ {shape} }}") == request | {
            "__typename": "Membership"
        }
    assert stack.data(lists, member, id=own, s="REQUESTED")["group"]["members"]["nodes"] == []
    assert {
        (one["message"], one["waitingSince"]) for one in stack.data(lists, member, id=own)["group"]["members"]["nodes"]
    } == {(None, None)}


def test_a_token_is_found_by_its_owner_alone(stack: Stack) -> None:
    """As in the list of one's tokens."""
    token, other = newcomer(stack, "Token Owner")[0], newcomer(stack, "Token Stranger")[0]
    payload = stack.change(
        "createPersonalAccessToken", "personalAccessToken { id }", token, name="sync", scopes=["READ"], expiresInDays=1,
        password=PASSWORD,
    )  # fmt: skip
    assert codes(payload) == []
    query, own = "query($id: ID!) { node(id: $id) { __typename id } }", payload["personalAccessToken"]["id"]
    assert stack.data(query, token, id=own)["node"] == {"__typename": "PersonalAccessToken", "id": own}
    assert stack.data(query, other, id=own)["node"] is None
