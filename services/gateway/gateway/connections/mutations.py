"""Asking for a connection, answering, and ending one."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.base import mutation
from gateway.connections.types import ConnectionRequest
from gateway.context import Context, Repetition
from gateway.ids import expect
from gateway.people.types import Professional, people_of
from kit.paths import internal_path

_PROFESSIONAL = {"professional": graphene.Field(Professional, description="The other person, as they stand now.")}


def _person(context: Context, answer: dict[str, Any]) -> dict[str, Any]:
    people_of(context, [answer["professional"]])
    return {"professional": answer["professional"]}


def request_connection(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Ask; crossing requests connect."""
    body = {"to": expect(given["to"], "Professional", "to", missing=True), "message": given.get("message")}
    answer = context.graph("POST", "/v1/connection-requests", body)
    request = answer["request"]
    if request:
        request["__typename"] = "ConnectionRequest"
    return {"connection_request": request, **_person(context, answer)}


def respond_to_connection(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Accept or decline."""
    request = expect(given["request"], "ConnectionRequest", "request", missing=True)
    return _person(
        context,
        context.graph("POST", internal_path("connection-requests", request, "answer"), {"accept": given["accept"]}),
    )


def withdraw_connection(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Take a request back."""
    request = expect(given["request"], "ConnectionRequest", "request", missing=True)
    return _person(context, context.graph("DELETE", internal_path("connection-requests", request)))


def remove_connection(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """End a connection."""
    other = expect(given["professional"], "Professional", "professional", missing=True)
    return _person(context, context.graph("DELETE", internal_path("connections", other)))


def block_professional(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Block somebody."""
    other = expect(given["professional"], "Professional", "professional", missing=True)
    return _person(context, context.graph("PUT", internal_path("blocks", other)))


def unblock_professional(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """End a block."""
    other = expect(given["professional"], "Professional", "professional", missing=True)
    return _person(context, context.graph("DELETE", internal_path("blocks", other)))


def dismiss_suggestion(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Suggest somebody no more."""
    other = expect(given["professional"], "Professional", "professional", missing=True)
    return _person(context, context.graph("PUT", internal_path("me", "suggestions", other, "dismissed")))


MUTATIONS = {
    "block_professional": mutation(
        "BlockProfessional",
        "Block somebody: neither finds, reads or reaches the other any more, and connection and requests end.",
        inputs={"professional": graphene.ID(required=True, description="Whom.")},
        answers=_PROFESSIONAL,
        act=block_professional,
        repetition=Repetition.HARMLESS,
    ),
    "unblock_professional": mutation(
        "UnblockProfessional",
        "End a block; what it removed does not come back.",
        inputs={"professional": graphene.ID(required=True, description="Whom.")},
        answers=_PROFESSIONAL,
        act=unblock_professional,
        repetition=Repetition.HARMLESS,
    ),
    "dismiss_suggestion": mutation(
        "DismissSuggestion",
        "Never suggest somebody again; they are found by searching as before.",
        inputs={"professional": graphene.ID(required=True, description="Whom.")},
        answers=_PROFESSIONAL,
        act=dismiss_suggestion,
        repetition=Repetition.HARMLESS,
    ),
    "request_connection": mutation(
        "RequestConnection",
        "Ask somebody to connect. Asking again changes nothing; if they have asked already, you are connected.",
        inputs={
            "to": graphene.ID(required=True, description="Whom to ask."),
            "message": graphene.String(description="At most 1,000 characters."),
        },
        answers={
            "connection_request": graphene.Field(
                ConnectionRequest, description="The open request; null when you are connected now."
            ),
            **_PROFESSIONAL,
        },
        act=request_connection,
    ),
    "respond_to_connection": mutation(
        "RespondToConnection",
        "Accept or decline a request; declining is silent.",
        inputs={
            "request": graphene.ID(required=True, description="The request."),
            "accept": graphene.Boolean(required=True, description="Whether to connect."),
        },
        answers=_PROFESSIONAL,
        act=respond_to_connection,
    ),
    "withdraw_connection": mutation(
        "WithdrawConnection",
        "Take back a request that waits for an answer.",
        inputs={"request": graphene.ID(required=True, description="The request.")},
        answers=_PROFESSIONAL,
        act=withdraw_connection,
    ),
    "remove_connection": mutation(
        "RemoveConnection",
        "End a connection; ending one that is not there changes nothing.",
        inputs={"professional": graphene.ID(required=True, description="The other person.")},
        answers=_PROFESSIONAL,
        act=remove_connection,
        repetition=Repetition.HARMLESS,
    ),
}
