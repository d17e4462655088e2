"""Bringing in people who did not sign up: a register's entries, an existing community, the demo network."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from catalogues.authorities import authorities
from kit import ids
from kit.errors import DomainError, Invalid
from kit.profile_fields import PLAIN
from kit.texts import fold, slug
from profiles.accounts import passwords
from profiles.accounts.domain import EmailAddress, find_email, parse_email
from profiles.accounts.passwords import Lane
from profiles.credentials import usecases as credentials_usecases
from profiles.desk import ending as desk_ending
from profiles.desk import usecases as desk_usecases
from profiles.desk.second_verifier import confirm_decision
from profiles.directory import usecases as profiles
from profiles.imports.domain import Imported, Outcome, age_of, day, status_of
from profiles.institutions.store import InstitutionStore
from profiles.mail.store import MailStore
from profiles.people import domain
from profiles.people.domain import Person, Standing
from profiles.people.usecases import checked_fields
from profiles.policies.files import Policy
from profiles.registers.usecases import recheck
from profiles.unit_of_work import UnitOfWork

_PROFILE = (*(field.name for field in PLAIN), "profession", "specialties", "primary_specialty", "regions")


def import_people(
    stores: UnitOfWork,
    policies: Sequence[Policy],
    *,
    source: str,
    rows: Sequence[dict[str, Any]],
    now: datetime,
    as_of: date | None = None,
) -> Outcome:
    """Store a batch; repeating it changes nothing, and one bad row does not stop the others.

    A row that is older than what is stored changes nothing, whatever the order in which files come.

    Args:
        rows: each with `ref` and `name`, and the fields of a profile; `claimed` False makes a directory profile;
            `email` makes an account, which cannot sign in unless `password` is given. A row with `deactivated_on` says only
            that its number is not in use any more.
        as_of: the day of the file.

    Raises:
        Invalid: a reference stands twice in the batch.
    """
    if len({row["ref"] for row in rows}) != len(rows):
        raise Invalid("A reference stands twice in this batch.", field=["people"])
    outcome = Outcome()
    stores.directory.wait_for_decisions(source)
    refs = [row["ref"] for row in rows]
    known, gone = stores.imports.known(source, refs), stores.imports.suppressed(source, refs)
    addresses = {row["ref"]: find_email(row["email"]) for row in rows if row.get("email")}
    taken = stores.imports.taken_emails([address.key for address in addresses.values() if address])
    wanted: list[tuple[dict[str, Any], Imported, dict[str, Any]]] = []
    noted: list[Imported] = []
    for row in rows:
        content = hashlib.sha256(orjson.dumps(row, option=orjson.OPT_SORT_KEYS)).digest()
        before, deactivated = known.get(row["ref"]), bool(row.get("deactivated_on"))
        try:
            age, status = age_of(row, as_of), status_of(row)
        except DomainError as error:
            outcome.rejected.append({"ref": row["ref"], "reason": error.message})
            continue
        entry = Imported(row["ref"], content, age, deactivated_on=day(row.get("deactivated_on"), of="deactivated_on"))
        if before is not None and age.before(before.age):
            outcome.ids[row["ref"]] = before.person_id
            outcome.unchanged += 1
            outcome.older += 1
            continue
        if before is not None and (before.content == content or before.kept or deactivated):
            # The same content, a profile that its owner keeps or hides now, or nothing but that the number is not in use.
            outcome.ids[row["ref"]] = before.person_id
            same = before.content == content
            if same and (as_of is None or before.age.file == as_of):
                outcome.unchanged += 1
                continue
            noted.append(replace(entry, status=status if deactivated else None))
            if deactivated and not same:
                outcome.deactivated.append(row["ref"])
            else:
                outcome.unchanged += 1
            continue
        if deactivated:
            outcome.skipped += 1
            continue
        if row["ref"] in gone:
            outcome.rejected.append({"ref": row["ref"], "reason": "its subject asked not to be listed"})
            continue
        try:
            fields = checked_fields({"name": row["name"]} | {k: row[k] for k in _PROFILE if row.get(k) is not None})
            if row.get("email"):
                address = addresses[row["ref"]] or parse_email(row["email"])
                if before is None and address.key in taken:
                    raise Invalid("this e-mail address has an account already")
                taken.add(address.key)
        except DomainError as error:
            outcome.rejected.append({"ref": row["ref"], "reason": error.message})
            continue
        wanted.append((row, entry, fields | {"practice_status": status}))

    places = {
        (row["institution"], (fields.get("regions") or [""])[0].split("-")[0])
        for row, _, fields in wanted
        if row.get("institution")
    }
    institutions = _by_given_name(stores.institutions, places)
    asked = [row["handle"] for row, _, _ in wanted if row.get("handle") and row["ref"] not in known]
    free = stores.imports.use_handles(asked) if asked else set()
    holders = stores.directory.holders(source, [row["ref"] for row, _, _ in wanted if row["ref"] not in known])
    people: list[Imported] = []
    for row, entry, fields in wanted:
        before = known.get(row["ref"])
        institution = institutions.get((row.get("institution") or "", (fields.get("regions") or [""])[0].split("-")[0]))
        person_id = ids.imported(source, "person", row["ref"])
        person = Person(
            id=person_id,
            handle=before.handle if before else _handle(row, fields["name"], person_id, free),
            name=fields["name"],
            profession=fields.get("profession"),
            practice_status=fields["practice_status"],
            specialties=fields.get("specialties", []),
            regions=fields.get("regions", []),
            institutions=[
                {"id": institution.id, "name": institution.name, "region": institution.region,
                 "role": None, "current": True, "verified": False}
            ] if institution else [],
            contacts=[],
            visibility={},
            claimed=row.get("claimed", True),
            provenance=row.get("provenance") or [],
            version=before.version + 1 if before else 1,
            created_at=row.get("joined_at") or now,
            plain={field.name: fields.get(field.name, field.empty) for field in PLAIN},
            hidden=row["ref"] in holders,
        )  # fmt: skip
        people.append(replace(entry, person=person, holder=holders.get(row["ref"])))
    _write(stores, policies, source, people, {row["ref"]: row for row, _, _ in wanted}, addresses, outcome, now)
    _note(stores, source, noted, outcome)
    return outcome


def _write(
    stores: UnitOfWork,
    policies: Sequence[Policy],
    source: str,
    people: Sequence[Imported],
    rows: dict[str, dict[str, Any]],
    addresses: dict[str, EmailAddress | None],
    outcome: Outcome,
    now: datetime,
) -> None:
    """Write profiles with their accounts; a row that another import has overtaken meanwhile changes nothing."""
    if not people:
        return
    versions = stores.imports.write(source, people)
    written = [
        (entry, replace(person, version=versions[person.id]))
        for entry in people
        if (person := entry.person) is not None and person.id in versions
    ]
    _add_accounts(stores, policies, {person.id: rows[entry.ref] for entry, person in written}, addresses, now)
    given = {
        person.id: ["MEMBER", *rows[entry.ref].get("roles", [])] if rows[entry.ref].get("email") else []
        for entry, person in written
    }
    stores.outbox.add_snapshots([domain.snapshot(person, Standing(roles=given[person.id])) for _, person in written])
    stores.audit.note(
        "import.people", actor="service:operator", object=f"source:{source}", reason=f"{len(written)} people"
    )
    outcome.stored = len(written)
    outcome.unchanged += len(people) - len(written)
    outcome.older += len(people) - len(written)
    outcome.held = [entry.ref for entry, _ in written if entry.holder is not None]
    outcome.ids |= {entry.ref: entry.person.id for entry in people if entry.person is not None}


def _note(stores: UnitOfWork, source: str, noted: Sequence[Imported], outcome: Outcome) -> None:
    """Note what a file says of entries whose profiles stay, and let the graph know whose number is not in use any more."""
    if not noted:
        return
    done = stores.imports.note(source, noted)
    overtaken = [ref for ref in outcome.deactivated if ref not in done]
    outcome.deactivated = [ref for ref in outcome.deactivated if ref in done]
    outcome.unchanged += len(overtaken)
    outcome.older += len(overtaken)
    for ref in outcome.deactivated:
        stores.publish(done[ref])
    if outcome.deactivated:
        stores.audit.note(
            "import.deactivate", actor="service:operator", object=f"source:{source}",
            reason=f"{len(outcome.deactivated)} people",
        )  # fmt: skip


def follow_import(work: UnitOfWork, *, source: str, outcome: Outcome, now: datetime) -> int:
    """Let credentials follow a batch: a number that is not in use any more opens the cases that rest on it.

    This is a transaction of its own, because a decision about a credential waits for imports while it holds the credential.

    Returns:
        how many cases were opened.
    """
    for ref in outcome.held:
        profiles.join(work, source=source, profile_id=outcome.ids[ref], ref=ref)
    found = [work.credentials.get(own) for own in work.directory.validated(source, outcome.deactivated)]
    return recheck(work, [credential for credential in found if credential is not None], now=now)


def _handle(row: dict[str, Any], name: str, person_id: str, free: set[str]) -> str:
    """The handle that a row asks for, if it may have it; else one of its own."""
    if row.get("handle") in free:
        free.remove(row["handle"])
        return str(row["handle"])
    return f"{slug(name)[:40] or 'member'}-{person_id[:8]}"


def _by_given_name(store: InstitutionStore, places: set[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    clean = {(name, region): " ".join(name.split())[:200] for name, region in places}
    found = store.find_or_add_many([(short, region) for (_, region), short in clean.items()])
    return {(name, region): found[(fold(short), region)] for (name, region), short in clean.items()}


def _add_accounts(
    stores: UnitOfWork,
    policies: Sequence[Policy],
    rows: dict[str, dict[str, Any]],
    addresses: dict[str, EmailAddress | None],
    now: datetime,
) -> None:
    for person_id, row in rows.items():
        address = addresses.get(row["ref"])
        if address is None:
            continue
        password = row.get("password")
        stores.accounts.add(
            person_id=person_id,
            email=address,
            password_hash=passwords.hash_password(password, lane=Lane.OPERATOR) if password else None,
            created_at=now,
            confirmed=True,  # whoever imports a community vouches for its addresses
        )
        stores.roles.grant(person_id, ["MEMBER", *row.get("roles", [])])
        if password:
            stores.accepted.accept(person_id, [(p.id, p.edition) for p in policies if p.must_accept], at=now)


class NoMail(MailStore):
    """Sends nothing: the demo's people do not exist."""

    def send(self, kind: str, *, person_id: str | None = None, address: str | None = None, **data: Any) -> None:
        """Queue nothing."""

    def send_many(self, kind: str, people: list[str], **data: Any) -> None:
        """Queue nothing."""


