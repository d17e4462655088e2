"""HTTP: accounts."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from contracts.accounts import AccountRow
from contracts.messages import Page
from kit import clock, cursors, ids
from kit.errors import Invalid, InvalidCredentials
from kit.services import recognise
from kit.web import ServiceBlueprint, caller, require_service
from profiles.accounts import confirmation, passwords, recovery, schemas, usecases
from profiles.accounts.domain import find_email, parse_email
from profiles.accounts.limiter import Act
from profiles.accounts.passwords import Lane
from profiles.policies.usecases import accept_policies as accept
from profiles.roles.views import shown
from profiles.sessions.schemas import Session as SessionSchema
from profiles.sessions.usecases import Session
from profiles.suspensions.views import own_suspension
from profiles.unit_of_work import UnitOfWork
from profiles.wiring import (
    attempt,
    client_address,
    client_language,
    counted,
    limits,
    once_per_key,
    require,
    sessions,
    tries_of_tokens,
    wiring,
    work,
)

blueprint = ServiceBlueprint("accounts", __name__, description="Accounts and accepted policies")


@blueprint.get("/.well-known/jwks.json")
def jwks() -> Response:
    """The public keys that check tokens."""
    response = jsonify(wiring().signer.key_set())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.post("/v1/accounts")
@blueprint.arguments(schemas.SignUp)
@blueprint.response(201, SessionSchema)
def sign_up(body: dict[str, Any]) -> dict[str, Any]:
    """Sign up."""
    new = usecases.check_sign_up(wiring().policies, **body)
    with counted() as limiter:
        limiter.charge(Act.SIGN_UP, client_address())
    digest = passwords.hash_password(body["password"], lane=Lane.ANONYMOUS)
    with work() as unit:
        limits(unit).charge_mail(client_address(), new.email)
        return usecases.sign_up(
            sessions(unit), new=new, password_hash=digest,
            now=clock.now(), language=client_language(),
        ).as_dict()  # fmt: skip


def _maybe(session: Session | None) -> Response:
    return jsonify(session=session.as_dict() if session else None)


@blueprint.post("/v1/accounts/confirmation")
@blueprint.arguments(schemas.Confirmation)
def confirm_email(body: dict[str, Any]) -> Response:
    """Confirm an address: the token is looked at before the password is, and no connection is held while it is hashed."""
    token, password = body["token"], body["password"]
    if password is None:
        raise Invalid(
            "Send the password that you chose when you signed up. If you do not know it, set a new one with "
            "requestPasswordReset, which confirms the address too.",
            field=["password"],
        )
    with tries_of_tokens(), work(counts_as_change=False) as unit:
        account = confirmation.account_of_token(unit.accounts, token=token, now=clock.now())
    with counted() as limiter:
        limiter.charge(Act.PERSON, f"confirm:{account.person_id}")
    confirmation.require_own_password(account, password)
    with work() as unit:
        session = confirmation.confirm_email(sessions(unit), account=account, token=token, now=clock.now())
        limits(unit).refund(Act.PERSON, f"confirm:{account.person_id}", wholly=True)
    return _maybe(session)


@blueprint.get("/v1/me/confirmation")
def confirmation_state() -> Response:
    """Whether the signed-in person has confirmed the address; other services ask it of each request while they have not."""
    with work() as unit:
        return jsonify(confirmed=unit.accounts.has_confirmed(caller().subject))


@blueprint.post("/v1/me/confirmation")
@blueprint.response(204)
def resend_confirmation() -> None:
    """Have the message that asks to confirm the address sent again."""
    person = caller().subject
    with work() as unit:
        account = unit.accounts.get(person)
        address = find_email(account.email) if account and not account.confirmed else None
        if address is not None:
            limits(unit).charge_mail(client_address(), address)
        confirmation.resend_confirmation(
            unit.accounts, unit.mail, person_id=person, now=clock.now(), language=client_language()
        )


@blueprint.post("/v1/password-resets")
@blueprint.arguments(schemas.Address)
@blueprint.response(204)
def request_reset(body: dict[str, Any]) -> None:
    """Ask for a new password. Whether the address has an account is found out where mail is sent, so it does not show."""
    email = parse_email(body["email"])
    with work() as unit:
        limits(unit).charge_mail(client_address(), email)
        unit.mail.send("password-reset", address=email.text, language=client_language())


@blueprint.post("/v1/password-resets/use")
@blueprint.arguments(schemas.NewPassword)
def reset_password(body: dict[str, Any]) -> Response:
    """Set a new password with a token that came by mail; the token is looked at before the password is hashed."""
    passwords.check_new(body["password"])
    with tries_of_tokens(), work() as unit:
        recovery.check_token(unit.accounts, token=body["token"], purpose="RESET", now=clock.now())
    digest = passwords.hash_password(body["password"], lane=Lane.KNOWN)
    with work() as unit:
        session = recovery.reset_password(
            sessions(unit), token=body["token"], password_hash=digest,
            now=clock.now(),
        )  # fmt: skip
    return _maybe(session)


@blueprint.put("/v1/me/password")
@blueprint.arguments(schemas.ChangedPassword)
@blueprint.response(204)
def change_password(body: dict[str, Any]) -> None:
    """Change one's password."""
    person = caller()
    passwords.check_new(body["password"])
    with counted() as limiter:
        limiter.charge(Act.PERSON, person.subject)
        account = limiter.work.accounts.get(person.subject)
    recovery.require_password(account, body["current"], field="current")
    digest = passwords.hash_password(body["password"], lane=Lane.KNOWN)
    with work() as unit:
        limits(unit).refund(Act.PERSON, person.subject, wholly=True)
        recovery.change_password(
            unit, person_id=person.subject, session=person.session,
            password_hash=digest, now=clock.now(),
        )  # fmt: skip


