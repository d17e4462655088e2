"""What is discussed: every kind, answers, edits, reactions, votes and searches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.ids import decode
from kit.clock import new_id
from tests.support.network import DISCUSSION, POST, answer, codes, discuss, group, join, me, newcomer, told
from tests.support.stack import Stack, eventually

READ = """query($id: ID!) { node(id: $id) { ... on Discussion { kind state title body version editedAt topics postCount
  unreadCount viewerCan sources { doi pmid url title } mentions { id } translations { language title body }
  reactions { reaction count viewerReacted } pollOptions { id text votes viewerVoted }
  caseDetails { question ageBand setting urgency consentScope consentWithdrawnAt }
  alertDetails { regions { code } specialties { code } issuer viewerAcknowledgedAt }
  liveDetails { startsAt joinUrl hosts { id } } resolvedBy { id } history { version body }
  posts(first: 20) { nodes { id body state author { id } reactions { reaction count } } } } } }"""


def read(stack: Stack, token: str, own: str) -> Any:
    """A discussion as somebody reads it, or None."""
    return stack.data(READ, token, id=own)["node"]


def ahead(**time: float) -> str:
    """A moment from now."""
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


@pytest.fixture(scope="module")
def place(stack: Stack) -> str:
    """A group of Maria's in which Jonas is."""
    own = group(stack, stack.sign_in("maria"))
    join(stack, stack.sign_in("jonas"), own)
    return own


def test_a_question_is_answered_and_resolved(stack: Stack, place: str) -> None:
    """By who asked it; mentions and answers are told."""
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    handle = stack.data("{ viewer { professional { handle } } }", jonas)["viewer"]["professional"]["handle"]
    asked = discuss(
        stack, maria, place, kind="QUESTION", title="Which dose?", body=f"What would you do, @{handle}?",
        sources=[{"doi": "https://doi.org/10.1056/NEJMoa2212345", "title": "A trial"}, {"pmid": "PMID: 36812345"}],
    )  # fmt: skip
    assert {"EDIT", "DELETE", "RESOLVE", "REPLY"} <= set(asked["viewerCan"])
    assert told(stack, jonas, "MENTIONED")[0]["subject"]["id"] == asked["id"]
    given = answer(stack, jonas, asked["id"], "Half of it.")
    assert told(stack, maria, "REPLIED")[0]["subject"] == {"__typename": "Post", "id": given["id"]}
    assert codes(
        stack.change("resolveDiscussion", "discussion { id }", jonas, discussion=asked["id"], post=given["id"])
    ) == ["FORBIDDEN"]
    stack.change("resolveDiscussion", "discussion { id }", maria, discussion=asked["id"], post=given["id"])
    found = read(stack, jonas, asked["id"])
    assert found["resolvedBy"] == {"id": given["id"]}
    assert found["sources"] == [
        {"doi": "10.1056/NEJMoa2212345", "pmid": None, "url": None, "title": "A trial"},
        {"doi": None, "pmid": "36812345", "url": None, "title": None},
    ]
    assert found["mentions"] == [{"id": me(stack, jonas)}]
    bad = stack.change("addPost", POST, jonas, discussion=asked["id"], body="x", language="en", sources=[{"doi": "12"}])
    assert bad["userErrors"][0]["field"] == ["sources", "0", "doi"]


def test_edits_keep_what_was_said_and_deletion_leaves_a_stub(stack: Stack, place: str) -> None:
    """Versions guard against overwriting; the history is for the author and moderators."""
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    own = discuss(stack, jonas, place, title="Erster Titel", body="First.", topics=["a"])["id"]
    edited = stack.change("editDiscussion", DISCUSSION, jonas, id=own, body="Second.", expectedVersion=1)
    assert (edited["discussion"]["body"], edited["discussion"]["version"]) == ("Second.", 2)
    assert [
        (e["code"], e["currentVersion"])
        for e in stack.change("editDiscussion", DISCUSSION, jonas, id=own, body="x", expectedVersion=1)["userErrors"]
    ] == [("VERSION_CONFLICT", 2)]
    assert codes(stack.change("editDiscussion", DISCUSSION, maria, id=own, body="Mine")) == ["FORBIDDEN"]
    assert read(stack, jonas, own)["history"] == [{"version": 1, "body": "First."}]
    assert read(stack, maria, own)["history"]  # she moderates the group
    noel = stack.sign_in("noel")
    assert read(stack, noel, own)["history"] == []
    post = answer(stack, maria, own, "Erstens.")["id"]
    stack.change("editPost", POST, maria, id=post, body="Zweitens.")
    deleted = stack.change("deletePost", "post { state body }", maria, id=post)["post"]
    assert deleted == {"state": "DELETED", "body": None}
    stack.change("deleteDiscussion", "discussion { id }", maria, id=own)
    stub = read(stack, jonas, own)
    assert (stub["state"], stub["title"], stub["body"], stub["history"], stub["topics"]) == (
        "DELETED",
        None,
        None,
        [],
        [],
    )
    assert stub["posts"]["nodes"][0]["state"] == "DELETED"
    assert codes(stack.change("addPost", POST, jonas, discussion=own, body="x", language="en")) == ["CONFLICT"]


