"""Every mutation, and after each the queries that show it, each read once by whoever it concerns."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.ids import encode
from kit.clock import new_id
from tests.support import nppes
from tests.support.casework import SOURCE
from tests.support.casework import read as read_case
from tests.support.everything import Objects, of_node, of_payload
from tests.support.network import me, newcomer
from tests.support.roles import made_by_operator, protected, the_only_admin
from tests.support.stack import DEMO_PASSWORD, Stack, operate

MAX_COMPARED = 2  # objects of a payload that are read again
WARM = 2  # reads before each write, so that other workers have cached what it changes
Check = Callable[[Any], bool]


def has(one: Any) -> Check:
    """It is in the list."""
    return lambda value: value is not None and one in value


def lacks(one: Any) -> Check:
    """It is not in the list, or there is no list."""
    return lambda value: value is None or one not in value


def number() -> str:
    """A German doctor's number that nobody has, with its check digit."""
    digits = f"{secrets.randbelow(900_000) + 100_000}"
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, (4, 9, 4, 9, 4, 9), strict=True))
    return f"{digits}{(10 - weighted % 10) % 10}07"


def pick(data: Any, path: str) -> Any:
    """A value of an answer; `*` goes through a list, and null ends the way.

    >>> pick({"a": {"nodes": [{"id": 1}, {"id": 2}]}}, "a.nodes.*.id")
    [1, 2]
    """
    step, _, rest = path.partition(".")
    if data is None:
        return None
    if step == "*":
        return [pick(one, rest) if rest else one for one in data]
    return pick(data[step], rest) if rest else data[step]


@dataclass(frozen=True)
class Read:
    """One query by one person, and what it must answer after the write."""

    token: str | None
    query: str
    path: str
    expected: Any
    variables: dict[str, Any] = field(default_factory=dict)

    def value(self, stack: Stack) -> Any:
        """What it answers now."""
        return pick(stack.run(self.query, self.token, self.variables).get("data"), self.path)

    def holds(self, value: Any) -> bool:
        """Whether this is what it must answer."""
        return bool(self.expected(value)) if callable(self.expected) else bool(value == self.expected)


GROUP = "query($id: ID!) { group(by: {id: $id}) { name memberCount viewerMembership { state role } viewerCan members(first: 50) { nodes { role professional { id } } } } }"
PAGE = "query($id: ID!) { group(by: {id: $id}) { name purpose memberCount viewerMembership { state } discussions(first: 5) { nodes { id title body state postCount } } } }"
MINE = "{ viewer { groups(first: 100) { nodes { id name memberCount } } } }"
MY_PAGES = "{ viewer { groups(first: 100) { nodes { id discussions(first: 3) { nodes { id title } } } } } }"
FOUND = "query($t: String!) { groups(filter: {text: $t}, first: 5) { nodes { id memberCount } } }"
THREAD = (
    "query($id: ID!) { node(id: $id) { ... on Discussion { state title body postCount version resolvedBy { id } reactions { count } translations { body } "
    "notes { id } pollOptions { votes } caseDetails { question } posts(first: 50) { nodes { id body state } } } "
    "... on Post { state body version reactions { count } } } }"
)
PERSON = "query($id: ID!) { professional(by: {id: $id}) { id name headline connection verification licences { standing } mutualConnections(first: 5) { nodes { id } } groups(first: 20) { nodes { id } } } }"
PEERS = "query($t: String!) { peers(filter: {text: $t}, first: 5, orderBy: NAME) { totalCount nodes { id headline verification } } }"
CONNECTIONS = "{ viewer { connections(first: 100) { nodes { id name } } } }"
REQUESTS = "query($d: Direction!) { viewer { connectionRequests(direction: $d, first: 100) { nodes { id } } } }"
PROFILE = (
    "{ viewer { professional { id name headline } pathOptIn visibility { field audience } pendingPolicies { id } } }"
)
CREDENTIALS = "{ viewer { credentials(first: 50) { nodes { id verificationStatus standing specialty { code } appealStatement evidence { id } } } } }"
STEPS = "{ viewer { verificationMissing verificationSteps { kind state waitsFor } } }"
QUEUE = "query($j: [RegionCode!]) { verificationQueue(filter: {jurisdictions: $j}, first: 100) { nodes { id takenBy { id } } } }"
SESSIONS = "{ viewer { sessions(first: 10) { nodes { id current } } } }"
FEED = "{ viewer { feed(first: 20) { nodes { id title } } } }"
NOTIFIED = "{ viewer { notifications(first: 50) { unreadCount nodes { event subject { id } } } } }"


class Matrix:
    """Writes and reads, and notes what was stale.

    Args:
        stack: the system; its own connection for each request, so that any worker may answer.
        payloads: whether each payload is asked for everything that it shows, and compared with what `node` answers next.
    """

    def __init__(self, stack: Stack, *, payloads: bool = False) -> None:
        self.stack = stack
        self.payloads = payloads
        self.stale: list[str] = []
        self.pairs: set[tuple[str, str]] = set()
        self.reads = self.compared = 0
        self.tokens = {
            name: stack.sign_in(name) for name in ("maria", "jonas", "amina", "vera", "vito", "mod", "admin")
        }

    def write(self, mutation: str, token: str | None, reads: list[Read], /, shape: str = "", **given: Any) -> Any:
        """Warm the reads up, write, and read each once."""
        for read in reads:
            for _ in range(WARM):
                read.value(self.stack)
        shape = f"{shape} {of_payload(mutation)}" if self.payloads else shape
        payload = self.stack.change(mutation, shape, token, **given)
        assert [error["code"] for error in payload["userErrors"]] in ([], ["HELD_FOR_REVIEW"]), (mutation, payload)
        for read in reads:
            value = read.value(self.stack)
            self.reads += 1
            self.pairs.add((mutation, f"{read.query.split('(')[0]} {read.path}"))
            if not read.holds(value):
                self.stale.append(f"{mutation} → {read.path}: {value!r}")
        if self.payloads:
            self.compare(mutation, token, payload)
        return payload

    def compare(self, mutation: str, token: str | None, payload: Any) -> None:
        """Note where a payload and `node`, asked afterwards, say something else about an object."""
        objects = Objects()
        objects.take(payload, mutation)
        for kind, own in list(objects.nodes())[:MAX_COMPARED]:
            for operation in of_node(kind):
                answer = self.stack.run(operation, token, {"id": own})
                if "errors" not in answer:  # an erasure, for example, leaves nobody to ask
                    objects.take(answer["data"], operation)
        self.compared += objects.compared
        self.stale += [f"{mutation}: {one}" for one in objects.differing]

    def person(self, name: str = "") -> tuple[str, str, str]:
        """Somebody new: token, id and a name that nobody else has."""
        name = name or f"Matrix {new_id()[:8]}"
        token, own = newcomer(self.stack, name)
        return token, own, name

    def run(self) -> None:
        """All scenarios."""
        for scenario in (
            groups, membership, discussions, moderation, connections, profiles, credentials, accounts, directory, registers,
            authorities,
        ):  # fmt: skip
            scenario(self)


