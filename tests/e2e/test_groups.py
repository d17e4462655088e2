"""Groups whose rules speak of licences and borders."""

from __future__ import annotations

import time
from typing import Any

import pytest

from graph.db import Graph
from graph.groups.domain import SEES
from graph.groups.store import GroupWriter
from kit.clock import new_id
from tests.e2e.test_verification import authority, submit, verified
from tests.support.casework import decide
from tests.support.network import MEMBERSHIP, codes, discuss, group, join, me, newcomer, told
from tests.support.operations import own_id
from tests.support.stack import Stack

SEEN = """query($id: ID!) { group(by: {id: $id}) { name viewerCan viewerMembership { state }
  members(first: 5) { totalCount nodes { professional { id } } } discussions(first: 5) { nodes { id } } } }"""


def seen(stack: Stack, token: str, group_id: str) -> frozenset[str]:
    """What of a group somebody sees, in the table's words."""
    found = stack.data(SEEN, token, id=group_id)["group"]
    if found is None:
        return frozenset()
    aspects = {"GROUP"}
    if found["members"]["nodes"]:
        aspects.add("MEMBERS")
    if found["discussions"]["nodes"]:
        aspects.add("DISCUSSIONS")
    return frozenset(aspects)


@pytest.fixture(scope="module")
def practising(stack: Stack) -> tuple[str, str, dict[str, Any]]:
    """Somebody who meets a policy: token, id, licence."""
    return verified(stack, "Erfüllt Alles")


@pytest.mark.parametrize(("visibility", "policy"), list(SEES))
def test_who_sees_what_of_a_group_is_one_table(
    stack: Stack, practising: tuple[str, str, dict[str, Any]], visibility: str, policy: bool
) -> None:
    """Each cell: what somebody of each standing sees of a group with a member and a discussion."""
    maria = stack.sign_in("maria")
    rule = {"credentialPolicy": {"level": "RIGHT_TO_PRACTISE"}} if policy else {}
    own = group(stack, maria, visibility=visibility, **rule)
    discuss(stack, maria, own)
    table = SEES[visibility, policy]
    outside, outsider = newcomer(stack)
    assert seen(stack, outside, own) == table["OUTSIDE"]
    invited, guest = newcomer(stack)
    assert stack.change("inviteToGroup", MEMBERSHIP, maria, group=own, professional=guest)["membership"]
    assert seen(stack, invited, own) == table["INVITED"]
    token, person, _ = practising
    stack.change("inviteToGroup", MEMBERSHIP, maria, group=own, professional=person)
    assert join(stack, token, own) == "ACTIVE"
    assert seen(stack, token, own) == table["ACTIVE"]
    stack.change("banFromGroup", MEMBERSHIP, maria, group=own, professional=outsider, reason="Spam")
    assert seen(stack, outside, own) == table["BANNED"]
    if visibility != "SECRET":  # nobody can ask to join what they cannot know of
        stack.change("updateGroup", "group { id }", maria, id=own, joinPolicy="REQUEST")
        asking, asker = (token, person) if policy else newcomer(stack)
        if policy:
            stack.change("leaveGroup", "group { id }", token, group=own)
        assert join(stack, asking, own) == "REQUESTED"
        assert seen(stack, asking, own) == table["REQUESTED"], asker


def test_what_another_process_wrote_shows_in_the_next_reading(stack: Stack, request: pytest.FixtureRequest) -> None:
    """Of a page that was opened before, a second after the commit, though nobody has asked anything meanwhile."""
    if stack.process is None:
        pytest.skip("its Neo4j is not ours")
    graph: Graph = request.getfixturevalue("graph")
    maria = stack.sign_in("maria")
    own = group(stack, maria, name="Before")
    discuss(stack, maria, own)
    page = "query($id: ID!) { group(by: {id: $id}) { name discussions(first: 5) { nodes { title } } } }"
    for _ in range(2):
        assert stack.data(page, maria, id=own)["group"]["name"] == "Before"
    graph.write(lambda tx: GroupWriter(tx).update(own_id(own), {"name": "After", "sort_name": "after"}))
    time.sleep(1)
    assert stack.data(page, maria, id=own)["group"]["name"] == "After"


