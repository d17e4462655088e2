"""HTTP: imports, for the operator's tools only."""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from typing import Any

from flask import Response, jsonify, request

from kit import clock
from kit.errors import DomainError, Forbidden
from kit.web import ServiceBlueprint, require_service
from profiles.imports import schemas, usecases
from profiles.wiring import wiring, work

blueprint = ServiceBlueprint("imports", __name__, description="Imports by the operator")
MAX_BATCH_BYTES = 16_000_000


@blueprint.before_request
def _allow_batches() -> None:
    request.max_content_length = MAX_BATCH_BYTES


@blueprint.put("/v1/imports/people")
@blueprint.arguments(schemas.Batch)
def import_people(body: dict[str, Any]) -> Response:
    """Store a batch of people; the answer says what became of each."""
    require_service()
    parts = wiring()
    shaped = [(row, schemas.wrong_shape(row)) for row in body["people"]]
    rows = [row for row, wrong in shaped if wrong is None]
    if not parts.settings.demo and any(row.get("password") or row.get("roles") for row in rows):
        raise Forbidden("Only the demo network brings passwords or roles.")
    with work() as unit:
        outcome = usecases.import_people(
            unit, parts.policies, source=body["source"], rows=rows, now=clock.now(), as_of=body["as_of"]
        )
    opened = 0
    if outcome.held or outcome.deactivated:
        with work() as unit:
            opened = usecases.follow_import(unit, source=body["source"], outcome=outcome, now=clock.now())
    refused = [{"ref": str(row.get("ref"))[:200], "reason": wrong} for row, wrong in shaped if wrong is not None]
    return jsonify(
        ids=outcome.ids,
        stored=outcome.stored,
        unchanged=outcome.unchanged,
        older=outcome.older,
        skipped=outcome.skipped,
        deactivated=len(outcome.deactivated),
        opened=opened,
        rejected=refused + outcome.rejected,
    )


@blueprint.post("/v1/imports/demo-credentials")
@blueprint.arguments(schemas.DemoCredentials)
def demo_credentials(body: dict[str, Any]) -> Response:
    """Take the demo network's invented credentials through the desk."""
    require_service()
    if not wiring().settings.demo:
        raise Forbidden("There is no demo network in production.")
    with work() as unit:
        touched: set[str] = set()
        quiet = copy(unit)
        quiet.publish, quiet.mail = touched.add, usecases.NoMail(unit.connection)
        added = usecases.add_demo_credentials(
            quiet,
            rows=body["credentials"],
            verifier=body["verifier"],
            second_verifier=body["second_verifier"],
            now=clock.now(),
        )
        for person_id in sorted(touched):
            unit.publish(person_id)
    return jsonify(added=added)


@blueprint.get("/v1/projection/lag")
def lag() -> Response:
    """How many snapshots wait to be relayed, how many people there are, and how many came from `source`.

    The comparison with the graph comes first: where it has lost people, `rebuilding` says that they are on their way.
    """
    require_service()
    with suppress(DomainError):  # with the graph away there is nothing to compare
        wiring().relay.lineage.confirm()
    with work() as unit:
        return jsonify(
            waiting=unit.outbox.size(),
            dead=unit.outbox.dead(),
            rebuilding=unit.projection.state().stage is not None,
            people=unit.people.count(),
            imported=unit.imports.count(request.args.get("source", "")),
        )