def _group(m: Matrix, owner: str, readers: list[str], **given: Any) -> tuple[str, str]:
    name = f"Matrix {new_id()[:13]}"
    reads = [Read(owner, MINE, "viewer.groups.nodes.*.name", has(name))]
    reads += [Read(reader, FOUND, "groups.nodes.*.memberCount", [1], {"t": name}) for reader in (owner, *readers)]
    payload = m.write("createGroup", owner, reads, shape="group { id }", name=name, purpose="To read", **given)
    return str(payload["group"]["id"]), name


def groups(m: Matrix) -> None:
    """A group's own fields, and who may know of it."""
    maria, (ada, _, _) = m.tokens["maria"], m.person()
    own, _ = _group(m, maria, [ada])
    by = {"id": own}
    for number in range(2):
        m.write("updateGroup", maria, [
            Read(maria, PAGE, "group.purpose", f"Purpose {number}", by), Read(ada, PAGE, "group.purpose", f"Purpose {number}", by),
        ], id=own, purpose=f"Purpose {number}")  # fmt: skip
    for visibility, seen in (("SECRET", None), ("LISTED", own), ("UNLISTED", own)):
        m.write("updateGroup", maria, [
            Read(ada, PAGE, "group", (lambda v: v is None) if seen is None else (lambda v: v is not None), by),
            Read(ada, GROUP, "group", (lambda v: v is None) if seen is None else (lambda v: v is not None), by),
            Read(ada, "query($id: ID!) { node(id: $id) { id } }", "node.id", seen, by),
        ], id=own, visibility=visibility)  # fmt: skip


def membership(m: Matrix) -> None:
    """Joining, leaving, roles, invitations, requests, bans."""
    maria, (ada, ada_id, _) = m.tokens["maria"], m.person()
    own, name = _group(m, maria, [])
    by = {"id": own}

    def joined(state: str | None, count: int) -> list[Read]:
        check = has(own) if state == "ACTIVE" else lacks(own)
        return [
            Read(ada, PAGE, "group.viewerMembership", (lambda v: v is None) if state is None else (lambda v: v == {"state": state}), by),
            Read(ada, PAGE, "group.memberCount", count, by), Read(maria, PAGE, "group.memberCount", count, by),
            Read(ada, MINE, "viewer.groups.nodes.*.id", check), Read(ada, MY_PAGES, "viewer.groups.nodes.*.id", check),
            Read(maria, GROUP, "group.members.nodes.*.professional.id", has(ada_id) if state == "ACTIVE" else lacks(ada_id), by),
            Read(maria, PERSON, "professional.groups.nodes.*.id", check, {"id": ada_id}),
            Read(m.tokens["jonas"], FOUND, "groups.nodes.*.memberCount", [count], {"t": name}),
        ]  # fmt: skip

    m.write("joinGroup", ada, joined("ACTIVE", 2), group=own)
    m.write("leaveGroup", ada, joined(None, 1), group=own)
    m.write("joinGroup", ada, joined("ACTIVE", 2), group=own)
    m.write("setGroupRole", maria, [
        Read(ada, GROUP, "group.viewerMembership.role", "MODERATOR", by), Read(ada, GROUP, "group.viewerCan", has("MODERATE"), by),
    ], group=own, professional=ada_id, role="MODERATOR")  # fmt: skip
    m.write("banFromGroup", maria, [
        Read(ada, MINE, "viewer.groups.nodes.*.id", lacks(own)), Read(ada, PAGE, "group.discussions.nodes", lambda v: v in (None, []), by),
        Read(maria, PAGE, "group.memberCount", 1, by),
    ], group=own, professional=ada_id, reason="Test")  # fmt: skip
    m.write("unbanFromGroup", maria, [
        Read(ada, GROUP, "group.viewerMembership", lambda v: v is None or v["state"] != "BANNED", by)
    ], group=own, professional=ada_id)  # fmt: skip
    m.write("updateGroup", maria, [Read(ada, "query($id: ID!) { group(by: {id: $id}) { joinPolicy } }", "group.joinPolicy", "REQUEST", by)],
            id=own, joinPolicy="REQUEST")  # fmt: skip
    m.write("joinGroup", ada, joined("REQUESTED", 1), group=own)
    m.write("respondToMembership", maria, joined("ACTIVE", 2), group=own, professional=ada_id, accept=True)
    m.write("leaveGroup", ada, joined(None, 1), group=own)
    m.write("inviteToGroup", maria, [
        Read(ada, "{ viewer { invitations(first: 50) { nodes { group { id } } } } }", "viewer.invitations.nodes.*.group.id", has(own)),
        Read(ada, NOTIFIED, "viewer.notifications.nodes.*.subject.id", has(own)),
    ], group=own, professional=ada_id)  # fmt: skip


