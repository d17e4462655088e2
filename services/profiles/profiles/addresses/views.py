"""HTTP: changing one's address."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from kit import clock
from kit.web import ServiceBlueprint, caller
from profiles.accounts import recovery
from profiles.accounts.domain import parse_email
from profiles.accounts.limiter import Act
from profiles.accounts.schemas import MailToken
from profiles.addresses import schemas, usecases
from profiles.rights.usecases import require_fresh
from profiles.wiring import attempt, client_address, counted, limits, tries_of_tokens, work

blueprint = ServiceBlueprint("addresses", __name__, description="Changing the address of an account")


@blueprint.post("/v1/me/email-change")
@blueprint.arguments(schemas.NewAddress)
@blueprint.response(204)
def request(body: dict[str, Any]) -> None:
    """Ask for another address. What is done does not depend on whether that has an account."""
    me = caller()
    new = parse_email(body["email"], field="newEmail")
    with attempt("account.request-email-change", f"person:{me.subject}"):
        require_fresh(me.authenticated_at, clock.now(), act="changing the address")
        with counted() as limiter:
            limiter.charge(Act.PERSON, me.subject)
            account = limiter.work.accounts.get(me.subject)
        recovery.require_password(account, body["password"], field="password")
        with work() as unit:
            limits(unit).refund(Act.PERSON, me.subject, wholly=True)
            limits(unit).charge_mail(client_address(), new)
            usecases.request_change(unit, person_id=me.subject, new=new, now=clock.now())


@blueprint.get("/v1/me/email-change")
def pending() -> Response:
    """The change of one's address that waits, in a list; an empty one where none does."""
    with work() as unit:
        change = unit.addresses.get(caller().subject)
    return jsonify(
        [
            {
                "new_email": change.email, "requested_at": change.requested_at, "due_at": change.due_at,
                "new_confirmed": change.new_confirmed_at is not None, "old_confirmed": change.old_confirmed_at is not None,
            }
        ]
        if change
        else []
    )  # fmt: skip


@blueprint.post("/v1/email-changes/confirmation")
@blueprint.arguments(MailToken)
def confirm(body: dict[str, Any]) -> Response:
    """Confirm a change at one of its ends."""
    with tries_of_tokens(), work() as unit:
        changed = usecases.confirm_change(unit, token=body["token"], now=clock.now())
    return jsonify(changed=changed)


@blueprint.post("/v1/email-changes/refusal")
@blueprint.arguments(MailToken)
@blueprint.response(204)
def refuse(body: dict[str, Any]) -> None:
    """Refuse a change from the old mailbox."""
    with tries_of_tokens(), work() as unit:
        usecases.refuse_change(unit, token=body["token"], now=clock.now())
