"""Asking for an introduction, and answering."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.accounts.types import Viewer, viewer_after
from gateway.context import Context, Repetition
from gateway.ids import expect
from gateway.introductions.types import Introduction, link_introductions
from gateway.mutation import mutation
from kit.paths import internal_path


def set_path_opt_in(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Say whether one may be named on others' paths."""
    context.profiles("PUT", "/v1/me/path-opt-in", {"value": given["value"]})
    return {}


def _introduction(context: Context, answer: dict[str, Any]) -> dict[str, Any]:
    if answer["introduction"] is not None:
        link_introductions(context, [answer["introduction"]])
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


_INTRODUCTION = {
    "introduction": graphene.Field(
        Introduction,
        description="Introduction after the change. Null when the mutation failed, or when one of the three people is no longer "
        "visible to you.",
    )
}

MUTATIONS = {
    "set_path_opt_in": mutation(
        "SetPathOptIn",
        "Sets whether others see your name on paths that lead through you. Otherwise they see a description, for example `a "
        "colleague in your group Cardio-EU`.",
        inputs={"value": graphene.Boolean(required=True, description="True lets others see your name on their paths.")},
        answers={
            "viewer": graphene.Field(
                Viewer, resolver=viewer_after, description="You, with the new choice. Null when the mutation failed."
            )
        },
        act=set_path_opt_in,
        repetition=Repetition.HARMLESS,
    ),
    "request_introduction": mutation(
        "RequestIntroduction",
        "Asks one of your connections to introduce you to one of theirs. It needs at least the verification level `IDENTITY`. Up "
        "to 10 of your introductions may wait for an answer.",
        inputs={
            "to": graphene.ID(required=True, description="Id of the person whom you would like to know."),
            "via": graphene.ID(
                description="Id of the connection to ask. Leave it out to ask the first by name who could introduce you."
            ),
            "message": graphene.String(
                required=True,
                description="Message to the broker and the person, 1 to 1,000 characters, for example `I plan a registry of rare "
                "cardiomyopathies`.",
            ),
        },
        answers=_INTRODUCTION,
        act=request_introduction,
    ),
    "respond_to_introduction": mutation(
        "RespondToIntroduction",
        "Forwards an introduction to the person for whom it is, or declines it. The person who asked does not learn that you "
        "declined.",
        inputs={
            "id": graphene.ID(required=True, description="Id of the introduction for which you are the broker."),
            "forward": graphene.Boolean(
                required=True, description="True forwards the introduction; false declines it."
            ),
            "message": graphene.String(
                description="Note that you add, at most 1,000 characters, for example `Ana leads our registry`. It is stored with "
                "the introduction."
            ),
        },
        answers=_INTRODUCTION,
        act=respond_to_introduction,
    ),
}
