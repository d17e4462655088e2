"""How a mutation is declared, and how it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene

from gateway.context import Context, Repetition, of
from gateway.errors import UserError, patient_identifiers, user_error
from gateway.fields import plain, texts
from kit.errors import DomainError, OutcomeUnknown, RateLimited


def _advised(context: Context, repetition: Repetition, error: OutcomeUnknown) -> OutcomeUnknown:
    """The same failure, with what the client can do about it."""
    advice = {
        Repetition.KEYED: f"Send it again with the header `Idempotency-Key: {context.idempotency_key}`: it has one effect.",
        Repetition.HARMLESS: "Send it again: doing it twice is the same as doing it once.",
        Repetition.NEVER: "Look whether it was before you send it again.",
    }[repetition]
    return OutcomeUnknown(f"{error.message} {advice}")


Act = Callable[[Context, dict[str, Any]], dict[str, Any]]


def mutation(
    name: str,
    description: str,
    *,
    inputs: dict[str, Any],
    answers: dict[str, Any],
    act: Act,
    signed_in: bool = True,
    defaults: dict[str, Any] | None = None,
    repetition: Repetition = Repetition.KEYED,
) -> graphene.Field:
    """A mutation as the contract shapes it: one input, and a payload with what changed and `userErrors`.

    Args:
        name: in PascalCase; names the input and payload types.
        inputs: the input's fields but clientMutationId.
        answers: the payload's fields but userErrors and clientMutationId.
        act: makes the change, given plain values, and returns the payload's fields; raises DomainError.
        signed_in: whether it needs a token.
        defaults: what stands in non-null fields of the payload when it fails.
        repetition: what a second time would do; `tests/contract/test_repetition.py` holds the services to it.
    """
    operation = f"{name[0].lower()}{name[1:]}"
    input_type = type(
        f"{name}Input",
        (graphene.InputObjectType,),
        {
            "__doc__": f"The input of `{operation}`.",
            **inputs,
            "client_mutation_id": graphene.String(
                description="Any text, for example `form-1`; it comes back in the payload unchanged."
            ),
        },
    )
    payload_type = type(
        f"{name}Payload",
        (graphene.ObjectType,),
        {
            "__doc__": f"The result of `{operation}`.",
            **answers,
            "user_errors": texts(
                UserError, max_items=10, description="Expected failures; empty when the change was made."
            ),
            "client_mutation_id": graphene.String(
                description="The `clientMutationId` of the input; null where it had none."
            ),
        },
    )

    def resolve(_root: Any, info: Any, input: Any) -> dict[str, Any]:
        context, given = of(info), plain(dict(input))
        own = given.pop("client_mutation_id", None)
        try:
            if signed_in:
                context.require_caller()
            with context.changing(str(info.path.key), repetition):
                answer = act(context, given)
            return {"user_errors": [], "client_mutation_id": own, **answer}
        except DomainError as error:
            if isinstance(error, OutcomeUnknown):
                error = _advised(context, repetition, error)  # noqa: PLW2901
            context.asks_too_much |= error.code == RateLimited.code  # of a service it is a RemoteProblem
            return {
                **(defaults or {}),
                "patient_identifiers": patient_identifiers(error.extra.get("patientIdentifiers")),
                "user_errors": [user_error(context, error)],
                "client_mutation_id": own,
            }

    field = graphene.Field(
        payload_type,
        required=True,
        description=description,
        input=graphene.Argument(
            input_type, required=True, description=f"The input of `{operation}`; fields without `!` may be left out."
        ),
        resolver=resolve,
    )
    field.act, field.repetition = act, repetition
    return field