def test_a_secret_group_answers_like_one_that_does_not_exist(stack: Stack) -> None:
    """By id, by handle, as a node, in searches and in every mutation."""
    maria, noel = stack.sign_in("maria"), newcomer(stack)[0]
    someone = me(stack, stack.sign_in("jonas"))
    own = group(stack, maria, visibility="SECRET", name="Geheimrat")
    gone = group(stack, maria)
    stack.change("leaveGroup", "group { id }", maria, group=gone)
    from gateway.ids import encode

    absent = encode("Group", new_id())
    for name, given in (
        ("joinGroup", {}), ("leaveGroup", {}), ("inviteToGroup", {"professional": someone}),
        ("banFromGroup", {"professional": someone, "reason": "none"}),
        ("createDiscussion", {"title": "t", "body": "b", "language": "en"}),
    ):  # fmt: skip
        answers = [stack.change(name, "__typename", noel, group=one, **given)["userErrors"] for one in (own, absent)]
        assert answers[0] == answers[1], name
        assert [error["code"] for error in answers[0]] == ["NOT_FOUND"]
    query = "query($id: ID!) { group(by: {id: $id}) { id } node(id: $id) { id } }"
    assert stack.data(query, noel, id=own) == {"group": None, "node": None}
    found = stack.data('{ groups(filter: {text: "Geheimrat"}, first: 5) { totalCount nodes { id } } }', noel)["groups"]
    assert found == {"totalCount": 0, "nodes": []}
    profile = stack.data(
        "query($id: ID!) { professional(by: {id: $id}) { groups(first: 100) { nodes { id } } } }",
        noel,
        id=me(stack, maria),
    )
    assert own not in str(profile)


def test_roles_hand_over_and_bans_that_stay(stack: Stack) -> None:
    """A group is never without an owner; who is banned stays out."""
    maria, (ada, ada_id), (bob, bob_id) = stack.sign_in("maria"), newcomer(stack), newcomer(stack)
    own, maria_id = group(stack, maria), me(stack, maria)
    join(stack, ada, own), join(stack, bob, own)
    role = lambda who, person, wanted: stack.change(  # noqa: E731
        "setGroupRole", MEMBERSHIP, who, group=own, professional=person, role=wanted
    )
    assert codes(role(maria, maria_id, "MEMBER")) == ["CONFLICT"]
    assert codes(role(ada, bob_id, "MODERATOR")) == ["FORBIDDEN"]
    assert role(maria, ada_id, "MODERATOR")["membership"]["role"] == "MODERATOR"
    ban = lambda who, person: stack.change(  # noqa: E731
        "banFromGroup", MEMBERSHIP, who, group=own, professional=person, reason="Advertising"
    )
    assert codes(ban(ada, maria_id)) == ["FORBIDDEN"]
    assert ban(ada, bob_id)["membership"]["state"] == "BANNED"
    stack.change("leaveGroup", "group { id }", bob, group=own)
    assert codes(stack.change("joinGroup", "membership { state }", bob, group=own)) == ["FORBIDDEN"]
    banned = stack.data(
        "query($id: ID!) { group(by: {id: $id}) { members(state: BANNED) { nodes { professional { id } } } } }",
        ada,
        id=own,
    )
    assert banned["group"]["members"]["nodes"] == [{"professional": {"id": bob_id}}]
    assert stack.change("unbanFromGroup", MEMBERSHIP, ada, group=own, professional=bob_id)["membership"] is None
    assert join(stack, bob, own) == "ACTIVE"
    assert role(maria, ada_id, "OWNER")["membership"]["role"] == "OWNER"
    assert role(ada, maria_id, "MEMBER")["membership"]["role"] == "MEMBER"
    assert codes(role(maria, bob_id, "MODERATOR")) == ["FORBIDDEN"]


