"""Finding a way to somebody, and asking the person on it for an introduction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from graph.introductions import domain
from graph.introductions.domain import ENDED, FORWARDED, LIFETIME, PENDING
from graph.introductions.store import IntroductionReader, IntroductionWriter
from graph.notifications.store import NotificationWriter
from graph.timestamps import stamp
from kit.clock import new_id
from kit.errors import Conflict, Invalid, LimitReached, NotFound
from kit.levels import require_level
from kit.texts import check_text

Row = dict[str, Any]


def find_path(introductions: IntroductionReader, *, me: str, to: str, longest: int) -> Row | None:
    """A shortest path to somebody, or None: whether there is none, a longer one, or one through who hides is not told.

    Returns:
        {length, steps: [{person, group, country}]}: `person` is an id where the step may be named, else None, and then
        a group that they share with the viewer or the country where they practise describes them.

    Raises:
        Invalid: the length is not 1 to 4.
    """
    if not 1 <= longest <= domain.MAX_PATH_LENGTH:
        raise Invalid(f"maxLength must be 1 to {domain.MAX_PATH_LENGTH}.", field=["maxLength"])
    people = introductions.path(me, to)
    if not people or len(people) > longest:
        return None
    # One's own connection and the person sought are known already; who is between them is named only by opting in.
    named = [number in {0, len(people) - 1} or person["opted_in"] for number, person in enumerate(people)]
    groups = introductions.shared_groups(
        [person["id"] for person, known in zip(people, named, strict=True) if not known], me
    )
    return {
        "length": len(people),
        "steps": [
            {"person": person["id"], "group": None, "country": None}
            if known
            else {
                "person": None,
                "group": groups.get(person["id"]),
                "country": next((code for code in person["places"] if len(code) == 2), None),
            }
            for person, known in zip(people, named, strict=True)
        ],
    }


def request_introduction(
    introductions: IntroductionWriter,
    notifications: NotificationWriter,
    *,
    me: str,
    my_level: str,
    to: str,
    via: str | None,
    message: str,
    now: datetime,
) -> Row:
    """Ask a connection to introduce one to one of theirs; asking again while it waits changes nothing.

    Args:
        via: the connection; where it is None, the first by name who could.

    Returns:
        {id}.

    Raises:
        Invalid: one cannot be introduced to oneself.
        NotVerified: the caller's identity is not verified.
        NotFound: there is no such person, or nobody who could introduce the two.
        Conflict: the two are connected already, or the caller has blocked the person.
        LimitReached: too many of the caller's introductions wait.
    """
    text = check_text(message, field="message", shortest=1, longest=domain.MAX_MESSAGE_LENGTH)
    require_level(my_level, "requestIntroduction")
    if to == me:
        raise Invalid("You know yourself.", field=["to"])
    found = introductions.brokers(me, to, now=stamp(now), since=stamp(now - LIFETIME))
    if not found.there:
        raise NotFound("Nobody with this id can be reached.", field=["to"])
    if found.blocked_by_me:
        raise Conflict("You have blocked this person; unblock them first.", field=["to"])
    if found.connected:
        raise Conflict("You are connected already.", field=["to"])
    if found.waiting is not None:
        return {"id": found.waiting}
    broker = via if via is not None else next(iter(found.brokers), None)
    if broker is None or broker not in found.brokers:
        raise NotFound("Nobody whom you know so can introduce you.", field=["via"])
    if found.open >= domain.MAX_OPEN_INTRODUCTIONS:
        raise LimitReached(
            f"{domain.MAX_OPEN_INTRODUCTIONS} of your introductions wait for an answer; wait for one first."
        )
    introduction = {
        "id": new_id(), "from": me, "to": to, "via": broker, "message": text, "state": PENDING, "created_at": stamp(now)
    }  # fmt: skip
    introductions.create(introduction)
    _tell(notifications, broker, introduction, now)
    return {"id": introduction["id"]}


def _tell(notifications: NotificationWriter, person: str, introduction: Row, now: datetime) -> None:
    notifications.add(
        [person], "INTRODUCTION_REQUESTED", actor=introduction["from"], kind="Introduction",
        subject=introduction["id"], group=None, now=now,
    )  # fmt: skip


def respond_to_introduction(
    introductions: IntroductionWriter,
    notifications: NotificationWriter,
    *,
    introduction_id: str,
    forward: bool,
    message: str | None,
    me: str,
    now: datetime,
) -> Row:
    """Forward an introduction to whom it is for, or decline it silently: who asked sees it wait until it ends by itself.

    Returns:
        {id}.

    Raises:
        NotFound: no introduction waits for the caller under this id.
    """
    note = check_text(message or "", field="message", longest=domain.MAX_MESSAGE_LENGTH) or None
    row = introductions.lock(introduction_id, now=stamp(now))
    if row is None or row["via"] != me or row["state"] != PENDING or row["created_at"] <= stamp(now - LIFETIME):
        raise NotFound("No introduction waits for your answer under this id.", field=["id"])
    introductions.change(introduction_id, state=FORWARDED if forward else ENDED, note=note, now=stamp(now))
    if forward:
        _tell(notifications, row["to"], row, now)
    return {"id": introduction_id}


def shown_introductions(
    rows: list[Row], *, viewer: str, now: datetime, cards_of: Callable[[list[str]], dict[str, Row]]
) -> list[Row]:
    """Introductions as one of the three sees them; without those of which somebody is not to be seen any more.

    Who asked does not learn that it was declined: it waits for them until it ends after 30 days.
    """
    mine = [
        row
        for row in rows
        if viewer in {row["from"], row["via"]} or (viewer == row["to"] and row["state"] == FORWARDED)
    ]
    cards = cards_of([row[side] for row in mine for side in ("from", "to", "via")])
    shown = []
    for row in mine:
        if any(row[side] not in cards for side in ("from", "to", "via")):
            continue
        over = row["created_at"] <= stamp(now - LIFETIME)
        state = row["state"]
        if state == PENDING and over:
            state = ENDED
        elif state == ENDED and viewer == row["from"] and not over:
            state = PENDING
        shown.append(
            {
                "id": row["id"],
                **{side: cards[row[side]] for side in ("from", "to", "via")},
                "message": row["message"],
                "introduction_state": state,
                "created_at": row["created_at"],
            }
        )
    return shown
