"""What changes in the graph, noticed once for all subscribers of this process.

While anybody subscribes, one loop follows the graph service's change feed from a position, several times a second; only ids
come back. Each subscriber reads what they stand for with their own token, so that permission is checked for each event.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from kit.errors import DomainError, Unauthenticated, Unavailable
from kit.http import CallContext, ServiceClient
from kit.logs import log
from kit.paths import internal_path
from kit.services import ServiceSession

POLL_SECONDS = 0.4
PATIENCE_SECONDS = 3.0  # a service that is slow for a moment is not away
MAX_CHANGED = 1_000
_READ_FROM_A_POSITION = frozenset({"notifications", "discussions", "posts"})
Topic = tuple[str, str]


class Subscriber:
    """Somebody who follows a topic; `noticed` is set when something there changed.

    Args:
        changed: the ids of what changed and was not read yet, the oldest first, at most `MAX_CHANGED`.
    """

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.noticed = threading.Event()
        self.failing = False
        self.changed: dict[str, None] = {}

    def note(self, changed: str | None) -> None:
        """Take in that something changed."""
        if changed is not None:
            self.changed[changed] = None
            if len(self.changed) > MAX_CHANGED:
                del self.changed[next(iter(self.changed))]
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

    def subscribe(self, topic: Topic) -> Subscriber:
        """Follow a topic: ("notifications", person), ("discussions", group), ("discussion" or "posts", discussion).

        Whatever is committed after this has returned is noticed.

        Raises:
            Unavailable: the feed cannot be followed now.
        """
        subscriber = Subscriber(topic)
        with self._lock:
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
        """Follow it no more."""
        with self._lock:
            followers = self._topics.get(subscriber.topic, set())
            followers.discard(subscriber)
            if not followers:
                self._topics.pop(subscriber.topic, None)

    def _run(self, following: threading.Event) -> None:
        position: int | None = None
        epoch = ""
        failing, answered_at = False, time.monotonic()
        while True:
            with self._lock:
                if not self._topics:
                    self._thread = None
                    return
            more = False
            try:
                if position is None:
                    position = int(self._ask("/v1/feed")["position"])
                    following.set()
                events = self._ask(internal_path("feed", position))
                if epoch not in {"", events["epoch"]} or events["position"] < position:
                    position = events["position"]  # Neo4j was replaced
                    self._wake_all()
                else:
                    self._notice(events)
                    more = events["last"] is not None and events["last"] < events["position"]
                    position = max(position, events["last"] or 0)
                epoch, answered_at = events["epoch"], time.monotonic()
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

    def _notice(self, events: dict[str, Any]) -> None:
        """Wake whoever follows what was added or changed."""
        for row in events["discussions"]:
            self._wake([("discussions", row["group"]), ("discussion", row["id"])])
        for row in events["posts"]:
            self._wake([("posts", row["discussion"]), ("discussion", row["discussion"])])
            if not row["added"]:
                self._wake([("changed-posts", row["discussion"])], row["id"])
        for row in events["notifications"]:
            self._wake([("notifications", row["to"])])

    def _wake_all(self) -> None:
        """Wake whoever reads from a position; to others it would say that something changed."""
        with self._lock:
            for (kind, _), followers in self._topics.items():
                for subscriber in followers if kind in _READ_FROM_A_POSITION else ():
                    subscriber.noticed.set()

    def _wake(self, topics: Iterable[Topic], changed: str | None = None) -> None:
        with self._lock:
            for topic in topics:
                for subscriber in self._topics.get(topic, ()):
                    subscriber.note(changed)

    def _tell_failing(self, failing: bool) -> None:
        with self._lock:
            for followers in self._topics.values():
                for subscriber in followers:
                    if subscriber.failing != failing:
                        subscriber.failing = failing
                        subscriber.noticed.set()
