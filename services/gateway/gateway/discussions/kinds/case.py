"""The kind CASE: the types of the details of a case."""

from __future__ import annotations

import graphene

from gateway.base import DateTime, enum
from gateway.discussions.kinds.kind import Details, Kind

CaseUrgency = enum(
    "CaseUrgency", "How soon a case needs an answer.",
    {"ROUTINE": "In good time.", "SOON": "Within days.", "URGENT": "Today."},
)  # fmt: skip
ConsentScope = enum(
    "ConsentScope",
    "What the patient consented to.",
    {
        "NOT_NEEDED": "Consent is not needed: nobody could be identified.",
        "THIS_GROUP": "To be read by members of this group.",
        "ALL_VERIFIED": "To be read by everybody who is verified to practise.",
    },
)


class CaseDetails(graphene.ObjectType):
    """What a case asks, about somebody whom nothing identifies."""

    question = graphene.String(required=True, description="The question.")
    age_band = graphene.String(required=True, description="A band of ages like 60-69, never an age.")
    setting = graphene.String(description="Where the patient is treated, in general terms.")
    urgency = CaseUrgency(required=True, description="How soon it needs an answer.")
    consent_scope = ConsentScope(required=True, description="What the patient consented to.")
    consent_withdrawn_at = DateTime(description="When consent was withdrawn; the case is hidden since.")


class CaseInput(graphene.InputObjectType):
    """What a case asks; nothing in it may identify the patient."""

    question = graphene.String(required=True, description="At most 1,000 characters.")
    age_band = graphene.String(required=True, description="At least five years like 60-69, or 80+, or a word.")
    setting = graphene.String(description="At most 200 characters.")
    urgency = CaseUrgency(default_value="ROUTINE", description="How soon it needs an answer.")
    consent_scope = ConsentScope(required=True, description="What the patient consented to.")


CASE = Kind(
    "CASE",
    "A case without anything that identifies the patient; from who may practise.",
    Details("case_details", graphene.Field(CaseDetails, description="Of a case."), CaseInput(description="Of a case.")),
)
