"""Ending one's own sessions."""

from __future__ import annotations

from typing import Any

import graphene

from gateway.accounts.types import Viewer, viewer_after
from gateway.context import Context, Repetition
from gateway.ids import expect
from gateway.mutation import mutation
from kit.paths import internal_path

_VIEWER = {
    "viewer": graphene.Field(
        Viewer, resolver=viewer_after, description="The signed-in person after the change; null on failure."
    )
}


def end_session(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """End one session."""
    own = expect(given["session"], "Session", "session", missing=True)
    context.profiles("POST", internal_path("me", "sessions", own, "end"))
    return {"deleted_id": given["session"]}


def end_other_sessions(context: Context, _given: dict[str, Any]) -> dict[str, Any]:
    """End all others."""
    context.profiles("POST", "/v1/me/sessions/end-others")
    return {}


MUTATIONS = {
    "end_session": mutation(
        "EndSession",
        "End one of one's sessions: its refresh token ends at once, and its access token within 5 seconds. To end the present "
        "one, use signOut.",
        inputs={"session": graphene.ID(required=True, description="The id of one of `viewer.sessions`.")},
        answers={
            **_VIEWER,
            "deleted_id": graphene.ID(description="The id of the session that was ended; null on failure."),
        },
        act=end_session,
        repetition=Repetition.HARMLESS,
    ),
    "end_other_sessions": mutation(
        "EndOtherSessions",
        "End all of one's sessions but the present one.",
        inputs={},
        answers=_VIEWER,
        act=end_other_sessions,
        repetition=Repetition.HARMLESS,
    ),
}
