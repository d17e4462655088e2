"""HTTP: one's personal access tokens, and using one."""

from __future__ import annotations

from flask import Response, jsonify

from contracts.messages import Page
from contracts.personal_tokens import (
    ExchangedToken,
    NewPersonalAccessToken,
    PersonalAccessToken,
    PersonalAccessTokenRow,
)
from kit import clock, cursors
from kit.fields import PageSchema
from kit.web import ServiceBlueprint, caller
from profiles.personal_tokens import schemas, usecases
from profiles.personal_tokens.domain import PersonalToken
from profiles.second_factor.views import check_password
from profiles.wiring import attempt, wiring, work

blueprint = ServiceBlueprint("personal_tokens", __name__, description="Personal access tokens")


def _shown(token: PersonalToken) -> PersonalAccessToken:
    return PersonalAccessToken(
        id=token.id, name=token.name, scopes=token.scopes, created_at=token.created_at, expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )  # fmt: skip


@blueprint.post("/v1/me/personal-access-tokens")
@blueprint.arguments(schemas.NewToken)
def create(body: schemas.NewTokenBody) -> tuple[Response, int]:
    """Make a token, which needs a sign-in within the last five minutes and the password."""
    me = caller().subject
    with attempt("personal-token.create", f"person:{me}"):
        new = usecases.check_token(name=body["name"], scopes=body["scopes"], days=body["days"])
        check_password(body["password"], act="making a personal access token")
        with work() as unit:
            made, token = usecases.create_token(unit, new, person_id=me, now=clock.now())
    return jsonify(NewPersonalAccessToken(token=token, personal_access_token=_shown(made))), 201


@blueprint.post("/v1/me/personal-access-tokens/search")
@blueprint.arguments(PageSchema)
def own(body: schemas.PageBody) -> Response:
    """One's tokens that can be used, newest first."""
    me = caller().subject
    mark = cursors.fingerprint("personal-access-tokens", me)
    after = cursors.moment_after(body["after"], mark)
    with work() as unit:
        found = unit.personal_tokens.page(me, now=clock.now(), after=after, first=body["first"] + 1)
    rows = [
        PersonalAccessTokenRow(
            personal_access_token=_shown(one), cursor=cursors.encode(mark, [one.created_at.isoformat(), one.id])
        )
        for one in found[: body["first"]]
    ]
    return jsonify(Page(rows=rows, has_next=len(found) > body["first"]))


@blueprint.post("/v1/me/personal-access-tokens/<token_id>/end")
@blueprint.response(204)
def revoke(token_id: str) -> None:
    """Revoke one of one's tokens."""
    with work() as unit:
        usecases.revoke_token(unit, person_id=caller().subject, token_id=token_id, now=clock.now())


@blueprint.post("/v1/personal-access-tokens/exchange")
@blueprint.arguments(schemas.Exchange)
def exchange(body: schemas.ExchangeBody) -> tuple[Response, int]:
    """Use a token: the answer is an access token for some minutes."""
    parts, now = wiring(), clock.now()
    with work(counts_as_change=False) as unit:
        access, until = usecases.give_access(unit, parts.signer, parts.policies, token=body["token"], now=now)
    return jsonify(ExchangedToken(access_token=access, expires_in=int((until - now).total_seconds()))), 201