def test_everybody_has_one_vote_in_a_poll_and_reacts_once_in_each_way(stack: Stack, place: str) -> None:
    """A vote can be moved; repeating a reaction changes nothing."""
    maria, jonas, noel = stack.sign_in("maria"), stack.sign_in("jonas"), stack.sign_in("noel")
    assert codes(
        stack.change(
            "createDiscussion",
            DISCUSSION,
            maria,
            group=place,
            kind="POLL",
            title="t",
            body="b",
            language="en",
            pollOptions=["Yes", "yes"],
        )
    ) == ["INVALID"]
    own = discuss(stack, maria, place, kind="POLL", pollOptions=["Yes", "No"])["id"]
    yes, no = (option["id"] for option in read(stack, maria, own)["pollOptions"])
    for token, option in ((maria, yes), (jonas, yes), (jonas, no), (jonas, no)):
        assert codes(stack.change("vote", "discussion { id }", token, discussion=own, option=option)) == []
    assert codes(stack.change("vote", "discussion { id }", noel, discussion=own, option=yes)) == ["FORBIDDEN"]
    assert [(o["votes"], o["viewerVoted"]) for o in read(stack, maria, own)["pollOptions"]] == [(1, True), (1, False)]
    for _ in range(2):
        stack.change("react", "subject { id }", jonas, subject=own, reaction="HELPFUL")
    assert read(stack, jonas, own)["reactions"] == [{"reaction": "HELPFUL", "count": 1, "viewerReacted": True}]
    stack.change("unreact", "subject { id }", jonas, subject=own, reaction="HELPFUL")
    assert read(stack, jonas, own)["reactions"] == []


def test_a_case_needs_the_right_to_practise_and_is_hidden_when_consent_is_withdrawn(stack: Stack, place: str) -> None:
    """An age is refused; what the patient consented to decides who reads it."""
    maria, jonas, noel = stack.sign_in("maria"), stack.sign_in("jonas"), stack.sign_in("noel")
    case = {
        "question": "Which anticoagulant?",
        "ageBand": "60-69",
        "setting": "Outpatient",
        "consentScope": "THIS_GROUP",
    }
    shape = {"group": place, "kind": "CASE", "title": "Anticoagulation", "body": "After ablation.", "language": "en"}
    for band in ("67", "66-68", "67 years"):
        refused = stack.change("createDiscussion", DISCUSSION, maria, **shape, caseDetails=case | {"ageBand": band})
        assert refused["userErrors"][0]["field"] == ["caseDetails", "ageBand"], band
    own = discuss(stack, maria, place, **{k: v for k, v in shape.items() if k != "group"}, caseDetails=case)["id"]
    assert read(stack, jonas, own)["caseDetails"]["question"] == "Which anticoagulant?"
    assert read(stack, noel, own) is None  # the group is listed, but the patient consented to its members only
    verified_only = discuss(stack, maria, place, kind="CASE", caseDetails=case | {"consentScope": "ALL_VERIFIED"})["id"]
    assert read(stack, noel, verified_only) is None
    assert read(stack, stack.sign_in("amina"), verified_only) is not None
    assert codes(stack.change("withdrawCaseConsent", "discussion { id }", jonas, discussion=own)) == ["FORBIDDEN"]
    stack.change("withdrawCaseConsent", "discussion { id }", maria, discussion=own)
    hidden = read(stack, jonas, own)
    assert (hidden["state"], hidden["body"], hidden["caseDetails"], hidden["posts"]["nodes"]) == (
        "HIDDEN",
        None,
        None,
        [],
    )


