"""One stream for a page, and streams that go on after their line broke: every event once and in order, changes too."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cluster import many_workers
from tests.support.network import answer, discuss, group, join, newcomer
from tests.support.sse import Follower
from tests.support.stack import Stack
from tests.support.tokens import shortened

EVENTS = """subscription($d: ID, $g: ID, $n: Boolean, $after: String) {
  events(discussion: $d, group: $g, notifications: $n, after: $after) {
    __typename
    ... on DiscussionAdded { position discussion { id title } }
    ... on DiscussionChanged { position discussion { id title postCount } }
    ... on PostAdded { position post { id body } }
    ... on PostChanged { position post { id body reactions { count } } }
    ... on NotificationAdded { position notification { event subject { id } } }
  }
}"""
POSTS = "subscription($d: ID!, $after: ID) { postAdded(discussion: $d, after: $after) { id } }"
CHANGED_POSTS = "subscription($d: ID!, $after: String) { postChanged(discussion: $d, after: $after) { id body } }"
CHANGED = "subscription($d: ID!, $after: String) { discussionChanged(discussion: $d, after: $after) { title } }"
OPENED = "subscription($g: ID!, $after: ID) { discussionAdded(group: $g, after: $after) { title } }"
TOLD = "subscription($after: ID) { notificationAdded(after: $after) { event } }"


@pytest.fixture(scope="module")
def place(stack: Stack) -> str:
    """A group of Maria's in which Jonas is."""
    own = group(stack, stack.sign_in("maria"))
    join(stack, stack.sign_in("jonas"), own)
    return own


def event(follower: Follower) -> tuple[str, Any]:
    """The next event of `events`: its type, and what it holds; the position that it names is the id of the event."""
    found = follower.data()["events"]
    assert found.pop("position") == follower.position
    kind = found.pop("__typename")
    (node,) = found.values()
    return kind, node


def test_one_stream_tells_a_page_everything(stack: Stack, place: str) -> None:
    """Posts, discussions and notifications, each as its own type; a post says that its discussion has changed, before it comes."""
    maria, (ada, _) = stack.sign_in("maria"), newcomer(stack)
    join(stack, ada, place)
    own = discuss(stack, maria, place, title="One stream")["id"]
    page = Follower(stack, ada, EVENTS, d=own, g=place, n=True)
    assert page.status == 200
    post = answer(stack, maria, own, "A.")["id"]
    assert event(page) == ("DiscussionChanged", {"id": own, "title": "One stream", "postCount": 1})
    assert event(page) == ("PostAdded", {"id": post, "body": "A."})
    stack.change("react", "subject { id }", maria, subject=post, reaction="AGREE")
    assert event(page) == ("PostChanged", {"id": post, "body": "A.", "reactions": [{"count": 1}]})
    other = discuss(stack, maria, place, title="Another")["id"]
    assert event(page) == ("DiscussionAdded", {"id": other, "title": "Another"})
    assert event(page) == ("NotificationAdded", {"event": "DISCUSSION_ADDED", "subject": {"id": other}})
    answer(stack, maria, other, "Elsewhere, which only the group's list shows.")
    assert event(page) == ("DiscussionChanged", {"id": other, "title": "Another", "postCount": 1})
    assert page.silent()
    page.close()


def changes_in_a_gap(stack: Stack, place: str, own: str, post: str) -> list[tuple[str, Any]]:
    """Change a little of everything, and what somebody who comes back is told."""
    maria = stack.sign_in("maria")
    stack.change("editPost", "post { id }", maria, id=post, body="First edit.")
    added = answer(stack, maria, own, "Missed.")["id"]
    stack.change("editPost", "post { id }", maria, id=post, body="Second edit.")
    other = discuss(stack, maria, place, title="Opened in the gap")["id"]
    stack.change("editDiscussion", "discussion { id }", maria, id=own, title="Edited in the gap")
    stack.change("react", "subject { id }", maria, subject=added, reaction="AGREE")
    return [
        ("PostAdded", {"id": added, "body": "Missed."}),
        ("PostChanged", {"id": post, "body": "Second edit.", "reactions": []}),
        ("DiscussionAdded", {"id": other, "title": "Opened in the gap"}),
        ("NotificationAdded", {"event": "DISCUSSION_ADDED", "subject": {"id": other}}),
        ("DiscussionChanged", {"id": own, "title": "Edited in the gap", "postCount": 2}),
        ("PostChanged", {"id": added, "body": "Missed.", "reactions": [{"count": 1}]}),
    ]


