"""What changes in the graph, noticed once for all subscribers of this process.

While anybody subscribes, one loop follows the graph service's change feed from a position, several times a second; only ids
come back. Each subscriber reads what they stand for with their own token, so that permission is checked for each event.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from contracts.streams import FeedPoint, SourceKind
from kit.errors import DomainError, Unauthenticated, Unavailable
from kit.http import CallContext, ServiceClient
from kit.logs import log
from kit.paths import internal_path
from kit.services import ServiceSession

POLL_SECONDS = 0.4
PATIENCE_SECONDS = 3.0  # a service that is slow for a moment is not away
Topic = tuple[SourceKind, str]


class Subscriber:
    """Somebody who follows topics; `noticed` is set when something there changed.

    Args:
        point: up to where the feed can be read, as far as the loop knows; None where that has to be asked for.
    """

    def __init__(self, topics: Iterable[Topic]) -> None:
        self.topics = frozenset(topics)
        self.noticed = threading.Event()
        self.failing = False
        self.point: FeedPoint | None = None

    def note(self, point: FeedPoint | None) -> None:
        """Take in that something changed."""
        self.point = point
        self.noticed.set()


class Changes:
    """Tells subscribers that something changed.

    Args:
        graph: where changes are asked for.
        session: as whom.
    """

    def __init__(self, graph: ServiceClient, session: ServiceSession) -> None:
        self._graph, self._session = graph, session
        self._lock = threading.Lock()
        self._topics: dict[Topic, set[Subscriber]] = {}
        self._thread: threading.Thread | None = None
        self._following = threading.Event()  # whether the loop knows from which position on it follows the feed

    def subscribe(self, topics: Iterable[Topic]) -> Subscriber:
        """Follow topics. Whatever is committed after this has returned is noticed.

        Raises:
            Unavailable: the feed cannot be followed now.
        """
        subscriber = Subscriber(topics)
        with self._lock:
            for topic in subscriber.topics:
                self._topics.setdefault(topic, set()).add(subscriber)
            if self._thread is None or not self._thread.is_alive():
                self._following = threading.Event()
                self._thread = threading.Thread(target=self._run, args=(self._following,), daemon=True)
                self._thread.start()
            following = self._following
        if not following.wait(PATIENCE_SECONDS):
            self.leave(subscriber)
            raise Unavailable("What changes cannot be followed now; try again in a moment.")
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """Follow them no more."""
        with self._lock:
            for topic in subscriber.topics:
                followers = self._topics.get(topic, set())
                followers.discard(subscriber)
                if not followers:
                    self._topics.pop(topic, None)

    def _run(self, following: threading.Event) -> None:
        point: FeedPoint | None = None
        failing, answered_at = False, time.monotonic()
        while True:
            with self._lock:
                if not self._topics:
                    self._thread = None
                    return
            more = False
            try:
                if point is None:
                    found = self._ask("/v1/feed")
                    point = FeedPoint(epoch=found["epoch"], position=found["position"])
                    following.set()
                events = self._ask(internal_path("feed", point.position))
                if events["epoch"] != point.epoch or events["position"] < point.position:
                    point = FeedPoint(epoch=events["epoch"], position=events["position"])  # Neo4j was replaced
                    self._wake_all()
                elif events["last"] is not None:
                    more = events["last"] < events["position"]
                    point = FeedPoint(epoch=events["epoch"], position=max(point.position, events["last"]))
                    self._notice(events, point)
                answered_at = time.monotonic()
                if failing:
                    log().info("changes_recovered")
                failing = False
            except DomainError as error:
                if not failing:
                    log().warning("changes_unknown", code=error.code)
                failing = True
                if error.code == Unauthenticated.code:
                    self._session.forget()
            self._tell_failing(failing and time.monotonic() - answered_at > PATIENCE_SECONDS)
            if not more:
                time.sleep(POLL_SECONDS)

    def _ask(self, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._graph.call("GET", path, context=CallContext(token=self._session.token()))
        return answer

    def _notice(self, events: dict[str, Any], point: FeedPoint) -> None:
        """Wake whoever follows what was added or changed."""
        topics: set[Topic] = set()
        for row in events["discussions"]:
            kind = SourceKind.DISCUSSIONS_ADDED if row["added"] else SourceKind.DISCUSSIONS_CHANGED
            topics.add((kind, row["group"]))
            topics |= {(SourceKind.DISCUSSION_CHANGED, row["id"]), (SourceKind.DISCUSSION_TOUCHED, row["id"])}
        for row in events["posts"]:
            kind = SourceKind.POSTS_ADDED if row["added"] else SourceKind.POSTS_CHANGED
            topics |= {(kind, row["discussion"]), (SourceKind.DISCUSSION_TOUCHED, row["discussion"])}
        topics |= {(SourceKind.NOTIFICATIONS_ADDED, row["to"]) for row in events["notifications"]}
        self._wake(topics, point)

    def _wake_all(self) -> None:
        """Let everybody find out whether what they have missed is still known."""
        with self._lock:
            topics = set(self._topics)
        self._wake(topics, None)

    def _wake(self, topics: set[Topic], point: FeedPoint | None) -> None:
        with self._lock:
            for subscriber in {one for topic in topics for one in self._topics.get(topic, ())}:
                subscriber.note(point)

    def _tell_failing(self, failing: bool) -> None:
        with self._lock:
            for subscriber in {one for followers in self._topics.values() for one in followers}:
                if subscriber.failing != failing:
                    subscriber.failing = failing
                    subscriber.noticed.set()
