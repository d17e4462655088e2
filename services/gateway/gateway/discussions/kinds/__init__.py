"""The kinds of discussion as the schema has them. A kind is one module here, and a line of this list."""

from __future__ import annotations

from typing import Any

from gateway.discussions.kinds.alert import ALERT
from gateway.discussions.kinds.case import CASE
from gateway.discussions.kinds.kind import Details
from gateway.discussions.kinds.live_qa import LIVE_QA
from gateway.discussions.kinds.plain import DISCUSSION, QUESTION
from gateway.discussions.kinds.poll import POLL
from gateway.fields import enum

KINDS = (DISCUSSION, QUESTION, CASE, LIVE_QA, ALERT, POLL)
DETAILS: tuple[Details, ...] = tuple(kind.details for kind in KINDS if kind.details)
DiscussionKind = enum(
    "DiscussionKind",
    "Kinds of discussions. The kind says who may open one and which details it needs.",
    {kind.name: kind.description for kind in KINDS},
)


def _fields() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in DETAILS:
        one.field.reset_counter()  # graphene sorts by when a field was made
        found[one.name] = one.field
        if one.resolve is not None:
            found[f"resolve_{one.name}"] = staticmethod(one.resolve)
    return found


# The fields of `Discussion` that one kind has each.
DetailsOfKinds: Any = type("DetailsOfKinds", (), _fields())