def test_requests_invitations_and_their_notifications(stack: Stack) -> None:
    """Who asks is told when they are in; who is invited finds the invitation."""
    maria, (ada, ada_id), (bob, bob_id) = stack.sign_in("maria"), newcomer(stack), newcomer(stack)
    own = group(stack, maria, joinPolicy="INVITE")
    assert codes(stack.change("joinGroup", "membership { state }", ada, group=own)) == ["FORBIDDEN"]
    assert stack.change("inviteToGroup", MEMBERSHIP, maria, group=own, professional=ada_id)["membership"]
    waiting = stack.data("{ viewer { invitations { nodes { state group { id } } } } }", ada)["viewer"]["invitations"]
    assert waiting["nodes"] == [{"state": "INVITED", "group": {"id": own}}]
    (invited,) = told(stack, ada, "GROUP_INVITED")
    assert invited["subject"] == {"__typename": "Group", "id": own}
    assert invited["actor"]["name"] in invited["text"]
    answered = stack.change("respondToMembership", MEMBERSHIP, ada, group=own, professional=ada_id, accept=True)
    assert answered["membership"]["state"] == "ACTIVE"
    stack.change("updateGroup", "group { id }", maria, id=own, joinPolicy="REQUEST")
    assert join(stack, bob, own) == "REQUESTED"
    assert told(stack, maria, "GROUP_JOIN_REQUESTED")[0]["subject"]["id"] == own
    stack.change("respondToMembership", MEMBERSHIP, maria, group=own, professional=bob_id, accept=True)
    assert told(stack, bob, "MEMBERSHIP_CHANGED")[0]["subject"]["id"] == own


def test_a_credential_policy_says_which_clause_is_not_met(stack: Stack) -> None:
    """In `viewerEligibility`, and in the answer to a refused join, in the reader's language."""
    maria, (ada, _) = stack.sign_in("maria"), newcomer(stack)
    own = group(
        stack, maria,
        credentialPolicy={"licensedIn": ["DE", "AT", "CH"], "specialties": ["cardiology"], "checkedWithinDays": 365},
    )  # fmt: skip
    refused = stack.change(
        "joinGroup", "membership { state } eligibility { eligible clauses { code met text(language: \"de\") } }", ada,
        group=own,
    )  # fmt: skip
    assert codes(refused) == ["POLICY_NOT_MET"]
    assert refused["membership"] is None
    assert [(one["code"], one["met"]) for one in refused["eligibility"]["clauses"]] == [
        ("LEVEL", False), ("LICENSED_IN", False), ("SPECIALTY", False), ("CHECKED_WITHIN", False)
    ]  # fmt: skip
    assert "Deutschland" in refused["eligibility"]["clauses"][1]["text"]
    jonas = stack.sign_in("jonas")
    query = "query($id: ID!) { group(by: {id: $id}) { viewerEligibility { eligible clauses { met } } credentialPolicy { level licensedIn } } }"
    found = stack.data(query, jonas, id=own)["group"]
    assert found["viewerEligibility"]["eligible"] is True
    assert found["credentialPolicy"] == {"level": "RIGHT_TO_PRACTISE", "licensedIn": ["DE", "AT", "CH"]}
    assert join(stack, jonas, own) == "ACTIVE"
    bad = stack.change("updateGroup", "group { id }", maria, id=own, credentialPolicy={"licensedIn": ["XX"]})
    assert bad["userErrors"][0]["field"] == ["credentialPolicy", "licensedIn", "0"]
    open_to = lambda token: {  # noqa: E731
        one["id"]
        for one in stack.data("{ groups(filter: {openToMe: true}, first: 100) { nodes { id } } }", token)["groups"][
            "nodes"
        ]
    }
    fresh = group(stack, maria, credentialPolicy={"licensedIn": ["DE"]})
    assert fresh not in open_to(ada)
    assert fresh in open_to(jonas)
    assert own not in open_to(jonas)  # a member already


def test_a_lapsed_credential_makes_a_member_read_only_and_a_revoked_one_shuts_them_out(stack: Stack) -> None:
    """At once, with a notification; what comes back by itself comes back by itself."""
    maria, vera = stack.sign_in("maria"), stack.sign_in("vera")
    token, person, licence = verified(stack, "Kommt und Geht")
    own = group(stack, maria, visibility="UNLISTED", credentialPolicy={"licensedIn": ["DE"]})
    discuss(stack, maria, own)
    assert join(stack, token, own) == "ACTIVE"
    state = lambda: stack.data(SEEN, token, id=own)["group"]["viewerMembership"]["state"]  # noqa: E731
    stack.change("withdrawCredential", "credential { id }", token, id=licence["id"])
    assert state() == "READ_ONLY"
    assert seen(stack, token, own) == {"GROUP", "MEMBERS", "DISCUSSIONS"}
    refused = stack.change(
        "createDiscussion", "discussion { id }", token, group=own, title="t", body="b", language="en"
    )
    assert codes(refused) == ["POLICY_NOT_MET"]
    second = submit(stack, token)
    decide(stack, vera, second["id"])
    assert state() == "ACTIVE"
    assert len(told(stack, token, "MEMBERSHIP_CHANGED")) >= 2
    stack.change("revokeCredential", "credential { id }", vera, id=second["id"], reason="SANCTIONED")
    assert state() == "SUSPENDED"
    assert seen(stack, token, own) == {"GROUP"}
    listed = stack.data(
        "query($id: ID!) { group(by: {id: $id}) { members(state: SUSPENDED) { nodes { professional { id } } } } }",
        maria,
        id=own,
    )
    assert listed["group"]["members"]["nodes"] == [{"professional": {"id": person}}]
    assert told(stack, token, "CREDENTIAL_DECIDED")[0]["subject"]["__typename"] == "Credential"


