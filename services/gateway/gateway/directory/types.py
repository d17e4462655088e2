"""Requests to hide directory profiles, as the desk sees them."""

from __future__ import annotations

import graphene
from graphql import GraphQLResolveInfo

from contracts import directory as messages
from contracts.directory import HidingRequestRow
from contracts.messages import Page
from gateway.batches import refer, referred
from gateway.catalogue.types import Region
from gateway.context import Context, of
from gateway.fields import enum, texts
from gateway.ids import encode
from gateway.paging import check_first, connection_type, counts, page_arguments, rows_page
from gateway.people.types import Professional, read_people
from gateway.scalars import DateTime
from gateway.things import Node, resolve_global_id, shown_as

HidingOutcome = enum(
    "HidingOutcome",
    "What became of a request to hide a directory profile.",
    {
        "HIDDEN": "The profile is shown to nobody.",
        "DECLINED": "The profile stays as it was.",
        "RESTORED": "The profile was hidden, and is shown again.",
    },
)


class HidingRequest(graphene.ObjectType):
    """Somebody's request to show a directory profile to nobody; for verifiers and admins."""

    class Meta:
        interfaces = (Node,)

    professional_id = graphene.ID(
        required=True,
        description="Id of the directory profile, for `restoreDirectoryProfile`; `node` does not find it while it is hidden.",
    )
    handle = graphene.String(required=True, description="The handle of the directory profile.")
    name = graphene.String(required=True, description="The name in the directory profile, as the register has it.")
    regions = texts(
        Region,
        max_items=10,
        description="Countries, or parts of them, in which the person practises, by the directory profile.",
    )
    requested_at = DateTime(required=True, description="Time at which the request was made.")
    contact = graphene.String(description="The e-mail address for the answer. Null 30 days after the decision.")
    note = graphene.String(
        description="What whoever asks wrote: who they are, and by what a verifier can see it. Null 30 days after the decision."
    )
    number_matches = graphene.Boolean(
        description="Whether the register number that was given is the profile's; null where none was given. Numbers may be "
        "public, so that this alone proves nothing."
    )
    outcome = HidingOutcome(description="Outcome of the request; null while the request waits.")
    decided_at = DateTime(description="Time of the decision; null while the request waits.")
    decided_by = graphene.Field(
        Professional, description="The verifier who decided; null while the request waits, and once they are gone."
    )
    decision_note = graphene.String(
        description="Note of the verifier; null where they wrote nothing, and 30 days after the decision."
    )

    resolve_id = staticmethod(resolve_global_id("HidingRequest"))

    @staticmethod
    def resolve_professional_id(root: messages.HidingRequest, _info: object) -> str:
        return encode("Professional", root.person_id)

    @staticmethod
    def resolve_decided_by(root: messages.HidingRequest, info: GraphQLResolveInfo) -> object:
        return referred(of(info), "HidingRequest.decidedBy", root.decided_by, read_people)


shown_as(HidingRequest, messages.HidingRequest)
HidingRequestConnection = connection_type("HidingRequest", lambda: HidingRequest, "hiding requests")


def link_requests(context: Context, requests: list[messages.HidingRequest]) -> None:
    """Read the people whom requests name together."""
    refer(context, "HidingRequest.decidedBy", (one.decided_by for one in requests))


class HidingQueries(graphene.ObjectType):
    """Root fields for the desk."""

    hiding_requests = graphene.Field(
        HidingRequestConnection,
        open_only=graphene.Boolean(
            required=True,
            default_value=True,
            description="Whether to list only requests that wait; `true` by default.",
        ),
        **page_arguments(20),
        description="Requests to hide a directory profile, the one that waits longest first; for verifiers, of profiles in their "
        "jurisdictions, and admins. See `decideHiding`.",
    )

    @staticmethod
    def resolve_hiding_requests(
        _root: object, info: GraphQLResolveInfo, open_only: bool, first: int, after: str | None = None
    ) -> object:
        context = of(info)
        context.require_caller()
        body = {"first": check_first(first), "after": after, "open_only": open_only, "count": counts(info)}
        answer = context.read_profiles(Page[HidingRequestRow], "POST", "/v1/hiding-requests/search", body)
        link_requests(context, [row.request for row in answer.rows])
        return rows_page(answer, lambda row: row.request, after=after)
