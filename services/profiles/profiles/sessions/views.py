"""HTTP: one's own sessions."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from kit import clock, cursors
from kit.fields import PageSchema
from kit.web import ServiceBlueprint, caller
from profiles.sessions import usecases
from profiles.wiring import work

blueprint = ServiceBlueprint("sessions", __name__, description="One's own sessions")


@blueprint.post("/v1/me/sessions/search")
@blueprint.arguments(PageSchema)
def own(body: dict[str, Any]) -> Response:
    """One's open sessions, newest first."""
    me = caller()
    mark = cursors.fingerprint("sessions", me.subject)
    after = cursors.moment_after(body["after"], mark)
    with work() as unit:
        found = unit.sessions.page(me.subject, now=clock.now(), after=after, first=body["first"] + 1)
    return jsonify(
        rows=[
            {
                "session": {
                    "id": row.id, "created_at": row.created_at, "last_used_at": row.last_used_at,
                    "expires_at": row.expires_at,
                    "client": row.client_name, "current": row.id == me.session,
                },
                "cursor": cursors.encode(mark, [row.created_at.isoformat(), row.id]),
            }
            for row in found[: body["first"]]
        ],
        has_next=len(found) > body["first"],
    )  # fmt: skip


@blueprint.post("/v1/me/sessions/<session_id>/end")
@blueprint.response(204)
def end(session_id: str) -> None:
    """End one of one's sessions."""
    with work() as unit:
        usecases.end_session(
            unit.sessions, unit.audit, person_id=caller().subject, session_id=session_id, now=clock.now()
        )


@blueprint.post("/v1/me/sessions/end-others")
@blueprint.response(204)
def end_others() -> None:
    """End all of one's sessions but this one."""
    me = caller()
    with work() as unit:
        usecases.end_other_sessions(
            unit.accounts, unit.audit, person_id=me.subject, session=me.session, now=clock.now()
        )
