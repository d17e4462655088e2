"""HTTP: accounts and sessions."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Response, jsonify

from kit import clock
from kit.errors import InvalidCredentials
from kit.web import ServiceBlueprint, caller, require_service
from profiles.accounts import schemas, usecases
from profiles.wiring import once_per_key, wiring, work

blueprint = ServiceBlueprint("accounts", __name__, description="Accounts, sessions and accepted policies")


@blueprint.get("/.well-known/jwks.json")
def jwks() -> Response:
    """The public keys that check tokens."""
    response = jsonify(wiring().signer.key_set())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.post("/v1/accounts")
@blueprint.arguments(schemas.SignUp)
@blueprint.response(201, schemas.Session)
def sign_up(body: dict[str, Any]) -> dict[str, Any]:
    """Sign up."""
    parts = wiring()
    with work() as unit:
        return usecases.sign_up(
            unit.accounts, unit.people, unit.outbox, parts.signer, parts.policies, now=clock.now(), **body
        ).as_dict()


@blueprint.post("/v1/sessions")
@blueprint.arguments(schemas.SignIn)
@blueprint.response(201, schemas.Session)
def sign_in(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in."""
    with work() as unit:
        return usecases.sign_in(unit.accounts, wiring().signer, now=clock.now(), **body).as_dict()


@blueprint.post("/v1/sessions/refresh")
@blueprint.arguments(schemas.RefreshToken)
@blueprint.response(201, schemas.Session)
def refresh_session(body: dict[str, Any]) -> dict[str, Any]:
    """Rotate a refresh token."""
    with work() as unit:
        session = usecases.refresh_session(unit.accounts, wiring().signer, now=clock.now(), **body)
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
        usecases.sign_out(unit.accounts, now=clock.now(), **body)


@blueprint.post("/v1/service-tokens")
@blueprint.arguments(schemas.ServiceSignIn)
def service_token(body: dict[str, Any]) -> tuple[Response, int]:
    """Sign in as a part of the system."""
    if not hmac.compare_digest(body["secret"].encode(), wiring().settings.service_secret.encode()):
        raise InvalidCredentials("The service secret is wrong.")
    return jsonify(access_token=wiring().signer.service_token(body["name"])), 201


@blueprint.get("/v1/me")
def me() -> Response:
    """The signed-in person's account and profile."""
    with work() as unit:
        return jsonify(
            usecases.read_me(unit.accounts, unit.people, wiring().policies, caller().subject, clock.now().date())
        )


@blueprint.put("/v1/me/policies")
@blueprint.arguments(schemas.AcceptPolicies)
def accept_policies(body: dict[str, Any]) -> Response:
    """Accept policies."""
    person, parts = caller().subject, wiring()
    with work() as unit:
        usecases.accept_policies(
            unit.accounts, parts.policies, person_id=person, accepted=body["policies"], now=clock.now()
        )
        return jsonify(usecases.read_me(unit.accounts, unit.people, parts.policies, person, clock.now().date()))


@blueprint.post("/v1/accounts/by-operator")
@blueprint.arguments(schemas.CreateAccount)
def create_account(body: dict[str, Any]) -> tuple[Response, int]:
    """Make an account by the operator's hand."""
    require_service("operator")
    with work() as unit:
        answer = once_per_key(
            unit,
            {**body, "password": ""},
            lambda: {"id": usecases.create_account(unit.accounts, unit.people, unit.outbox, now=clock.now(), **body)},
        )
    return jsonify(answer), 201
