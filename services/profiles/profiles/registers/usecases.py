"""Bringing in copies of registers and lists of sanctions, and checking again what was validated before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from catalogues import authorities
from kit import ids
from kit.errors import Conflict, DomainError, Invalid, NotFound
from kit.texts import check_text, fold
from profiles.checks.usecases import check
from profiles.credentials.casework import open_review, question
from profiles.credentials.domain import PROPOSALS, STANDINGS, VALIDATED, Credential
from profiles.registers.store import RegisterStore
from profiles.unit_of_work import UnitOfWork

RECHECK_BATCH = 200


def _authority(authority: str) -> authorities.Authority:
    found = authorities.authorities().get(authority)
    if found is None:
        raise Invalid("No authority has this id; `authorities` lists them.", field=["authority"])
    return found


def begin_snapshot(registers: RegisterStore, *, snapshot_id: str, authority: str, as_of: date, now: datetime) -> None:
    """Start a new copy of a register; it counts once it is whole.

    Raises:
        Invalid: unknown authority, or a date in the future.
    """
    _authority(authority)
    if ids.valid(snapshot_id) is None:
        raise Invalid("A snapshot's id must be a UUID.", field=["id"])
    if as_of > now.date():
        raise Invalid("A copy cannot be of a day in the future.", field=["asOf"])
    registers.begin(snapshot_id, authority, as_of, now=now)


def _entry(register: authorities.Authority, row: dict[str, Any]) -> dict[str, Any]:
    number = authorities.normalise_number(str(row.get("number") or ""), register)
    if not authorities.well_formed(register, number):
        raise Invalid("the number has not the register's format")
    standing = str(row.get("standing") or "GOOD").upper()
    if standing not in STANDINGS:
        raise Invalid(f"{standing[:40]!r} is no standing")
    name = check_text(str(row.get("name") or ""), field="name", shortest=1, longest=200, one_line=True, guarded=False)
    try:
        expires = date.fromisoformat(row["expires_on"]).isoformat() if row.get("expires_on") else None
    except ValueError as error:
        raise Invalid("expires_on is no date like 2027-12-31") from error
    return {
        "number": number,
        "name": name,
        "standing": standing,
        "specialty": row.get("specialty"),
        "expires_on": expires,
    }


def add_entries(
    registers: RegisterStore, *, snapshot_id: str, rows: Sequence[dict[str, Any]]
) -> tuple[int, list[dict[str, Any]]]:
    """Add rows to a copy that is being brought in.

    Returns:
        how many were stored, and the refused ones as {position, reason}.

    Raises:
        NotFound: no such copy was begun.
        Conflict: it counts already.
    """
    found = registers.authority_of(snapshot_id) if ids.valid(snapshot_id) else None
    if found is None:
        raise NotFound("No such copy of a register was begun.", field=["id"])
    if found[1]:
        raise Conflict("This copy is whole already.")
    register, good, refused = _authority(found[0]), [], []
    for position, row in enumerate(rows):
        try:
            good.append(_entry(register, row))
        except DomainError as error:
            refused.append({"position": position, "reason": error.message})
    if good:
        registers.add_entries(snapshot_id, register.id, good)
    return len(good), refused


def activate_snapshot(registers: RegisterStore, *, snapshot_id: str, actor: str, work: UnitOfWork) -> tuple[str, int]:
    """Let a whole copy count.

    Returns:
        the authority and how many entries there are.

    Raises:
        NotFound: no such copy was begun.
    """
    found = registers.authority_of(snapshot_id) if ids.valid(snapshot_id) else None
    if found is None:
        raise NotFound("No such copy of a register was begun.", field=["id"])
    entries = registers.activate(snapshot_id, found[0])
    work.audit.note("register.import", actor=actor, object=f"authority:{found[0]}", reason=f"{entries} entries")
    return found[0], entries


def recheck(work: UnitOfWork, credentials: Sequence[Credential], *, now: datetime) -> int:
    """Check validated credentials again; what is absent, changed or sanctioned stops counting and comes to the desk.

    Returns:
        how many cases were opened.
    """
    opened = 0
    for found in credentials:
        credential = work.credentials.lock(found.id)
        if credential is None or credential.status != VALIDATED:
            continue
        checked = check(work, credential, now=now)
        outcome = {one.name: one.outcome for one in checked.checks}
        asked = (credential.authority or "", credential.number or "")
        standing = work.registers.look_up(*asked)[1] or work.directory.look_up(*asked)[1]
        # A verifier has looked at what was known before; each month's copy of a list has the same names again.
        newly_listed = outcome["SANCTIONS"] == "WARN" and _listed(checked) != _listed(credential)
        if outcome["SANCTIONS"] == "FAIL":
            question(
                work, checked, reason="SANCTIONED", standing=credential.standing, actor="service:register", now=now
            )
        elif outcome["REGISTER_MATCH"] == "FAIL" or outcome["NAME_MATCH"] == "FAIL":
            question(
                work, checked, reason="REGISTER_CHANGED", standing=standing.standing if standing else "UNKNOWN",
                actor="service:register", now=now,
            )  # fmt: skip
        elif (newly_listed or _changed(outcome, checked)) and (
            credential.review_reason is None or credential.review_reason in PROPOSALS
        ):
            open_review(work, checked, "REGISTER_CHANGED", now=now)
        else:
            continue
        opened += 1
    return opened


def _listed(credential: Credential) -> str | None:
    """What the lists of sanctions say of a credential."""
    return next((one.detail for one in credential.checks if one.name == "SANCTIONS" and one.outcome == "WARN"), None)


def _changed(outcome: dict[str, str], credential: Credential) -> bool:
    """Whether the register says something else than what was validated, without contradicting it."""
    return outcome["EXPIRY"] in {"FAIL"} or (outcome["REGISTER_MATCH"] == "WARN" and credential.standing == "GOOD")


def import_sanctions(
    registers: RegisterStore, *, source: str, rows: Sequence[dict[str, Any]], now: datetime
) -> tuple[int, list[dict[str, Any]]]:
    """Put a list of sanctions in the place of the one before.

    Returns:
        how many were stored, and the refused ones as {position, reason}.
    """
    good, refused = [], []
    for position, row in enumerate(rows):
        try:
            name = check_text(
                str(row.get("name") or ""), field="name", shortest=2, longest=200, one_line=True, guarded=False
            )
            entry: dict[str, Any] = {"name": name, "name_key": fold(name), "country": row.get("country") or None}
            if row.get("number"):
                register = _authority(str(row.get("authority") or ""))
                entry |= {
                    "authority": register.id,
                    "number": authorities.normalise_number(str(row["number"]), register),
                }
            if row.get("imposed_on"):
                entry["imposed_on"] = date.fromisoformat(row["imposed_on"]).isoformat()
            good.append(entry)
        except (DomainError, ValueError) as error:
            refused.append({"position": position, "reason": str(error)})
    registers.replace_sanctions(source, good, now=now)
    return len(good), refused