def discussions(m: Matrix) -> None:
    """What is said in a group, by its members and for them."""
    maria, jonas, (ada, _, _) = m.tokens["maria"], m.tokens["jonas"], m.person()
    own, _ = _group(m, maria, [])
    for token in (jonas, ada):
        m.stack.change("joinGroup", "membership { state }", token, group=own)
    by = {"id": own}
    title = f"Which {new_id()[:8].translate(str.maketrans('0123456789', 'ghijklmnop'))}"

    def opened(title: str) -> list[Read]:
        return [
            Read(token, query, path, has(title), variables)
            for token in (maria, jonas, ada)
            for query, path, variables in (
                (PAGE, "group.discussions.nodes.*.title", by), (FEED, "viewer.feed.nodes.*.title", {}),
                ("query($t: String!) { discussions(filter: {text: $t}, first: 5) { nodes { title } } }", "discussions.nodes.*.title",
                 {"t": title}),
            )
        ]  # fmt: skip

    discussion = m.write(
        "createDiscussion", maria, opened(title), shape="discussion { id }", group=own, title=title, body="Slowly?", language="en"
    )["discussion"]["id"]  # fmt: skip
    by_text = {"id": discussion}

    def thread(path: str, expected: Any, *tokens: str) -> list[Read]:
        return [Read(token, THREAD, f"node.{path}", expected, by_text) for token in tokens or (maria, jonas, ada)]

    post = m.write("addPost", jonas, [
        *thread("postCount", 1), *thread("posts.nodes.*.body", ["First."]),
        *(Read(token, PAGE, "group.discussions.nodes.*.postCount", [1], by) for token in (maria, jonas, ada)),
        Read(maria, NOTIFIED, "viewer.notifications.nodes.*.subject.id", lambda v: v is not None and len(v) > 0),
    ], shape="post { id }", discussion=discussion, body="First.", language="en")["post"]["id"]  # fmt: skip
    m.write("editPost", jonas, thread("posts.nodes.*.body", ["Second."]), id=post, body="Second.")
    m.write("editDiscussion", maria, [
        *thread("title", "Which then?"),
        *(Read(token, PAGE, "group.discussions.nodes.*.title", ["Which then?"], by) for token in (maria, jonas, ada)),
        Read(jonas, MY_PAGES, "viewer.groups.nodes.*.discussions.nodes", lambda v: "Which then?" in str(v)),
    ], id=discussion, title="Which then?")  # fmt: skip
    m.write("react", ada, thread("reactions.*.count", [1]), subject=discussion, reaction="HELPFUL")
    m.write(
        "unreact", ada, thread("reactions.*.count", lambda v: v in ([], [0])), subject=discussion, reaction="HELPFUL"
    )
    m.write("addTranslation", maria, thread("translations.*.body", ["Langsam?"]), subject=discussion, language="de", title="Welche?",
            body="Langsam?")  # fmt: skip
    poll = m.stack.change("createDiscussion", "discussion { id pollOptions { id } }", maria, group=own, kind="POLL", title="Poll",
                          body="Which?", language="en", pollOptions=["One", "Two"])["discussion"]  # fmt: skip
    m.write("vote", jonas, [
        Read(token, THREAD, "node.pollOptions.*.votes", [1, 0], {"id": poll["id"]}) for token in (jonas, ada, maria)
    ], discussion=poll["id"], option=poll["pollOptions"][0]["id"])  # fmt: skip
    question = m.stack.change("createDiscussion", "discussion { id }", maria, group=own, kind="QUESTION", title="Question", body="How?",
                              language="en")["discussion"]["id"]  # fmt: skip
    answer = m.stack.change("addPost", "post { id }", jonas, discussion=question, body="So.", language="en")["post"][
        "id"
    ]
    m.write("resolveDiscussion", maria, [
        Read(token, THREAD, "node.resolvedBy.id", answer, {"id": question}) for token in (jonas, ada, maria)
    ], discussion=question, post=answer)  # fmt: skip
    m.write("markNotificationsRead", jonas, [Read(jonas, NOTIFIED, "viewer.notifications.unreadCount", 0)], upTo=m.stack.data(
        "{ viewer { notifications(first: 1) { nodes { id } } } }", jonas)["viewer"]["notifications"]["nodes"][0]["id"])  # fmt: skip
    m.write("deletePost", jonas, thread("posts.nodes.*.state", ["DELETED"]), id=post)
    m.write("deleteDiscussion", maria, [
        *thread("state", lambda v: v in (None, "DELETED")),
        *(Read(token, PAGE, "group.discussions.nodes.*.title", lacks("Which then?"), by) for token in (jonas, ada)),
    ], id=discussion)  # fmt: skip
    case = m.stack.change("createDiscussion", "discussion { id }", maria, group=own, kind="CASE", title="Case", body="A course.",
                          language="en", caseDetails={"question": "What next?", "ageBand": "40-49", "consentScope": "THIS_GROUP"})["discussion"]["id"]  # fmt: skip
    m.write("withdrawCaseConsent", maria, [
        Read(jonas, THREAD, "node.caseDetails", lambda v: v is None or v["question"] is None, {"id": case}),
        Read(jonas, THREAD, "node.body", None, {"id": case}),
    ], discussion=case)  # fmt: skip
    alert = m.stack.change("createDiscussion", "discussion { id }", m.tokens["admin"], kind="ALERT", title="Alert", body="Mind this.",
                           language="en", alertDetails={"regions": ["DE"], "expiresAt": (datetime.now(UTC) + timedelta(days=3)).isoformat()})  # fmt: skip
    m.write("acknowledgeAlert", jonas, [
        Read(jonas, "query($id: ID!) { node(id: $id) { ... on Discussion { alertDetails { viewerAcknowledgedAt } } } }",
             "node.alertDetails.viewerAcknowledgedAt", lambda v: v is not None, {"id": alert["discussion"]["id"]})
    ], discussion=alert["discussion"]["id"])  # fmt: skip


