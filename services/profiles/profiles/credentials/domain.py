"""Credentials: the legal transitions of their verification, in FHIR's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kit.errors import Conflict

ATTESTED, IN_PROCESS, VALIDATED = "ATTESTED", "IN_PROCESS", "VALIDATED"
REQ_REVALID, VAL_FAIL, REVAL_FAIL, ENTERED_IN_ERROR = "REQ_REVALID", "VAL_FAIL", "REVAL_FAIL", "ENTERED_IN_ERROR"
STATUSES = (ATTESTED, IN_PROCESS, VALIDATED, REQ_REVALID, VAL_FAIL, REVAL_FAIL, ENTERED_IN_ERROR)
FINAL = frozenset({VAL_FAIL, REVAL_FAIL, ENTERED_IN_ERROR})
ON_THE_DESK = (ATTESTED, IN_PROCESS, REQ_REVALID)
KINDS = ("LICENCE", "SPECIALIST_CERTIFICATE", "DEGREE", "EMPLOYMENT", "IDENTITY")
STANDINGS = ("GOOD", "CONDITIONS", "SUSPENDED", "REVOKED", "LAPSED", "UNKNOWN")
METHODS = ("PRIMARY_SOURCE", "REGISTER_SNAPSHOT", "DOCUMENT", "EMPLOYER", "SELF_ASSERTED")
DECISIONS = ("VALIDATE", "REJECT", "REQUEST_INFO")
REASONS = (
    "CONFIRMED_AT_SOURCE", "CONFIRMED_BY_DOCUMENT", "NUMBER_NOT_FOUND", "NAME_MISMATCH", "EXPIRED", "SANCTIONED",
    "FORGED_DOCUMENT", "DUPLICATE", "INSUFFICIENT_EVIDENCE", "REGISTER_CHANGED", "ENTERED_IN_ERROR", "OTHER",
)  # fmt: skip
LEASE_MINUTES = 15

# (status, act) → status. What is not here is refused. A rejection after an earlier validation is REVAL_FAIL.
TRANSITIONS = {
    (ATTESTED, "TAKE"): IN_PROCESS,
    (REQ_REVALID, "TAKE"): IN_PROCESS,
    (IN_PROCESS, "TAKE"): IN_PROCESS,
    (IN_PROCESS, "RELEASE"): ATTESTED,
    (IN_PROCESS, "VALIDATE"): VALIDATED,
    (IN_PROCESS, "REJECT"): VAL_FAIL,
    (IN_PROCESS, "REQUEST_INFO"): ATTESTED,
    (VALIDATED, "SUSPEND"): REQ_REVALID,
    (VALIDATED, "REVOKE"): REQ_REVALID,
    (VALIDATED, "EXPIRE"): REQ_REVALID,
    (REQ_REVALID, "CONFIRM"): REVAL_FAIL,
    (REQ_REVALID, "RESTORE"): VALIDATED,
    **{(status, "WITHDRAW"): ENTERED_IN_ERROR for status in (ATTESTED, IN_PROCESS, VALIDATED, REQ_REVALID)},
}


@dataclass(frozen=True)
class Event:
    """One step in a credential's history; `actor` is a person's id or `service:<name>`."""

    at: datetime
    actor: str
    from_status: str | None
    to_status: str
    reason: str | None
    note: str | None


@dataclass(frozen=True)
class Credential:
    """A credential as stored; `number` is in clear and goes to the owner and verifiers only."""

    id: str
    person_id: str
    kind: str
    authority: str | None
    institution_id: str | None
    number: str | None
    specialty: str | None
    jurisdiction: str
    status: str
    revalidation: bool
    standing: str
    method: str | None
    source_url: str | None
    issued_on: date | None
    expires_on: date | None
    checked_on: date | None
    submitted_at: datetime
    requested_info: str | None
    taken_by: str | None
    lease_until: datetime | None
    version: int
    history: tuple[Event, ...] = ()


def next_status(credential: Credential, act: str) -> str:
    """The status that an act leads to.

    Raises:
        Conflict: the act is not legal in the credential's status.
    """
    following = TRANSITIONS.get((credential.status, act))
    if following is None:
        raise Conflict(
            f"The case is {credential.status}; {act.lower().replace('_', ' ')} is not possible any more.",
            current_version=credential.version,
        )
    if credential.revalidation and following == VAL_FAIL:
        return REVAL_FAIL
    if credential.revalidation and act in {"RELEASE", "REQUEST_INFO"}:
        return REQ_REVALID
    return following


def leased_to_other(credential: Credential, verifier: str, now: datetime) -> bool:
    """Whether another verifier works on the case."""
    return (
        credential.status == IN_PROCESS
        and credential.taken_by not in {None, verifier}
        and credential.lease_until is not None
        and credential.lease_until > now
    )
