"""HTTP: credentials, and the desk where verifiers decide."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Response, jsonify

from catalogues import regions
from kit import clock, cursors
from kit.errors import Invalid
from kit.web import ServiceBlueprint, caller, require_role
from profiles.accounts.usecases import require_policies
from profiles.credentials import schemas, usecases
from profiles.credentials.domain import Credential
from profiles.people.usecases import publish
from profiles.wiring import Work, once_per_key, wiring, work

blueprint = ServiceBlueprint("credentials", __name__, description="Credentials and their verification")
DESK = ("VERIFIER", "ADMIN")


def _published(unit: Work) -> usecases.Publish:
    """Counts a person's version up and queues their snapshot, in the transaction of the change."""

    def act(person_id: str) -> None:
        unit.people.change(person_id, {})
        publish(unit.people, unit.outbox, person_id)

    return act


def _dump(credential: Credential) -> dict[str, Any]:
    return asdict(credential)


def _page(body: dict[str, Any], owner: str | None) -> Response:
    places: list[str] | None = None
    if body["jurisdictions"] is not None:
        places = sorted({inside for code in body["jurisdictions"] for inside in regions.expand(code.upper())})
        if not places:
            raise Invalid("No country or part of one is inside these jurisdictions.", field=["jurisdictions"])
    mark = cursors.fingerprint("credentials", owner, body["statuses"], body["authority"], places)
    after = None
    if body["after"] is not None:
        at, last = cursors.decode(body["after"], mark, [str, str])
        try:
            after = (datetime.fromisoformat(at), last)
        except ValueError as error:
            raise Invalid(
                "This cursor does not belong to this list; start without `after`.", field=["after"]
            ) from error
    with work() as unit:
        found = unit.credentials.page(
            owner=owner,
            statuses=body["statuses"],
            authority=body["authority"],
            jurisdictions=places,
            after=after,
            first=body["first"] + 1,
        )
        shown = unit.credentials.with_history(found[: body["first"]])
    return jsonify(
        rows=[_dump(c) | {"cursor": cursors.encode(mark, [c.submitted_at.isoformat(), c.id])} for c in shown],
        has_next=len(found) > body["first"],
    )


@blueprint.post("/v1/me/credentials")
@blueprint.arguments(schemas.Submission)
def submit(body: dict[str, Any]) -> tuple[Response, int]:
    """Submit a credential."""
    person = caller().subject
    with work() as unit:
        require_policies(unit.accounts, wiring().policies, person)
        answer = once_per_key(
            unit,
            body,
            lambda: _dump(
                usecases.submit_credential(
                    unit.credentials, unit.institutions, person_id=person, now=clock.now(), **body
                )
            ),
        )
    return jsonify(answer), 201


@blueprint.post("/v1/me/credentials/search")
@blueprint.arguments(schemas.Listing)
def own(body: dict[str, Any]) -> Response:
    """One's own credentials, oldest first."""
    return _page(body, caller().subject)


@blueprint.post("/v1/me/credentials/<credential_id>/withdraw")
def withdraw(credential_id: str) -> Response:
    """Take one's own credential back."""
    with work() as unit:
        return jsonify(
            _dump(
                usecases.withdraw_credential(
                    unit.credentials,
                    _published(unit),
                    credential_id=credential_id,
                    person_id=caller().subject,
                    now=clock.now(),
                )
            )
        )


@blueprint.get("/v1/credentials/<credential_id>")
def read(credential_id: str) -> Response:
    """One credential, for its owner and for verifiers; null for anybody else."""
    with work() as unit:
        found = unit.credentials.page(wanted=[credential_id], first=1)
        visible = [c for c in found if c.person_id == caller().subject or caller().roles & set(DESK)]
        return jsonify([_dump(c) for c in unit.credentials.with_history(visible)])


@blueprint.post("/v1/credentials/search")
@blueprint.arguments(schemas.Listing)
def queue(body: dict[str, Any]) -> Response:
    """The verification queue, oldest first."""
    require_role(*DESK)
    return _page(body, None)


@blueprint.post("/v1/credentials/<credential_id>/take")
def take(credential_id: str) -> Response:
    """Lease a case."""
    verifier = require_role("VERIFIER").subject
    with work() as unit:
        return jsonify(
            _dump(usecases.take_case(unit.credentials, credential_id=credential_id, verifier=verifier, now=clock.now()))
        )


@blueprint.post("/v1/credentials/<credential_id>/release")
def release(credential_id: str) -> Response:
    """Give a leased case back."""
    verifier = require_role("VERIFIER").subject
    with work() as unit:
        return jsonify(
            _dump(
                usecases.release_case(unit.credentials, credential_id=credential_id, verifier=verifier, now=clock.now())
            )
        )


@blueprint.post("/v1/credentials/<credential_id>/decision")
@blueprint.arguments(schemas.Decision)
def decide(body: dict[str, Any], credential_id: str) -> Response:
    """Decide a case."""
    verifier = require_role("VERIFIER").subject
    with work() as unit:
        return jsonify(
            _dump(
                usecases.decide_credential(
                    unit.credentials,
                    _published(unit),
                    credential_id=credential_id,
                    verifier=verifier,
                    now=clock.now(),
                    **body,
                )
            )
        )


@blueprint.post("/v1/credentials/<credential_id>/question")
@blueprint.arguments(schemas.Question)
def question(body: dict[str, Any], credential_id: str) -> Response:
    """Suspend or revoke a validated credential, or confirm or undo that as the second verifier."""
    verifier = require_role("VERIFIER").subject
    with work() as unit:
        return jsonify(
            _dump(
                usecases.question_credential(
                    unit.credentials,
                    _published(unit),
                    credential_id=credential_id,
                    verifier=verifier,
                    now=clock.now(),
                    **body,
                )
            )
        )
