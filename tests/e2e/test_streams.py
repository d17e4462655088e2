"""Following what happens, over graphql-sse."""

from __future__ import annotations

import json
import time

import pytest

from tests.support.network import answer, discuss, group, join, me, newcomer
from tests.support.sse import Follower
from tests.support.stack import Stack

POSTS = "subscription($d: ID!, $after: ID) { postAdded(discussion: $d, after: $after) { id body author { name } } }"


@pytest.fixture(scope="module")
def place(stack: Stack) -> str:
    """A group of Maria's in which Jonas is."""
    own = group(stack, stack.sign_in("maria"))
    join(stack, stack.sign_in("jonas"), own)
    return own


def test_posts_come_as_they_are_written_and_a_client_that_resumes_misses_none(stack: Stack, place: str) -> None:
    """Whatever was written while it was away comes first, in order and once."""
    maria, jonas = stack.sign_in("maria"), stack.sign_in("jonas")
    own = discuss(stack, maria, place)["id"]
    answer(stack, maria, own, "Before anybody listens.")
    follower = Follower(stack, jonas, POSTS, d=own)
    assert (follower.status, follower.type) == (200, "text/event-stream; charset=utf-8")
    first = answer(stack, maria, own, "First.")
    event = follower.data()["postAdded"]
    assert event == {"id": first["id"], "body": "First.", "author": {"name": "María Arribas Núñez"}}
    follower.close()
    missed = [answer(stack, maria, own, f"Missed {n}.")["id"] for n in range(5)]
    follower = Follower(stack, jonas, POSTS, d=own, after=first["id"])
    assert [follower.data()["postAdded"]["id"] for _ in missed] == missed
    last = answer(stack, maria, own, "Live again.")
    assert follower.data()["postAdded"]["id"] == last["id"]
    assert follower.silent()
    follower.close()


def test_one_is_told_live_and_follows_a_group_and_changes(stack: Stack, place: str) -> None:
    """notificationAdded, discussionAdded, discussionChanged and postChanged."""
    maria, (ada, _) = stack.sign_in("maria"), newcomer(stack)
    join(stack, ada, place)
    told = Follower(stack, ada, 'subscription { notificationAdded { event text(language: "en") subject { id } } }')
    opened = Follower(stack, ada, "subscription($g: ID!) { discussionAdded(group: $g) { id title } }", g=place)
    own = discuss(stack, maria, place, title="Live?")["id"]
    assert opened.data()["discussionAdded"] == {"id": own, "title": "Live?"}
    assert told.data()["notificationAdded"]["subject"] == {"id": own}
    changed = Follower(
        stack,
        ada,
        "subscription($d: ID!) { discussionChanged(discussion: $d) { title version reactions { count } } }",
        d=own,
    )
    posts = Follower(stack, ada, "subscription($d: ID!) { postChanged(discussion: $d) { id body } }", d=own)
    stack.change("react", "subject { id }", maria, subject=own, reaction="AGREE")
    assert changed.data()["discussionChanged"] == {"title": "Live?", "version": 1, "reactions": [{"count": 1}]}
    stack.change("editDiscussion", "discussion { id }", maria, id=own, title="Live!")
    assert changed.data()["discussionChanged"]["title"] == "Live!"
    post = answer(stack, maria, own, "Old.")["id"]
    stack.change("editPost", "post { id }", maria, id=post, body="New.")
    assert posts.data()["postChanged"] == {"id": post, "body": "New."}
    for follower in (told, opened, changed, posts):
        follower.close()


def test_permission_is_checked_for_each_event(stack: Stack) -> None:
    """Who is banned hears nothing more, and the stream ends; so it does with the session."""
    maria, (ada, ada_id) = stack.sign_in("maria"), newcomer(stack)
    own = group(stack, maria, visibility="UNLISTED")
    join(stack, ada, own)
    discussion = discuss(stack, maria, own)["id"]
    follower = Follower(stack, ada, POSTS, d=discussion)
    assert follower.status == 200
    answer(stack, maria, discussion, "Heard.")
    assert follower.data()["postAdded"]["body"] == "Heard."
    stack.change("banFromGroup", "membership { state }", maria, group=own, professional=ada_id, reason="Test")
    answer(stack, maria, discussion, "Secret.")
    kind, payload = follower.next()
    assert (kind, payload["errors"][0]["extensions"]["code"]) == ("next", "NOT_FOUND")
    assert "Secret" not in str(payload)
    assert follower.next()[0] == "complete"
    refused = Follower(stack, ada, POSTS, d=discussion)
    assert refused.status == 404
    assert refused.body()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


def test_a_stream_ends_with_its_session(stack: Stack, place: str) -> None:
    """With a code, at the latest with the next event or heart-beat."""
    maria = stack.sign_in("maria")
    own = discuss(stack, maria, place)["id"]
    session = stack.data(
        'mutation { signIn(input: {email: "noel@demo.example", password: "consilium-demo"}) { session { accessToken refreshToken } } }'
    )["signIn"]["session"]
    follower = Follower(stack, session["accessToken"], POSTS, d=own)
    stack.change("signOut", "signedOut", session["accessToken"], refreshToken=session["refreshToken"])
    time.sleep(2.5)
    answer(stack, maria, own, "Not for who has left.")
    kind, payload = follower.next(15)
    assert (kind, payload["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
    assert follower.next()[0] == "complete"


def test_what_is_no_stream_is_refused_before_it_begins(stack: Stack, place: str) -> None:
    """Signed out, in the wrong place, for two things at once, resumed from elsewhere; a query is answered and ends."""
    maria = stack.sign_in("maria")
    assert Follower(stack, None, "subscription { notificationAdded { id } }").status == 401
    two = Follower(stack, maria, "subscription { a: notificationAdded { id } b: notificationAdded { id } }")
    assert two.status == 400
    status, _, body = stack.raw(
        json.dumps({"query": "subscription { notificationAdded { id } }"}).encode(), Authorization=f"Bearer {maria}"
    )
    assert (status, "stream" in body.decode()) == (400, True)
    status, _, _ = stack.raw(b'{"query": "{ __typename }"}', path="/graphql/stream", Accept="application/json")
    assert status == 406
    own = discuss(stack, maria, place)["id"]
    elsewhere = answer(stack, maria, discuss(stack, maria, place)["id"])["id"]
    assert Follower(stack, maria, POSTS, d=own, after=elsewhere).status == 404
    single = Follower(stack, maria, "{ viewer { professional { id } } }")
    assert single.data()["viewer"]["professional"]["id"] == me(stack, maria)
    assert single.next()[0] == "complete"


def test_many_idle_followers_leave_ordinary_queries_unharmed(stack: Stack, place: str) -> None:
    """One loop looks for changes, whatever the number of followers; one person may follow twenty things."""
    maria = stack.sign_in("maria")
    own = discuss(stack, maria, place)["id"]
    # Nobody who followed something in another test: a client that has left is noticed at the next sign of life.
    people = [stack.sign_in(name) for name in ("amina", "noel", "vera", "vito", "mod", "admin")]
    followers = [Follower(stack, token, POSTS, d=own) for token in people for _ in range(20)]
    assert {follower.status for follower in followers} == {200}
    assert Follower(stack, people[0], POSTS, d=own).status == 400
    for _ in range(10):
        stack.data("{ viewer { professional { id } } }", maria)
    sent = answer(stack, maria, own, "To all.")["id"]
    assert {follower.data(20)["postAdded"]["id"] for follower in followers} == {sent}
    for follower in followers:
        follower.close()