def test_an_alert_reaches_whom_it_concerns_and_is_acknowledged(stack: Stack) -> None:
    """From moderators and admins only; it is in the feed of who works there, until it expires."""
    mod, maria, jonas = stack.sign_in("mod"), stack.sign_in("maria"), stack.sign_in("jonas")
    alert = {"regions": ["ES"], "specialties": [], "issuer": "Ministry of Health", "expiresAt": ahead(days=7)}
    shape = {"kind": "ALERT", "title": f"Recall {new_id()[:6]}", "body": "Stop using the device.", "language": "en"}
    refused = stack.change("createDiscussion", DISCUSSION, maria, **shape, alertDetails=alert)
    assert codes(refused) == ["FORBIDDEN"]
    own = discuss(stack, mod, None, **shape, alertDetails=alert)["id"]
    assert told(stack, maria, "ALERT")[0]["subject"]["id"] == own
    assert told(stack, maria, "ALERT")[0]["text"] == f"Alert: “{shape['title']}”"
    assert own not in [one["subject"]["id"] for one in told(stack, jonas, "ALERT")]  # Germany
    feed = "{ viewer { feed(first: 20) { nodes { id group { id } } } } }"
    assert {"id": own, "group": None} in stack.data(feed, maria)["viewer"]["feed"]["nodes"]
    assert own not in str(stack.data(feed, jonas))
    stack.change("acknowledgeAlert", "discussion { id }", maria, discussion=own)
    details = read(stack, maria, own)["alertDetails"]
    assert details["viewerAcknowledgedAt"] is not None
    assert details["regions"] == [{"code": "ES"}]
    late = stack.change(
        "createDiscussion", DISCUSSION, mod, **shape, alertDetails=alert | {"expiresAt": ahead(days=-1)}
    )
    assert late["userErrors"][0]["field"] == ["alertDetails", "expiresAt"]
    stack.change("deleteDiscussion", "discussion { id }", mod, id=own)
    content = decode(own)
    assert content is not None
    log = "query($o: String) { auditLog(object: $o, first: 5) { nodes { action } } }"
    admin = stack.sign_in("admin")
    noted = eventually(lambda: stack.data(log, admin, o=f"Discussion:{content[1]}")["auditLog"]["nodes"])
    assert noted == [{"action": "alert.open"}]


def test_questions_of_a_live_session_come_by_how_helpful_they_are(stack: Stack, place: str) -> None:
    """The most helpful first, then the oldest; pages do not repeat."""
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    own = discuss(
        stack, maria, place, kind="LIVE_QA",
        liveDetails={"startsAt": ahead(hours=1), "endsAt": ahead(hours=2), "joinUrl": "https://meet.example.org/x"},
    )["id"]  # fmt: skip
    first, second, third = (answer(stack, jonas, own, text)["id"] for text in ("One?", "Two?", "Three?"))
    stack.change("react", "subject { id }", maria, subject=third, reaction="HELPFUL")
    found = read(stack, jonas, own)
    assert [post["id"] for post in found["posts"]["nodes"]] == [third, first, second]
    assert found["liveDetails"]["hosts"] == [{"id": me(stack, maria)}]
    paged = "query($id: ID!, $after: String) { node(id: $id) { ... on Discussion { posts(first: 2, after: $after) { nodes { id } pageInfo { endCursor } } } } }"
    page = stack.data(paged, jonas, id=own)["node"]["posts"]
    rest = stack.data(paged, jonas, id=own, after=page["pageInfo"]["endCursor"])["node"]["posts"]
    assert [post["id"] for post in page["nodes"] + rest["nodes"]] == [third, first, second]
    bad = stack.change(
        "createDiscussion",
        DISCUSSION,
        maria,
        group=place,
        kind="LIVE_QA",
        title="t",
        body="b",
        language="en",
        liveDetails={"startsAt": ahead(hours=1), "joinUrl": "javascript:alert(1)"},
    )
    assert bad["userErrors"][0]["field"] == ["liveDetails", "joinUrl"]


def test_discussions_are_found_across_all_groups_that_the_reader_may_see(stack: Stack, place: str) -> None:
    """By words, topic, language, kind; not in groups that they may not read."""
    maria, noel = stack.sign_in("maria"), stack.sign_in("noel")
    word = f"zitronensaft{new_id()[:6]}"
    there = discuss(
        stack, maria, place, title=f"Über {word.upper()}", language="de", topics=["Ernährung"], kind="QUESTION"
    )["id"]
    closed = group(stack, maria, visibility="UNLISTED")
    hidden = discuss(stack, maria, closed, title=f"Noch mehr {word}", language="de")["id"]
    search = "query($f: DiscussionFilter!) { discussions(filter: $f, first: 10) { nodes { id } } }"
    found = lambda token, **given: [one["id"] for one in stack.data(search, token, f=given)["discussions"]["nodes"]]  # noqa: E731
    assert found(maria, text=word) == [hidden, there]
    assert found(noel, text=word[:12], languages=["de"], topics=["ernahrung"]) == [there]
    assert found(noel, text=word, kinds=["POLL"]) == []
    assert found(noel, groups=[place], unresolvedOnly=True, text=word) == [there]
    assert found(noel, text=word, createdAfter=ahead(minutes=1)) == []
    assert found(noel, text="* OR a:b") == []
    bad = stack.run(search, noel, {"f": {"specialties": ["nonsense"]}})["errors"][0]
    assert bad["extensions"]["code"] == "BAD_USER_INPUT"


