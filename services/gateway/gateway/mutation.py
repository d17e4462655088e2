"""How a mutation is declared, and how it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene

from gateway.context import Context, Repetition, of
from gateway.errors import UserError, patient_identifiers, user_errors
from gateway.fields import plain, texts
from kit.errors import MAX_ERRORS, DomainError, Invalid, OutcomeUnknown, RateLimited
from kit.sentences import Sentence
from kit.validation import Validated


def _advised(key: str | None, repetition: Repetition, error: OutcomeUnknown) -> OutcomeUnknown:
    """The same failure, with what the client can do about it."""
    advice = {
        Repetition.KEYED: f"Send it again with the header `Idempotency-Key: {key}`: it has one effect.",
        Repetition.HARMLESS: "Send it again: doing it twice is the same as doing it once.",
        Repetition.NEVER: "Look whether it was before you send it again.",
    }[repetition]
    return OutcomeUnknown(f"{error.message} {advice}")


def _validate(operation: str, *, validates: bool) -> graphene.Boolean:
    """The input with which a mutation is checked only."""
    return graphene.Boolean(
        default_value=False,
        description="Whether to check the input only and change nothing: `userErrors` are those that the mutation would answer, "
        "and the payload holds nothing else. Passwords and what else is counted are not tried. For example `true`."
        if validates
        else f"Always `false`: `{operation}` cannot be checked without being done, and answers INVALID to `true`.",
    )


def _idempotency_key() -> graphene.String:
    """The input under which a second time has no second effect; each input has one of its own."""
    return graphene.String(
        description="Idempotency key of this mutation, in place of the header `Idempotency-Key`: 1 to 200 printable ASCII "
        "characters, for example a UUID. Sent again with the same key and input, the mutation has one effect."
    )


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
    validates: bool = True,
) -> graphene.Field:
    """A mutation as the contract shapes it: one input, and a payload with what changed and `userErrors`.

    Args:
        name: in PascalCase; names the input and payload types.
        inputs: the input's fields but clientMutationId.
        answers: the payload's fields but userErrors and clientMutationId.
        act: makes the change, given plain values, and returns the payload's fields; raises DomainError.
        signed_in: whether it needs a token.
        defaults: what stands in non-null fields of the payload when it fails.
        validates: whether it can be checked without being done.
        repetition: what a second time would do; `tests/contract/test_repetition.py` holds the services to it.
    """
    operation = f"{name[0].lower()}{name[1:]}"
    inputs = inputs | {"validate": _validate(operation, validates=validates)}
    if repetition is Repetition.KEYED:
        inputs = inputs | {"idempotency_key": _idempotency_key()}
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
                UserError,
                max_items=MAX_ERRORS,
                description="Expected failures, all that an input has; empty when the change was made.",
            ),
            "client_mutation_id": graphene.String(
                description="The `clientMutationId` of the input; null where it had none."
            ),
        },
    )

    def resolve(_root: Any, info: Any, input: Any) -> dict[str, Any]:
        context, given = of(info), plain(dict(input))
        validate = bool(given.pop("validate", False))
        own, given_key, key = given.pop("client_mutation_id", None), given.pop("idempotency_key", None), None
        try:
            if signed_in:
                context.require_caller()
            if validate and not validates:
                raise Invalid(
                    Sentence("{operation} cannot be checked without being done.", operation=operation),
                    field=["validate"],
                )
            key = context.key_for(given_key) if repetition is Repetition.KEYED else None
            with context.changing(str(info.path.key), repetition, key, validate=validate):
                answer = act(context, given)
                context.require_valid_ids()
            if validate:  # what was answered is what it would be, as far as it was read before any change
                answer = {**(defaults or {}), "user_errors": answer.get("user_errors", [])}
            return {"user_errors": [], "client_mutation_id": own, **answer}
        except Validated:
            return {**(defaults or {}), "user_errors": [], "client_mutation_id": own}
        except DomainError as error:
            if isinstance(error, OutcomeUnknown):
                error = _advised(key, repetition, error)  # noqa: PLW2901
            context.asks_too_much |= error.code == RateLimited.code  # of a service it is a RemoteProblem
            return {
                **(defaults or {}),
                "patient_identifiers": patient_identifiers(error.extra.get("patientIdentifiers")),
                "user_errors": user_errors(context, error),
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