def check_gap(stack: Stack, place: str) -> None:
    """Somebody who comes back is told what they missed, each once and in order, wherever they had stopped."""
    maria, (ada, _) = stack.sign_in("maria"), newcomer(stack)
    join(stack, ada, place)
    own = discuss(stack, maria, place, title="Resumed")["id"]
    post = answer(stack, maria, own, "Before.")["id"]
    page = Follower(stack, ada, EVENTS, d=own, g=place, n=True)
    page.close()
    missed = changes_in_a_gap(stack, place, own, post)
    positions, told = [page.position], []
    for _ in missed:
        # Each time the line breaks after one event.
        page = Follower(stack, ada, EVENTS, d=own, g=place, n=True, last_event_id=positions[-1])
        assert page.position == positions[-1]
        told.append(event(page))
        positions.append(page.position)
        page.close()
    assert told == missed
    assert len(set(positions)) == len(positions)
    for number, position in enumerate(positions[:-1]):
        page = Follower(stack, ada, EVENTS, d=own, g=place, n=True, last_event_id=position)
        assert [event(page) for _ in missed[number:]] == missed[number:]
        page.close()
    live = answer(stack, maria, own, "Live.")["id"]
    page = Follower(stack, ada, EVENTS, d=own, g=place, n=True, last_event_id=positions[-1])
    assert event(page)[0] == "DiscussionChanged"
    assert event(page) == ("PostAdded", {"id": live, "body": "Live."})
    assert page.silent()
    page.close()


def test_a_page_that_comes_back_is_told_what_it_missed(stack: Stack, place: str) -> None:
    """From each event on; of several changes of one thing the newest."""
    check_gap(stack, place)


def test_it_is_told_so_by_whichever_process_it_meets(stack: Stack, place: str) -> None:
    """Two gateways, and two workers of each of two graph services: a position is known to all."""
    if stack.process is None:
        pytest.skip("its engines are not ours")
    with many_workers(stack, 2) as cluster:
        check_gap(cluster, place)


def test_the_five_older_streams_resume_too(stack: Stack, place: str) -> None:
    """With the header, and with `after`; the header wins."""
    maria, (ada, _) = stack.sign_in("maria"), newcomer(stack)
    join(stack, ada, place)
    own = discuss(stack, maria, place, title="Old")["id"]
    first, second = answer(stack, maria, own, "One.")["id"], answer(stack, maria, own, "Two.")["id"]
    streams = {
        POSTS: {"d": own}, CHANGED_POSTS: {"d": own}, CHANGED: {"d": own}, OPENED: {"g": place}, TOLD: {},
    }  # fmt: skip
    begun = {}
    for text, given in streams.items():
        follower = Follower(stack, ada, text, **given)
        begun[text] = follower.position
        follower.close()
    third = answer(stack, maria, own, "Three.")["id"]
    stack.change("editPost", "post { id }", maria, id=first, body="One!")
    stack.change("editPost", "post { id }", maria, id=second, body="Two!")
    stack.change("editDiscussion", "discussion { id }", maria, id=own, title="New")
    discuss(stack, maria, place, title="Next")
    wanted: dict[str, list[Any]] = {
        POSTS: [{"id": third}],
        CHANGED_POSTS: [{"id": first, "body": "One!"}, {"id": second, "body": "Two!"}],
        CHANGED: [{"title": "New"}],
        OPENED: [{"title": "Next"}],
        TOLD: [{"event": "DISCUSSION_ADDED"}],
    }
    for text, given in streams.items():
        by_header = Follower(stack, ada, text, **given, last_event_id=begun[text])
        by_after = Follower(stack, ada, text, **given, after=begun[text])
        for follower in (by_header, by_after):
            assert [next(iter(follower.data().values())) for _ in wanted[text]] == wanted[text]
        both = Follower(stack, ada, text, **given, after=begun[text], last_event_id=by_header.position)
        assert both.silent(1)
        for follower in (by_header, by_after, both):
            follower.close()


