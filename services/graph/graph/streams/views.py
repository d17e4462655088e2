"""HTTP: what happened in what the caller follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify

from contracts.streams import EventKind, FeedPoint, SourceKind, StreamEvent, StreamPage
from graph.discussions.store import DiscussionReader
from graph.discussions.usecases import presenting
from graph.discussions.usecases.access import readable_groups
from graph.feed.store import FeedReader
from graph.groups.store import GroupReader
from graph.notifications.store import NotificationReader
from graph.reading import notified, viewer, with_authors
from graph.streams import schemas
from graph.streams.domain import OF_DISCUSSION, OF_GROUP, Event, Events, Position, Source, merge, resumed
from graph.streams.store import StreamReader
from graph.wiring import graph
from kit import clock
from kit.errors import NotFound
from kit.web import ServiceBlueprint, caller

blueprint = ServiceBlueprint("streams", __name__, description="What happens in what somebody follows")
Row = dict[str, Any]


@blueprint.post("/v1/streams/read")
@blueprint.arguments(schemas.ReadStream)
def read(body: schemas.ReadStreamBody) -> Response:
    """What happened after a position in what the caller follows and may read, at most 100 events."""
    me = caller().subject
    sources = [Source(one["kind"], _followed(one, me)) for one in body["sources"]]
    reader, parents = StreamReader(graph()), _readable(sources)
    given = body["point"]
    point = FeedPoint(**given) if given is not None else FeedReader(graph()).point()
    start, lost = _start(body, sources, point)
    found = (
        merge((reader.events(source, after=start, until=point.position) for source in sources), point.position)
        if start < Position(point.position)
        else Events((), start, False)
    )
    nodes = _shown(found.events, parents)
    return jsonify(
        StreamPage(
            start=start.token(point.epoch), position=found.position.token(point.epoch), point=point, more=found.more,
            lost=lost,
            events=[
                StreamEvent(kind=event.kind, position=event.position.token(point.epoch), node=nodes[event.kind][event.id])
                for event in found.events
                if event.id in nodes.get(event.kind, {})
            ],
        )
    )  # fmt: skip


def _followed(source: schemas.SourceBody, me: str) -> str:
    return me if source["kind"] is SourceKind.NOTIFICATIONS_ADDED else source["of"]


def _readable(sources: Sequence[Source]) -> dict[str, Row]:
    """The discussions that are followed, as the caller sees them.

    Raises:
        NotFound: the caller may not read one of them, or the discussions of a group that is followed.
    """
    groups = {source.of for source in sources if source.kind in OF_GROUP}
    discussions = {source.of for source in sources if source.kind in OF_DISCUSSION}
    reader, me, now = GroupReader(graph()), viewer(), clock.now()
    if len(readable_groups(reader, sorted(groups), viewer=me.id, now=now)) < len(groups):
        raise NotFound.of("group", "group")
    found = presenting.read_discussions(DiscussionReader(graph()), reader, sorted(discussions), viewer=me, now=now)
    if len(found) < len(discussions):
        raise NotFound.of("discussion", "discussion")
    return found


def _start(body: schemas.ReadStreamBody, sources: Sequence[Source], point: FeedPoint) -> tuple[Position, bool]:
    """Where to begin, and whether the position that was given is not known any more.

    Raises:
        NotFound: there is no such node in what is followed.
    """
    now = Position(point.position)
    if body["after"] is not None:
        found = resumed(body["after"], point, asked_now=body["point"] is None)
        return (now, True) if found is None else (found, False)
    if body["node"] is not None:
        added = StreamReader(graph()).position_of(body["node"], sources[0], viewer=caller().subject)
        if added is None:
            raise NotFound("Nothing there has this id.", field=["after"])
        return added, False
    return now, False


def _shown(events: Sequence[Event], parents: dict[str, Row]) -> dict[EventKind, dict[str, Row]]:
    """What events are about, as far as the caller may see it."""
    if not events:
        return {}
    ids: dict[str, dict[str, None]] = {"DISCUSSION": {}, "POST": {}, "NOTIFICATION": {}}
    for event in events:
        ids[event.kind.partition("_")[0]][event.id] = None
    me, now, reader = viewer(), clock.now(), DiscussionReader(graph())
    other = [own for own in ids["DISCUSSION"] if own not in parents]
    discussions = [
        *(parents[own] for own in ids["DISCUSSION"] if own in parents),
        *presenting.read_discussions(reader, GroupReader(graph()), other, viewer=me, now=now).values(),
    ]
    rows = reader.get_posts(list(ids["POST"]), viewer=me.id) if ids["POST"] else []
    posts = [presenting.shown_post(row, parents[row["discussion_id"]], me) for row in rows]
    sent = NotificationReader(graph()).get(me.id, list(ids["NOTIFICATION"])) if ids["NOTIFICATION"] else []
    found = {
        "DISCUSSION": _by_id(with_authors(discussions)) if discussions else {},
        "POST": _by_id(with_authors([post for post in posts if post is not None])) if posts else {},
        "NOTIFICATION": _by_id(notified(sent)),
    }
    return {kind: found[kind.partition("_")[0]] for kind in EventKind}


def _by_id(rows: Sequence[Row]) -> dict[str, Row]:
    return {row["id"]: row for row in rows}