def test_an_author_adds_translations(stack: Stack, place: str) -> None:
    """One a language; a second replaces it."""
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    own = discuss(stack, maria, place)["id"]
    for body in ("Wie beginnt ihr?", "Wie fangt ihr an?"):
        done = stack.change(
            "addTranslation", "subject { id }", maria, subject=own, language="de", title="Welche Dosis?", body=body
        )
        assert codes(done) == []
    assert read(stack, jonas, own)["translations"] == [
        {"language": "de", "title": "Welche Dosis?", "body": "Wie fangt ihr an?"}
    ]
    assert codes(
        stack.change("addTranslation", "subject { id }", jonas, subject=own, language="fr", title="t", body="b")
    ) == ["FORBIDDEN"]


def test_the_feed_shows_groups_and_connections_and_nothing_that_may_not_be_seen(stack: Stack) -> None:
    """Newest first by keyset; a block takes somebody out of it at once."""
    maria = stack.sign_in("maria")
    ada, ada_id = newcomer(stack, "Ada Feed", ("NZ",))
    own = group(stack, maria)
    join(stack, ada, own)
    ids = [discuss(stack, maria, own, title=f"T{n}")["id"] for n in range(5)]
    feed = "query($after: String) { viewer { feed(first: 2, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } } }"
    seen, after = [], None
    while True:
        page = stack.data(feed, ada, after=after)["viewer"]["feed"]
        seen += [one["id"] for one in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == ids[::-1]
    assert len(told(stack, ada, "DISCUSSION_ADDED")) == 5
    stack.change("blockProfessional", "professional { connection }", maria, professional=ada_id)
    assert stack.data(feed, ada)["viewer"]["feed"]["nodes"] == []
    assert told(stack, ada, "DISCUSSION_ADDED") == []
    assert (
        stack.data("query($id: ID!) { professional(by: {id: $id}) { id } }", ada, id=me(stack, maria))["professional"]
        is None
    )
    blocked = stack.data("{ viewer { blocked { nodes { id connection } } } }", maria)["viewer"]["blocked"]["nodes"]
    assert {"id": ada_id, "connection": "BLOCKED_BY_ME"} in blocked
    stack.change("unblockProfessional", "professional { id }", maria, professional=ada_id)
    assert stack.data(feed, ada)["viewer"]["feed"]["nodes"] != []


def test_what_may_not_be_seen_hides_nothing_that_is_older(stack: Stack) -> None:
    """Pages of one: a block takes eleven texts out of each list, and the twelfth is the first; outsiders read on past a case."""
    maria, jonas, (ada, ada_id) = stack.sign_in("maria"), stack.sign_in("jonas"), newcomer(stack)
    own = group(stack, maria)
    join(stack, ada, own), join(stack, jonas, own)
    oldest = discuss(stack, jonas, own)["id"]
    for _ in range(11):
        discuss(stack, maria, own)
    stack.change("blockProfessional", "professional { connection }", maria, professional=ada_id)
    found = stack.data(
        "query($g: [ID!]) { viewer { feed(first: 1) { nodes { id } } notifications(first: 1) { unreadCount nodes { subject { id } } } } "
        "discussions(filter: {groups: $g}, first: 1) { nodes { id } } }",
        ada, g=[own],
    )  # fmt: skip
    assert found["viewer"]["feed"]["nodes"] == found["discussions"]["nodes"] == [{"id": oldest}]
    assert found["viewer"]["notifications"] == {"unreadCount": 1, "nodes": [{"subject": {"id": oldest}}]}
    stack.change("unblockProfessional", "professional { id }", maria, professional=ada_id)
    case = {"question": "What next?", "ageBand": "40-49", "consentScope": "THIS_GROUP"}
    for _ in range(2):
        discuss(stack, maria, own, kind="CASE", caseDetails=case)
    pages = "query($id: ID!, $after: String) { group(by: {id: $id}) { discussions(first: 1, after: $after) { nodes { kind } pageInfo { hasNextPage endCursor } } } }"
    read_on, after = [], None
    for _ in range(3):
        page = stack.data(pages, stack.sign_in("amina"), id=own, after=after)["group"]["discussions"]
        read_on.append(page["nodes"])
        after = page["pageInfo"]["endCursor"]
        assert page["pageInfo"]["hasNextPage"]
        assert after is not None
    assert read_on == [[], [], [{"kind": "DISCUSSION"}]]


def test_notifications_are_marked_as_read_up_to_one(stack: Stack, place: str) -> None:
    """And counted; the count of unread posts follows."""
    maria, (ada, _) = stack.sign_in("maria"), newcomer(stack)
    join(stack, ada, place)
    first = discuss(stack, ada, place, title="Mine")["id"]
    answer(stack, maria, first), answer(stack, maria, first)
    listing = "{ viewer { notifications(unreadOnly: true) { unreadCount nodes { id event } } } }"
    unread = stack.data(listing, ada)["viewer"]["notifications"]
    assert unread["unreadCount"] == 2
    assert read(stack, ada, first)["unreadCount"] == 2
    done = stack.change(
        "markNotificationsRead", "viewer { notifications { unreadCount } }", ada, upTo=unread["nodes"][0]["id"]
    )
    assert done["viewer"]["notifications"]["unreadCount"] == 0
    assert read(stack, ada, first)["unreadCount"] == 0
    other = stack.data(listing, maria)["viewer"]["notifications"]["nodes"]
    if other:
        assert codes(stack.change("markNotificationsRead", "viewer { email }", ada, upTo=other[0]["id"])) == [
            "NOT_FOUND"
        ]


def test_a_retried_create_has_one_effect_and_another_payload_is_refused(stack: Stack, place: str) -> None:
    """For discussions, posts, flags and notes alike."""
    maria, key = stack.sign_in("maria"), f"key-{new_id()}"
    shape = {"group": place, "title": "Once", "body": "Only.", "language": "en", "idempotency_key": key}
    first = stack.change("createDiscussion", DISCUSSION, maria, **shape)["discussion"]["id"]
    assert stack.change("createDiscussion", DISCUSSION, maria, **shape)["discussion"]["id"] == first
    assert codes(stack.change("createDiscussion", DISCUSSION, maria, **shape | {"title": "Twice"})) == [
        "IDEMPOTENCY_KEY_REUSED"
    ]


SHOWN = "id state title body viewerCan author { id } caseDetails { question }"


@pytest.mark.parametrize("first_reader", range(5))
def test_a_groups_page_shows_each_reader_what_they_read_alone(stack: Stack, first_reader: int) -> None:
    """Whoever opened it first: what is kept of a page for all is what nobody sees in a way of their own."""
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    own = group(stack, maria)
    (ada, ada_id), (bob, bob_id), (eve, _) = (newcomer(stack) for _ in range(3))
    for one in (jonas, ada, bob):
        join(stack, one, own)
    case = {"question": "What next?", "ageBand": "60-69", "consentScope": "THIS_GROUP"}
    plain = [discuss(stack, one, own, title="Plain")["id"] for one in (ada, jonas)]
    gone = discuss(stack, ada, own, title="Gone")["id"]
    stack.change("deleteDiscussion", "discussion { id }", ada, id=gone)
    page = f"query($id: ID!) {{ group(by: {{id: $id}}) {{ discussions(first: 10) {{ nodes {{ {SHOWN} }} }} }} }}"
    alone = f"query($id: ID!) {{ node(id: $id) {{ ... on Discussion {{ {SHOWN} }} }} }}"
    readers = [ada, jonas, maria, bob, eve]
    readers = readers[first_reader:] + readers[:first_reader]

    def compare(texts: list[str]) -> None:
        for token in readers:
            found = stack.data(page, token, id=own)["group"]["discussions"]["nodes"]
            expected = [stack.data(alone, token, id=text)["node"] for text in reversed(texts)]
            assert found == [text for text in expected if text is not None]

    compare([*plain, gone])
    stack.change("blockProfessional", "professional { id }", bob, professional=ada_id)
    compare([*plain, gone])
    with_case = discuss(stack, maria, own, kind="CASE", caseDetails=case)["id"]
    compare([*plain, gone, with_case])
    stack.change("banFromGroup", "membership { state }", maria, group=own, professional=bob_id, reason="Spam, again")
    readers.remove(bob)
    compare([*plain, gone, with_case])
