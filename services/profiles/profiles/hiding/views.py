"""HTTP: requests to hide directory profiles, and what verifiers decide about them."""

from __future__ import annotations

from flask import Response, jsonify

from contracts.directory import HidingRequest, HidingRequestRow
from contracts.messages import Page
from contracts.messages import of as message
from kit import clock, cursors
from kit.errors import Forbidden
from kit.web import ServiceBlueprint, caller
from profiles.accounts.limiter import Act
from profiles.credentials.access import reader
from profiles.hiding import domain, schemas, usecases
from profiles.wiring import (
    attempt,
    client_address,
    client_hash,
    client_language,
    counted,
    once_per_key,
    require,
    work,
    writer,
)

blueprint = ServiceBlueprint("hiding", __name__, description="Requests to hide directory profiles")
ROLES = ("VERIFIER", "ADMIN")


@blueprint.post("/v1/hiding-requests")
@blueprint.arguments(schemas.Request)
@blueprint.response(204)
def request_hiding(body: schemas.RequestBody) -> None:
    """Ask to have a directory profile hidden; needs no account, and is slowed down like what sends messages."""
    address = usecases.check_request(body["contact"], body["note"])[0]
    with counted() as limiter:
        limiter.charge(Act.HIDE_FROM, client_address())
        limiter.charge(Act.HIDE, body["handle"].casefold())
        limiter.charge_mail(client_address(), address)
    with work() as unit:
        usecases.request_hiding(
            unit, actor=f"anonymous:{client_hash()}", language=client_language(), now=clock.now(), **body
        )


@blueprint.post("/v1/hiding-requests/search")
@blueprint.arguments(schemas.Requests)
def search(body: schemas.RequestsBody) -> Response:
    """Requests, the one that waits longest first; for the desk."""
    with attempt("directory.list-hiding-requests", "hiding-requests"):
        me = require(*ROLES).subject
    mark = cursors.fingerprint("hiding-requests", body["open_only"])
    with work() as unit:
        who = reader(unit.accounts, me, caller().roles)
        if not who.at_desk:
            raise Forbidden("You are no verifier any more.")
        total = cursors.count(
            body["count"],
            lambda most: unit.hiding.page(open_only=body["open_only"], places=who.places(None), after=None, first=most),
        )
        page = unit.hiding.page(
            open_only=body["open_only"], places=who.places(None), after=cursors.moment_after(body["after"], mark),
            first=body["first"] + 1, only=body["id"],
        )  # fmt: skip
        rows = page[: body["first"]]
        if rows:
            unit.audit.note_read(
                "directory.list-hiding-requests", actor=me, object="hiding-requests", count=len(rows), now=clock.now()
            )
    return jsonify(
        Page(
            rows=[
                HidingRequestRow(
                    request=_shown(row), cursor=cursors.encode(mark, [row.requested_at.isoformat(), row.id])
                )
                for row in rows
            ],
            total=total.number,
            at_least=total.at_least,
            has_next=len(page) > len(rows),
        )
    )


def _shown(request: domain.HidingRequest) -> HidingRequest:
    return message(HidingRequest, request)


@blueprint.post("/v1/hiding-requests/<request_id>/decision")
@blueprint.arguments(schemas.Decision)
def decide(body: schemas.DecisionBody, request_id: str) -> Response:
    """Hide a profile as somebody asked, or decline."""
    with attempt("directory.decide-hiding", f"hiding-request:{request_id}"):
        require("VERIFIER")
        with work() as unit:
            verifier, now = writer(unit), clock.now()
            once_per_key(
                unit, body,
                lambda: {
                    "id": usecases.decide_hiding(unit, request_id=request_id, verifier=verifier, now=now, **body).id
                },
            )  # fmt: skip
            found = unit.hiding.get(request_id)
            assert found is not None
            return jsonify(_shown(found))


@blueprint.post("/v1/directory/<person_id>/restoration")
@blueprint.arguments(schemas.Restoration)
def restore(body: dict[str, str], person_id: str) -> Response:
    """Show a directory profile again that was hidden by mistake."""
    with attempt("directory.restore", f"person:{person_id}"):
        require("VERIFIER")
        with work() as unit:
            verifier = writer(unit)
            return jsonify(
                once_per_key(
                    unit, body,
                    lambda: {
                        "restored": usecases.restore_profile(
                            unit, person_id=person_id, verifier=verifier, reason=body["reason"]
                        )
                    },
                )
            )  # fmt: skip
