"""Asking for a connection, answering, and ending one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from graph.connections import domain
from graph.connections.store import ConnectionWriter
from graph.notifications.store import NotificationWriter
from graph.people.domain import level_by_dates
from graph.timestamps import stamp
from kit import levels
from kit.clock import new_id
from kit.errors import Conflict, Invalid, LimitReached, NotFound
from kit.texts import check_text


def request_connection(
    connections: ConnectionWriter,
    notifications: NotificationWriter,
    *,
    me: str,
    other: str,
    message: str | None,
    now: datetime,
) -> dict[str, Any]:
    """Ask somebody to connect; asking again changes nothing, and crossing requests connect.

    Returns:
        {request: the open request, or None when the two are connected now}.

    Raises:
        Invalid: one cannot ask oneself.
        NotFound: there is no such person to ask.
        LimitReached: too many requests wait for an answer.
    """
    if other == me:
        raise Invalid("You cannot connect with yourself.", field=["to"])
    text = check_text(message or "", field="message", longest=domain.MAX_MESSAGE_LENGTH) or None
    pair = connections.lock(me, other, now=stamp(now))
    if not pair.other_exists or pair.blocked_by_them:
        raise NotFound("Nobody with this id can be asked.", field=["to"])
    if pair.blocked_by_me:
        raise Conflict("You have blocked this person; unblock them first.", field=["to"])
    if pair.connected:
        return {"request": None}
    if pair.incoming:
        connections.connect(me, other, since=stamp(now))
        _tell(notifications, other, "CONNECTION_ACCEPTED", me, now)
        return {"request": None}
    if pair.outgoing:
        return {"request": pair.outgoing | {"from": me, "to": other}}
    limit = levels.OPEN_REQUESTS[level_by_dates(pair.identity_until, pair.practise_until, now.date().isoformat())]
    if pair.open_requests >= limit:
        raise LimitReached(f"{limit} of your requests wait for an answer; withdraw one first.")
    request = {
        "id": new_id(),
        "message": text,
        "created_at": stamp(now),
        "expires_at": stamp(now + domain.REQUEST_LIFETIME),
    }
    connections.ask(
        me, other, request_id=str(request["id"]), message=text, now=stamp(now), expires_at=str(request["expires_at"])
    )
    _tell(notifications, other, "CONNECTION_REQUESTED", me, now)
    return {"request": request | {"from": me, "to": other}}


def _tell(notifications: NotificationWriter, person: str, event: str, me: str, now: datetime) -> None:
    notifications.add([person], event, actor=me, kind="Professional", subject=me, group=None, now=now)


def respond_to_connection(
    connections: ConnectionWriter,
    notifications: NotificationWriter,
    sides: tuple[str, str] | None,
    *,
    me: str,
    request_id: str,
    accept: bool,
    now: datetime,
) -> dict[str, Any]:
    """Accept or decline a request that one received; declining is silent.

    Returns:
        {other: the id of who asked}.

    Raises:
        NotFound: no such request waits for the caller.
    """
    gone = NotFound("No such request waits for your answer.", field=["request"])
    if sides is None or sides[1] != me:
        raise gone
    other = sides[0]
    pair = connections.lock(me, other, now=stamp(now))
    if pair.incoming is None or pair.incoming["id"] != request_id:
        raise gone
    if accept:
        connections.connect(me, other, since=stamp(now))
        _tell(notifications, other, "CONNECTION_ACCEPTED", me, now)
    else:
        connections.delete_request(other, me)
    return {"other": other}


def withdraw_connection(
    connections: ConnectionWriter, sides: tuple[str, str] | None, *, me: str, now: datetime
) -> dict[str, Any]:
    """Take back a request that one sent.

    Raises:
        NotFound: no such request of the caller waits.
    """
    if sides is None or sides[0] != me:
        raise NotFound("No such request of yours waits for an answer.", field=["request"])
    connections.lock(me, sides[1], now=stamp(now))
    connections.delete_request(me, sides[1])
    return {"other": sides[1]}


def remove_connection(connections: ConnectionWriter, *, me: str, other: str, now: datetime) -> dict[str, Any]:
    """End a connection; ending one that is not there changes nothing.

    Raises:
        NotFound: there is no such person.
    """
    pair = connections.lock(me, other, now=stamp(now))
    if not pair.other_exists and not pair.connected:
        raise NotFound("Nobody with this id exists.", field=["professional"])
    connections.disconnect(me, other)
    return {"other": other}


def block(connections: ConnectionWriter, *, me: str, other: str, now: datetime) -> dict[str, Any]:
    """Block somebody: neither finds, reads or reaches the other any more; connection and requests end.

    Blocking twice changes nothing.

    Raises:
        Invalid: one cannot block oneself.
        NotFound: there is no such person.
    """
    if other == me:
        raise Invalid("You cannot block yourself.", field=["professional"])
    pair = connections.lock(me, other, now=stamp(now))
    if (not pair.other_exists or pair.blocked_by_them) and not pair.blocked_by_me:
        raise NotFound("Nobody with this id can be blocked.", field=["professional"])
    connections.block(me, other, now=stamp(now))
    return {"other": other}


def unblock(connections: ConnectionWriter, *, me: str, other: str, now: datetime) -> dict[str, Any]:
    """End a block; what it removed does not come back. Unblocking who is not blocked changes nothing."""
    connections.lock(me, other, now=stamp(now))
    connections.unblock(me, other)
    return {"other": other}
