"""An alert: a public-health notice from moderators, for those whom it concerns by place and specialty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import marshmallow as ma

from catalogues import regions, specialties
from graph.discussions.domain import HELD, HIDDEN, Doubts, checked_time
from graph.discussions.kinds.kind import MADE_FROM_ARCHIVED, Details, Kind, Property, Row
from graph.groups.eligibility import known_region, known_specialty
from graph.timestamps import stamp
from kit.checks import check_each, checks
from kit.errors import Invalid
from kit.fields import Text, Texts
from kit.sentences import Sentence
from kit.texts import check_text

if TYPE_CHECKING:
    from graph.discussions.store import DiscussionWriter

MAX_ISSUER_LENGTH = 200
ALERT_DAYS = 366
MAX_REGIONS = 50
MAX_NOTIFIED = 5000  # everybody concerned has the alert in the feed


class AlertInput(ma.Schema):
    """The details of a new alert."""

    regions = Texts(required=True, most=1000)
    specialties = Texts(load_default=list, allow_none=True, most=1000)
    issuer = Text(load_default=None, allow_none=True)
    expires_at = Text(required=True, longest=64)


def _check(details: Any, *, author: str, now: datetime, doubts: Doubts) -> Row:
    if details is None:
        raise Invalid(Sentence("An alert needs alertDetails."), field=["alertDetails"])
    field = ["alertDetails"]
    with checks() as check:
        with check:
            upper = check_each(details["regions"], known_region, field=[*field, "regions"])
            codes = list(dict.fromkeys(upper))
            if not 1 <= len(codes) <= MAX_REGIONS:
                raise Invalid(
                    Sentence("An alert names 1 to {most_regions} regions.", most_regions=MAX_REGIONS),
                    field=[*field, "regions"],
                )
        with check:
            known = check_each(details.get("specialties") or (), known_specialty, field=[*field, "specialties"])
            named = list(dict.fromkeys(known))
            if len(named) > MAX_REGIONS:
                raise Invalid(
                    Sentence("An alert names at most {most_regions} specialties.", most_regions=MAX_REGIONS),
                    field=[*field, "specialties"],
                )
        with check:
            expires = checked_time(details["expires_at"], field=[*field, "expiresAt"])
            if not now < expires <= now + timedelta(days=ALERT_DAYS):
                raise Invalid(Sentence("An alert ends in the future, within a year."), field=[*field, "expiresAt"])
        with check:
            # An authority or a person in charge: no patient.
            issuer = check_text(details.get("issuer") or "", field="issuer", longest=MAX_ISSUER_LENGTH, one_line=True)
    return {
        "alert_regions": codes,
        "alert_places": sorted({place for code in codes for place in (*regions.expand(code), code)}),
        "alert_specialties": named,
        "alert_codes": sorted({below for code in named for below in specialties.narrower(code)}),
        "issuer": issuer or None,
        "expires_at": stamp(expires),
    }


def _show(row: Row) -> Row | None:
    if not row["expires_at"]:
        return None
    return {
        "regions": row["alert_regions"], "specialties": row["alert_specialties"], "issuer": row["issuer"],
        "expires_at": row["expires_at"], "discussion": row["id"],
    }  # fmt: skip


def _concerned(discussions: DiscussionWriter, alert: Row) -> Sequence[str]:
    return discussions.concerned(
        places=alert["alert_places"], codes=alert["alert_codes"], group=alert["group_id"], most=MAX_NOTIFIED
    )


ALERT = Kind(
    "ALERT",
    Details(
        "alert_details",
        ma.fields.Nested(AlertInput, load_default=None, allow_none=True),
        (
            Property("alert_regions", survives=frozenset({HELD, HIDDEN})),
            Property("alert_specialties", survives=frozenset({HELD, HIDDEN})),
            Property("alert_places", survives=frozenset({HELD}), read=False, technical=MADE_FROM_ARCHIVED),
            Property("alert_codes", survives=frozenset({HELD}), read=False, technical=MADE_FROM_ARCHIVED),
            Property("issuer", text=True),
            Property("expires_at", survives=frozenset({HELD, HIDDEN})),
        ),
        _check,
        _show,
    ),
    by_moderators=True,
    notify=_concerned,
    event="ALERT",
)
