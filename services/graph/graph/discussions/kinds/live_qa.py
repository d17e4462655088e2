"""A live session: questions for its hosts, the most helpful first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import marshmallow as ma

from graph.discussions.domain import HELD, Doubts, checked_time, checked_url
from graph.discussions.kinds.kind import Details, Kind, Property, Row
from graph.timestamps import stamp
from kit.checks import checks
from kit.errors import Invalid
from kit.fields import Text, Texts
from kit.sentences import Sentence

MAX_HOSTS = 10


class LiveInput(ma.Schema):
    """The details of a new live session."""

    starts_at = Text(required=True, longest=64)
    ends_at = Text(load_default=None, allow_none=True, longest=64)
    join_url = Text(load_default=None, allow_none=True, longest=5000)
    hosts = Texts(load_default=None, allow_none=True, longest=100)


def _check(details: Any, *, author: str, now: datetime, doubts: Doubts) -> Row:
    if details is None:
        raise Invalid(Sentence("A live session needs liveDetails."), field=["liveDetails"])
    given_url, url = details.get("join_url"), None
    with checks() as check:
        with check:
            starts = checked_time(details["starts_at"], field=["liveDetails", "startsAt"])
        with check:
            ends = checked_time(details["ends_at"], field=["liveDetails", "endsAt"]) if details.get("ends_at") else None
        with check:
            hosts = list(dict.fromkeys(details.get("hosts") or [author]))
            if len(hosts) > MAX_HOSTS:
                raise Invalid(
                    Sentence("A live session has at most {most_hosts} hosts.", most_hosts=MAX_HOSTS),
                    field=["liveDetails", "hosts"],
                )
        with check:
            url = checked_url(given_url, field=["liveDetails", "joinUrl"]) if given_url else None
    if ends is not None and ends <= starts:
        raise Invalid(Sentence("A live session ends after it starts."), field=["liveDetails", "endsAt"])
    return {"starts_at": stamp(starts), "ends_at": stamp(ends) if ends else None, "join_url": url, "hosts": hosts}


def _show(row: Row) -> Row | None:
    return {name: row[name] for name in ("starts_at", "ends_at", "join_url", "hosts")} if row["starts_at"] else None


LIVE_QA = Kind(
    "LIVE_QA",
    Details(
        "live_details",
        ma.fields.Nested(LiveInput, load_default=None, allow_none=True),
        (
            Property("starts_at", survives=frozenset({HELD})),
            Property("ends_at", survives=frozenset({HELD})),
            Property("join_url", text=True),
            Property("hosts", survives=frozenset({HELD}), people="host"),
        ),
        _check,
        _show,
    ),
    helpful_first=True,
)
