"""HTTP: roles, for admins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Response, jsonify

from contracts import accounts as messages
from contracts.messages import M, Page
from contracts.messages import of as message
from kit import clock, cursors, ids
from kit.fields import PageOrOneSchema
from kit.web import ServiceBlueprint
from profiles.accounts.domain import Account
from profiles.roles import schemas, usecases
from profiles.roles.domain import MODERATING, ONE_ADMIN, PRIVILEGED, UNKNOWN, RoleGrant
from profiles.second_factor.domain import ALONE_HOURS
from profiles.unit_of_work import UnitOfWork
from profiles.wiring import attempt, once_per_key, require, wiring, work

P = TypeVar("P")

blueprint = ServiceBlueprint("roles", __name__, description="Who may do more than members, and who gives it")


def shown(unit: UnitOfWork, accounts: Sequence[Account]) -> list[messages.Account]:
    """Accounts as admins see them, with who gave their roles and what waits for a second admin."""
    people = [account.person_id for account in accounts]
    grants = unit.roles.grants_of(people) if people else {}
    waiting = unit.roles.waiting_about_all(people, now=clock.now()) if people else {}
    suspensions = unit.suspensions.open_of(people) if people else {}
    return [
        messages.Account(
            id=account.person_id,
            email=account.email,
            roles=account.roles,
            jurisdictions=account.jurisdictions,
            suspended=account.suspended,
            suspension=_message(messages.Suspension, suspensions.get(account.person_id)),
            created_at=account.created_at,
            last_seen_at=account.last_seen_at,
            role_grants=[
                shown_grant(role, next((one for one in grants.get(account.person_id, ()) if one.role == role), None))
                for role in account.roles
                if role in PRIVILEGED
            ],
            role_proposal=_message(messages.RoleProposal, waiting.get(account.person_id)),
        )
        for account in accounts
    ]


def _message(kind: type[M], found: Any) -> M | None:
    return None if found is None else message(kind, found)


def shown_grant(role: str, grant: RoleGrant | None) -> messages.RoleGrant:
    """How somebody got a role, for admins and verifiers.

    Args:
        grant: None where it is not recorded.
    """
    if grant is None:
        return messages.RoleGrant(role=role, rule=UNKNOWN)
    return message(messages.RoleGrant, grant)


def shown_account(unit: UnitOfWork, person_id: str) -> Response:
    """The answer with one account as it is now."""
    found = unit.accounts.get(person_id)
    assert found is not None
    return jsonify(shown(unit, [found])[0])


def admin_act(action: str, about: str, body: Any, act: Callable[[UnitOfWork, str], Account]) -> Response:
    """Run an admin's act on an account in one transaction; a refusal leaves everything as it was, and is audited.

    Args:
        action, about: as the audit trail names them.
        act: takes the transaction's stores and the admin's id.
    """
    with attempt(action, about):
        admin = require("ADMIN").subject
        with work() as unit:
            person = once_per_key(unit, body, lambda: {"id": act(unit, admin).person_id})["id"]
            return shown_account(unit, person)


@blueprint.put("/v1/accounts/<person_id>/roles")
@blueprint.arguments(schemas.Roles)
def set_roles(body: dict[str, Any], person_id: str) -> Response:
    """Set an account's roles, or propose it to the other admins."""
    return admin_act(
        "account.set-roles", f"person:{person_id}", body,
        lambda unit, admin: usecases.set_roles(unit, admin=admin, person_id=person_id, now=clock.now(), **body),
    )  # fmt: skip


@blueprint.post("/v1/role-proposals/<proposal_id>/confirmation")
def confirm_roles(proposal_id: str) -> Response:
    """Confirm what another admin proposes."""
    return admin_act(
        "account.confirm-roles", f"role-proposal:{proposal_id}", None,
        lambda unit, admin: usecases.confirm_roles(unit, admin=admin, proposal_id=proposal_id, now=clock.now()),
    )  # fmt: skip


@blueprint.post("/v1/role-proposals/<proposal_id>/refusal")
def decline_roles(proposal_id: str) -> Response:
    """Decline what an admin proposes."""
    return admin_act(
        "account.decline-roles", f"role-proposal:{proposal_id}", None,
        lambda unit, admin: usecases.decline_roles(unit, admin=admin, proposal_id=proposal_id, now=clock.now()),
    )  # fmt: skip


@blueprint.post("/v1/role-proposals/search")
@blueprint.arguments(PageOrOneSchema)
def search(body: dict[str, Any]) -> Response:
    """What waits for a second admin, oldest first."""
    with attempt("role-proposal.list", "role-proposals"):
        admin = require("ADMIN").subject
    mark = cursors.fingerprint("role-proposals")
    after = cursors.moment_after(body["after"], mark)
    with work() as unit:
        total = cursors.count(body["count"], lambda most: unit.roles.page(after=None, first=most, now=clock.now()))
        found = unit.roles.page(after=after, first=body["first"] + 1, now=clock.now(), only=body["id"])
        rows = found[: body["first"]]
        if rows:
            unit.audit.note_read(
                "role-proposal.list", actor=admin, object="role-proposals", count=len(rows), now=clock.now()
            )
    return jsonify(
        Page(
            rows=[
                messages.RoleProposalRow(
                    proposal=message(messages.RoleProposal, row),
                    cursor=cursors.encode(mark, [row.proposed_at.isoformat(), row.id]),
                )
                for row in rows
            ],
            total=total.number,
            at_least=total.at_least,
            has_next=len(found) > len(rows),
        )
    )


@blueprint.post("/v1/me/second-pair")
@blueprint.arguments(schemas.Deeds)
def second_pair(body: dict[str, Any]) -> Response:
    """Whether the caller, a moderator, is a second pair of eyes to who made some decisions; the graph service asks for them."""
    me, now = require(*MODERATING).subject, clock.now()
    with work(counts_as_change=False) as unit:  # inside the transaction of what is being decided
        independent = all(
            usecases.second_pair(
                unit.accounts, unit.roles, wiring().role_requirements, first=one["by"], second=me, by=MODERATING,
                at=one["at"], now=now,
            )
            for one in body["decisions"]
            if ids.valid(one["by"])
        )  # fmt: skip
    return jsonify(independent=independent)


@blueprint.get("/v1/instance/roles")
def rule() -> Response:
    """By which rule roles are given here now, and how many hours a reset of a second factor waits in place of a second admin."""
    with work() as unit:
        given_by = usecases.rule_here(unit, now=clock.now())
    return jsonify(given_by=given_by, reset_hours=ALONE_HOURS if given_by == ONE_ADMIN else None)