def test_what_cannot_be_sent_any_more_is_told(stack: Stack, place: str) -> None:
    """A position that this system does not know, as after a restore: the client reads again, and the stream goes on."""
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    own = discuss(stack, maria, place)["id"]
    follower = Follower(stack, jonas, POSTS, d=own, last_event_id="A" * 160)
    kind, payload = follower.next()
    assert (kind, payload["errors"][0]["extensions"]["code"]) == ("next", "EVENTS_MISSED")
    assert payload["extensions"]["position"] == follower.position
    post = answer(stack, maria, own)["id"]
    assert follower.data()["postAdded"]["id"] == post
    follower.close()


@pytest.mark.parametrize(
    ("given", "status", "code", "field"),
    [
        ({}, 400, "BAD_USER_INPUT", ["discussion"]),
        ({"n": False}, 400, "BAD_USER_INPUT", ["discussion"]),
        ({"n": True, "after": "nonsense"}, 400, "BAD_USER_INPUT", ["after"]),
        ({"n": True, "last_event_id": "1"}, 400, "BAD_USER_INPUT", ["after"]),
        ({"d": "hidden"}, 404, "NOT_FOUND", ["discussion"]),
        ({"g": "hidden", "n": True}, 404, "NOT_FOUND", ["group"]),
        ({"d": "nonsense"}, 404, "NOT_FOUND", ["discussion"]),
    ],
)
def test_what_a_page_may_not_follow_is_refused_before_it_begins(
    stack: Stack, given: dict[str, Any], status: int, code: str, field: list[str]
) -> None:
    """Nothing at all, what one may not read, and a place that is none."""
    maria = stack.sign_in("maria")
    secret = group(stack, maria, visibility="UNLISTED")
    hidden = {"d": discuss(stack, maria, secret)["id"], "g": secret}
    given = {name: hidden[name] if value == "hidden" else value for name, value in given.items()}
    follower = Follower(stack, stack.sign_in("jonas"), EVENTS, **given)
    error = follower.body()["errors"][0]["extensions"]
    assert (follower.status, error["code"], error["field"]) == (status, code, field)


def test_a_stream_ends_with_its_access_token_and_goes_on_with_the_next(stack: Stack, place: str) -> None:
    """It says that the token is over and not the session; what comes in between is told by the next stream, once."""
    if not (stack.home / "secrets").exists():
        pytest.skip("its keys are not ours")
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    own = discuss(stack, maria, place)["id"]
    follower = Follower(stack, shortened(stack, jonas, 4), POSTS, d=own)
    first = answer(stack, maria, own, "Heard.")["id"]
    assert follower.data()["postAdded"]["id"] == first
    kind, payload = follower.next(15)
    assert (kind, payload["errors"][0]["extensions"]["code"]) == ("next", "TOKEN_EXPIRED")
    assert follower.next()[0] == "complete"
    second = answer(stack, maria, own, "Between.")["id"]
    follower = Follower(stack, jonas, POSTS, d=own, last_event_id=follower.position)
    assert follower.data()["postAdded"]["id"] == second
    assert follower.silent()
    follower.close()


def test_a_stream_of_somebody_who_signs_out_ends_within_seconds(stack: Stack, place: str) -> None:
    """Although nothing happens in it."""
    maria = stack.sign_in("maria")
    own = discuss(stack, maria, place)["id"]
    session = stack.data(
        'mutation { signIn(input: {email: "noel@demo.example", password: "consilium-demo"}) { session { accessToken refreshToken } } }'
    )["signIn"]["session"]
    follower = Follower(stack, session["accessToken"], POSTS, d=own)
    stack.change("signOut", "signedOut", session["accessToken"], refreshToken=session["refreshToken"])
    kind, payload = follower.next(8)
    assert (kind, payload["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
    assert follower.next()[0] == "complete"