def test_coverage_gaps_name_what_nobody_covers_and_who_could(stack: Stack) -> None:
    """Candidates are ranked by how many members could introduce them."""
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    own = group(
        stack, maria, regions=["ES", "DE", "KE"], languages=["es", "sw"], specialties=["cardiology", "dermatology"]
    )
    query = """query($id: ID!) { group(by: {id: $id}) { countries coverageGaps { dimension value label(language: "en")
      candidates(first: 3) { id } } } }"""
    gaps = stack.data(query, maria, id=own)["group"]["coverageGaps"]
    values = {(gap["dimension"], gap["value"]) for gap in gaps}
    assert {("COUNTRY", "KE"), ("LANGUAGE", "sw"), ("SPECIALTY", "dermatology")} <= values
    assert ("SPECIALTY", "cardiology") not in values
    assert next(gap["label"] for gap in gaps if gap["value"] == "sw") == "Swahili"
    token, amina = stack.sign_in("amina"), me(stack, stack.sign_in("amina"))
    asked = stack.change("requestConnection", "connectionRequest { id }", maria, to=amina)["connectionRequest"]
    if asked:
        stack.change("respondToConnection", "professional { id }", token, request=asked["id"], accept=True)
    gaps = stack.data(query, maria, id=own)["group"]["coverageGaps"]
    kenya = next(gap for gap in gaps if gap["value"] == "KE")
    assert {"id": amina} in kenya["candidates"]
    hidden = stack.data(query, jonas, id=group(stack, maria, visibility="UNLISTED", regions=["KE"]))["group"]
    assert hidden["coverageGaps"] is None


def test_groups_are_found_by_how_many_countries_their_members_practise_in(stack: Stack) -> None:
    """And an update counts the version up; a stale one is refused with the current."""
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    name = f"Grenzenlos {new_id()[:6]}"
    own = group(stack, maria, name=name)
    search = "query($t: String!, $n: Int) { groups(filter: {text: $t, minimumCountries: $n}, first: 5) { totalCount nodes { id countries } } }"
    assert stack.data(search, maria, t=name, n=3)["groups"]["totalCount"] == 0
    join(stack, jonas, own)
    found = stack.data(search, maria, t=name, n=2)["groups"]
    assert found["nodes"] == [{"id": own, "countries": ["DE", "ES"]}]
    changed = stack.change(
        "updateGroup", "group { name version purpose }", maria, id=own, name=name + " neu", expectedVersion=1
    )
    assert changed["group"] == {"name": name + " neu", "version": 2, "purpose": "To confer"}
    stale = stack.change("updateGroup", "group { name }", maria, id=own, name="Zu spät", expectedVersion=1)
    assert [(e["code"], e["currentVersion"]) for e in stale["userErrors"]] == [("VERSION_CONFLICT", 2)]
    assert stack.data(search, jonas, t="neu", n=0)["groups"]["nodes"][0]["id"] == own
    assert codes(stack.change("updateGroup", "group { name }", jonas, id=own, name="Meins")) == ["FORBIDDEN"]


def test_a_member_list_is_searched_by_name(stack: Stack) -> None:
    """Accents and case do not matter."""
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    own = group(stack, maria)
    join(stack, jonas, own)
    query = "query($id: ID!, $t: String) { group(by: {id: $id}) { members(text: $t) { totalCount nodes { state professional { name } } } } }"
    found = stack.data(query, jonas, id=own, t="arribas nunez")["group"]["members"]
    assert found == {"totalCount": 1, "nodes": [{"state": "ACTIVE", "professional": {"name": "María Arribas Núñez"}}]}
    assert authority(stack, "DE")