def moderation(m: Matrix) -> None:
    """What a moderator takes away is gone for whoever reads next."""
    maria, jonas, mod, (ada, _, _) = m.tokens["maria"], m.tokens["jonas"], m.tokens["mod"], m.person()
    own, _ = _group(m, maria, [])
    for token in (jonas, ada, m.tokens["amina"]):
        m.stack.change("joinGroup", "membership { state }", token, group=own)
    by = {"id": own}
    waiting = "{ moderationQueue(first: 100) { nodes { id flagStatus takenBy { id } } } }"
    why = {"facts": "It is not so.", "clause": "Community guidelines, 3"}
    for action, state in (("HIDE", "HIDDEN"), ("REMOVE", "DELETED")):
        title = f"Text {new_id()[:8].translate(str.maketrans('0123456789', 'ghijklmnop'))}"
        text = m.stack.change("createDiscussion", "discussion { id }", maria, group=own, title=title, body="A body to be taken down.",
                              language="en")["discussion"]["id"]  # fmt: skip
        flag = m.write("flag", jonas, [], shape="flag { id }", subject=text, reason="MISINFORMATION")["flag"]["id"]
        m.write("takeFlag", mod, [
            Read(mod, waiting, "moderationQueue.nodes", lambda v, flag=flag: any(n["id"] == flag and n["takenBy"] for n in v))
        ], id=flag)  # fmt: skip
        m.write("decideFlag", mod, [
            read for token in (jonas, ada) for read in (
                Read(token, THREAD, "node", lambda v, state=state: v is None or (v["state"] == state and v["body"] is None), {"id": text}),
                Read(token, PAGE, "group.discussions.nodes", lambda v: "A body to be taken down" not in str(v), by),
                Read(token, FEED, "viewer.feed.nodes.*.title", lacks(title)),
                Read(token, "query($t: String!) { discussions(filter: {text: $t}, first: 5) { nodes { title } } }", "discussions.nodes.*.title",
                     lacks(title), {"t": title}),
            )
        ], id=flag, action=action, **why)  # fmt: skip
    decision = m.stack.data("{ viewer { decisions(first: 1) { nodes { id } } } }", maria)["viewer"]["decisions"][
        "nodes"
    ][0]["id"]
    m.write("appealDecision", maria, [
        Read(m.tokens["admin"], "{ moderationQueue(first: 100) { nodes { appealStatement } } }", "moderationQueue.nodes.*.appealStatement",
             has("It is as I wrote it."))
    ], decision=decision, statement="It is as I wrote it.")  # fmt: skip
    held = m.write("createDiscussion", maria, [
        Read(jonas, PAGE, "group.discussions.nodes", lambda v: "9434765919" not in str(v), by),
        Read(maria, PAGE, "group.discussions.nodes.*.state", has("HELD"), by),
    ], shape="discussion { id }", group=own, title="Numbers", body="Our form shows 9434765919 below.", language="en")["discussion"]["id"]  # fmt: skip
    flags = m.stack.data(
        "{ moderationQueue(filter: {origin: SYSTEM}, first: 100) { nodes { id subject { id } } } }", mod
    )
    flag = next(n["id"] for n in flags["moderationQueue"]["nodes"] if (n["subject"] or {}).get("id") == held)
    m.write("takeFlag", mod, [Read(mod, "query($id: ID!) { node(id: $id) { ... on Flag { flagStatus } } }", "node.flagStatus", "TAKEN", {"id": flag})],
            id=flag)  # fmt: skip
    m.write("decideFlag", mod, [
        Read(token, PAGE, "group.discussions.nodes.*.id", has(held), by) for token in (jonas, ada)
    ], id=flag, action="RESTORE", **why)  # fmt: skip
    note = m.write("proposeNote", jonas, [], shape="note { id }", subject=held, body="A source says so.",
                   sources=[{"url": "https://example.org/study"}])["note"]["id"]  # fmt: skip
    m.write("rateNote", m.tokens["amina"], [
        Read(jonas, "query($id: ID!) { node(id: $id) { ... on ContextNote { noteStatus } } }", "node", lambda _v: True, {"id": note})
    ], note=note, helpful=True)  # fmt: skip


