"""What every part of the schema uses: scalars, the node interface, user errors, and how a mutation answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as calendar_date
from datetime import datetime
from enum import Enum
from typing import Any

import graphene
from graphql import GraphQLError
from graphql.language import StringValueNode, ValueNode

from contracts.messages import Message
from gateway.context import Context, Repetition, of
from gateway.ids import encode
from kit.clock import read_time
from kit.errors import DomainError, OutcomeUnknown, RateLimited
from kit.logs import log


class DateTime(graphene.Scalar):
    """A time by RFC 3339, for example `2026-11-21T08:30:00Z`. Answers are in UTC; inputs may name another zone."""

    @staticmethod
    def serialize(value: Any) -> str:
        """The text of a time."""
        text = value.isoformat() if isinstance(value, datetime) else str(value)
        return text.replace("+00:00", "Z")

    @staticmethod
    def parse_value(value: Any) -> str:
        """A time from a variable."""
        try:
            if not isinstance(value, str):
                raise ValueError
            read_time(value)
        except ValueError as error:
            raise GraphQLError("DateTime must be RFC 3339 with a zone, like 2026-11-21T08:30:00Z.") from error
        return value

    @classmethod
    def parse_literal(cls, node: ValueNode, _variables: Any = None) -> str:
        """A time from the operation's text."""
        return cls.parse_value(node.value if isinstance(node, StringValueNode) else None)


class Date(graphene.Scalar):
    """A calendar date by ISO 8601, for example `2026-11-21`."""

    @staticmethod
    def serialize(value: Any) -> str:
        """The text of a date."""
        return value.isoformat() if isinstance(value, calendar_date) else str(value)

    @staticmethod
    def parse_value(value: Any) -> str:
        """A date from a variable."""
        try:
            if not isinstance(value, str) or len(value) != 10:
                raise ValueError
            calendar_date.fromisoformat(value)
        except ValueError as error:
            raise GraphQLError("Date must be ISO 8601, like 2026-11-21.") from error
        return value

    @classmethod
    def parse_literal(cls, node: ValueNode, _variables: Any = None) -> str:
        """A date from the operation's text."""
        return cls.parse_value(node.value if isinstance(node, StringValueNode) else None)


def _text_scalar(name: str, description: str) -> type[graphene.Scalar]:
    def parse(value: Any) -> str:
        if not isinstance(value, str):
            raise GraphQLError(f"{name} must be a text.")
        return value

    return type(
        name,
        (graphene.Scalar,),
        {
            "__doc__": description,
            "serialize": staticmethod(str),
            "parse_value": staticmethod(parse),
            "parse_literal": staticmethod(
                lambda node, _variables=None: parse(node.value if isinstance(node, StringValueNode) else None)
            ),
        },
    )


CountryCode = _text_scalar("CountryCode", "A country by ISO 3166-1 alpha-2, for example `DE`.")
RegionCode = _text_scalar(
    "RegionCode",
    "A region, for example `DE` (ISO 3166-1), `DE-BY` (ISO 3166-2), `M49:150` (UN M49) or `WHO:EURO` (WHO region).",
)
LanguageTag = _text_scalar("LanguageTag", "A language by BCP 47, for example `pt-BR`.")


def enum(name: str, description: str, values: dict[str, str]) -> type[graphene.Enum]:
    """An enum whose values are their own names.

    Args:
        values: each value with its description.
    """
    members = Enum(name, {value: value for value in values})  # type: ignore[misc]
    return graphene.Enum.from_enum(  # type: ignore[no-any-return]
        members, description=lambda value: values[value.name] if value is not None else description
    )


class BoundedList(graphene.List):
    """A list that declares how long it may be; `gateway.cost` reads it, and `docs/list-sizes.md` shows it."""

    max_items: int | None = None


def texts(
    inner: Any,
    *,
    description: str,
    required: bool = True,
    nullable_items: bool = False,
    max_items: int | None = None,
    **kwargs: Any,
) -> graphene.List:
    """A list, without nulls in it where nothing else is said.

    Args:
        max_items: how long it may be; the description says so too. None where a page's size or nothing bounds it.
    """
    if max_items is not None:
        description = f"{description} At most {max_items:,}."
    item = inner if nullable_items else graphene.NonNull(inner)
    found = BoundedList(item, required=required, description=description, **kwargs)
    found.max_items = max_items
    return found


