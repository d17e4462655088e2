"""What changes in the graph, noticed once for all subscribers of this process.

While anybody subscribes, one loop asks the graph service several times a second which things changed; only ids come back.
What they say is read by each subscriber with their own token, so that permission is checked for each event.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from kit.errors import DomainError
from kit.http import CallContext, ServiceClient
from kit.logs import log

POLL_SECONDS = 0.4
PATIENCE_SECONDS = 3.0  # a service that is slow for a moment is not away
TOKEN_SECONDS = 300.0
# Commits are not in the order of their times: each look goes back a little, and subscribers know what they have sent.
OVERLAP = timedelta(seconds=4)
Topic = tuple[str, str]


def stamp(moment: datetime) -> str:
    """A time as the graph service writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Subscriber:
    """Somebody who follows a topic; `noticed` is set when something there changed."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.noticed = threading.Event()
        self.failing = False


class Changes:
    """Tells subscribers that something changed.

    Args:
        graph: where changes are asked for.
        profiles: where this service signs in.
        secret: with which it does.
    """

    def __init__(self, graph: ServiceClient, profiles: ServiceClient, secret: str) -> None:
        self._graph, self._profiles, self._secret = graph, profiles, secret
        self._lock = threading.Lock()
        self._topics: dict[Topic, set[Subscriber]] = {}
        self._thread: threading.Thread | None = None
        self._token, self._token_at = "", float("-inf")
        self._seen: dict[tuple[str, str], str] = {}

    def subscribe(self, topic: Topic) -> Subscriber:
        """Follow a topic: ("notifications", person), ("discussions", group), ("discussion" or "posts", discussion)."""
        subscriber = Subscriber(topic)
        with self._lock:
            self._topics.setdefault(topic, set()).add(subscriber)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """Follow it no more."""
        with self._lock:
            followers = self._topics.get(subscriber.topic, set())
            followers.discard(subscriber)
            if not followers:
                self._topics.pop(subscriber.topic, None)

    @property
    def followed(self) -> int:
        """How many subscribers there are."""
        with self._lock:
            return sum(len(followers) for followers in self._topics.values())

    def _run(self) -> None:
        since = datetime.now(UTC)
        failing, answered_at = False, time.monotonic()
        while True:
            with self._lock:
                if not self._topics:
                    self._thread = None
                    return
            try:
                answer = self._ask(stamp(since - OVERLAP))
                self._notice(answer)
                since, answered_at = datetime.fromisoformat(answer["now"]), time.monotonic()
                if failing:
                    log().info("changes_recovered")
                failing = False
            except DomainError as error:
                if not failing:
                    log().warning("changes_unknown", code=error.code)
                failing = True
                self._token_at = float("-inf")
            self._tell_failing(failing and time.monotonic() - answered_at > PATIENCE_SECONDS)
            time.sleep(POLL_SECONDS)

    def _ask(self, since: str) -> dict[str, Any]:
        if time.monotonic() - self._token_at > TOKEN_SECONDS:
            body = {"name": "gateway", "secret": self._secret}
            self._token = self._profiles.call("POST", "/v1/service-tokens", body)["access_token"]
            self._token_at = time.monotonic()
        answer: dict[str, Any] = self._graph.call("GET", f"/v1/changes/{since}", context=CallContext(token=self._token))
        return answer

    def _notice(self, answer: dict[str, Any]) -> None:
        """Wake who follows what changed since the last look; what the overlap shows again is passed over."""
        seen: dict[tuple[str, str], str] = {}

        def fresh(kind: str, row: dict[str, Any]) -> bool:
            key = (kind, row["id"])
            seen[key] = row["at"]
            return self._seen.get(key) != row["at"]

        for row in answer["discussions"]:
            if fresh("Discussion", row):
                self._wake([("discussions", row["group"]), ("discussion", row["id"])])
        for row in answer["posts"]:
            if fresh("Post", row):
                changed = [] if row["fresh"] else [("changed-posts", row["discussion"])]
                self._wake([("posts", row["discussion"]), ("discussion", row["discussion"]), *changed])
        for row in answer["notifications"]:
            if fresh("Notification", row):
                self._wake([("notifications", row["to"])])
        self._seen = seen

    def _wake(self, topics: Iterable[Topic]) -> None:
        with self._lock:
            for topic in topics:
                for subscriber in self._topics.get(topic, ()):
                    subscriber.noticed.set()

    def _tell_failing(self, failing: bool) -> None:
        with self._lock:
            for followers in self._topics.values():
                for subscriber in followers:
                    if subscriber.failing != failing:
                        subscriber.failing = failing
                        subscriber.noticed.set()
