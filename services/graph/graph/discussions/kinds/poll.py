"""A poll: options of which every reader may choose one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from graph.discussions.domain import HELD, Doubts
from graph.discussions.kinds.kind import MADE_FROM_ARCHIVED, Details, Kind, Property, Row
from kit.checks import check_each
from kit.clock import new_id
from kit.errors import Invalid
from kit.fields import Texts
from kit.sentences import Sentence
from kit.texts import check_text, fold

MAX_OPTION_LENGTH = 200
MIN_OPTIONS, MAX_OPTIONS = 2, 10


def _check(details: Any, *, author: str, now: datetime, doubts: Doubts) -> Row:
    texts = check_each(
        details or (),
        lambda text: check_text(
            text, field="pollOptions", shortest=1, longest=MAX_OPTION_LENGTH, one_line=True, doubts=doubts
        ),
        field=["pollOptions"],
    )
    if not MIN_OPTIONS <= len(texts) <= MAX_OPTIONS or len({fold(text) for text in texts}) < len(texts):
        raise Invalid(
            Sentence(
                "A poll has {least_options} to {most_options} options that differ.",
                least_options=MIN_OPTIONS,
                most_options=MAX_OPTIONS,
            ),
            field=["pollOptions"],
        )
    options = [{"id": new_id(), "text": text} for text in texts]
    return {"poll": options, "option_ids": [option["id"] for option in options]}


def _show(row: Row) -> list[Row]:
    return row["poll"] or []


POLL = Kind(
    "POLL",
    Details(
        "poll_options",
        Texts(load_default=None, allow_none=True, longest=20_000),
        (
            Property("poll", text=True, nested=True),
            Property("option_ids", survives=frozenset({HELD}), read=False, technical=MADE_FROM_ARCHIVED),
        ),
        _check,
        _show,
        absent=[],
    ),
)
