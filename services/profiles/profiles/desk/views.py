"""HTTP: the desk where verifiers decide. Every refusal is audited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
from flask import Response, jsonify, request

from contracts.messages import Page
from kit import clock, cursors
from kit.errors import Forbidden, Invalid
from kit.web import ServiceBlueprint, caller
from profiles.credentials.access import inside, reader
from profiles.credentials.domain import Credential
from profiles.credentials.store import DeskFilter
from profiles.credentials.views import changed_once, dump, listed
from profiles.desk import ending, schemas, second_verifier, usecases
from profiles.desk.cases import NO_VERIFIER
from profiles.unit_of_work import UnitOfWork
from profiles.wiring import attempt, require, work, writer

blueprint = ServiceBlueprint("desk", __name__, description="The desk where credentials are verified")
ROLES = ("VERIFIER", "ADMIN")


def _wanted(codes: list[str] | None) -> set[str] | None:
    """The jurisdictions that are asked for, with all that lies inside; None means all."""
    if codes is None:
        return None
    wanted = inside(code.upper() for code in codes)
    if not wanted:
        raise Invalid("No country or part of one is inside these jurisdictions.", field=["jurisdictions"])
    return wanted


@blueprint.post("/v1/credentials/search")
@blueprint.arguments(schemas.Queue)
def queue(body: dict[str, Any]) -> Response:
    """The verification queue, oldest first."""
    with attempt("desk.list", "desk"):
        me = require(*ROLES).subject
    now = clock.now()
    with work() as unit:
        who = reader(unit.accounts, me, caller().roles)
        if not who.at_desk:
            raise Forbidden(NO_VERIFIER)
        places = who.places(_wanted(body["jurisdictions"]))
        given = [body[n] for n in ("statuses", "authority", "older_than_hours", "untaken_only", "awaiting_second_only")]
        mark = cursors.fingerprint("desk", places, *given)
        hours = body["older_than_hours"]
        wanted = DeskFilter(
            statuses=body["statuses"],
            authority=body["authority"],
            jurisdictions=places,
            submitted_before=now - timedelta(hours=hours) if hours is not None else None,
            untaken_at=now if body["untaken_only"] else None,
            awaiting_second=bool(body["awaiting_second_only"]),
        )
        after = cursors.moment_after(body["after"], mark)
        found = unit.credentials.desk_page(wanted, after=after, first=body["first"] + 1)
        shown = unit.credentials.with_history(found[: body["first"]])
        rows = dump(unit, shown, me)
        if shown:
            unit.audit.note_read("desk.read", actor=me, object="desk", count=len(shown), now=now)

    def since(credential: Credential) -> datetime:
        assert credential.desk_since is not None
        return credential.desk_since

    return jsonify(
        Page(
            rows=[
                listed(row, cursors.encode(mark, [since(c).isoformat(), c.id]))
                for row, c in zip(rows, shown, strict=True)
            ],
            has_next=len(found) > body["first"],
        )
    )


def _act(action: str, credential_id: str, act: Callable[[UnitOfWork, str], Credential]) -> Response:
    """Run a verifier's act in one transaction; a refusal leaves everything as it was, and is audited."""
    with attempt(action, f"credential:{credential_id}"):
        verifier = require("VERIFIER").subject
        with work() as unit:
            me = writer(unit)
            body = orjson.loads(request.get_data() or b"null")
            return changed_once(unit, body, verifier, lambda: act(unit, me))


@blueprint.post("/v1/credentials/<credential_id>/take")
def take(credential_id: str) -> Response:
    """Lease a case."""
    return _act(
        "credential.take", credential_id,
        lambda unit, me: usecases.take_case(
            unit, credential_id=credential_id, verifier=me, now=clock.now()
        ),
    )  # fmt: skip


@blueprint.post("/v1/credentials/<credential_id>/release")
def release(credential_id: str) -> Response:
    """Give a leased case back."""
    return _act(
        "credential.release", credential_id,
        lambda unit, me: usecases.release_case(
            unit, credential_id=credential_id, verifier=me, now=clock.now()
        ),
    )  # fmt: skip


@blueprint.post("/v1/credentials/<credential_id>/decision")
@blueprint.arguments(schemas.Decision)
def decide(body: dict[str, Any], credential_id: str) -> Response:
    """Decide a case."""
    return _act(
        "credential.decide", credential_id,
        lambda unit, me: usecases.decide_credential(
            unit, credential_id=credential_id, verifier=me, now=clock.now(), **body
        ),
    )  # fmt: skip


@blueprint.post("/v1/credentials/<credential_id>/suspension")
@blueprint.arguments(schemas.CredentialSuspension)
def suspend(body: dict[str, Any], credential_id: str) -> Response:
    """Suspend a validated credential."""
    return _act(
        "credential.suspend", credential_id,
        lambda unit, me: ending.suspend_credential(
            unit, credential_id=credential_id, verifier=me, now=clock.now(), **body
        ),
    )  # fmt: skip


@blueprint.post("/v1/credentials/<credential_id>/revocation")
@blueprint.arguments(schemas.Revocation)
def revoke(body: dict[str, Any], credential_id: str) -> Response:
    """Revoke a credential."""
    return _act(
        "credential.revoke", credential_id,
        lambda unit, me: ending.revoke_credential(
            unit, credential_id=credential_id, verifier=me, now=clock.now(), **body
        ),
    )  # fmt: skip


@blueprint.post("/v1/credentials/<credential_id>/second")
@blueprint.arguments(schemas.Second)
def confirm(body: dict[str, Any], credential_id: str) -> Response:
    """Agree or disagree as the second verifier."""
    return _act(
        "credential.confirm", credential_id,
        lambda unit, me: second_verifier.confirm_decision(
            unit, credential_id=credential_id, verifier=me, now=clock.now(), **body
        ),
    )  # fmt: skip
