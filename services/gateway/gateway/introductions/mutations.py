"""Asking for an introduction, and answering."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.accounts.types import Viewer, viewer_after
from gateway.base import mutation
from gateway.context import Context, Repetition
from gateway.ids import expect
from gateway.introductions.types import Introduction, mark_introductions
from kit.paths import internal_path


def set_path_opt_in(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Say whether one may be named on others' paths."""
    context.profiles("PUT", "/v1/me/path-opt-in", {"value": given["value"]})
    return {}


def _introduction(context: Context, answer: dict[str, Any]) -> dict[str, Any]:
    if answer["introduction"] is not None:
        mark_introductions(context, [answer["introduction"]])
    return {"introduction": answer["introduction"]}


def request_introduction(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Ask for an introduction."""
    body = {"to": expect(given["to"], "Professional", "to", missing=True), "message": given["message"]}
    if given.get("via") is not None:
        body["via"] = expect(given["via"], "Professional", "via", missing=True)
    return _introduction(context, context.graph("POST", "/v1/introductions", body))


def respond_to_introduction(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Forward an introduction, or decline it silently."""
    own = expect(given["id"], "Introduction", "id", missing=True)
    body = {"forward": given["forward"], "message": given.get("message")}
    return _introduction(context, context.graph("POST", internal_path("introductions", own, "answer"), body))


_INTRODUCTION = {"introduction": graphene.Field(Introduction, description="The introduction as it is now.")}

MUTATIONS = {
    "set_path_opt_in": mutation(
        "SetPathOptIn",
        "Say whether one may be named on the paths that others see.",
        inputs={"value": graphene.Boolean(required=True, description="Whether.")},
        answers={"viewer": graphene.Field(Viewer, resolver=viewer_after, description="Oneself.")},
        act=set_path_opt_in,
        repetition=Repetition.HARMLESS,
    ),
    "request_introduction": mutation(
        "RequestIntroduction",
        "Ask a connection to introduce one to one of theirs; needs a verified identity. At most 10 may wait.",
        inputs={
            "to": graphene.ID(required=True, description="Whom one would like to know."),
            "via": graphene.ID(description="The connection; the first by name who could, when absent."),
            "message": graphene.String(required=True, description="1 to 1,000 characters, for both."),
        },
        answers=_INTRODUCTION,
        act=request_introduction,
    ),
    "respond_to_introduction": mutation(
        "RespondToIntroduction",
        "Forward an introduction to whom it is for, or decline it silently.",
        inputs={
            "id": graphene.ID(required=True, description="The introduction."),
            "forward": graphene.Boolean(required=True, description="Whether to pass it on."),
            "message": graphene.String(description="What one adds; at most 1,000 characters."),
        },
        answers=_INTRODUCTION,
        act=respond_to_introduction,
    ),
}
