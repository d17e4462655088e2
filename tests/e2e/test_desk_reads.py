"""What people with a role read of what is not theirs: it is there or a coded error, and their reading it is audited.

The selections are made from the schema, so that a new field is asked for too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.ids import decode
from tests.e2e.test_verification import address, submit, verified
from tests.support.casework import read as read_case
from tests.support.network import answer, codes, discuss, group, join, me, newcomer
from tests.support.roles import PASSWORD, Protected, made_by_operator, protected, the_only_admin
from tests.support.selections import desks, of_list, of_node
from tests.support.stack import Stack, eventually

DOUBTFUL = "Our form shows 9434765919 below."
WHY = {"facts": "It says what no study shows.", "clause": "Community guidelines, 3"}
PERMISSIONS = Path(__file__).parents[1] / "contract" / "permissions.toml"
IDS = "query($id: ID!) { node(id: $id) { __typename } }"


@dataclass
class Scene:
    """A secret group, with texts of people who are blocked, suspended, erased or away, and what privileged people have to do with it.

    Args:
        ids: of everything in it, by type.
        posts: those that were reported and that the moderator decides about, by whose they are.
        appealed: a flag, and who has appealed against the decision about it.
        proposal: roles that wait for a second admin.
    """

    moderator: str = ""
    ids: dict[str, set[str]] = field(default_factory=dict)
    posts: dict[str, str] = field(default_factory=dict)
    appealed: tuple[str, str] = ("", "")
    discussion: str = ""
    group: str = ""
    proposal: str = ""
    tokens: dict[str, str] = field(default_factory=dict)

    def note(self, *ids: str) -> None:
        """Remember things by their ids."""
        for one in ids:
            kind = decode(one)
            assert kind is not None
            self.ids.setdefault(kind[0], set()).add(one)


def reported(stack: Stack, scene: Scene, token: str, subject: str) -> str:
    """A report."""
    payload = stack.change("flag", "flag { id }", token, subject=subject, reason="OTHER", detail="Look at this.")
    assert codes(payload) == [], payload
    scene.note(subject, payload["flag"]["id"])
    return str(payload["flag"]["id"])


def invited(stack: Stack, owner: str, place: str, token: str) -> None:
    """Somebody joins a secret group."""
    assert codes(stack.change("inviteToGroup", "__typename", owner, group=place, professional=me(stack, token))) == []
    assert join(stack, token, place) == "ACTIVE"


def held(stack: Stack, place: str, token: str, mod: str) -> str:
    """A text that waits for a moderator."""
    payload = stack.change(
        "createDiscussion", "discussion { id }", token, group=place, title="Numbers", body=DOUBTFUL, language="en"
    )
    assert codes(payload) == ["HELD_FOR_REVIEW"]
    waiting = "{ moderationQueue(filter: {origin: SYSTEM}, first: 100) { nodes { id subject { id } } } }"
    flags = stack.data(waiting, mod)["moderationQueue"]["nodes"]
    return next(one["id"] for one in flags if (one["subject"] or {}).get("id") == payload["discussion"]["id"])


def at_the_desk(stack: Stack, scene: Scene, suspended: str, suspended_id: str) -> None:
    """Cases of somebody who is suspended, one decided by a verifier who is erased; roles and a reset that wait for one."""
    verifier = made_by_operator(stack, "Vera Verschwindet", "verifier").sign_in()
    token, _, licence = verified(stack, "Hat Licence")
    read_case(stack, verifier, licence["id"])
    assert codes(stack.change("suspendCredential", "__typename", verifier, id=licence["id"], reason="SANCTIONED")) == []
    scene.note(licence["id"], submit(stack, suspended)["id"], submit(stack, token)["id"])
    assert codes(stack.change("eraseMe", "receipt", verifier, confirm="ERASE")) == []
    admin = the_only_admin(stack)
    second = made_by_operator(stack, "Zweite Admin", "admin")
    waits: Protected = protected(stack, "Soll Prüfen", address())
    payload = stack.change("setRoles", "account { id } proposal { id }", admin, account=waits.id, roles=["VERIFIER"])
    assert payload["proposal"] is not None, payload
    scene.proposal = payload["proposal"]["id"]
    scene.note(payload["account"]["id"])
    assert (
        codes(stack.change("requestSecondFactorReset", "__typename", None, email=waits.email, password=PASSWORD)) == []
    )
    for person in (waits.id, suspended_id):
        assert (
            codes(stack.change("suspendAccount", "__typename", admin, account=person, reason="Under investigation"))
            == []
        )
    scene.tokens["second admin"] = second.sign_in()


@pytest.fixture(scope="module")
def scene(stack: Stack) -> Iterator[Scene]:
    """The scene, with what is asked about in it and who asks."""
    made = Scene()
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    moderator = made.moderator = stack.sign_in("mod")
    made.group = place = group(stack, maria, visibility="SECRET", joinPolicy="INVITE")
    people = {name: newcomer(stack, f"{name.title()} Person") for name in ("author", "suspended", "blocked", "erased")}
    for token in (jonas, *(one for one, _ in people.values())):
        invited(stack, maria, place, token)
    made.discussion = thread = discuss(stack, maria, place, kind="QUESTION")["id"]
    flags = {}
    for name, (token, own) in people.items():
        made.posts[name] = answer(stack, token, thread, f"What {name} says.")["id"]
        flags[name] = reported(stack, made, jonas, made.posts[name])
        made.note(own)
    reported(stack, made, people["erased"][0], made.posts["author"])
    under = discuss(stack, people["erased"][0], place)["id"]  # a thread whose author is erased
    reported(stack, made, jonas, answer(stack, people["author"][0], under)["id"])
    reported(
        stack, made, jonas, discuss(stack, people["suspended"][0], place, kind="POLL", pollOptions=["One", "Two"])["id"]
    )
    made.note(
        held(stack, place, people["blocked"][0], moderator), held(stack, place, people["suspended"][0], moderator)
    )
    case = {"question": "Which?", "ageBand": "60-69", "consentScope": "THIS_GROUP"}
    reported(stack, made, jonas, discuss(stack, maria, place, kind="CASE", caseDetails=case)["id"])
    live = {"startsAt": "2030-01-01T10:00:00Z", "hosts": [own for _, own in people.values()]}
    reported(stack, made, jonas, discuss(stack, maria, place, kind="LIVE_QA", liveDetails=live)["id"])
    for name in ("erased", "suspended"):
        decided = stack.change("decideFlag", "decision { id }", moderator, id=flags[name], action="STRIKE", **WHY)
        assert codes(decided) == [], decided
        made.note(decided["decision"]["id"])
    appealed = stack.change(
        "appealDecision", "decision { id }", people["suspended"][0], decision=decided["decision"]["id"],
        statement="It is as I say.",
    )  # fmt: skip
    assert codes(appealed) == []
    made.appealed = flags["suspended"], people["suspended"][1]
    note = {"body": "A source says otherwise.", "sources": [{"pmid": "12345678"}]}
    for name in ("author", "blocked"):
        proposed = stack.change("proposeNote", "note { id }", maria, subject=made.posts[name], **note)
        made.note(proposed["note"]["id"])
    made.note(place, thread, under, me(stack, maria))
    blocked = stack.change("blockProfessional", "__typename", moderator, professional=people["blocked"][1])
    assert codes(blocked) == []
    at_the_desk(stack, made, *people["suspended"])
    assert codes(stack.change("eraseMe", "receipt", people["erased"][0], confirm="ERASE")) == []
    outsider, _ = newcomer(stack, "Außen Stehend")
    made.tokens |= {
        "moderator": moderator, "admin": stack.sign_in("admin"), "verifier": stack.sign_in("vera"), "maria": maria,
        "jonas": jonas, "author": people["author"][0], "blocked": people["blocked"][0], "outsider": outsider,
    }  # fmt: skip
    yield made
    # Other tests of this system find no role that waits.
    assert codes(stack.change("declineRoles", "__typename", made.tokens["second admin"], id=made.proposal)) == []


def faults(stack: Stack, token: str, operation: str, **given: Any) -> tuple[Any, list[str]]:
    """The data of an operation, and its errors but those that say what the viewer may not see or do."""
    found = stack.run(operation, token, given)
    expected = {"FORBIDDEN", "NOT_FOUND"}
    errors = [one for one in found.get("errors", ()) if (one.get("extensions") or {}).get("code") not in expected]
    return found.get("data"), [f"{one}: {operation} {given}" for one in errors]


WHO = ["moderator", "admin", "second admin", "verifier", "maria", "jonas", "author", "blocked", "outsider"]


@pytest.mark.parametrize("who", WHO)
def test_nothing_that_must_be_there_fails(stack: Stack, scene: Scene, who: str) -> None:
    """Every list, and everything in the scene by its id, with every field."""
    token, wrong = scene.tokens[who], []
    for name in desks():
        for operation in of_list(name):
            wrong += faults(stack, token, operation)[1]
    for kind, ids in scene.ids.items():
        for own in sorted(ids):
            data, found = faults(stack, token, IDS, id=own)
            wrong += found
            if data and data["node"]:
                for operation in of_node(kind):
                    wrong += faults(stack, token, operation, id=own)[1]
    assert wrong == []


CONTEXT = """{ moderationQueue(first: 100) { nodes { id subject { ... on Post { id body discussion {
    id title body state author { id } group { id } } } } } } }"""


def test_a_moderator_reads_what_a_reported_post_answers(stack: Stack, scene: Scene) -> None:
    """In a group that they may not know of, which they learn nothing else about; each such reading is audited."""
    flags = stack.data(CONTEXT, scene.moderator)["moderationQueue"]["nodes"]
    found = {one["subject"]["id"]: one["subject"] for one in flags if (one["subject"] or {}).get("id")}
    expected = {
        "id": scene.discussion, "title": "Which dose?", "body": "How do you start it?", "state": "PUBLISHED",
        "author": {"id": me(stack, scene.tokens["maria"])}, "group": None,
    }  # fmt: skip
    assert found[scene.posts["author"]] == {
        "id": scene.posts["author"], "body": "What author says.", "discussion": expected
    }  # fmt: skip
    assert found[scene.posts["blocked"]]["discussion"] == expected
    own = decode(scene.discussion)
    assert own is not None
    log = "query($o: String) { auditLog(object: $o, first: 20) { nodes { action actor } } }"

    def audited() -> bool:
        entries = stack.data(log, stack.sign_in("admin"), o=f"Discussion:{own[1]}")["auditLog"]["nodes"]
        return {"action": "content.view-context", "actor": me(stack, scene.moderator)} in entries

    eventually(audited, 10)
    alone = "query($id: ID!) { node(id: $id) { __typename ... on Discussion { title } } }"
    for token in (scene.moderator, scene.tokens["outsider"]):
        for hidden in (scene.discussion, scene.posts["author"], scene.group):
            assert stack.data(alone, token, id=hidden)["node"] is None


# Every list for people with a role alone, by the action under which the trail says that it was read.
READS = {
    "verificationQueue": "desk.read",
    "moderationQueue": "flag.view-reporter",
    "auditLog": "audit.read",
    "accounts": "account.list",
    "secondFactorResets": "second-factor-reset.list",
    "roleProposals": "role-proposal.list",
    "suspensions": "suspension.list",
}
# One that has nothing in it here; tests/e2e/test_imports.py reads it and its entry.
ELSEWHERE = {"hidingRequests": "directory.list-hiding-requests"}
# And those that show no number, address, account, reporter or held text.
SHOW_NOBODY = {
    "deadLetters": "it names no person, and what went wrong by a code",
    "deskFigures": "it counts",
    "insights": "it counts",
    "registerImports": "it counts, and names columns and lines",
    "registerImport": "it counts, and names columns and lines",
}


def test_every_list_for_people_with_a_role_is_audited_or_shows_nobody(stack: Stack, scene: Scene) -> None:
    """However often it is read within an hour, with one entry, and a sum when the hour is over."""
    table = tomllib.loads(PERMISSIONS.read_text(encoding="utf-8"))["Query"]
    of_roles = {name for name, role in table.items() if role in {"admin", "desk", "moderator", "verifier"}}
    assert of_roles == {*READS, *ELSEWHERE, *SHOW_NOBODY}
    admin = made_by_operator(stack, "Liest Alles", "admin")
    token = admin.sign_in()
    for _ in range(3):
        for name in READS:
            shown = "subject { id } reporter { id }" if name == "moderationQueue" else "__typename"
            assert stack.data(f"{{ {name}(first: 5) {{ nodes {{ {shown} }} }} }}", token)[name]["nodes"], name
    log = "query($a: String) { auditLog(actor: $a, first: 100) { nodes { action } } }"

    def read() -> list[str]:
        entries = stack.data(log, stack.sign_in("admin"), a=admin.id)["auditLog"]["nodes"]
        return sorted(one["action"] for one in entries if one["action"] in READS.values())

    eventually(lambda: "flag.view-reporter" in read(), 10)
    assert read() == sorted(READS.values())
    admin.resign()


def test_who_has_appealed_is_told_to_no_admin(stack: Stack, scene: Scene) -> None:
    """An admin may be the author of what was reported, and so a party; the entry is there, and names nobody."""
    log = "query($o: String, $a: String) { auditLog(object: $o, actor: $a, first: 100) { nodes { action actor } } }"
    own = decode(scene.appealed[0])
    assert own is not None
    admin = stack.sign_in("admin")

    def appeals(**given: str) -> list[str]:
        found = stack.data(log, admin, **given)["auditLog"]["nodes"]
        return [one["actor"] for one in found if one["action"] == "flag.appeal"]

    eventually(lambda: appeals(o=f"Flag:{own[1]}") == ["anonymous"], 10)
    assert appeals(a=scene.appealed[1]) == []