def connections(m: Matrix) -> None:
    """Requests, connections, blocks, introductions, suggestions."""
    (ada, ada_id, _), (bob, bob_id, bob_name), (eve, eve_id, _) = m.person(), m.person(), m.person()

    def related(state: str, *, connected: bool) -> list[Read]:
        return [
            Read(ada, PERSON, "professional.connection", state, {"id": bob_id}),
            Read(ada, CONNECTIONS, "viewer.connections.nodes.*.id", has(bob_id) if connected else lacks(bob_id)),
            Read(bob, CONNECTIONS, "viewer.connections.nodes.*.id", has(ada_id) if connected else lacks(ada_id)),
        ]  # fmt: skip

    def asked(present: bool) -> list[Read]:
        check = (lambda v: bool(v)) if present else (lambda v: v == [])
        return [
            Read(ada, REQUESTS, "viewer.connectionRequests.nodes.*.id", check, {"d": "SENT"}),
            Read(bob, REQUESTS, "viewer.connectionRequests.nodes.*.id", check, {"d": "RECEIVED"}),
        ]

    shape = "connectionRequest { id }"
    m.write("dismissSuggestion", ada, [
        Read(ada, "{ viewer { suggestions(first: 50) { nodes { id } } } }", "viewer.suggestions.nodes.*.id", lacks(eve_id))
    ], professional=eve_id)  # fmt: skip
    request = m.write(
        "requestConnection", ada, [*related("REQUESTED_BY_ME", connected=False), *asked(True)], shape=shape, to=bob_id
    )
    m.write(
        "withdrawConnection",
        ada,
        [*related("NONE", connected=False), *asked(False)],
        request=request["connectionRequest"]["id"],
    )
    request = m.write("requestConnection", ada, asked(True), shape=shape, to=bob_id)
    m.write("respondToConnection", bob, [*related("CONNECTED", connected=True), *asked(False)], request=request["connectionRequest"]["id"],
            accept=True)  # fmt: skip
    m.write("removeConnection", ada, related("NONE", connected=False), professional=bob_id)
    request = m.stack.change("requestConnection", shape, ada, to=bob_id)["connectionRequest"]["id"]
    m.stack.change("respondToConnection", "professional { id }", bob, request=request, accept=True)
    m.write("blockProfessional", bob, [
        Read(ada, PERSON, "professional", None, {"id": bob_id}), Read(ada, PEERS, "peers.nodes", [], {"t": bob_name}),
        Read(ada, CONNECTIONS, "viewer.connections.nodes.*.id", lacks(bob_id)),
        Read(bob, "{ viewer { blocked(first: 50) { nodes { id } } } }", "viewer.blocked.nodes.*.id", has(ada_id)),
    ], professional=ada_id)  # fmt: skip
    m.write("unblockProfessional", bob, [
        Read(ada, PERSON, "professional.id", bob_id, {"id": bob_id}), Read(ada, PEERS, "peers.nodes.*.id", [bob_id], {"t": bob_name}),
        Read(bob, "{ viewer { blocked(first: 50) { nodes { id } } } }", "viewer.blocked.nodes.*.id", lacks(ada_id)),
    ], professional=ada_id)  # fmt: skip
    m.write("setPathOptIn", eve, [Read(eve, PROFILE, "viewer.pathOptIn", True)], value=True)
    for one, other, other_id in ((ada, bob, bob_id), (bob, eve, eve_id)):
        request = m.stack.change("requestConnection", shape, one, to=other_id)["connectionRequest"]["id"]
        m.stack.change("respondToConnection", "professional { id }", other, request=request, accept=True)
    identity = m.stack.change(
        "submitCredential", "credential { id }", ada, credentialKind="IDENTITY", jurisdiction="DE"
    )["credential"]
    m.stack.change("takeCase", "credential { id }", m.tokens["vera"], credential=identity["id"])
    m.write("decideCredential", m.tokens["vera"], [Read(bob, PERSON, "professional.verification", "IDENTITY", {"id": ada_id})],
            id=identity["id"], decision="VALIDATE", reason="CONFIRMED_AT_SOURCE", sourceUrl=SOURCE)  # fmt: skip
    introductions = "query($d: Direction!) { viewer { introductions(direction: $d, first: 20) { nodes { id introductionState } } } }"
    asked_for = m.write("requestIntroduction", ada, [
        Read(ada, introductions, "viewer.introductions.nodes.*.introductionState", ["PENDING"], {"d": "SENT"}),
        Read(bob, introductions, "viewer.introductions.nodes.*.introductionState", ["PENDING"], {"d": "RECEIVED"}),
    ], shape="introduction { id }", to=eve_id, message="We share a registry.")["introduction"]["id"]  # fmt: skip
    m.write("respondToIntroduction", bob, [
        Read(ada, introductions, "viewer.introductions.nodes.*.introductionState", ["FORWARDED"], {"d": "SENT"}),
        Read(eve, NOTIFIED, "viewer.notifications.nodes.*.event", lambda v: bool(v)),
    ], id=asked_for, forward=True)  # fmt: skip


def profiles(m: Matrix) -> None:
    """Who somebody is, for themselves and for others."""
    (ada, ada_id, name), jonas = m.person(), m.tokens["jonas"]
    own, _ = _group(m, jonas, [])
    m.stack.change("joinGroup", "membership { state }", ada, group=own)
    member = "query($id: ID!) { group(by: {id: $id}) { members(first: 9) { nodes { professional { headline } } } } }"

    def shown(headline: str | None) -> list[Read]:
        return [
            Read(ada, PROFILE, "viewer.professional.headline", lambda v: v is not None),
            Read(ada, PERSON, "professional.headline", lambda v: v is not None, {"id": ada_id}),
            Read(jonas, PERSON, "professional.headline", headline, {"id": ada_id}),
            Read(jonas, PEERS, "peers.nodes.*.headline", [headline], {"t": name}),
            Read(jonas, member, "group.members.nodes.*.professional.headline", has(headline), {"id": own}),
        ]

    for number in range(2):
        text = f"Headline {number}"
        own_reads = [
            Read(ada, PROFILE, "viewer.professional.headline", text), Read(ada, PERSON, "professional.headline", text, {"id": ada_id}),
            Read(ada, "query($id: ID!) { node(id: $id) { ... on Professional { headline } } }", "node.headline", text, {"id": ada_id}),
        ]  # fmt: skip
        m.write("updateProfile", ada, [*own_reads, *shown(text)], headline=text)
    m.write("setVisibility", ada, shown(None), field="HEADLINE", audience="CONNECTIONS")
    m.write("setVisibility", ada, shown("Headline 1"), field="HEADLINE", audience="MEMBERS")
    m.write("suspendAccount", m.tokens["admin"], [
        Read(ada, PAGE, "group", None, {"id": own}),
        Read(jonas, PERSON, "professional", None, {"id": ada_id}), Read(jonas, PEERS, "peers.nodes", [], {"t": name}),
        Read(jonas, member, "group.members.nodes.*.professional.headline", lacks("Headline 1"), {"id": own}),
    ], account=ada_id, reason="Under investigation")  # fmt: skip
    (eve, eve_id, eve_name) = m.person()
    m.stack.change("joinGroup", "membership { state }", eve, group=own)
    m.write("eraseMe", eve, [
        Read(jonas, PERSON, "professional", None, {"id": eve_id}), Read(jonas, PEERS, "peers.nodes", [], {"t": eve_name}),
        Read(jonas, PAGE, "group.memberCount", 2, {"id": own}),
    ], confirm="ERASE")  # fmt: skip


