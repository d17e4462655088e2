"""Putting the recognisers together: one decision for a text."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from kit.guard import dates, numbers, people
from kit.guard.found import CERTIFICATE, LANGUAGE, NATIONAL, OTHER, PHONE, UNCHECKED, Found
from kit.guard.languages import numbers_in_unknown_language
from kit.guard.views import View, views

ALLOW, HOLD, BLOCK = "allow", "hold", "block"
_RECOGNISERS = (
    numbers.mail, numbers.phones, numbers.after_cues, numbers.by_form, numbers.network, dates.dates, dates.ages,
    people.names, people.addresses,
)  # fmt: skip
# What a register number may be taken for. Behind the word for a record, or as a name or a date, it is nobody's own.
_MAY_BE_OWN = frozenset({CERTIFICATE, LANGUAGE, NATIONAL, OTHER, PHONE})
MAX_FOUND = 100  # identifiers of one recogniser; a text with more of them is stopped whatever else is in it
PAUSE_LENGTH = (
    2_000  # characters; while a longer text is looked through, a service goes on with other requests in between
)
_ON_LETTERS = {dates.dates, people.names, people.addresses}  # what spread-out signs do not matter to


@dataclass(frozen=True)
class Decision:
    """What is to be done with a text, and what was found in it."""

    decision: str
    identifiers: tuple[Found, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As JSON values; never the text itself."""
        return {
            "decision": self.decision,
            "identifiers": [{"kind": one.kind, "start": one.start, "end": one.end} for one in self.identifiers],
        }


def check(text: str, *, own_numbers: Collection[str] = (), language: str | None = None) -> Decision:
    """Look for what could identify a patient.

    Args:
        own_numbers: the author's own register numbers, which pass where they are not said to be something else.
        language: what the text is said to be in, as a BCP 47 tag; in one that the guard does not know, and in another
            script than Latin, every number is a doubt.

    Returns:
        block where something is beyond doubt, hold where there is doubt, else allow; identifiers by place, in code
        points of the text as sent, without overlaps.
    """
    spans: list[Found] = []
    for number, view in enumerate(views(text)):
        if not view.complete:
            spans.append(Found(UNCHECKED, 0, len(text), False))
        recognisers = [recognise for recognise in _RECOGNISERS if not number or recognise not in _ON_LETTERS]
        for found in (numbers_in_unknown_language(view, language), *(recognise(view) for recognise in recognisers)):
            spans += _as_sent(view, found)
            if len(text) > PAUSE_LENGTH:
                time.sleep(0)  # gevent's, in a service
    own = {_compact(value) for value in own_numbers}
    kept = _without_overlaps(
        [one for one in spans if one.kind not in _MAY_BE_OWN or _compact(text[one.start : one.end]) not in own]
    )
    if not kept:
        return Decision(ALLOW)
    return Decision(BLOCK if any(one.sure for one in kept) else HOLD, tuple(kept))


def _as_sent(view: View, found: Iterator[Found]) -> Iterator[Found]:
    """The places in the text as it was sent, of the first ones."""
    for one in islice(found, MAX_FOUND):
        if one.end > one.start:
            start, end = view.span(one.start, one.end)
            yield one._replace(start=start, end=end)


def _compact(value: str) -> str:
    return "".join(sign for sign in value if sign.isalnum()).casefold()


def _without_overlaps(spans: list[Found]) -> list[Found]:
    """Return spans that do not overlap: of those that do, the surer one, then the longer one.

    Of equal ones, a telephone number gives way to any other kind. That a number is in an unknown language says least.
    """
    chosen: list[Found] = []
    starts: list[int] = []
    for one in sorted(spans, key=lambda s: (not s.sure, s.kind == LANGUAGE, s.start - s.end, s.kind == PHONE, s.start)):
        place = bisect_left(
            starts, one.end
        )  # those before it begin before this one ends, and do not overlap each other
        if not place or chosen[place - 1].end <= one.start:
            starts.insert(place, one.start)
            chosen.insert(place, one)
    return chosen
