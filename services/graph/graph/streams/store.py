"""What happened after a position, in Neo4j."""

from __future__ import annotations

from contracts.streams import SourceKind
from graph.db import Graph, query
from graph.streams.domain import KINDS, Event, Position, Source

_QUERIES = {
    SourceKind.DISCUSSIONS_ADDED: "streams/list_discussions_added",
    SourceKind.DISCUSSIONS_CHANGED: "streams/list_discussions_changed",
    SourceKind.DISCUSSION_CHANGED: "streams/find_discussion_changed",
    SourceKind.DISCUSSION_TOUCHED: "streams/find_discussion_touched",
    SourceKind.POSTS_ADDED: "streams/list_posts_added",
    SourceKind.POSTS_CHANGED: "streams/list_posts_changed",
    SourceKind.NOTIFICATIONS_ADDED: "streams/list_notifications_added",
}


class StreamReader:
    """Reads events of what is followed."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def events(self, source: Source, *, after: Position, until: int) -> list[Event]:
        """The next events of a source, at most `EVENTS_AT_ONCE`.

        Args:
            until: a position of the change feed up to which everything can be read.
        """
        kind = KINDS[source.kind]
        rows = self._graph.read_latest(query(_QUERIES[source.kind]), of=source.of, until=until, **after.bounds(kind))
        return [
            Event(kind, row["id"], Position.of_event(kind, row["id"], row["position"], row.get("created_at")))
            for row in rows
        ]

    def position_of(self, node: str, source: Source, *, viewer: str) -> Position | None:
        """Where something was added to what a source follows; None where the viewer can find nothing there with this id."""
        if source.kind is SourceKind.NOTIFICATIONS_ADDED:
            rows = self._graph.read(query("streams/find_notification"), id=node, of=source.of)
        else:
            rows = self._graph.read(query("streams/find_content"), id=node, of=source.of, viewer=viewer)
        if not rows:
            return None
        older = rows[0]["created_at"] if rows[0]["position"] is None else None
        return Position.of_event(KINDS[source.kind], node, rows[0]["position"] or 0, older)