class Node(graphene.Interface):
    """An object with a global id, which `node` reads again."""

    id = graphene.ID(
        required=True, description="Opaque global id; it never changes. Send it to `node` to read the object again."
    )

    @classmethod
    def resolve_type(cls, instance: Any, info: Any) -> Any:
        """The thing's type; graphene reads the `__typename` of what has one, and believes classes only of anything else."""
        return _SHOWN_AS.get(type(instance))


# The types of messages that are nodes; a thing that is no message yet carries its own `__typename`.
_SHOWN_AS: dict[type[Message], type[graphene.ObjectType]] = {}


def shown_as(kind: type[graphene.ObjectType], *messages: type[Message]) -> None:
    """Declare that these messages are shown as a type of the schema."""
    _SHOWN_AS.update(dict.fromkeys(messages, kind))


def type_name(thing: Any) -> str:
    """The name of a thing's type in the schema."""
    return str(_SHOWN_AS[type(thing)]._meta.name if isinstance(thing, Message) else thing["__typename"])


def resolve_global_id(kind: str) -> Callable[[Any, Any], str]:
    """A resolver for `id` of a type."""

    def resolve_id(root: Any, _info: Any) -> str:
        own = root.id if isinstance(root, Message) else root["id"] if isinstance(root, dict) else root  # type: ignore[attr-defined]
        return encode(kind, own)

    return resolve_id


LANGUAGE = LanguageTag(
    description="The language of the text, instead of the one that Accept-Language asks for; for example `pt-BR`."
)
CODES = {
    "INVALID": "The input breaks a rule.",
    "NOT_FOUND": "Nothing with this id exists, or you may not know that it does.",
    "UNAUTHENTICATED": "Nobody is signed in; sign in first.",
    "FORBIDDEN": "You may not do this.",
    "CONFLICT": "The object is not in a state in which this is possible.",
    "VERSION_CONFLICT": "The object changed since you read it; read it again.",
    "IDEMPOTENCY_KEY_REUSED": "The Idempotency-Key was used for another request.",
    "LIMIT_REACHED": "A documented maximum is reached.",
    "SECOND_PERSON_REQUIRED": "Another verifier, or another admin, must agree.",
    "HELD_FOR_REVIEW": "The text waits for a moderator.",
    "NOT_VERIFIED": "Your verification level is too low.",
    "POLICY_NOT_MET": "A clause of the group's policy is not met.",
    "POLICY_NOT_ACCEPTED": "Accept the policies first.",
    "PATIENT_IDENTIFIER": "The text could identify a patient.",
    "INVALID_CREDENTIALS": "Address and password, or the token, are wrong.",
    "OTP_REQUIRED": "A one-time password is needed.",
    "EXPIRED": "The token or code that you sent was valid once and is not any more.",
    "RATE_LIMITED": "Too many tries; wait a little.",
    "UNAVAILABLE": "A part of the system does not answer, and nothing was changed. Try again in a moment.",
    "OUTCOME_UNKNOWN": "The answer to the change was lost: it may have been made. Send it again with the Idempotency-Key "
    "that the message names, or, where it names none, read what you wanted to change first.",
}
ErrorCode = enum("ErrorCode", "The kinds of expected failure.", CODES)


class UserError(graphene.ObjectType):
    """An expected failure of a mutation. Nothing was changed, except with HELD_FOR_REVIEW, where the text is stored and
    waits, and with OUTCOME_UNKNOWN, where the change may have been made."""

    field = texts(
        graphene.String,
        required=False,
        max_items=10,
        description='Path to the invalid input, for example `["languages", "0"]`. Null when the error is not about one field.',
    )
    message = graphene.String(required=True, description="A sentence that says what is wrong, to show to the user.")
    code = ErrorCode(required=True, description="The kind of failure, for a program to act on.")
    current_version = graphene.Int(
        description="The object's version now, with VERSION_CONFLICT; null where it is not known."
    )
    retry_after = graphene.Int(
        description="Seconds after which it may be tried again, with RATE_LIMITED; null with every other code."
    )
    request_id = graphene.String(
        description="Names this request in the operator's logs, as the header X-Request-Id does; quote it when you ask for "
        "help. Null with HELD_FOR_REVIEW."
    )


