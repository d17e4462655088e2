"""Asking for a connection, answering, and ending one."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.connections.types import ConnectionRequest
from gateway.context import Context, Repetition
from gateway.ids import expect
from gateway.mutation import mutation
from gateway.people.types import Professional, link_people
from kit.paths import internal_path

_PROFESSIONAL = {
    "professional": graphene.Field(
        Professional,
        description="The other person after the change. Null when the mutation failed, or when you may not see this person.",
    )
}


_DELETED = {
    "deleted_id": graphene.ID(
        description="Id of the request, which is in no list any more; null when the mutation failed."
    )
}


def _person(context: Context, answer: dict[str, Any]) -> dict[str, Any]:
    link_people(context, [answer["professional"]])
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
    answer = context.graph("POST", internal_path("connection-requests", request, "answer"), {"accept": given["accept"]})
    return _person(context, answer) | {"deleted_id": given["request"]}


def withdraw_connection(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Take a request back."""
    request = expect(given["request"], "ConnectionRequest", "request", missing=True)
    answer = context.graph("DELETE", internal_path("connection-requests", request))
    return _person(context, answer) | {"deleted_id": given["request"]}


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
        "Blocks a person: neither of you finds, reads or reaches the other any more. Your connection and open requests end. A "
        "repeated call changes nothing.",
        inputs={"professional": graphene.ID(required=True, description="Id of the person to block.")},
        answers=_PROFESSIONAL,
        act=block_professional,
        repetition=Repetition.HARMLESS,
    ),
    "unblock_professional": mutation(
        "UnblockProfessional",
        "Ends a block. The connection and requests that it ended do not come back.",
        inputs={"professional": graphene.ID(required=True, description="Id of the person to unblock.")},
        answers=_PROFESSIONAL,
        act=unblock_professional,
        repetition=Repetition.HARMLESS,
    ),
    "dismiss_suggestion": mutation(
        "DismissSuggestion",
        "Removes a person from your suggestions for good. A search still finds the person.",
        inputs={"professional": graphene.ID(required=True, description="Id of the person not to suggest again.")},
        answers=_PROFESSIONAL,
        act=dismiss_suggestion,
        repetition=Repetition.HARMLESS,
    ),
    "request_connection": mutation(
        "RequestConnection",
        "Asks a person to connect. If the person has asked you already, you are connected at once. A repeated call changes "
        "nothing. Up to 5 requests may wait for an answer when you are unverified, 50 with the level `IDENTITY`, and 200 with "
        "`RIGHT_TO_PRACTISE`.",
        inputs={
            "to": graphene.ID(required=True, description="Id of the person whom you ask to connect."),
            "message": graphene.String(
                description="Note to the person, at most 1,000 characters, for example `We met at the ESC congress`."
            ),
        },
        answers={
            "connection_request": graphene.Field(
                ConnectionRequest,
                description="Your open request. Null when you are connected now, or when the mutation failed.",
            ),
            **_PROFESSIONAL,
        },
        act=request_connection,
    ),
    "respond_to_connection": mutation(
        "RespondToConnection",
        "Accepts or declines a request to connect. The sender is notified only when you accept.",
        inputs={
            "request": graphene.ID(required=True, description="Id of the request that you received."),
            "accept": graphene.Boolean(
                required=True, description="True connects the two of you; false declines the request."
            ),
        },
        answers={**_PROFESSIONAL, **_DELETED},
        act=respond_to_connection,
    ),
    "withdraw_connection": mutation(
        "WithdrawConnection",
        "Takes back a request to connect that you sent and that waits for an answer.",
        inputs={"request": graphene.ID(required=True, description="Id of the request that you sent.")},
        answers={**_PROFESSIONAL, **_DELETED},
        act=withdraw_connection,
    ),
    "remove_connection": mutation(
        "RemoveConnection",
        "Ends your connection with a person. Without a connection it changes nothing.",
        inputs={
            "professional": graphene.ID(required=True, description="Id of the person with whom you are connected.")
        },
        answers=_PROFESSIONAL,
        act=remove_connection,
        repetition=Repetition.HARMLESS,
    ),
}
