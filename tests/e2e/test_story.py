"""The main job, as its users do it: through GraphQL, on the whole running system."""

from __future__ import annotations

import pytest

from kit.clock import new_id
from tests.support.casework import decide
from tests.support.stack import SIGN_IN, Stack

PEERS = """query($filter: PeerFilter!, $first: Int!, $after: String, $order: PeerOrder!) {
  peers(filter: $filter, first: $first, after: $after, orderBy: $order) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id name verification regions { code } practisedSpecialties { specialty { code } } languages }
  }
}"""


def test_a_cardiologist_finds_a_peer_abroad_connects_and_opens_a_group_that_another_joins(stack: Stack) -> None:
    """The story of the README's first paragraph."""
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    found = stack.data(
        PEERS, maria, first=50, order="NAME",
        filter={
            "specialties": ["cardiology"], "regions": ["M49:150"], "acrossBordersFrom": "ES",
            "verification": "RIGHT_TO_PRACTISE",
        },
    )["peers"]  # fmt: skip
    assert found["totalCount"] == len(found["nodes"]) > 5
    for person in found["nodes"]:
        assert person["verification"] == "RIGHT_TO_PRACTISE"
        assert not any(region["code"].startswith("ES") for region in person["regions"])
    (peer,) = [person for person in found["nodes"] if person["name"] == "Jonas Lindner"]

    asked = stack.change(
        "requestConnection", "connectionRequest { id message } professional { connection }", maria, to=peer["id"],
        message="We met in Valladolid.",
    )  # fmt: skip
    assert asked["userErrors"] == []
    assert asked["professional"]["connection"] == "REQUESTED_BY_ME"
    waiting = stack.data("{ viewer { connectionRequests { nodes { id message from { name } } } } }", jonas)
    own = asked["connectionRequest"]["id"]
    (request,) = [one for one in waiting["viewer"]["connectionRequests"]["nodes"] if one["id"] == own]
    assert request == {
        "id": own,
        "message": "We met in Valladolid.",
        "from": {"name": "María Arribas Núñez"},
    }
    answered = stack.change(
        "respondToConnection", "professional { name connection }", jonas, request=request["id"], accept=True
    )
    assert answered["professional"] == {"name": "María Arribas Núñez", "connection": "CONNECTED"}

    group = stack.change(
        "createGroup", "group { id countries viewerMembership { role } }", maria, name="Insuficiencia cardíaca sin fronteras",
        purpose="Heart failure between Spain and Germany", specialties=["cardiology"], regions=["ES", "DE"],
        languages=["es", "de", "en"],
    )["group"]  # fmt: skip
    assert group["viewerMembership"]["role"] == "OWNER"
    joined = stack.change(
        "joinGroup", "membership { state role professional { name } } group { memberCount countries }", jonas,
        group=group["id"],
    )  # fmt: skip
    assert joined["membership"] == {"state": "ACTIVE", "role": "MEMBER", "professional": {"name": "Jonas Lindner"}}
    assert joined["group"] == {"memberCount": 2, "countries": ["DE", "ES"]}

    discussion = stack.change(
        "createDiscussion", "discussion { id }", maria, group=group["id"], title="¿Cuándo pedís NT-proBNP?",
        body="En urgencias, **siempre**.", language="es", topics=["heart failure"],
    )["discussion"]  # fmt: skip
    post = stack.change("addPost", "post { id }", jonas, discussion=discussion["id"], body="Immer.", language="de")[
        "post"
    ]
    stack.change(
        "addPost", "post { id }", maria, discussion=discussion["id"], inReplyTo=post["id"], body="Danke!", language="de"
    )
    read = stack.data(
        """query($id: ID!) { group(by: {id: $id}) { name discussions(first: 5) { totalCount nodes {
             title body author { name } postCount posts { nodes { body author { name } inReplyTo { body } } } } } } }""",
        jonas,
        id=group["id"],
    )["group"]
    assert read["discussions"] == {
        "totalCount": 1,
        "nodes": [
            {
                "title": "¿Cuándo pedís NT-proBNP?",
                "body": "En urgencias, **siempre**.",
                "author": {"name": "María Arribas Núñez"},
                "postCount": 2,
                "posts": {
                    "nodes": [
                        {"body": "Immer.", "author": {"name": "Jonas Lindner"}, "inReplyTo": None},
                        {
                            "body": "Danke!",
                            "author": {"name": "María Arribas Núñez"},
                            "inReplyTo": {"body": "Immer."},
                        },
                    ]
                },
            }
        ],
    }
    mine = stack.data("{ viewer { groups { nodes { name } } } }", jonas)["viewer"]["groups"]["nodes"]
    assert {"name": "Insuficiencia cardíaca sin fronteras"} in mine
    left = stack.change("leaveGroup", "group { memberCount viewerMembership { state } }", jonas, group=group["id"])
    assert left["group"] == {"memberCount": 1, "viewerMembership": None}
    removed = stack.change(
        "removeConnection", "professional { connection }", jonas, professional=found_id(stack, maria)
    )
    assert removed["professional"]["connection"] == "NONE"


