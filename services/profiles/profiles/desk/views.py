"""HTTP: the desk where verifiers decide. Every refusal is audited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
from flask import Response, jsonify, request

from contracts import desk as messages
from contracts.messages import Page
from contracts.messages import of as message
from kit import clock, cursors, ids
from kit.errors import Forbidden, Invalid
from kit.texts import fold
from kit.web import ServiceBlueprint, caller
from profiles.credentials.access import inside, reader
from profiles.credentials.domain import Credential
from profiles.credentials.numbers import search_indexes
from profiles.credentials.views import changed_once, dump, listed
from profiles.desk import ending, schemas, second_verifier, usecases
from profiles.desk.cases import NO_VERIFIER
from profiles.desk.domain import AGE_HOURS, MAX_COUNTED, DeskFilter, Figures
from profiles.unit_of_work import UnitOfWork
from profiles.wiring import attempt, once_per_key, require, work, writer

blueprint = ServiceBlueprint("desk", __name__, description="The desk where credentials are verified")
ROLES = ("VERIFIER", "ADMIN")
Body = dict[str, Any]  # of a request, as its schema has read it


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
def queue(body: Body) -> Response:
    """The verification queue, oldest first."""
    with attempt("desk.list", "desk"):
        me = require(*ROLES).subject
    now = clock.now()
    with work() as unit:
        who = reader(unit.accounts, me, caller().roles)
        if not who.at_desk:
            raise Forbidden(NO_VERIFIER)
        places = who.places(_wanted(body["jurisdictions"]))
        mark = cursors.fingerprint("desk", places, *(body[name] for name in sorted(body) if name not in _OF_A_PAGE))
        criteria = _filter(body, places, me, unit, now)
        after = cursors.moment_after(body["after"], mark)
        found = unit.desk.page(criteria, after=after, first=body["first"] + 1)
        since = dict(found[: body["first"]])
        shown = unit.credentials.several(list(since))
        rows = dump(unit, shown, me)
        total = cursors.count(body["count"], lambda _: range(unit.desk.count(criteria)), most=MAX_COUNTED)
        if shown:
            unit.audit.note_read("desk.read", actor=me, object="desk", count=len(shown), now=now)
    return jsonify(
        Page(
            rows=[listed(row, cursors.encode(mark, [since[row.id].isoformat(), row.id])) for row in rows],
            has_next=len(found) > body["first"],
            total=total.number,
            at_least=total.at_least,
        )
    )


_OF_A_PAGE = frozenset({"first", "after", "count"})


def _filter(body: Body, places: list[str] | None, me: str, unit: UnitOfWork, now: datetime) -> DeskFilter:
    """Which cases a verifier asks for."""

    def before(hours: int | None) -> datetime | None:
        return now - timedelta(hours=hours) if hours is not None else None

    assignee, check = body["assignee"], body["check"]
    if assignee is not None and not ids.valid(assignee):
        raise Invalid("No verifier has this id.", field=["assignee"])
    return DeskFilter(
        statuses=body["statuses"], authority=body["authority"], jurisdictions=places, kinds=body["kinds"],
        submitted_before=before(body["older_than_hours"]), submitted_after=before(body["newer_than_hours"]),
        untaken_at=now if body["untaken_only"] else None, awaiting_second=bool(body["awaiting_second_only"]),
        awaiting_applicant=bool(body["awaiting_applicant_only"]), appeals=bool(body["appeals_only"]), assignee=assignee,
        working=(me, now) if body["mine_only"] else None, name_words=fold(body["name"] or "").split(),
        numbers=search_indexes(
            unit.cipher, body["authority"], body["number"], registers=unit.desk.other_registers()
        ) if body["number"] else None,
        check=(check["name"], check["outcome"]) if check else None,
    )  # fmt: skip


@blueprint.post("/v1/desk/figures")
@blueprint.arguments(schemas.FigureRequest)
def figures(body: Body) -> Response:
    """How much waits, was decided and was appealed, in the jurisdictions of who asks."""
    with attempt("desk.figures", "desk"):
        me = require(*ROLES).subject
    with work() as unit:
        who = reader(unit.accounts, me, caller().roles)
        if not who.at_desk:
            raise Forbidden(NO_VERIFIER)
        found = unit.desk.figures(who.places(_wanted(body["jurisdictions"])), me, days=body["days"], now=clock.now())
    return jsonify(_shown_figures(found))


def _shown_figures(figures: Figures) -> messages.DeskFigures:
    """The figures of the desk: each row of what waits is about all, one jurisdiction, one status or one age."""
    everything = next(
        one for one in figures.waiting if one.jurisdiction is None and one.status is None and one.band is None
    )
    by_age = {one.band: one.cases for one in figures.waiting if one.band is not None}
    ends: list[int | None] = [*AGE_HOURS, None]
    return messages.DeskFigures(
        waiting=everything.cases, taken=everything.taken, awaiting_second=everything.awaiting_second,
        appeals=everything.appeals, awaiting_applicant=figures.awaiting_applicant, mine=everything.mine,
        oldest=everything.oldest,
        by_jurisdiction=[
            messages.PlaceCount(jurisdiction=one.jurisdiction, cases=one.cases, oldest=one.oldest)
            for one in figures.waiting
            if one.jurisdiction is not None
        ],
        by_status=[
            messages.StatusCount(status=one.status, cases=one.cases) for one in figures.waiting if one.status is not None
        ],
        by_age=[
            messages.AgeCount(from_hours=begin, to_hours=end, cases=by_age.get(band, 0))
            for band, (begin, end) in enumerate(zip([0, *AGE_HOURS], ends, strict=True))
        ],
        decided=[message(messages.DecidedOnDay, one) for one in figures.decided],
        adverse=figures.adverse,
        appealed=figures.appealed,
    )  # fmt: skip


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


@blueprint.post("/v1/credentials/release")
def release_all() -> Response:
    """Give all cases back that the caller holds."""
    with attempt("credential.release", "desk"):
        verifier = require("VERIFIER").subject
        with work() as unit:
            me = writer(unit)
            released = once_per_key(
                unit, None, lambda: {"ids": usecases.release_cases(unit, verifier=me, now=clock.now())}
            )
            return jsonify(dump(unit, unit.credentials.several(released["ids"]), verifier))


@blueprint.put("/v1/credentials/<credential_id>/assignee")
@blueprint.arguments(schemas.Assignment)
def assign(body: Body, credential_id: str) -> Response:
    """Say which verifier is to look at a case."""
    return _act(
        "case.assign", credential_id,
        lambda unit, me: usecases.assign_case(
            unit, credential_id=credential_id, verifier=me, now=clock.now(), **body
        ),
    )  # fmt: skip


@blueprint.post("/v1/credentials/<credential_id>/notes")
@blueprint.arguments(schemas.Note)
def add_note(body: Body, credential_id: str) -> Response:
    """Write to the other verifiers about a case."""
    return _act(
        "case.note", credential_id,
        lambda unit, me: usecases.add_case_note(
            unit, credential_id=credential_id, verifier=me, now=clock.now(), **body
        ),
    )  # fmt: skip


@blueprint.post("/v1/credentials/<credential_id>/decision")
@blueprint.arguments(schemas.Decision)
def decide(body: Body, credential_id: str) -> Response:
    """Decide a case."""
    return _act(
        "credential.decide", credential_id,
        lambda unit, me: usecases.decide_credential(
            unit, credential_id=credential_id, verifier=me, now=clock.now(), **body
        ),
    )  # fmt: skip


@blueprint.post("/v1/credentials/<credential_id>/suspension")
@blueprint.arguments(schemas.CredentialSuspension)
def suspend(body: Body, credential_id: str) -> Response:
    """Suspend a validated credential."""
    return _act(
        "credential.suspend", credential_id,
        lambda unit, me: ending.suspend_credential(
            unit, credential_id=credential_id, verifier=me, now=clock.now(), **body
        ),
    )  # fmt: skip


@blueprint.post("/v1/credentials/<credential_id>/revocation")
@blueprint.arguments(schemas.Revocation)
def revoke(body: Body, credential_id: str) -> Response:
    """Revoke a credential."""
    return _act(
        "credential.revoke", credential_id,
        lambda unit, me: ending.revoke_credential(
            unit, credential_id=credential_id, verifier=me, now=clock.now(), **body
        ),
    )  # fmt: skip


@blueprint.post("/v1/credentials/<credential_id>/second")
@blueprint.arguments(schemas.Second)
def confirm(body: Body, credential_id: str) -> Response:
    """Agree or disagree as the second verifier."""
    return _act(
        "credential.confirm", credential_id,
        lambda unit, me: second_verifier.confirm_decision(
            unit, credential_id=credential_id, verifier=me, now=clock.now(), **body
        ),
    )  # fmt: skip
