"""Following the change feed: who has subscribed misses nothing, however slowly the loop begins."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from gateway.streams import changes
from gateway.streams.changes import Changes
from kit.errors import Unavailable

TOPIC = ("discussion", "d1")


class Feed:
    """The change feed of a graph service that is slow to answer where it stands, and the session that it is asked with."""

    def __init__(self, *, failing: bool = False) -> None:
        self.position, self.failing = 0, failing
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
            return {"position": self.position}
        after = int(path.rsplit("/", 1)[1])
        changed = [{"id": "d1", "group": "g1", "added": False}] if self.position > after else []
        return {
            "epoch": "e", "position": self.position, "last": self.position if changed else None,
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
        subscriber = following.subscribe(TOPIC)
        feed.position += 1
        assert subscriber.noticed.wait(5)
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
        following.subscribe(TOPIC)
    feed.failing = False
    feed.may_answer.set()
    monkeypatch.setattr(changes, "PATIENCE_SECONDS", 5.0)
    subscriber = following.subscribe(TOPIC)
    feed.position += 1
    assert subscriber.noticed.wait(5)
    following.leave(subscriber)