def found_id(stack: Stack, token: str) -> str:
    """One's own id."""
    return str(stack.data("{ viewer { professional { id } } }", token)["viewer"]["professional"]["id"])


def test_a_newcomer_signs_up_fills_in_a_profile_and_is_found_at_once(stack: Stack) -> None:
    """One's own change shows at once; others find it as soon as the relay has carried it."""
    name = f"Zsófia Teszt{new_id()[:6]}"
    token = stack.sign_up(name, f"{new_id()}@x.example", ["HU"])
    changed = stack.change(
        "updateProfile",
        "professional { version headline languages practisedSpecialties { specialty { code } primary } }",
        token,
        headline="Kardiológus", specialties=["cardiology", "geriatrics"], primarySpecialty="geriatrics",
        languages=["hu", "EN"], institutions=[{"name": "Teszt Kórház", "role": "orvos"}], expectedVersion=2,
    )  # fmt: skip
    assert changed["userErrors"] == []
    assert changed["professional"] == {
        "version": 3,
        "headline": "Kardiológus",
        "languages": ["hu", "en"],
        "practisedSpecialties": [
            {"specialty": {"code": "cardiology"}, "primary": False},
            {"specialty": {"code": "geriatrics"}, "primary": True},
        ],
    }
    stale = stack.change("updateProfile", "professional { id }", token, headline="x", expectedVersion=2)
    assert stale["userErrors"][0]["code"] == "VERSION_CONFLICT"
    assert stale["userErrors"][0]["currentVersion"] == 3

    maria = stack.sign_in("maria")
    for text in (name, name.upper(), "zsofia teszt" + name[-6:], "teszt korhaz"):
        wanted = {"text": text, "regions": ["HU"]}
        found = stack.data(PEERS, maria, first=5, order="NAME", filter=wanted)["peers"]["nodes"]
        assert [person["name"] for person in found] == [name]


def test_the_desk_verifies_a_licence_and_the_level_rises_everywhere(stack: Stack) -> None:
    """Submit, take, decide; then others find the person among the verified."""
    name = f"Neue Ärztin {new_id()[:6]}"
    token, vera, maria = (
        stack.sign_up(name, f"{new_id()}@x.example", ["DE"]),
        stack.sign_in("vera"),
        stack.sign_in("maria"),
    )
    authority = stack.data('{ authorities(jurisdiction: "DE", first: 5) { id name } }')["authorities"][0]["id"]
    licence = stack.change(
        "submitCredential", "credential { id verificationStatus number }", token, credentialKind="LICENCE",
        authority=authority, number="123 456 601", jurisdiction="DE", specialty="cardiology",
    )["credential"]  # fmt: skip
    assert licence["verificationStatus"] == "ATTESTED"
    assert licence["number"] == "123456601"
    identity = stack.change(
        "submitCredential", "credential { id }", token, credentialKind="IDENTITY", jurisdiction="DE"
    )["credential"]
    refused = stack.change("takeCase", "credential { id }", token, credential=licence["id"])
    assert refused["userErrors"][0]["code"] == "FORBIDDEN"
    taken = stack.change(
        "takeCase", "credential { verificationStatus takenBy { name } }", vera, credential=licence["id"]
    )
    assert taken["credential"] == {"verificationStatus": "IN_PROCESS", "takenBy": {"name": "Vera Kessler"}}
    second = stack.change("takeCase", "credential { id }", stack.sign_in("vito"), credential=licence["id"])
    assert second["userErrors"][0]["code"] == "CONFLICT"
    for own in (licence["id"], identity["id"]):
        decided = decide(stack, vera, own, shape="credential { verificationStatus standing }")
        assert decided["credential"] == {"verificationStatus": "VALIDATED", "standing": "GOOD"}
    again = stack.change(
        "decideCredential", "credential { id }", vera, id=licence["id"], decision="REJECT", reason="OTHER"
    )
    assert again["userErrors"][0]["code"] == "CONFLICT"
    own = stack.data("{ viewer { professional { verification practisedSpecialties { verifiedIn } } } }", token)
    assert own["viewer"]["professional"] == {
        "verification": "RIGHT_TO_PRACTISE",
        "practisedSpecialties": [{"verifiedIn": ["DE"]}],
    }
    wanted = {"text": name, "verification": "RIGHT_TO_PRACTISE", "licensedIn": ["DE"]}
    found = stack.data(PEERS, maria, first=5, order="NAME", filter=wanted)["peers"]["nodes"]
    assert [person["name"] for person in found] == [name]
    assert stack.data("query($id: ID!) { node(id: $id) { id } }", maria, id=licence["id"])["node"] is None


