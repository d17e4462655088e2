"""The steps to being verified."""

from __future__ import annotations

import graphene

from contracts.verification import VerificationStep as Step
from gateway.context import Context
from gateway.credentials.types import Credential, link_credentials
from gateway.fields import enum
from gateway.scalars import DateTime

MAX_STEPS = 12
LADDER = ("CONFIRM_EMAIL", "LICENCE", "IDENTITY")
VerificationStepKind = enum(
    "VerificationStepKind",
    "Steps to being verified. The first three are the ladder: together they give the level `RIGHT_TO_PRACTISE`.",
    {
        "CONFIRM_EMAIL": "The address of the account is confirmed.",
        "LICENCE": "A licence is verified, and counts today.",
        "IDENTITY": "A verifier has seen who the person is: by an identity, or by a licence with a document that shows the name.",
        "RENEWAL": "A verified credential ends soon, or is looked at again. It counts meanwhile.",
        "OTHER_CREDENTIAL": "A credential beside the ladder waits for somebody, or was refused and can be appealed.",
    },
)
VerificationStepState = enum(
    "VerificationStepState",
    "Where a step stands.",
    {
        "DONE": "Nothing is left to do.",
        "TO_DO": "The viewer has not begun.",
        "WAITING": "A verifier has it.",
        "NEEDS_ANSWER": "A verifier has asked the viewer for something.",
        "REFUSED": "A verifier has found that it is not true.",
        "SUSPENDED": "It was verified and does not count at present: suspended, revoked, or contradicted by a register.",
        "EXPIRED": "Its last day is over.",
    },
)
VerificationParty = enum(
    "VerificationParty",
    "Whose turn it is.",
    {
        "APPLICANT": "The viewer has to do something.",
        "VERIFIER": "A verifier has to look at it.",
        "SECOND_VERIFIER": "A verifier has decided, and another one has to agree.",
    },
)


class VerificationStep(graphene.ObjectType):
    """One step to being verified, with what the viewer can do next."""

    kind = VerificationStepKind(required=True, description="Which step it is, for example `IDENTITY`.")
    state = VerificationStepState(required=True, description="Where the step stands, for example `WAITING`.")
    waits_for = VerificationParty(
        description="Whose turn it is. Null when the step is done and when nobody can do anything."
    )
    since = DateTime(description="Since when the step is in this state. Null when nothing has happened yet.")
    usual_wait_hours_p50 = graphene.Int(
        name="usualWaitHoursP50",
        description="Hours within which half of such cases had their first answer: of the same authority, or else of the same "
        "kind. Counts at most 200 cases of the last 180 days. Null when the step does not wait for a verifier, or when there are "
        "fewer than 5 cases.",
    )
    usual_wait_hours_p90 = graphene.Int(
        name="usualWaitHoursP90",
        description="Hours within which nine of ten such cases had their first answer; null as `usualWaitHoursP50` is.",
    )
    credential = graphene.Field(
        Credential, description="Credential that the step is about. Null while there is none, and for the address."
    )
    title = graphene.String(required=True, description="The step in a few words, for example `Identity`.")
    text = graphene.String(
        required=True, description="Sentence that says where the step stands, for a person who knows no codes."
    )
    next_step = graphene.String(description="Sentence that says what the viewer does next. Null when the step is done.")


def read_steps(context: Context, language: str | None) -> list[Step]:
    """The caller's steps, said in a language."""
    tag, whole = context.language(language), context.selects("credential")

    def load() -> list[Step]:
        body = {"language": tag, "credentials": whole}
        found = context.read_profiles(list[Step], "POST", "/v1/me/verification-steps", body)
        link_credentials(context, [one.credential for one in found if one.credential is not None])
        return found

    return context.once(("verification-steps", tag), load)


def missing(context: Context) -> list[str]:
    """The kinds of the ladder's steps that the caller has not done."""
    return [one.kind for one in read_steps(context, None) if one.kind in LADDER and one.state != "DONE"]
