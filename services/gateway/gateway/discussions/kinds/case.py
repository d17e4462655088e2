"""The kind CASE: the types of the details of a case."""

from __future__ import annotations

import graphene

from gateway.discussions.kinds.kind import Details, Kind
from gateway.fields import enum
from gateway.scalars import DateTime

CaseUrgency = enum(
    "CaseUrgency",
    "Time within which the author of a case needs an answer.",
    {
        "ROUTINE": "The answer is not pressing.",
        "SOON": "The author needs an answer within days.",
        "URGENT": "The author needs an answer today.",
    },
)  # fmt: skip
ConsentScope = enum(
    "ConsentScope",
    "Readers to whom the patient of a case has consented.",
    {
        "NOT_NEEDED": "Consent is not needed, because nothing could identify the patient. Everybody who may read the group "
        "reads the case.",
        "THIS_GROUP": "The patient consents to the members of this group.",
        "ALL_VERIFIED": "The patient consents to the members of this group and to readers with the verification level "
        "`RIGHT_TO_PRACTISE`.",
    },
)


class CaseDetails(graphene.ObjectType):
    """Clinical details of a case. Nothing in them identifies the patient."""

    question = graphene.String(
        required=True, description="Clinical question that the author asks. At most 1,000 characters."
    )
    age_band = graphene.String(
        required=True,
        description="Age band of the patient, for example `60-69`, `80+` or `adult`. It is never an exact age.",
    )
    setting = graphene.String(
        description="Place of care in general terms, for example `rural hospital`. Null when the author gave none."
    )
    urgency = CaseUrgency(required=True, description="Time within which the author needs an answer.")
    consent_scope = ConsentScope(required=True, description="Readers to whom the patient has consented.")
    consent_withdrawn_at = DateTime(
        description="Time at which the author recorded that the patient withdrew consent. The case is hidden since then. Null "
        "while the consent stands."
    )


class CaseInput(graphene.InputObjectType):
    """Clinical details of a new case. Nothing in them may identify the patient."""

    question = graphene.String(
        required=True,
        description="Clinical question, 1 to 1,000 characters, for example `Would you anticoagulate after this bleed?`.",
    )
    age_band = graphene.String(
        required=True,
        description="Age band of the patient, never an age: at least five years like `60-69`, an open end like `80+`, or a word "
        "like `adult`. At most 40 characters.",
    )
    setting = graphene.String(
        description="Place of care in general terms, at most 200 characters, for example `rural hospital`."
    )
    urgency = CaseUrgency(default_value="ROUTINE", description="Time within which you need an answer.")
    consent_scope = ConsentScope(
        required=True, description="Readers to whom the patient has consented. It decides who may read the case."
    )


CASE = Kind(
    "CASE",
    "Clinical case without anything that identifies the patient. Opening one needs the verification level "
    "`RIGHT_TO_PRACTISE`.",
    Details(
        "case_details",
        graphene.Field(
            CaseDetails,
            description="Details of a case. Null for the other kinds, and when the case is deleted or hidden from the viewer.",
        ),
        CaseInput(description="Details of a case. Required for the kind `CASE`, not allowed for others."),
    ),
)
