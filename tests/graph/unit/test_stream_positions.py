"""Positions of streams: the order of events, and pages that lose and double nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from contracts.streams import EventKind, FeedPoint
from graph.streams import domain
from graph.streams.domain import Event, Position, merge, resumed
from kit.errors import Invalid


def event(kind: EventKind, feed: int, own: str, created_at: str | None = None) -> Event:
    """Something that happened."""
    return Event(kind, own, Position.of_event(kind, own, feed, created_at))


def listed(events: Sequence[Event], after: Position, until: int) -> list[Event]:
    """What a query lists of one kind of event, by the bounds that it is given."""
    bounds = after.bounds(events[0].kind)
    found = [
        one
        for one in events
        if bounds["position"] <= one.position.feed <= until  # type: ignore[operator]
        and (one.position.feed > bounds["position"] or one.id > bounds["after_id"])  # type: ignore[operator]
    ]
    return sorted(found, key=lambda one: one.position)[: domain.EVENTS_AT_ONCE]


def walk(sources: Sequence[Sequence[Event]], start: Position, until: int) -> Iterator[tuple[Event, ...]]:
    """All pages from a position on."""
    more = True
    while more:
        page = merge([listed(one, start, until) for one in sources], until)
        yield page.events
        start, more = page.position, page.more
    assert start == Position(until)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three events a page, so that pages end in the middle of transactions."""
    monkeypatch.setattr(domain, "EVENTS_AT_ONCE", 3)


def test_events_of_several_sources_come_in_the_order_of_their_commits_each_once() -> None:
    """Whatever the pages: a transaction with more events than a page, sources of different lengths, and one event of two sources."""
    added = [event(EventKind.POST_ADDED, feed, f"a{feed}") for feed in (1, 2, 3, 4, 9)]
    changed = [event(EventKind.POST_CHANGED, 4, f"c{n}") for n in range(8)] + [event(EventKind.POST_CHANGED, 6, "c9")]
    discussions = [event(EventKind.DISCUSSION_CHANGED, feed, "d") for feed in (1, 4, 8)]
    sources = [added, changed, discussions, discussions]
    whole = sorted({*added, *changed, *discussions}, key=lambda one: one.position)
    pages = list(walk(sources, Position(0), 9))
    assert [one for page in pages for one in page] == whole
    assert {len(page) for page in pages} <= {0, 1, 2, 3}


def test_a_stream_resumes_behind_each_event() -> None:
    """Also behind one of several of the same transaction: what follows is exactly the rest."""
    added = [event(EventKind.POST_ADDED, feed, f"a{feed}") for feed in (4, 5)]
    changed = [event(EventKind.POST_CHANGED, 4, f"c{n}") for n in range(4)]
    discussions = [event(EventKind.DISCUSSION_CHANGED, feed, "d") for feed in (4, 5)]
    whole = sorted([*added, *changed, *discussions], key=lambda one: one.position)
    for number, one in enumerate(whole):
        rest = [found for page in walk([added, changed, discussions], one.position, 5) for found in page]
        assert rest == whole[number + 1 :]


def test_what_comes_later_than_is_known_is_left_for_later() -> None:
    """The position of a page without events is that up to which was looked."""
    page = merge([[]], 17)
    assert (page.events, page.position, page.more) == ((), Position(17), False)


def test_what_is_older_than_the_feed_comes_first_by_time() -> None:
    """With the bounds that only the kind of the last event has."""
    old = Position.of_event(EventKind.POST_ADDED, "p", 0, "2024-01-01T00:00:00Z")
    assert old < Position.of_event(EventKind.POST_ADDED, "a", 0, "2024-01-02T00:00:00Z") < Position(0) < Position(1, 0)
    assert old.bounds(EventKind.POST_ADDED)["older_at"] == "2024-01-01T00:00:00Z"
    assert old.bounds(EventKind.NOTIFICATION_ADDED)["older_at"] is None


def test_a_position_is_read_again_and_nobody_else_can_make_one() -> None:
    """It is signed."""
    own = Position.of_event(EventKind.POST_CHANGED, "p", 5)
    token = own.token("epoch")
    assert Position.read(token) == ("epoch", own)
    for wrong in ("", token[:-2], token[:20] + ("A" if token[20] != "A" else "B") + token[21:]):
        with pytest.raises(Invalid):
            Position.read(wrong)


def test_what_cannot_be_told_any_more_is_known() -> None:
    """Of another database, behind the end of this one as after a restore, or signed with a key that is gone."""
    own = Position.of_event(EventKind.POST_CHANGED, "p", 5)
    point = FeedPoint(epoch="epoch", position=5)
    assert resumed(own.token("epoch"), point, asked_now=True) == own
    assert resumed(own.token("other"), point, asked_now=False) is None
    assert resumed("A" * 150, point, asked_now=True) is None
    restored = FeedPoint(epoch="epoch", position=4)
    assert resumed(own.token("epoch"), restored, asked_now=True) is None
    assert resumed(own.token("epoch"), restored, asked_now=False) == own  # what the gateway knows may be a moment old
