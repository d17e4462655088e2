"""HTTP: one's own credentials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import Response, jsonify

from contracts import credentials as messages
from contracts import desk as desk_messages
from contracts.accounts import RoleGrant as RoleGrantMessage
from contracts.messages import Page
from contracts.messages import of as message
from kit import clock, cursors, ids
from kit.fields import PageSchema
from kit.web import ServiceBlueprint, caller
from profiles.checks.domain import for_owner
from profiles.credentials import schemas, usecases
from profiles.credentials.access import Reader, may_work_in, reader
from profiles.credentials.domain import Credential, proposed_fields
from profiles.desk.domain import Facts
from profiles.evidence.usecases import download_addresses
from profiles.roles.domain import VERIFIER, RoleGrant, grant_at
from profiles.roles.views import shown_grant
from profiles.unit_of_work import UnitOfWork
from profiles.wiring import attempt, once_per_key, wiring, work, writer

Names = dict[str, tuple[str, str | None]]  # what people are called on their profiles and by their credentials

blueprint = ServiceBlueprint("credentials", __name__, description="Credentials and their verification")


def dump(unit: UnitOfWork, credentials: Sequence[Credential], viewer: str) -> list[messages.Credential]:
    """Credentials as their owner and verifiers see them, with documents to download.

    Owners see of their own cases what they have said and what was decided, and not what checks have found out about others.
    Which version of a case somebody else was shown is remembered: they suspend, revoke or confirm that one.
    """
    parts, now = wiring(), clock.now()
    documents = unit.evidence.of([c.id for c in credentials])
    addresses = download_addresses(
        documents, parts.signer, viewer=viewer, public_url=parts.settings.issuer, now=now
    )  # fmt: skip
    others = [credential for credential in credentials if credential.person_id != viewer]
    unit.credentials.note_readings(viewer, others)
    earlier = unit.decisions.about([credential.id for credential in others]) if others else {}
    found = unit.desk.facts(others)
    acting = _actors(others, found)
    grants = unit.roles.all_grants(acting, role=VERIFIER) if acting else {}
    grants = {person: grants.get(person, []) for person in acting}
    names = unit.people.names_of([*(one.person_id for one in credentials), *acting]) if credentials else {}
    who = reader(unit.accounts, viewer, caller().roles) if others else None
    rows = []
    for credential in credentials:
        declared, verified = names.get(credential.person_id, (None, None))
        shown = dict[str, Any](
            proposed=_proposed(credential), declared_name=declared, verified_name=verified,
            earlier_decisions=[message(messages.EarlierDecision, one) for one in earlier.get(credential.id, ())],
            evidence=[
                message(messages.Evidence, one, download_url=addresses[one.id])
                for one in documents
                if one.credential_id == credential.id
            ],
        )  # fmt: skip
        if credential.person_id == viewer:
            shown |= {
                "checks": [message(messages.Check, one) for one in for_owner(credential)],
                "pending_fields": None,
            }
        elif who is not None:
            shown |= _grants(credential, grants, names) | {
                "case_file": _case_file(credential, found[credential.id], names, who)
            }
        if credential.lease_until is not None and credential.lease_until <= now:
            shown |= {"taken_by": None, "lease_until": None, "taken_by_name": None}
        rows.append(message(messages.Credential, replace(credential, proposed=None), **shown))
    return rows


def _actors(credentials: Sequence[Credential], facts: dict[str, Facts]) -> set[str]:
    """The people beside the owners who have to do with cases: in the history, at work, assigned, and by their notes."""
    return {
        person
        for one in credentials
        for person in (
            one.pending_by, one.taken_by, one.assigned_to, *(event.actor for event in one.history),
            *(note.author for note in facts[one.id].notes),
        )
        if person is not None and person != one.person_id and ids.valid(person)
    }  # fmt: skip


def _name_of(person: str | None, names: Names) -> str | None:
    """What somebody is called: by their verified name, where there is one."""
    declared, verified = names.get(person or "", (None, None))
    return verified or declared


def _case_file(credential: Credential, facts: Facts, names: Names, who: Reader) -> desk_messages.CaseFile:
    """What a verifier finds beside a case."""
    elsewhere = {"credential_id": None, "person_id": None, "name": None}
    return desk_messages.CaseFile(
        other_credentials=[message(desk_messages.OtherCredential, one) for one in facts.other_credentials],
        conflicts=[
            message(desk_messages.CaseConflict, one, **({} if may_work_in(who.limits, one.jurisdiction) else elsewhere))
            for one in facts.conflicts
        ],
        register_row=message(desk_messages.RegisterRow, facts.register_row) if facts.register_row else None,
        claim=message(desk_messages.ProfileClaim, facts.claim) if facts.claim else None,
        notes=[
            desk_messages.CaseNote(
                id=one.id, author=one.author, author_name=_name_of(one.author, names), at=one.at, text=one.text
            )
            for one in facts.notes
        ],
        assigned_to=credential.assigned_to,
        assignee_name=_name_of(credential.assigned_to, names),
    )


def _grants(credential: Credential, grants: dict[str, list[RoleGrant]], names: Names) -> dict[str, Any]:
    """A credential's history and the decision that waits, each with who gave its verifier the role, and people by name."""

    def shown(person: str | None, at: datetime | None) -> RoleGrantMessage | None:
        known = person in grants and at is not None and person != credential.person_id
        return shown_grant(VERIFIER, grant_at(grants[person], at)) if known and person and at else None

    return {
        "history": [
            message(
                messages.Event, event, role_grant=shown(event.actor, event.at), actor_name=_name_of(event.actor, names)
            )
            for event in credential.history
        ],
        "pending_role_grant": shown(credential.pending_by, credential.pending_at),
        "pending_by_name": _name_of(credential.pending_by, names),
        "taken_by_name": _name_of(credential.taken_by, names),
    }