@blueprint.post("/v1/service-tokens")
@blueprint.arguments(schemas.ServiceSignIn)
def service_token(body: dict[str, Any]) -> tuple[Response, int]:
    """Sign in as a service, with that service's own secret."""
    now = clock.now()
    try:
        service = recognise(body["name"], body["secret"], wiring().settings.service_digests)
    except InvalidCredentials as error:
        with work(counts_as_change=False) as unit:
            unit.audit.note_refusal(
                "service.sign-in", actor="anonymous", object=f"service:{body['name']}", reason=error.code, now=now,
                with_role=True,
            )  # fmt: skip
        raise
    with work(counts_as_change=False) as unit:
        unit.audit.note_read(
            "service.sign-in", actor=f"service:{service}", object=f"service:{service}", count=1, now=now
        )
    return jsonify(access_token=wiring().signer.service_token(service)), 201


@blueprint.get("/v1/me")
def me() -> Response:
    """The signed-in person's account and profile."""
    with work() as unit:
        return jsonify(_read_me(unit, caller().subject))


def _read_me(unit: UnitOfWork, person_id: str) -> dict[str, Any]:
    account = unit.accounts.get(person_id)
    found = usecases.read_me(unit, account, wiring().policies, person_id=person_id, today=clock.now().date())
    return found | {"suspension": own_suspension(account, unit.suspensions)}


@blueprint.put("/v1/me/policies")
@blueprint.arguments(schemas.AcceptPolicies)
def accept_policies(body: dict[str, Any]) -> Response:
    """Accept policies."""
    person, parts = caller().subject, wiring()
    with work() as unit:
        accept(unit, parts.policies, person_id=person, accepted=body["policies"], now=clock.now())
        return jsonify(_read_me(unit, person))


@blueprint.post("/v1/accounts/by-operator")
@blueprint.arguments(schemas.CreateAccount)
def create_account(body: dict[str, Any]) -> tuple[Response, int]:
    """Make an account by the operator's hand."""
    require_service()
    with work() as unit:
        answer = once_per_key(
            unit,
            {**body, "password": ""},
            lambda: {"id": usecases.create_account(unit, now=clock.now(), **body)},
        )
    return jsonify(answer), 201


@blueprint.post("/v1/accounts/search")
@blueprint.arguments(schemas.AccountListing)
def search(body: dict[str, Any]) -> Response:
    """Accounts, newest first, for admins."""
    with attempt("account.list", "accounts"):
        require("ADMIN")
    mark = cursors.fingerprint("accounts", body["text"], body["role"])
    after = cursors.moment_after(body["after"], mark)
    with work() as unit:
        total = cursors.count(
            body["count"],
            lambda most: unit.accounts.search(text=body["text"], role=body["role"], after=None, first=most),
        )
        found = unit.accounts.search(text=body["text"], role=body["role"], after=after, first=body["first"] + 1)
        rows = found[: body["first"]]
        listed = shown(unit, rows)
        if rows:
            unit.audit.note_read(
                "account.list", actor=caller().subject, object="accounts", count=len(rows), now=clock.now()
            )
    return jsonify(
        Page(
            rows=[
                AccountRow(account=account, cursor=cursors.encode(mark, [row.created_at.isoformat(), row.person_id]))
                for row, account in zip(rows, listed, strict=True)
            ],
            total=total.number,
            at_least=total.at_least,
            has_next=len(found) > len(rows),
        )
    )


@blueprint.get("/v1/accounts/<person_id>")
def read(person_id: str) -> Response:
    """One account, for admins; an empty list for anybody else, or when there is none."""
    with work() as unit:
        found = unit.accounts.get(person_id) if ids.valid(person_id) and "ADMIN" in caller().roles else None
        if found is not None and found.person_id != caller().subject:
            unit.audit.note_read(
                "account.read", actor=caller().subject, object=f"person:{found.person_id}", count=1, now=clock.now()
            )
        return jsonify(shown(unit, [found] if found else []))