def add_demo_credentials(
    work: UnitOfWork, *, rows: Sequence[dict[str, Any]], verifier: str, second_verifier: str, now: datetime
) -> int:
    """Take invented credentials through the same steps as real ones, to the status that each row names.

    One of the same kind, authority and place that a person has already stays as it is, so that repeating is harmless: also
    where the demo network is loaded again because only the graph lost it.
    Each comes a millisecond after the one before it, so that the desk lists them in the order of the rows at every start.

    Args:
        rows: each with `person_id`, the fields of a submission, and `status`.

    Returns:
        how many were added.
    """
    present = {
        (person, one.kind, one.authority, one.jurisdiction)
        for person in {str(row["person_id"]) for row in rows}
        for one in work.credentials.of_person(person)
    }
    fresh = [
        row
        for row in rows
        if (str(row["person_id"]), row["kind"], row.get("authority"), row["jurisdiction"].upper()) not in present
    ]
    for number, row in enumerate(fresh):
        at = now - timedelta(milliseconds=len(fresh) - number)
        credential = credentials_usecases.submit_credential(
            work,
            person_id=row["person_id"],
            kind=row["kind"],
            authority=row.get("authority"),
            institution=None,
            number=row.get("number"),
            jurisdiction=row["jurisdiction"],
            specialty=row.get("specialty"),
            issued_on=_date(row.get("issued_on")),
            expires_on=_date(row.get("expires_on")),
            now=at,
        )
        _take_to(work, row, credential.id, verifier, second_verifier, at)
    return len(fresh)


