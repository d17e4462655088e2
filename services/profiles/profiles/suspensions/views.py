"""HTTP: suspensions of accounts."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from contracts.accounts import AccountRow, Suspension
from contracts.messages import Page
from contracts.messages import of as message
from kit import clock, cursors
from kit.fields import PageSchema
from kit.web import ServiceBlueprint, caller
from profiles.accounts.domain import Account
from profiles.roles.views import admin_act, shown
from profiles.suspensions import schemas, usecases
from profiles.suspensions.store import SuspensionStore
from profiles.wiring import attempt, once_per_key, require, work

blueprint = ServiceBlueprint("suspensions", __name__, description="Suspended accounts, and appeals against that")


def own_suspension(account: Account | None, suspensions: SuspensionStore) -> Suspension | None:
    """What somebody is told about the suspension of their account: all but who the admins are. None where it is not suspended."""
    if account is None or not account.suspended:
        return None
    found = suspensions.open(account.person_id)
    return message(Suspension, found, suspended_by=None, confirmed_by=None) if found else Suspension()


@blueprint.put("/v1/accounts/<person_id>/suspension")
@blueprint.arguments(schemas.Suspend)
def suspend(body: dict[str, Any], person_id: str) -> Response:
    """Suspend an account, or end a suspension."""
    return admin_act(
        "account.suspend", f"person:{person_id}", body,
        lambda unit, admin: usecases.suspend_account(
            unit, admin=admin, person_id=person_id, now=clock.now(), **body
        ),
    )  # fmt: skip


@blueprint.post("/v1/accounts/<person_id>/suspension/confirmation")
def confirm(person_id: str) -> Response:
    """Confirm a suspension as the second admin."""
    return admin_act(
        "account.confirm-suspension", f"person:{person_id}", None,
        lambda unit, admin: usecases.confirm_suspension(unit, admin=admin, person_id=person_id, now=clock.now()),
    )  # fmt: skip


@blueprint.post("/v1/accounts/<person_id>/suspension/appeal")
@blueprint.arguments(schemas.SuspensionAppealDecision)
def decide_appeal(body: dict[str, Any], person_id: str) -> Response:
    """Decide an appeal against a suspension."""
    return admin_act(
        "account.decide-suspension-appeal", f"person:{person_id}", body,
        lambda unit, admin: usecases.decide_appeal(unit, admin=admin, person_id=person_id, now=clock.now(), **body),
    )  # fmt: skip


@blueprint.post("/v1/me/suspension/appeal")
@blueprint.arguments(schemas.SuspensionAppeal)
@blueprint.response(204)
def appeal(body: dict[str, Any]) -> None:
    """Appeal against one's own suspension."""
    me = caller().subject
    with attempt("account.appeal-suspension", f"person:{me}"), work() as unit:

        def act() -> dict[str, Any]:
            usecases.appeal_suspension(unit, person_id=me, now=clock.now(), **body)
            return {}

        once_per_key(unit, body, act)


@blueprint.post("/v1/suspensions/search")
@blueprint.arguments(PageSchema)
def search(body: dict[str, Any]) -> Response:
    """Accounts whose suspension waits for a second admin, or for a decision about the appeal; for admins."""
    with attempt("suspension.list", "suspensions"):
        admin = require("ADMIN").subject
    mark = cursors.fingerprint("suspensions")
    after = cursors.moment_after(body["after"], mark)
    with work() as unit:
        total = cursors.count(body["count"], lambda most: unit.suspensions.to_decide(after=None, first=most))
        found = unit.suspensions.to_decide(after=after, first=body["first"] + 1)
        rows = found[: body["first"]]
        accounts = {one.id: one for one in shown(unit, unit.accounts.many([row.person_id for row in rows]))}
        if rows:
            unit.audit.note_read("suspension.list", actor=admin, object="suspensions", count=len(rows), now=clock.now())
    return jsonify(
        Page(
            rows=[
                AccountRow(
                    account=accounts[row.person_id],
                    cursor=cursors.encode(mark, [row.started_at.isoformat(), row.person_id]),
                )
                for row in rows
            ],
            total=total.number,
            at_least=total.at_least,
            has_next=len(found) > len(rows),
        )
    )