# A query's field fails with Apollo's names where those exist.
_TOP_LEVEL = {"INVALID": "BAD_USER_INPUT", "UNAVAILABLE": "UPSTREAM_UNAVAILABLE"}
# Every `extensions.code` that a client can meet; docs/api.md says what to do about each.
ERROR_CODES = frozenset(CODES) - {"INVALID", "UNAVAILABLE", "OUTCOME_UNKNOWN"} | {
    "BAD_REQUEST", "BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "INTERNAL_SERVER_ERROR",
    "OPERATION_RESOLUTION_FAILURE", "PERSISTED_QUERY_NOT_FOUND", "QUERY_TOO_COMPLEX", "UPSTREAM_UNAVAILABLE",
}  # fmt: skip
INTERNAL = "Something went wrong here; it has been logged under this request id."


def graphql_error(error: DomainError) -> GraphQLError:
    """The error that a query's field answers for an expected failure."""
    extensions: dict[str, Any] = {"code": _TOP_LEVEL.get(error.code, error.code)}
    if extensions["code"] not in ERROR_CODES:
        log().error("unexpected_problem", code=error.code)
        return GraphQLError(INTERNAL, extensions={"code": "INTERNAL_SERVER_ERROR"})
    if error.field:
        extensions["field"] = error.field
    if "retryAfter" in error.extra:
        extensions["retryAfter"] = error.extra["retryAfter"]
    return GraphQLError(error.message, extensions=extensions)


def user_error(context: Context, error: DomainError) -> dict[str, Any]:
    """The user error for an expected failure; a refusal of ours that is not expected counts as UNAVAILABLE."""
    if error.code not in CODES:
        log().error("unexpected_problem", code=error.code)
    return {
        "field": [camel(part) for part in error.field] if error.field else None,
        "message": error.message,
        "code": error.code if error.code in CODES else "UNAVAILABLE",
        "current_version": error.current_version,
        "retry_after": error.extra.get("retryAfter"),
        "request_id": context.call.request_id,
    }


def _advised(context: Context, repetition: Repetition, error: OutcomeUnknown) -> OutcomeUnknown:
    """The same failure, with what the client can do about it."""
    advice = {
        Repetition.KEYED: f"Send it again with the header `Idempotency-Key: {context.idempotency_key}`: it has one effect.",
        Repetition.HARMLESS: "Send it again: doing it twice is the same as doing it once.",
        Repetition.NEVER: "Look whether it was before you send it again.",
    }[repetition]
    return OutcomeUnknown(f"{error.message} {advice}")


class PatientIdentifier(graphene.ObjectType):
    """Where a text could identify a patient; never the text itself."""

    field = graphene.String(required=True, description="The name of the input field with the text.")
    identifier_kind = graphene.String(
        required=True,
        description="The class, like MEDICAL_RECORD_NUMBER. UNKNOWN_LANGUAGE is a number, a date or an age in a language that "
        "the guard does not know (`instance { guardLanguages }`); UNCHECKED is what it has not looked at.",
    )
    start = graphene.Int(
        required=True, description="The offset at which it begins, in Unicode code points of the text as sent."
    )
    end = graphene.Int(required=True, description="The offset at which it ends, in Unicode code points; excluded.")


PATIENT_IDENTIFIERS = {
    "patient_identifiers": texts(
        PatientIdentifier,
        required=False,
        max_items=50,
        description="Passages that could identify a patient; null when nothing could.",
    )
}


def patient_identifiers(found: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    """The identifiers that a service reports, in the schema's names."""
    if not found:
        return None
    return [{**one, "field": camel(one["field"]), "identifier_kind": one["kind"]} for one in found]


def camel(name: str) -> str:
    """A name as GraphQL writes it; names in camelCase stay."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def plain(value: Any) -> Any:
    """An input as plain values: enums by name, input objects as dicts."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


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