@pytest.mark.parametrize("order", ["NAME", "NEWEST", "MUTUAL_CONNECTIONS", "RELEVANCE"])
def test_pages_show_everybody_once_in_every_order(stack: Stack, order: str) -> None:
    """Keyset cursors, against the total."""
    maria = stack.sign_in("maria")
    seen: list[str] = []
    after, total = None, None
    for _ in range(100):
        page = stack.data(PEERS, maria, first=17, after=after, order=order, filter={"languages": ["fr"]})["peers"]
        seen += [person["id"] for person in page["nodes"]]
        total = page["totalCount"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen)) == total > 50


def test_signing_in_gives_nothing_away_and_refreshing_rotates(stack: Stack) -> None:
    """One answer for a wrong password and for nobody; a used refresh token gives a new session within its grace."""
    wrong = stack.data(SIGN_IN, email="maria@demo.example", password="not her password")["signIn"]
    nobody = stack.data(SIGN_IN, email="nobody@demo.example", password="not her password")["signIn"]
    assert wrong == nobody
    assert wrong["userErrors"][0]["code"] == "INVALID_CREDENTIALS"

    session = stack.data(SIGN_IN, email="noel@demo.example", password="consilium-demo")["signIn"]["session"]
    shape = "session { refreshToken viewer { email } }"
    fresh = stack.change("refreshSession", shape, None, refreshToken=session["refreshToken"])
    assert fresh["session"]["viewer"]["email"] == "noel@demo.example"
    assert fresh["session"]["refreshToken"] != session["refreshToken"]
    out = stack.change("signOut", "signedOut", None, refreshToken=fresh["session"]["refreshToken"])
    assert out["signedOut"] is True
    ended = stack.change("refreshSession", shape, None, refreshToken=fresh["session"]["refreshToken"])
    assert ended["userErrors"][0]["code"] == "EXPIRED"


def test_a_retry_with_the_same_key_has_one_effect(stack: Stack) -> None:
    """And another request under the key is a coded conflict."""
    maria, key = stack.sign_in("maria"), new_id()
    shape = "group { id }"
    first = stack.change("createGroup", shape, maria, name="Once only", purpose="p", idempotency_key=key)
    again = stack.change("createGroup", shape, maria, name="Once only", purpose="p", idempotency_key=key)
    other = stack.change("createGroup", shape, maria, name="Other", purpose="p", idempotency_key=key)
    assert first["group"] == again["group"]
    assert other["userErrors"][0]["code"] == "IDEMPOTENCY_KEY_REUSED"
    found = stack.data('{ groups(first: 10, filter: {text: "once only"}) { totalCount } }', maria)["groups"]
    assert found["totalCount"] == 1


def test_a_secret_group_is_not_there_for_others(stack: Stack) -> None:
    """By handle, by id and by node: as if it did not exist."""
    admin, maria = stack.sign_in("admin"), stack.sign_in("maria")
    query = '{ group(by: {handle: "founders"}) { id name memberCount } }'
    secret = stack.data(query, admin)["group"]
    assert secret["name"] == "Founding Circle"
    assert stack.data(query, maria)["group"] is None
    assert stack.data("query($id: ID!) { node(id: $id) { id } }", maria, id=secret["id"])["node"] is None
    refused = stack.change("joinGroup", "group { id }", maria, group=secret["id"])
    missing = stack.change("joinGroup", "group { id }", maria, group="R3JvdXA6bm9uZQ==")
    assert refused == missing


def test_the_demo_network_is_as_large_as_promised(stack: Stack) -> None:
    """600 people in 25 countries and specialties, 15 groups of which 8 span three countries, every status."""
    admin, vera = stack.sign_in("admin"), stack.sign_in("vera")
    people = stack.data(PEERS, admin, first=1, order="NAME", filter={})["peers"]
    assert people["totalCount"] >= 600
    groups = stack.data("{ groups(first: 50, orderBy: MEMBERS) { totalCount nodes { countries visibility } } }", admin)[
        "groups"
    ]
    assert sum(len(group["countries"]) >= 3 for group in groups["nodes"]) >= 8
    queue = stack.data(
        "{ verificationQueue(first: 100) { nodes { verificationStatus } } }", vera
    )["verificationQueue"]["nodes"]  # fmt: skip
    assert {case["verificationStatus"] for case in queue} == {"ATTESTED", "IN_PROCESS", "REQ_REVALID"}
    levels = {
        level: stack.data(PEERS, admin, first=1, order="NAME", filter={"verification": level})["peers"]["totalCount"]
        for level in ("UNVERIFIED", "IDENTITY", "RIGHT_TO_PRACTISE")
    }
    assert levels["UNVERIFIED"] > levels["IDENTITY"] > levels["RIGHT_TO_PRACTISE"] > 200
