"""HTTP: opening, refreshing and ending sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Response, after_this_request, jsonify

from kit import clock, cursors
from kit.errors import InvalidCredentials, OtpRequired, RateLimited
from kit.fields import PageOrOneSchema
from kit.tokens import session_mark
from kit.web import ServiceBlueprint, caller
from profiles.accounts.domain import Account, mailbox_key, token_hash
from profiles.accounts.signing import ACCESS_SECONDS
from profiles.policies.usecases import required_policies
from profiles.roles.domain import PRIVILEGED
from profiles.sessions import schemas, usecases
from profiles.wiring import client_address, client_hash, counted, limits, sessions, wiring, work, working

blueprint = ServiceBlueprint("sessions", __name__, description="Sessions")


@blueprint.post("/v1/me/sessions/search")
@blueprint.arguments(PageOrOneSchema)
def own(body: dict[str, Any]) -> Response:
    """One's open sessions, newest first."""
    me = caller()
    mark = cursors.fingerprint("sessions", me.subject)
    after = cursors.moment_after(body["after"], mark)
    with work() as unit:
        total = cursors.count(
            body["count"], lambda most: unit.sessions.page(me.subject, now=clock.now(), after=None, first=most)
        )
        found = unit.sessions.page(me.subject, now=clock.now(), after=after, first=body["first"] + 1, only=body["id"])
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
        total=total.number,
        at_least=total.at_least,
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
            unit.sessions, unit.audit, person_id=me.subject, session=me.session, now=clock.now()
        )


def ended_tokens() -> dict[str, Any]:
    """Which access tokens have ended before their time, and which policies must be accepted now."""
    since = clock.now() - timedelta(seconds=ACCESS_SECONDS + 60)
    with work() as unit:
        found = [*unit.sessions.ended(since=since), *unit.personal_tokens.ended(since=since)]
    return {
        "ended": [[session_mark(session), before.timestamp() if before else None] for session, before in found],
        "policies": required_policies(wiring().policies),
    }


@blueprint.get("/.well-known/ended-tokens.json")
def list_ended_tokens() -> Response:
    """Tokens that must not be taken any more; sessions are named by a digest that only their holders can make."""
    response = jsonify(ended_tokens())
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.post("/v1/sessions")
@blueprint.arguments(schemas.SignIn)
@blueprint.response(201, schemas.Session)
def sign_in(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in: the try is counted first, and no connection is held while the password is hashed."""
    email, device = body["email"], body["refresh_token"]
    # Tokens that were not given out here make no place in the memory, else each other one would reach the database; and those
    # that were have one of their own, so that a known device signs in whatever is tried without it.
    place = device if device and usecases.is_refresh_token(wiring().cipher, device) else None
    with wiring().refusals.remembered(mailbox_key(email), client_address(), place), counted() as limiter:
        found = usecases.candidates(limiter.work.accounts, email)
        tried = limiter.charge_sign_in(
            email, client_address(), found=found, device=token_hash(device) if device else None
        )
    try:
        account = usecases.matching(found, body["password"], lane=tried.lane)
        with work() as unit:
            session = usecases.sign_in(sessions(unit), account, otp=body["otp"], now=clock.now())
            limits(unit).refund_sign_in(tried, wholly=True)
            if set(account.roles) & PRIVILEGED:
                unit.audit.note("session.open", actor=account.person_id, object=f"person:{account.person_id}")
    except (RateLimited, OtpRequired):  # nothing was guessed
        with counted() as limiter:
            limiter.refund_sign_in(tried)
        raise
    except InvalidCredentials:
        note_failed_sign_in(found)
        raise
    return session.as_dict()


def note_failed_sign_in(found: Sequence[Account | None]) -> None:
    """Audit a failed sign-in to an account that has more rights than a member's; how many stand in the trail is bounded.

    It is written when the answer has gone out, so that the time of the answer does not tell whose accounts these are.
    """
    held = [account.person_id for account in found if account is not None and set(account.roles) & PRIVILEGED]
    if not held:
        return
    parts, actor, now = wiring(), f"anonymous:{client_hash()}", clock.now()

    def write() -> None:
        with working(parts.engine, parts.cipher) as unit:
            for person in held:
                unit.audit.note_refusal(
                    "session.open", actor=actor, object=f"person:{person}", reason=InvalidCredentials.code, now=now,
                    with_role=True,
                )  # fmt: skip

    def later(response: Response) -> Response:
        response.call_on_close(write)
        return response

    after_this_request(later)


@blueprint.post("/v1/sessions/refresh")
@blueprint.arguments(schemas.RefreshToken)
@blueprint.response(201, schemas.Session)
def refresh_session(body: dict[str, Any]) -> dict[str, Any]:
    """Rotate a refresh token."""
    with work() as unit:
        session = usecases.refresh_session(sessions(unit), now=clock.now(), **body)
    if session is None:
        raise InvalidCredentials(
            "This refresh token was used before; the session has been ended for safety.", field=["refreshToken"]
        )
    return session.as_dict()


@blueprint.post("/v1/sessions/end")
@blueprint.arguments(schemas.SignOut)
@blueprint.response(204)
def sign_out(body: dict[str, Any]) -> None:
    """Sign out."""
    with work() as unit:
        usecases.sign_out(unit.sessions, now=clock.now(), **body)
