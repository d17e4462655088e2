"""HTTP: the change feed, for the gateway's live streams."""

from __future__ import annotations

from flask import Response, jsonify

from graph.feed.store import FeedReader
from graph.wiring import graph
from kit.web import ServiceBlueprint, require_service

blueprint = ServiceBlueprint("feed", __name__, description="The change feed")


@blueprint.get("/v1/feed/<int:after>")
def events(after: int) -> Response:
    """Ids of what was added or changed after a position; permission is checked when something of it is read."""
    require_service()
    return jsonify(FeedReader(graph()).events(after))


@blueprint.get("/v1/feed")
def position() -> Response:
    """Where the feed stands."""
    require_service()
    return jsonify(FeedReader(graph()).point())