def _proposed(credential: Credential) -> messages.Proposal | None:
    """What the owner would change, beside which fields that is."""
    fields = proposed_fields(credential)
    return message(messages.Proposal, SimpleNamespace(**fields, changes=sorted(fields))) if fields else None


def listed(credential: messages.Credential, cursor: str) -> messages.CredentialRow:
    """A credential with its place in a list."""
    return message(messages.CredentialRow, credential, cursor=cursor)


def answered(unit: UnitOfWork, credential_id: str, viewer: str) -> Response:
    """The answer with one credential as it is now."""
    found = unit.credentials.get(credential_id)
    assert found is not None
    return jsonify(dump(unit, unit.credentials.with_history([found]), viewer)[0])


def changed_once(unit: UnitOfWork, request_body: Any, viewer: str, act: Callable[[], Credential]) -> Response:
    """Run an act on a credential once for the request's key, and answer the credential as it is now.

    Only the id is stored with the key: a credential holds a register number.
    """
    return answered(unit, once_per_key(unit, request_body, lambda: {"id": act().id})["id"], viewer)


@blueprint.post("/v1/me/credentials/own-numbers")
@blueprint.arguments(schemas.Numbers)
def own_numbers(body: dict[str, Any]) -> Response:
    """Which of these texts are register numbers of the caller; for the privacy guard of other services."""
    return jsonify(own=sorted(own_credential_numbers(caller().subject, body["texts"])))


def own_credential_numbers(person_id: str, texts: list[str]) -> set[str]:
    """Which of these texts are register numbers of a person; of none where a service asks for itself."""
    if not ids.valid(person_id):
        return set()
    with work(counts_as_change=False) as unit:  # inside the transaction of what is being changed
        return usecases.own_numbers(unit.credentials, person_id, texts)


@blueprint.post("/v1/me/credentials")
@blueprint.arguments(schemas.Submission)
def submit(body: dict[str, Any]) -> tuple[Response, int]:
    """Submit a credential."""
    with attempt("credential.submit", "credential:new"), work() as unit:
        person = writer(unit)

        return changed_once(
            unit, body, person,
            lambda: usecases.submit_credential(unit, person_id=person, now=clock.now(), **body),
        ), 201  # fmt: skip


@blueprint.post("/v1/me/credentials/search")
@blueprint.arguments(PageSchema)
def own(body: dict[str, Any]) -> Response:
    """One's own credentials, oldest first."""
    me = caller().subject
    mark = cursors.fingerprint("credentials", me)
    with work() as unit:
        total = cursors.count(body["count"], lambda most: unit.credentials.own_page(me, after=None, first=most))
        found = unit.credentials.own_page(me, after=cursors.moment_after(body["after"], mark), first=body["first"] + 1)
        shown = unit.credentials.with_history(found[: body["first"]])
        rows = dump(unit, shown, me)
    return jsonify(
        Page(
            rows=[listed(row, cursors.encode(mark, [row.submitted_at.isoformat(), row.id])) for row in rows],
            total=total.number,
            at_least=total.at_least,
            has_next=len(found) > body["first"],
        )
    )


@blueprint.patch("/v1/me/credentials/<credential_id>")
@blueprint.arguments(schemas.Update)
def update(body: dict[str, Any], credential_id: str) -> Response:
    """Change one's own credential."""
    asked = dict(body)
    message, expected = body.pop("message"), body.pop("expected_version")
    with attempt("credential.update", f"credential:{credential_id}"), work() as unit:
        person = writer(unit)
        return changed_once(
            unit, asked, person,
            lambda: usecases.update_credential(
                unit, credential_id=credential_id, person_id=person, changes=body, message=message,
                expected_version=expected, now=clock.now(),
            ),
        )  # fmt: skip


@blueprint.post("/v1/me/credentials/<credential_id>/withdraw")
def withdraw(credential_id: str) -> Response:
    """Take one's own credential back."""
    me = caller().subject
    with attempt("credential.withdraw", f"credential:{credential_id}"), work() as unit:
        return changed_once(
            unit, None, me,
            lambda: usecases.withdraw_credential(
                unit, credential_id=credential_id, person_id=me, now=clock.now()
            ),
        )  # fmt: skip


@blueprint.post("/v1/me/credentials/<credential_id>/appeal")
@blueprint.arguments(schemas.Appeal)
def appeal(body: dict[str, Any], credential_id: str) -> Response:
    """Appeal against a decision."""
    me = caller().subject
    with attempt("credential.appeal", f"credential:{credential_id}"), work() as unit:
        return changed_once(
            unit, body, me,
            lambda: usecases.appeal_credential(
                unit, credential_id=credential_id, person_id=me, now=clock.now(), **body
            ),
        )  # fmt: skip


@blueprint.get("/v1/credentials/<credential_id>")
def read(credential_id: str) -> Response:
    """One credential, for its owner, verifiers of its jurisdiction and admins; an empty list for anybody else."""
    me = caller()
    with work() as unit:
        found, who = unit.credentials.get(credential_id), reader(unit.accounts, me.subject, me.roles)
        if found is None or not who.sees(found):
            return jsonify([])
        if who.works_on(found):
            unit.audit.note_read(
                "credential.read", actor=me.subject, object=f"credential:{found.id}", count=1, now=clock.now()
            )
        return jsonify(dump(unit, unit.credentials.with_history([found]), me.subject))


@blueprint.get("/v1/credentials/of/<part_id>")
def read_of(part_id: str) -> Response:
    """The credential to which a document or a note of verifiers belongs, to the same people as the credential itself."""
    with work() as unit:
        own = unit.evidence.credential_of(part_id)
    return read(own) if own is not None else jsonify([])