def other_names(m: Matrix, ada: str, ada_id: str) -> None:
    """Of a verified person: added, changed, suspended and taken back, each found and shown at once."""
    jonas, vera, vito, text = m.tokens["jonas"], m.tokens["vera"], m.tokens["vito"], f"Countess {new_id()[:8]}"
    found = "query($t: String!) { peers(filter: {text: $t}, first: 5, orderBy: NAME) { nodes { preferredName } } }"
    shown = "query($id: ID!) { professional(by: {id: $id}) { preferredName otherNames { text } } }"

    def names(now: str | None, before: str = text) -> list[Read]:
        return [
            Read(jonas, shown, "professional.preferredName", now, {"id": ada_id}),
            Read(ada, "{ viewer { professional { preferredName } } }", "viewer.professional.preferredName", now),
            Read(jonas, shown, "professional.otherNames.*.text", [now] if now else [], {"id": ada_id}),
            *([Read(jonas, found, "peers.nodes.*.preferredName", [now], {"t": now})] if now else []),
            *([Read(jonas, found, "peers.nodes", [], {"t": before})] if now != before else []),
        ]

    shape, decided = "credential { id }", {"decision": "VALIDATE", "reason": "CONFIRMED_AT_SOURCE", "sourceUrl": SOURCE}
    own = m.write(
        "submitCredential", ada, names(None), shape=shape, credentialKind="NAME", jurisdiction="DE",
        otherName={"text": text, "use": "PREFERRED"},
    )["credential"]["id"]  # fmt: skip
    m.stack.change("takeCase", shape, vera, credential=own)
    m.write("decideCredential", vera, names(text), id=own, **decided)
    m.write("setVisibility", ada, [
        Read(jonas, shown, "professional.preferredName", None, {"id": ada_id}), Read(jonas, found, "peers.nodes", [], {"t": text}),
    ], field="NAME", audience="CONNECTIONS")  # fmt: skip
    m.write("setVisibility", ada, names(text), field="NAME", audience="MEMBERS")
    changed = f"Duchess {new_id()[:8]}"
    m.write("updateCredential", ada, names(text), id=own, otherName={"text": changed, "use": "PREFERRED"})
    m.stack.change("takeCase", shape, vera, credential=own)
    m.write("decideCredential", vera, names(changed), id=own, **decided)
    # Whose suspension does not stand suspends nothing of the person's for 30 days, and the two others have more to do with her.
    third = made_by_operator(m.stack, "Dritte Prüferin", "verifier").sign_in()
    read_case(m.stack, third, own)
    m.write("suspendCredential", third, names(None, changed), id=own, reason="SANCTIONED")
    read_case(m.stack, vito, own)
    m.write("confirmDecision", vito, names(changed), credential=own, agree=False)
    m.write("withdrawCredential", ada, names(None, changed), id=own)


def credentials(m: Matrix) -> None:
    """From submitting to a revocation, and what each does to the level that others see."""
    (ada, ada_id, name), jonas, vera, vito = m.person(), m.tokens["jonas"], m.tokens["vera"], m.tokens["vito"]
    authorities = m.stack.data('{ authorities(jurisdiction: "DE", first: 1) { id } }')["authorities"]
    licence_of = {
        "credentialKind": "LICENCE", "jurisdiction": "DE", "authority": authorities[0]["id"], "specialty": "cardiology"
    }  # fmt: skip

    def status(expected: str) -> Read:
        return Read(ada, CREDENTIALS, "viewer.credentials.nodes.*.verificationStatus", has(expected))

    def level(expected: str) -> list[Read]:
        return [
            Read(jonas, PERSON, "professional.verification", expected, {"id": ada_id}),
            Read(jonas, PEERS, "peers.nodes.*.verification", [expected], {"t": name}),
        ]

    def steps(*expected: str) -> Read:
        return Read(ada, STEPS, "viewer.verificationSteps.*.state", ["DONE", *expected])

    def missing(*expected: str) -> Read:
        return Read(ada, STEPS, "viewer.verificationMissing", list(expected))

    shape = "credential { id }"
    submitted = m.write(
        "submitCredential",
        ada,
        [status("ATTESTED"), steps("WAITING", "TO_DO")],
        shape=shape,
        number=number(),
        **licence_of,
    )
    other, own = submitted["credential"]["id"], {"j": ["DE"]}
    m.write(
        "requestEvidenceUpload", ada, [], shape="uploadUrl", credential=other, mediaType="application/pdf", bytes=100
    )
    m.write("updateCredential", ada, [
        Read(ada, CREDENTIALS, "viewer.credentials.nodes.*.specialty.code", has("internal-medicine"))
    ], id=other, specialty="internal-medicine")  # fmt: skip
    waiting = "query($id: ID!) { node(id: $id) { ... on Credential { takenBy { name } verificationStatus } } }"
    m.write(
        "takeCase", vera, [Read(vito, waiting, "node.takenBy.name", "Vera Kessler", {"id": other})], credential=other
    )
    m.write("releaseCase", vera, [Read(vito, waiting, "node.takenBy", None, {"id": other})], credential=other)
    m.stack.change("takeCase", shape, vito, credential=other)
    m.write("releaseCases", vito, [Read(vera, waiting, "node.takenBy", None, {"id": other})])
    beside = "query($id: ID!) { node(id: $id) { ... on Credential { caseFile { assigneeName notes { text } } } } }"
    m.write("assignCase", vera, [
        Read(vito, beside, "node.caseFile.assigneeName", "Vera Kessler", {"id": other})
    ], credential=other, assignee=me(m.stack, vera))  # fmt: skip
    m.write("addCaseNote", vera, [
        Read(vito, beside, "node.caseFile.notes.*.text", ["Look twice."], {"id": other})
    ], credential=other, text="Look twice.")  # fmt: skip
    m.write("withdrawCredential", ada, [status("ENTERED_IN_ERROR"), steps("TO_DO", "TO_DO")], id=other)
    licence = m.stack.change("submitCredential", shape, ada, number=number(), **licence_of)["credential"]["id"]
    decided = {"decision": "VALIDATE", "reason": "CONFIRMED_AT_SOURCE", "sourceUrl": SOURCE}
    m.stack.change("takeCase", shape, vera, credential=licence)
    m.write("decideCredential", vera, [status("VALIDATED"), steps("DONE", "TO_DO"), Read(vito, QUEUE, "verificationQueue.nodes.*.id", lacks(licence), own)],
            id=licence, **decided)  # fmt: skip
    identity = m.stack.change("submitCredential", shape, ada, credentialKind="IDENTITY", jurisdiction="DE")[
        "credential"
    ]["id"]
    m.stack.change("takeCase", shape, vera, credential=identity)
    m.write(
        "decideCredential",
        vera,
        [*level("RIGHT_TO_PRACTISE"), steps("DONE", "DONE"), missing()],
        id=identity,
        **decided,
    )
    other_names(m, ada, ada_id)
    m.write("suspendCredential", vera, [*level("IDENTITY"), missing("LICENCE")], id=licence, reason="SANCTIONED")
    read_case(m.stack, vito, licence)
    m.write("confirmDecision", vito, [*level("RIGHT_TO_PRACTISE"), missing()], credential=licence, agree=False)
    m.write("revokeCredential", vito, [*level("IDENTITY"), missing("LICENCE")], id=licence, reason="SANCTIONED")
    read_case(m.stack, vera, licence)
    m.write("confirmDecision", vera, [status("REVAL_FAIL"), *level("IDENTITY")], credential=licence, agree=True)
    m.write("appealCredential", ada, [
        Read(ada, CREDENTIALS, "viewer.credentials.nodes.*.appealStatement", has("It was another person."))
    ], id=licence, statement="It was another person.")  # fmt: skip
    m.write("withdrawCredential", ada, [*level("UNVERIFIED"), missing("LICENCE", "IDENTITY")], id=identity)


