"""The kinds of discussion. A kind is one module here, and a line of this list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from graph.discussions.domain import Doubts
from graph.discussions.kinds.alert import ALERT
from graph.discussions.kinds.case import CASE
from graph.discussions.kinds.kind import Details, Kind, Row
from graph.discussions.kinds.live_qa import LIVE_QA
from graph.discussions.kinds.plain import DISCUSSION, QUESTION
from graph.discussions.kinds.poll import POLL
from kit.checks import checks
from kit.errors import Invalid
from kit.sentences import Sentence

KINDS = {kind.name: kind for kind in (DISCUSSION, QUESTION, CASE, LIVE_QA, ALERT, POLL)}
DETAILS: tuple[Details, ...] = tuple(kind.details for kind in KINDS.values() if kind.details)
__all__ = ["ALERT", "CASE", "DETAILS", "DISCUSSION", "KINDS", "LIVE_QA", "POLL", "QUESTION", "Kind", "checked_details"]


def checked_details(
    kind: Kind, inputs: dict[str, Any], *, author: str, now: datetime, doubts: Doubts
) -> dict[str, Any]:
    """Check the details of a new discussion, and return the properties to store.

    Args:
        inputs: the details of every kind, by name.
        doubts: collects what may identify a patient.

    Raises:
        Invalid: the kind lacks its details, a field breaks its rule, or there are details of another kind.
    """
    stored: Row = {}
    with checks() as check:
        for other in KINDS.values():
            if other is not kind and other.details and inputs.get(other.details.name) is not None:
                with check:
                    raise Invalid(
                        Sentence("This belongs to the kind {other}.", other=other.name), field=[other.details.name]
                    )
        if kind.details is not None:
            with check:
                stored = kind.details.check(inputs.get(kind.details.name), author=author, now=now, doubts=doubts)
    return stored
