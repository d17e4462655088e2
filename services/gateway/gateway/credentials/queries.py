"""The desk's queue."""

from __future__ import annotations

from typing import Any

import graphene

from contracts import desk as messages
from gateway.catalogue.types import CredentialKind
from gateway.context import of
from gateway.credentials.decisions import CredentialStatus
from gateway.credentials.types import CheckOutcome, CredentialConnection, CredentialPage, credentials_page
from gateway.desk.types import DeskFigures
from gateway.fields import plain, texts
from gateway.ids import expect
from gateway.paging import counts, page_arguments
from gateway.scalars import RegionCode
from kit.errors import Invalid


class CheckFilter(graphene.InputObjectType):
    """An automatic check and how it came out, for example `{name: "NAME_MATCH", outcome: WARN}`."""

    name = graphene.String(description="The name of the check, for example `NAME_MATCH`; any check when absent.")
    outcome = CheckOutcome(required=True, description="How it came out, for example `FAIL`; OPEN finds nothing.")


class VerificationQueueFilter(graphene.InputObjectType):
    """Conditions on the cases; all hold together."""

    statuses = texts(CredentialStatus, required=False, description="In one of these statuses.")
    jurisdictions = texts(
        RegionCode,
        required=False,
        description="Cases of these regions, of any kind, with everything inside them, for example `WHO:EURO`.",
    )
    authority = graphene.ID(
        description="Only credentials of this authority, by its code, for example `ie-imc`, or its id."
    )
    older_than_hours = graphene.Int(
        description="Cases that have been on the desk for at least so many hours, for example `48`."
    )
    newer_than_hours = graphene.Int(
        description="Cases that have been on the desk for less than so many hours, for example `24`."
    )
    untaken_only = graphene.Boolean(description="Only those that nobody works on.")
    awaiting_second_only = graphene.Boolean(description="Only those that wait for a second verifier.")
    awaiting_applicant_only = graphene.Boolean(
        description="Those that are off the desk until their applicant answers, instead of those on it; oldest submission first."
    )
    appeals_only = graphene.Boolean(description="Only appeals against an earlier decision.")
    mine_only = graphene.Boolean(description="Only those that are assigned to you or that you hold.")
    assignee = graphene.ID(description="Only those that are assigned to this verifier, by the id of a `Professional`.")
    credential_kinds = texts(
        CredentialKind, required=False, description="Of one of these kinds, for example `[LICENCE, DEGREE]`."
    )
    name = graphene.String(
        description="Words or parts of words that all stand in the applicant's name, for example `kowal`. Case and accents do "
        "not matter."
    )
    number = graphene.String(
        description="The whole register number, however it is written, for example `123 456 601`; with `authority` of that one."
    )
    check = graphene.Field(CheckFilter, description="Only those with a check that came out so.")


class CredentialQueries(graphene.ObjectType):
    """Root fields for verifiers."""

    verification_queue = graphene.Field(
        CredentialConnection,
        filter=graphene.Argument(
            VerificationQueueFilter, description="Conditions on the cases; all open ones when absent."
        ),
        **page_arguments(None),
        description="Cases on the desk, oldest first, in one's own jurisdictions; for verifiers and admins. `totalCount` is "
        "counted up to 10,000.",
    )

    @staticmethod
    def resolve_verification_queue(
        _root: Any, info: Any, first: int, filter: Any = None, after: str | None = None
    ) -> Any:
        given = {name: value for name, value in plain(dict(filter or {})).items() if value is not None}
        if "credential_kinds" in given:
            given["kinds"] = given.pop("credential_kinds")
        if "assignee" in given:
            given["assignee"] = expect(given["assignee"], "Professional", "assignee")
        if "authority" in given:
            given["authority"] = expect(given["authority"], "Authority", "authority")
        for name, public in (("older_than_hours", "olderThanHours"), ("newer_than_hours", "newerThanHours")):
            if not 0 <= given.get(name, 0) <= 1_000_000:
                raise Invalid(f"{public} must be 0 to 1,000,000.", field=["filter", public])
        given["count"] = counts(info)
        return credentials_page(of(info), "/v1/credentials/search", CredentialPage(first, after, given))

    desk_figures = graphene.Field(
        DeskFigures,
        jurisdictions=texts(
            RegionCode,
            required=False,
            description='Only cases of these regions, with everything inside them, for example `["WHO:EURO"]`; all of your own '
            "when absent.",
        ),
        days=graphene.Int(
            required=True,
            default_value=30,
            description="The number of days of `decidedPerDay`, 1 to 90, for example `30`.",
        ),
        description="How much waits at the desk and how much was decided, in one's own jurisdictions; for verifiers and admins.",
    )

    @staticmethod
    def resolve_desk_figures(
        _root: object, info: object, days: int, jurisdictions: list[str] | None = None
    ) -> messages.DeskFigures:
        if not 1 <= days <= 90:
            raise Invalid("days must be 1 to 90.", field=["days"])
        context = of(info)
        context.require_caller()
        body = {"jurisdictions": jurisdictions, "days": days}
        return context.read_profiles(messages.DeskFigures, "POST", "/v1/desk/figures", body)
