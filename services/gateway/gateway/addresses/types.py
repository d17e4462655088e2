"""A change of one's address."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.context import Context
from gateway.scalars import DateTime


class EmailChange(graphene.ObjectType):
    """A change of address that waits for one of its mailboxes. Until it is made, the present address signs in."""

    new_email = graphene.String(required=True, description="The address that is to be the account's.")
    requested_at = DateTime(required=True, description="When it was asked for.")
    new_confirmed = graphene.Boolean(required=True, description="Whether the new mailbox has confirmed it.")
    old_confirmed = graphene.Boolean(required=True, description="Whether the present mailbox has confirmed it.")
    due_at = DateTime(
        required=True,
        description="When it is made without the present mailbox, if the new one has confirmed by then; otherwise it is "
        "forgotten then. 7 days after it was asked for.",
    )


def read_email_change(context: Context) -> dict[str, Any] | None:
    """The change of one's own address that waits."""
    found = context.profiles("GET", "/v1/me/email-change")
    return found[0] if found else None
