"""HTTP: recovery codes, and resetting a lost second factor."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from contracts.accounts import SecondFactorReset, SecondFactorResetRow
from contracts.messages import Page
from kit import clock, cursors
from kit.errors import InvalidCredentials, RateLimited
from kit.fields import PageSchema
from kit.web import ServiceBlueprint, caller
from profiles.accounts import recovery
from profiles.accounts.domain import find_email, mailbox_key
from profiles.accounts.limiter import Act
from profiles.accounts.schemas import MailToken, OneTimePassword, Password
from profiles.rights.usecases import require_fresh
from profiles.roles.views import shown
from profiles.second_factor import schemas, usecases
from profiles.sessions.usecases import candidates, matching
from profiles.sessions.views import note_failed_sign_in
from profiles.wiring import (
    attempt,
    client_address,
    counted,
    limits,
    once_per_key,
    require,
    tries_of_tokens,
    wiring,
    work,
)

blueprint = ServiceBlueprint("second_factor", __name__, description="Recovery codes, and a lost second factor")


def check_password(password: str, *, act: str) -> None:
    """Refuse unless the caller has signed in a moment ago and this is their password."""
    me = caller()
    require_fresh(me.authenticated_at, clock.now(), act=act)
    with counted() as limiter:
        limiter.charge(Act.PERSON, me.subject)
        account = limiter.work.accounts.get(me.subject)
    recovery.require_password(account, password, field="password")
    with counted() as limiter:
        limiter.refund(Act.PERSON, me.subject, wholly=True)


@blueprint.post("/v1/me/recovery-codes")
@blueprint.arguments(Password)
def new_recovery_codes(body: dict[str, Any]) -> Response:
    """Replace one's recovery codes."""
    me = caller().subject
    with attempt("account.new-recovery-codes", f"person:{me}"):
        check_password(body["password"], act="replacing recovery codes")
        with work() as unit:
            codes = usecases.new_recovery_codes(unit, person_id=me)
    return jsonify(recovery_codes=codes)


@blueprint.post("/v1/me/totp/end")
@blueprint.arguments(Password)
@blueprint.response(204)
def disable_totp(body: dict[str, Any]) -> None:
    """Turn one-time passwords off."""
    me = caller()
    with attempt("account.disable-totp", f"person:{me.subject}"):
        check_password(body["password"], act="turning one-time passwords off")
        with work() as unit:
            usecases.disable_totp(unit, person_id=me.subject, session=me.session, now=clock.now())


@blueprint.post("/v1/second-factor-resets")
@blueprint.arguments(schemas.LostFactor)
@blueprint.response(204)
def request(body: dict[str, Any]) -> None:
    """Ask for a reset with the password alone; it is tried, counted and hashed as a sign-in is."""
    email = body["email"]
    with wiring().refusals.remembered(mailbox_key(email), client_address()), counted() as limiter:
        found = candidates(limiter.work.accounts, email)
        tried = limiter.charge_sign_in(email, client_address(), found=found)
    try:
        account = matching(found, body["password"], lane=tried.lane)
    except RateLimited:  # nothing was guessed
        with counted() as limiter:
            limiter.refund_sign_in(tried)
        raise
    except InvalidCredentials:
        note_failed_sign_in(found)
        raise
    with counted() as limiter:
        limiter.refund_sign_in(tried)
    mailbox = find_email(account.email)
    with work() as unit:
        if mailbox is not None:
            limits(unit).charge_mail(client_address(), mailbox)
        usecases.request_reset(unit, account, now=clock.now())


@blueprint.post("/v1/second-factor-resets/refusal")
@blueprint.arguments(MailToken)
@blueprint.response(204)
def refuse(body: dict[str, Any]) -> None:
    """Refuse a reset with the token that came by mail."""
    with tries_of_tokens(), work() as unit:
        usecases.refuse_reset(unit, token=body["token"], now=clock.now())


@blueprint.post("/v1/second-factor-resets/search")
@blueprint.arguments(PageSchema)
def search(body: dict[str, Any]) -> Response:
    """Requests that wait, newest first, with the accounts that they are about; for admins."""
    with attempt("second-factor-reset.list", "second-factor-resets"):
        admin = require("ADMIN").subject
    mark = cursors.fingerprint("second-factor-resets")
    before = cursors.moment_after(body["after"], mark)
    with work() as unit:
        total = cursors.count(body["count"], lambda most: unit.factors.page(now=clock.now(), before=None, first=most))
        page = unit.factors.page(now=clock.now(), before=before, first=body["first"] + 1)
        rows = page[: body["first"]]
        accounts = unit.accounts.many([row.person_id for row in rows])
        by_id = {one.person_id: found for one, found in zip(accounts, shown(unit, accounts), strict=True)}
        if rows:
            unit.audit.note_read(
                "second-factor-reset.list", actor=admin, object="second-factor-resets", count=len(rows), now=clock.now()
            )
    return jsonify(
        Page(
            rows=[
                SecondFactorResetRow(
                    reset=SecondFactorReset(
                        account=by_id[row.person_id], requested_at=row.requested_at, expires_at=row.expires_at,
                        approved_by=row.approved_by, approved_at=row.approved_at, due_at=row.due_at,
                    ),
                    cursor=cursors.encode(mark, [row.requested_at.isoformat(), row.person_id]),
                )
                for row in rows
                if row.person_id in by_id
            ],
            total=total.number,
            at_least=total.at_least,
            has_next=len(page) > len(rows),
        )
    )  # fmt: skip


@blueprint.post("/v1/accounts/<person_id>/second-factor-reset")
def approve(person_id: str) -> Response:
    """Agree to a reset; the second admin who agrees does it."""
    with attempt("account.approve-second-factor-reset", f"person:{person_id}"):
        admin = require("ADMIN").subject
        with work() as unit:

            def act() -> dict[str, Any]:
                done = usecases.approve_reset(unit, admin=admin, person_id=person_id, now=clock.now())
                return {"done": done}

            return jsonify(once_per_key(unit, None, act))


@blueprint.post("/v1/me/totp")
@blueprint.arguments(Password)
def start_totp(body: dict[str, Any]) -> Response:
    """Ask for a secret for one-time passwords."""
    person = caller()
    with counted() as limiter:
        limiter.charge(Act.PERSON, person.subject)
        account = limiter.work.accounts.get(person.subject)
    recovery.require_password(account, body["password"], field="password")
    assert account is not None
    with work() as unit:
        limits(unit).refund(Act.PERSON, person.subject, wholly=True)
        secret, uri = usecases.start_totp(unit, account=account, issuer=wiring().settings.instance_name)
    return jsonify(secret=secret, otpauth_uri=uri)


@blueprint.post("/v1/me/totp/confirmation")
@blueprint.arguments(OneTimePassword)
def confirm_totp(body: dict[str, Any]) -> Response:
    """Turn one-time passwords on."""
    person = caller()
    with counted() as limiter:
        limiter.charge(Act.PERSON, f"totp:{person.subject}")
    with work() as unit:
        codes = usecases.confirm_totp(
            unit, person_id=person.subject, session=person.session,
            otp=body["otp"], now=clock.now(),
        )  # fmt: skip
        limits(unit).refund(Act.PERSON, f"totp:{person.subject}", wholly=True)
    return jsonify(recovery_codes=codes)
