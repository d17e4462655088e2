"""Dead letters as admins see them."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.fields import enum
from gateway.paging import connection_type
from gateway.scalars import DateTime
from gateway.things import Node, resolve_global_id

DeadLetterKind = enum(
    "DeadLetterKind",
    "Kinds of work that was given up.",
    {
        "MAIL": "A message was to be sent.",
        "SNAPSHOT": "Tell the graph service how a person is now.",
        "ERASURE": "Erase a person in the graph service.",
        "NOTIFICATION": "A person was to be notified.",
        "GRAPH_ACT": "Take an act of the graph service into the audit trail.",
        "JOB": "Do something that came due by the clock.",
    },
)


class DeadLetter(graphene.ObjectType):
    """Work in the background that failed so often that nobody tries it any more. It names no person; for admins."""

    class Meta:
        interfaces = (Node,)

    kind = DeadLetterKind(required=True, description="The kind of work that was given up.")
    attempts = graphene.Int(required=True, description="How often it was tried.")
    created_at = DateTime(required=True, description="When it was queued, or failed first.")
    dead_at = DateTime(required=True, description="When it was given up.")
    error = graphene.String(
        required=True, description="Code or name of the last error, for example `SMTPServerDisconnected`."
    )

    resolve_id = staticmethod(resolve_global_id("DeadLetter"))


DeadLetterConnection: Any = connection_type("DeadLetter", lambda: DeadLetter, "dead letters")
