"""HTTP: what the caller was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, jsonify

from graph.db import Transaction
from graph.notifications import schemas, usecases
from graph.notifications.store import NotificationReader, NotificationWriter
from graph.people.domain import position_of
from graph.people.store import PeopleWriter
from graph.reading import notified
from graph.timestamps import END_OF_TIME, stamp
from graph.wiring import graph
from kit import clock, cursors
from kit.errors import NotFound
from kit.web import ServiceBlueprint, caller, require_service

blueprint = ServiceBlueprint("notifications", __name__, description="Notifications")


@blueprint.post("/v1/projection/notifications")
@blueprint.arguments(schemas.Taken)
def take(body: dict[str, Any]) -> Response:
    """Take what the profiles service tells people, each once."""
    require_service()
    rows = [
        {
            "id": row["id"], "to": row["to"], "event": row["event"], "actor": None, "subject_kind": row["subject_kind"],
            "subject": row["subject"], "outcome": row.get("outcome"), "group": None,
            "created_at": stamp(datetime.fromisoformat(row["at"])),
        }
        for row in body["notifications"]
    ]  # fmt: skip
    position = position_of(body["position"])

    def act(tx: Transaction) -> None:
        NotificationWriter(tx).take(rows)
        PeopleWriter(tx).advance(position)

    graph().write(act)
    return jsonify(taken=len(rows))


@blueprint.post("/v1/me/notifications/search")
@blueprint.arguments(schemas.NotificationPage)
def search(body: dict[str, Any]) -> Response:
    """One's notifications, newest first, with how many are unread."""
    me, reader = caller().subject, NotificationReader(graph())
    unread_only = bool(body["unread_only"])
    mark = cursors.fingerprint("notifications", me, unread_only)
    position = cursors.position(body["after"], mark, (END_OF_TIME, ""))
    found = usecases.page(
        reader, me, unread_only=unread_only, after=position, first=body["first"] + 1, resolve=notified
    )
    unread = usecases.unread_count(reader, me, before=(END_OF_TIME, ""), resolve=notified) if body["count"] else None
    page = cursors.page(mark, found, body["first"], sort=usecases.SORT, name="notification")
    return jsonify(page | {"unread": unread})


@blueprint.post("/v1/me/notifications/read")
@blueprint.arguments(schemas.Read)
def mark_read(body: dict[str, Any]) -> Response:
    """Mark one's notifications as read, up to one and with it."""
    known = graph().write(
        lambda tx: NotificationWriter(tx).mark_read(caller().subject, up_to=body["up_to"], now=clock.now())
    )
    if not known:
        raise NotFound("No notification of yours has this id.", field=["upTo"])
    return jsonify(read=True)


@blueprint.post("/v1/notifications/read")
@blueprint.arguments(schemas.NotificationsById)
def read(body: dict[str, Any]) -> Response:
    """One's notifications by id, as far as one may still see them."""
    return jsonify(notified(NotificationReader(graph()).get(caller().subject, body["ids"])))