def accounts(m: Matrix) -> None:
    """Signing up, sessions, roles and policies."""
    name, email = f"Matrix {new_id()[:8]}", f"{new_id()}@matrix.example"
    policies = m.stack.data("{ instance { policies { id mustAccept } } }")["instance"]["policies"]
    accepted = [policy["id"] for policy in policies if policy["mustAccept"]]
    token = m.write("signUp", None, [Read(m.tokens["jonas"], PEERS, "peers.totalCount", 0, {"t": name})], shape="session { accessToken }",
                    email=email, password="a long pass phrase", name=name, regions=["DE"],
                    acceptedPolicies=accepted)["session"]["accessToken"]  # fmt: skip
    m.write("confirmEmail", None, [
        Read(m.tokens["jonas"], PEERS, "peers.totalCount", 1, {"t": name}), Read(token, "{ viewer { emailConfirmed } }", "viewer.emailConfirmed", True),
        Read(token, PEERS, "peers.totalCount", 0, {"t": name}),
        Read(token, STEPS, "viewer.verificationMissing", ["LICENCE", "IDENTITY"]),
    ], token=m.stack.mailed(email, "confirm-address"), password="a long pass phrase")  # fmt: skip
    m.write("acceptPolicies", token, [Read(token, PROFILE, "viewer.pendingPolicies", [])], policies=accepted)

    def signed_in() -> str:
        payload = m.stack.change("signIn", "session { accessToken }", None, email=email, password="a long pass phrase")
        return str(payload["session"]["accessToken"])

    # Of somebody whose address is confirmed.
    noel, wanted = m.stack.sign_in("noel"), f"{new_id()}@matrix.example"
    m.write("changeEmail", noel, [Read(noel, "{ viewer { emailChange { newEmail } } }", "viewer.emailChange.newEmail", wanted)],
            newEmail=wanted, password=DEMO_PASSWORD)  # fmt: skip
    phone, tablet, shown = signed_in(), signed_in(), "viewer.sessions.nodes.*"
    ids = {row["current"]: row["id"] for row in m.stack.data(SESSIONS, phone)["viewer"]["sessions"]["nodes"]}
    m.write("endSession", tablet, [Read(tablet, SESSIONS, f"{shown}.id", lacks(ids[True]))], session=ids[True])
    tokens, named = (
        "{ viewer { personalAccessTokens(first: 5) { nodes { id name } } } }",
        "viewer.personalAccessTokens.nodes.*",
    )
    made = m.write(
        "createPersonalAccessToken", tablet, [Read(tablet, tokens, f"{named}.name", ["a program"])],
        shape="personalAccessToken { id }", name="a program", scopes=["READ"], expiresInDays=30, password="a long pass phrase",
    )  # fmt: skip
    m.write(
        "revokePersonalAccessToken", tablet, [Read(tablet, tokens, f"{named}.id", [])],
        personalAccessToken=made["personalAccessToken"]["id"],
    )  # fmt: skip
    m.write("endOtherSessions", tablet, [Read(tablet, SESSIONS, f"{shown}.current", [True])])
    the_only_admin(m.stack)
    able = protected(m.stack, f"{name} able").id
    m.write("setRoles", m.tokens["admin"], [
        Read(m.tokens["admin"], "query($t: String!) { accounts(text: $t, first: 5) { nodes { roles } } }", "accounts.nodes.*.roles",
             lambda v: v is not None and "MODERATOR" in str(v), {"t": name})
    ], account=able, roles=["MEMBER", "MODERATOR"])  # fmt: skip
    two_admins(m, able, name)
    is_suspended(m, name)


def authorities(m: Matrix) -> None:
    """What an admin says about authorities, read signed out."""
    admin, code = m.tokens["admin"], f"tv-{secrets.token_hex(6)}"
    by = {"t": code}
    found = "query($t: String!) { authorities(text: $t, first: 5) { id name active } }"
    payload = m.write(
        "addAuthority", admin, [Read(None, found, "authorities.*.name", ["Health Council"], by)], "authority { id }",
        code=code, name="Health Council", kind="LICENSING_AUTHORITY", jurisdictions=["TV"], professions=["2221"], kinds=["LICENCE"],
    )  # fmt: skip
    one, node = (
        {"id": payload["authority"]["id"]},
        "query($id: ID!) { node(id: $id) { ... on Authority { name active } } }",
    )
    m.write("updateAuthority", admin, [
        Read(None, found, "authorities.*.name", ["Council"], by), Read(admin, node, "node.name", "Council", one),
    ], name="Council", **one)  # fmt: skip
    m.write("updateAuthority", admin, [
        Read(None, found, "authorities", [], by), Read(None, node, "node.active", False, one),
    ], active=False, **one)  # fmt: skip


