"""Expected failures: their codes, what a field answers for one, and the user errors of a mutation."""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLError

from catalogues.messages import Catalogue
from gateway.context import Context
from gateway.fields import camel, enum, texts
from kit.errors import DomainError, all_errors
from kit.logs import log
from kit.sentences import Sentence

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


# Every `extensions.code` that a client can meet; docs/guide/errors.md says what to do about each.
ERROR_CODES = frozenset(CODES) - {"INVALID", "UNAVAILABLE", "OUTCOME_UNKNOWN"} | {
    "BAD_REQUEST", "BAD_USER_INPUT", "EVENTS_MISSED", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "INTERNAL_SERVER_ERROR",
    "OPERATION_RESOLUTION_FAILURE", "PERSISTED_QUERY_NOT_FOUND", "PERSISTED_QUERY_NOT_IN_LIST",
    "QUERY_TOO_COMPLEX", "TOKEN_EXPIRED", "UPSTREAM_UNAVAILABLE",
}  # fmt: skip


# What of an error's members a client is told.
_TOLD = ("retryAfter", "cost", "maxCost", "nodes", "maxNodes", "costliestField")
INTERNAL = "Something went wrong here; it has been logged under this request id."


def graphql_error(error: DomainError) -> GraphQLError:
    """The error that a query's field answers for an expected failure."""
    extensions: dict[str, Any] = {"code": _TOP_LEVEL.get(error.code, error.code)}
    if extensions["code"] not in ERROR_CODES:
        log().error("unexpected_problem", code=error.code)
        return GraphQLError(INTERNAL, extensions={"code": "INTERNAL_SERVER_ERROR"})
    if error.field:
        extensions["field"] = error.field
    extensions |= {name: error.extra[name] for name in _TOLD if name in error.extra}
    return GraphQLError(error.message, extensions=extensions)


def user_errors(context: Context, error: DomainError) -> list[dict[str, Any]]:
    """The user errors for an expected failure, one for each that it holds; what is not expected counts as UNAVAILABLE."""
    errors = all_errors(error)
    for unexpected in {one.code for one in errors} - CODES.keys():
        log().error("unexpected_problem", code=unexpected)
    return [
        {
            "field": [camel(part) for part in one.field] if one.field else None,
            "message": _in_language(context, one.message),
            "code": one.code if one.code in CODES else "UNAVAILABLE",
            "current_version": one.current_version,
            "retry_after": one.extra.get("retryAfter"),
            "request_id": context.call.request_id,
        }
        for one in errors
    ]


# What services say of failures. Each sentence stands where it is raised, as a `kit.sentences.Sentence`.
PROBLEMS = Catalogue("problems")


def _in_language(context: Context, message: str) -> str:
    """A message in the reader's language, where it is a sentence that has translations."""
    if not isinstance(message, Sentence):
        return message
    return PROBLEMS.sentence(message.template, context.language(None), **message.values)


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
