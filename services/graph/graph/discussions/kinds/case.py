"""A case: a question about a patient whom nothing identifies, for those to whom the patient consented."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import marshmallow as ma

from graph.discussions.domain import DELETED, HELD, HIDDEN, Doubts
from graph.discussions.kinds.kind import Details, Kind, Property, Row
from kit.errors import Invalid
from kit.fields import Text
from kit.texts import check_text
from kit.verification import RIGHT_TO_PRACTISE

MAX_QUESTION_LENGTH = 1000
MAX_SETTING_LENGTH = 200
MAX_AGE_BAND_LENGTH = 40
NARROWEST_BAND = 4  # years between its ends; a narrower one is an age
URGENCIES = ("ROUTINE", "SOON", "URGENT")
NOT_NEEDED, THIS_GROUP, ALL_VERIFIED = CONSENT_SCOPES = ("NOT_NEEDED", "THIS_GROUP", "ALL_VERIFIED")
_BAND = re.compile(r"^(\d{1,2})\s?[-–]\s?(\d{1,2})$|^([1-9]0)\s?\+$")


class CaseInput(ma.Schema):
    """The details of a new case."""

    question = Text(required=True)
    age_band = Text(required=True, longest=1000)
    setting = Text(load_default=None, allow_none=True)
    urgency = ma.fields.String(validate=ma.validate.OneOf(URGENCIES), load_default="ROUTINE", allow_none=True)
    consent_scope = ma.fields.String(validate=ma.validate.OneOf(CONSENT_SCOPES), required=True)


def checked_band(band: str) -> str:
    """Check a band of ages: 60-69, 80+, or a word like adult, and never an age.

    Raises:
        Invalid: it is none, or so narrow that it gives an age away.
    """
    clean = check_text(band, field="ageBand", shortest=1, longest=MAX_AGE_BAND_LENGTH, one_line=True)
    match = _BAND.match(clean)
    narrow = match is not None and match[1] is not None and int(match[2]) - int(match[1]) < NARROWEST_BAND
    if narrow or (match is None and any(sign.isdigit() for sign in clean)):
        raise Invalid(
            "ageBand is a band of at least five years like 60-69, or 80+, or a word like adult; never an age.",
            field=["caseDetails", "ageBand"],
        )
    return clean


def _check(details: Any, *, author: str, now: datetime, doubts: Doubts) -> Row:
    if details is None:
        raise Invalid("A case needs caseDetails.", field=["caseDetails"])
    return {
        "question": check_text(
            details["question"], field="question", shortest=1, longest=MAX_QUESTION_LENGTH, doubts=doubts
        ),
        "age_band": checked_band(details["age_band"]),
        "setting": check_text(
            details.get("setting") or "", field="setting", longest=MAX_SETTING_LENGTH, one_line=True, doubts=doubts
        )
        or None,
        "urgency": details.get("urgency") or "ROUTINE",
        "consent_scope": details["consent_scope"],
    }


def _show(row: Row) -> Row | None:
    names = ("question", "age_band", "setting", "urgency", "consent_scope", "consent_withdrawn_at")
    return {name: row[name] for name in names} if row["question"] else None


def _may_read(row: Row, member: bool, level: Callable[[], str]) -> bool:
    scope = row["consent_scope"]
    return member or scope == NOT_NEEDED or (scope == ALL_VERIFIED and level() == RIGHT_TO_PRACTISE)


CASE = Kind(
    "CASE",
    Details(
        "case_details",
        ma.fields.Nested(CaseInput, load_default=None, allow_none=True),
        (
            Property("question", text=True),
            Property("age_band", text=True),
            Property("setting", text=True),
            Property("urgency", survives=frozenset({HELD})),
            Property("consent_scope", survives=frozenset({HELD, HIDDEN, DELETED})),
            Property("consent_withdrawn_at", survives=frozenset({HELD, HIDDEN, DELETED})),
        ),
        _check,
        _show,
    ),
    level="postCase",
    may_read=_may_read,
)