def is_suspended(m: Matrix, name: str) -> None:
    """For longer than one admin may alone, and appealed against."""
    admin, second = m.tokens["admin"], made_by_operator(m.stack, f"Second look {name}", "admin")
    other = second.sign_in()
    email, password = f"{new_id()}@matrix.example", "a long pass phrase"
    token = m.stack.sign_up(f"{name} suspended", email, ["DE"], password=password)
    account = m.stack.data("{ viewer { professional { id } } }", token)["viewer"]["professional"]["id"]
    listed = (
        "{ suspensions(first: 100) { nodes { professional { id } email suspension { waitsForSecondAdmin reason } } } }"
    )

    def waits(value: Any) -> list[Read]:
        return [Read(one, listed, "suspensions.nodes", value) for one in (admin, other)]

    m.write("suspendAccount", admin, waits(lambda v: email in str(v)), account=account, reason="Under investigation")
    own = "{ viewer { suspension { reason until appeal { statement outcome } } } }"
    signed_in = m.stack.change("signIn", "session { accessToken }", None, email=email, password=password)
    token = str(signed_in["session"]["accessToken"])
    m.write("confirmSuspension", other, [
        *waits(lambda v: email not in str(v)), Read(token, own, "viewer.suspension.until", None),
    ], account=account)  # fmt: skip
    m.write("appealSuspension", token, [
        *waits(lambda v: email in str(v)), Read(token, own, "viewer.suspension.appeal.outcome", None),
    ], statement="It was somebody else.")  # fmt: skip
    m.write("decideSuspensionAppeal", other, [
        *waits(lambda v: email not in str(v)), Read(token, own, "viewer.suspension.appeal.outcome", "UPHELD"),
    ], account=account, uphold=True)  # fmt: skip
    second.resign()


def directory(m: Matrix) -> None:
    """A profile of the US registry that is hidden for its subject, and shown again."""
    maria, vera, vito = m.tokens["maria"], m.tokens["vera"], m.tokens["vito"]
    last, npi = f"Matrix{new_id()[:8]}", nppes.with_check_digit(200_000_000 + secrets.randbelow(90_000_000))
    file = m.stack.home.with_name(f"{last}.csv")
    nppes.write_rows(file, [nppes.a_person(int(npi[:9]), last=last.upper())])
    done = operate(m.stack.home, "import", "nppes", str(file), "--as-of", "2026-11-01", **m.stack.environment)
    assert done.returncode == 0, done.stderr
    listed = (
        "query($t: String!) { peers(filter: {text: $t, includeUnclaimed: true}, first: 5, orderBy: NAME) "
        "{ totalCount nodes { id handle } } }"
    )
    (profile,) = m.stack.data(listed, maria, t=last)["peers"]["nodes"]
    waiting = "{ hidingRequests(first: 100) { nodes { id handle } } }"

    def waits(check: Callable[[Any], Check]) -> list[Read]:
        return [
            Read(token, waiting, "hidingRequests.nodes.*.handle", check(profile["handle"])) for token in (vera, vito)
        ]

    def found(count: int) -> Read:
        return Read(maria, listed, "peers.totalCount", count, {"t": last})

    m.write("requestHiding", None, [*waits(has), found(1)], handle=profile["handle"], contact=f"{new_id()}@matrix.example",
            note="I am the person and object to it.")  # fmt: skip
    requests = m.stack.data(waiting, vera)["hidingRequests"]["nodes"]
    (request,) = (one["id"] for one in requests if one["handle"] == profile["handle"])
    m.write("decideHiding", vera, [*waits(lacks), found(0)], id=request, outcome="HIDDEN")
    m.write("restoreDirectoryProfile", vito, [found(1)], professional=profile["id"], reason="Hidden by mistake")


def registers(m: Matrix) -> None:
    """A copy of a register in which nobody here stands."""
    admin, authority, today = m.tokens["admin"], encode("Authority", "is-landlaeknir"), str(datetime.now(UTC).date())
    rows = b"number,name\n12345,Nemo Nobody\n"
    newest = "query($a: ID!) { registerImports(authority: $a, first: 1) { nodes { id state } } }"
    shown = "query($id: ID!) { registerImport(id: $id) { state entries } }"
    copy = "query($id: ID!) { node(id: $id) { ... on Authority { snapshotAsOf } } }"
    begun = m.write("requestRegisterUpload", admin, [Read(admin, newest, "registerImports.nodes.*.state", ["UPLOADING"], {"a": authority})],
                    "uploadUrl registerImport { id }", authority=authority, asOf=today, bytes=len(rows))  # fmt: skip
    path = "/registers/" + begun["uploadUrl"].rpartition("/registers/")[2]
    assert m.stack.raw(rows, method="PUT", path=path, Content_Type="text/csv")[0] == 201
    own = begun["registerImport"]["id"]

    def state(name: str, as_of: str | None) -> list[Read]:
        return [
            Read(admin, shown, "registerImport.state", name, {"id": own}),
            Read(admin, newest, "registerImports.nodes.*.state", [name], {"a": authority}),
            Read(None, copy, "node.snapshotAsOf", as_of, {"id": authority}),
        ]

    m.write("confirmRegisterImport", admin, state("ACTIVE", today), id=own)
    m.write("undoRegisterImport", admin, state("UNDONE", None), id=own)


def two_admins(m: Matrix, account: str, name: str) -> None:
    """Roles that a second admin confirms or declines."""
    admin, second = m.tokens["admin"], made_by_operator(m.stack, f"Second {name}", "admin")
    other = second.sign_in()

    def waits(number: int) -> list[Read]:
        return [Read(token, "{ roleProposals(first: 100) { nodes { id } } }", "roleProposals.nodes", lambda v: len(v) == number)
                for token in (admin, other)]  # fmt: skip

    def propose() -> str:
        given = m.write(
            "setRoles", admin, waits(1), "proposal { id }", account=account, roles=["MODERATOR", "VERIFIER"]
        )
        return str(given["proposal"]["id"])

    m.write("declineRoles", other, waits(0), "account { id }", id=propose())
    m.write("confirmRoles", other, [*waits(0), Read(
        admin, "query($t: String!) { accounts(text: $t, first: 5) { nodes { roles } } }", "accounts.nodes.*.roles",
        lambda v: "VERIFIER" in str(v), {"t": f"{name} able"},
    )], "account { id }", id=propose())  # fmt: skip
    second.resign()
