"""Following the change feed: who has subscribed misses nothing, however slowly the loop begins."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from contracts.streams import FeedPoint, SourceKind
from gateway.streams import changes
from gateway.streams.changes import Changes
from kit.errors import Unavailable

TOPICS = [(SourceKind.DISCUSSION_CHANGED, "d1")]


class Feed:
    """The change feed of a graph service that is slow to answer where it stands, and the session that it is asked with."""

    def __init__(self, *, failing: bool = False) -> None:
        self.position, self.failing, self.epoch = 0, failing, "e"
        self.may_answer = threading.Event()

    def token(self) -> str:
        """See ServiceSession."""
        return "token"

    def call(self, _method: str, path: str, *, context: Any) -> dict[str, Any]:
        """See ServiceClient; each position is a change of the discussion."""
        assert context.token == "token"
        if self.failing:
            raise Unavailable("away")
        if path == "/v1/feed":
            assert self.may_answer.wait(10)
            return {"epoch": self.epoch, "position": self.position}
        after = int(path.rsplit("/", 1)[1])
        changed = [{"id": "d1", "group": "g1", "added": False}] if self.position > after else []
        return {
            "epoch": self.epoch, "position": self.position, "last": self.position if changed else None,
            "discussions": changed, "posts": [], "notifications": [],
        }  # fmt: skip


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop looks a hundred times a second, and nobody waits long for it."""
    monkeypatch.setattr(changes, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(changes, "PATIENCE_SECONDS", 1.0)


def test_what_changes_after_subscribing_is_noticed() -> None:
    """`subscribe` returns only once the loop knows from where on it follows: what was before is not told, all after it is."""
    feed = Feed()
    following = Changes(feed, feed)  # type: ignore[arg-type]
    threading.Timer(0.2, feed.may_answer.set).start()
    for _ in range(3):
        feed.position += 1
        subscriber = following.subscribe(TOPICS)
        feed.position += 1
        assert subscriber.noticed.wait(5)
        assert subscriber.point is not None
        assert (subscriber.point.epoch, subscriber.point.position) == ("e", feed.position)
        following.leave(subscriber)
        ended = following._thread
        if ended is not None:
            ended.join(5)  # the next subscriber begins anew


def test_who_cannot_follow_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """And is not followed for any more."""
    monkeypatch.setattr(changes, "PATIENCE_SECONDS", 0.1)
    feed = Feed(failing=True)
    following = Changes(feed, feed)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        following.subscribe(TOPICS)
    feed.failing = False
    feed.may_answer.set()
    monkeypatch.setattr(changes, "PATIENCE_SECONDS", 5.0)
    subscriber = following.subscribe(TOPICS)
    feed.position += 1
    assert subscriber.noticed.wait(5)
    following.leave(subscriber)


def test_who_follows_a_database_that_was_replaced_asks_how_far_it_is() -> None:
    """Another epoch, or a position that goes back: what is known of the feed is not true any more."""
    feed = Feed()
    feed.may_answer.set()
    feed.position = 7
    following = Changes(feed, feed)  # type: ignore[arg-type]
    for epoch, position in (("other", 9), ("other", 3)):
        subscriber = following.subscribe(TOPICS)
        subscriber.note(FeedPoint(epoch="e", position=7))
        subscriber.noticed.clear()
        feed.epoch, feed.position = epoch, position
        assert subscriber.noticed.wait(5)
        assert subscriber.point is None
        following.leave(subscriber)