def _take_to(
    work: UnitOfWork, row: dict[str, Any], credential_id: str, verifier: str, second_verifier: str, now: datetime
) -> None:
    """Take one credential from ATTESTED to the status that its row names."""
    status = row["status"]
    if status == "IN_PROCESS":
        desk_usecases.take_case(work, credential_id=credential_id, verifier=verifier, now=now)
    if status == "ENTERED_IN_ERROR":
        credentials_usecases.withdraw_credential(work, credential_id=credential_id, person_id=row["person_id"], now=now)
    if status in {"VAL_FAIL", "VALIDATED", "REQ_REVALID", "REVAL_FAIL"}:
        rejected = status == "VAL_FAIL"
        desk_usecases.take_case(work, credential_id=credential_id, verifier=verifier, now=now)
        source = authorities().get(row.get("authority") or "")
        called = not rejected and (source is None or source.url is None)  # there is no page of a register to look at
        decided = desk_usecases.decide_credential(
            work,
            credential_id=credential_id,
            verifier=verifier,
            decision="REJECT" if rejected else "VALIDATE",
            reason="NUMBER_NOT_FOUND" if rejected else "CONFIRMED_AT_SOURCE",
            standing=None if rejected else row.get("standing"),
            method="CALL" if called else None,
            source_url=None,
            note="The register has no entry under this number."
            if rejected
            else "Seen in a video call with the document."
            if called
            else None,
            expected_version=None,
            now=now,
        )
        if decided.pending_decision == "VALIDATE":
            # A check failed, which happens to invented numbers too: the second verifier agrees.
            decided = confirm_decision(
                work, credential_id=credential_id, verifier=second_verifier, agree=True, now=now,
                expected_version=decided.version,
            )  # fmt: skip
        if status == "REQ_REVALID":
            desk_ending.suspend_credential(
                work, credential_id=credential_id, verifier=verifier, reason="REGISTER_CHANGED", note=None, now=now,
                expected_version=decided.version,
            )  # fmt: skip
        if status == "REVAL_FAIL":
            revoked = desk_ending.revoke_credential(
                work, credential_id=credential_id, verifier=verifier, reason="REGISTER_CHANGED", effective_on=None,
                note=None, now=now, expected_version=decided.version,
            )  # fmt: skip
            confirm_decision(
                work, credential_id=credential_id, verifier=second_verifier, agree=True, now=now,
                expected_version=revoked.version,
            )  # fmt: skip


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
