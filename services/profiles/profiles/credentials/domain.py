"""Credentials: the legal transitions of their verification, in FHIR's words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kit.errors import Conflict, Invalid
from profiles.credentials.kinds import kind_of
from profiles.people.domain import Holder, OtherName

ATTESTED, IN_PROCESS, VALIDATED = "ATTESTED", "IN_PROCESS", "VALIDATED"
REQ_REVALID, VAL_FAIL, REVAL_FAIL, ENTERED_IN_ERROR = "REQ_REVALID", "VAL_FAIL", "REVAL_FAIL", "ENTERED_IN_ERROR"
STATUSES = (ATTESTED, IN_PROCESS, VALIDATED, REQ_REVALID, VAL_FAIL, REVAL_FAIL, ENTERED_IN_ERROR)
ENDED = frozenset({VAL_FAIL, REVAL_FAIL, ENTERED_IN_ERROR})
STANDINGS = ("GOOD", "CONDITIONS", "SUSPENDED", "REVOKED", "LAPSED", "UNKNOWN")
METHODS = ("PRIMARY_SOURCE", "REGISTER_SNAPSHOT", "DOCUMENT", "EMPLOYER", "CALL", "SELF_ASSERTED")
DECISIONS = ("VALIDATE", "REJECT", "REQUEST_INFO")
REASONS = (
    "CONFIRMED_AT_SOURCE", "CONFIRMED_BY_DOCUMENT", "NUMBER_NOT_FOUND", "NAME_MISMATCH", "EXPIRED", "SANCTIONED",
    "FORGED_DOCUMENT", "DUPLICATE", "INSUFFICIENT_EVIDENCE", "REGISTER_CHANGED", "ENTERED_IN_ERROR", "OTHER",
)  # fmt: skip
# Which reasons fit which decision.
_ADVERSE = frozenset(REASONS) - {"CONFIRMED_AT_SOURCE", "CONFIRMED_BY_DOCUMENT"}
REASONS_FOR = {
    "VALIDATE": frozenset({"CONFIRMED_AT_SOURCE", "CONFIRMED_BY_DOCUMENT", "OTHER"}),
    "REJECT": _ADVERSE,
    "REQUEST_INFO": _ADVERSE - {"SANCTIONED", "FORGED_DOCUMENT"},
    "SUSPEND": _ADVERSE - {"INSUFFICIENT_EVIDENCE"},
    "REVOKE": _ADVERSE - {"INSUFFICIENT_EVIDENCE"},
}
# Which methods fit a validation's reason; the first is the one that is meant where none is named.
METHODS_FOR = {
    "CONFIRMED_AT_SOURCE": ("PRIMARY_SOURCE", "REGISTER_SNAPSHOT", "CALL", "EMPLOYER"),
    "CONFIRMED_BY_DOCUMENT": ("DOCUMENT",),
    "OTHER": ("PRIMARY_SOURCE", "REGISTER_SNAPSHOT", "DOCUMENT", "CALL", "EMPLOYER"),
}
LEASE_MINUTES = 15
SUSPENSION_HOURS = 72  # what one verifier's suspensions of a person's credentials hold without a second
REPEAT_DAYS = 30  # how long who suspended in vain leaves suspending the person's credentials to others
PENDING_DAYS = 14  # how long other decisions wait for a second verifier
APPEAL_DAYS = 60

# (status, act) → status; what is not here is refused. Where a credential was valid before, a rejection leads to
# REVAL_FAIL, and what would lead back to ATTESTED leads to REQ_REVALID. A VALIDATED one that is on the desk for
# review goes on counting until it is decided. Nothing leaves an ended status but an appeal.
TRANSITIONS = {
    (ATTESTED, "TAKE"): IN_PROCESS,
    (REQ_REVALID, "TAKE"): IN_PROCESS,
    (IN_PROCESS, "TAKE"): IN_PROCESS,
    (VALIDATED, "TAKE"): VALIDATED,
    (IN_PROCESS, "RELEASE"): ATTESTED,
    (VALIDATED, "RELEASE"): VALIDATED,
    (IN_PROCESS, "VALIDATE"): VALIDATED,
    (VALIDATED, "VALIDATE"): VALIDATED,
    (IN_PROCESS, "PROPOSE"): IN_PROCESS,
    (IN_PROCESS, "REJECT"): VAL_FAIL,
    (IN_PROCESS, "REQUEST_INFO"): ATTESTED,
    (VALIDATED, "REQUEST_INFO"): VALIDATED,
    (VALIDATED, "DECLINE"): VALIDATED,
    (VALIDATED, "SUSPEND"): REQ_REVALID,
    (VALIDATED, "REVOKE"): REQ_REVALID,
    (REQ_REVALID, "REVOKE"): REQ_REVALID,
    (VALIDATED, "EXPIRE"): REQ_REVALID,
    (VALIDATED, "QUESTION"): REQ_REVALID,
    (REQ_REVALID, "CONFIRM"): REVAL_FAIL,
    (REQ_REVALID, "UPHOLD"): REQ_REVALID,
    (REQ_REVALID, "RESTORE"): VALIDATED,
    # The copy of a register that opened the case was undone.
    **{(status, "CLOSE_REVIEW"): VALIDATED for status in (REQ_REVALID, IN_PROCESS, VALIDATED)},
    (VAL_FAIL, "APPEAL"): ATTESTED,
    (REVAL_FAIL, "APPEAL"): REQ_REVALID,
    (REQ_REVALID, "APPEAL"): REQ_REVALID,
    **{(status, "UPDATE"): status for status in (ATTESTED, VALIDATED, REQ_REVALID)},
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
class Check:
    """The outcome of one automatic check: PASS, WARN, FAIL or SKIPPED, with a sentence."""

    name: str
    outcome: str
    detail: str
    at: datetime


@dataclass(frozen=True)
class OtherAuthority:
    """An authority that the catalogue does not have, as a credential's owner names it; `url` is its web page."""

    name: str
    url: str | None = None

    @classmethod
    def stored(cls, value: dict[str, str] | None) -> OtherAuthority | None:
        """Return the authority behind a stored JSON value."""
        return cls(value["name"], value.get("url")) if value else None


@dataclass(frozen=True)
class Credential:
    """A credential as stored; `number` is in clear and goes to the owner and verifiers only.

    Args:
        revalidation: whether it was valid before.
        desk_since: since when it waits on the desk; None when it does not.
        pending_decision: SUSPEND, REVOKE or VALIDATE, which waits for a second verifier.
        decided_by: who took part in the last decision; an appeal goes to somebody else.
        proposed: what its owner would change, as stored; applied when it is validated again. `with_proposed` reads it.
        holder: the person as this case names them; a verifier decides about them under this name. Of a NAME, the name
            beside which the other one is shown: the verified one, where there is one.
        other_name: what a NAME says; None of all other kinds.
        seen_version: the version that was answered to who took the case; their decision is about that one.
        assigned_to: the verifier who is to look at the case; any other may take it all the same.
        stage: counts the verifiers' and the clock's steps; an address for an upload holds for one stage.
        proves_identity: whether this licence says who its owner is too; see `desk.identity`.
        number_typed: the number as its owner typed it; None of those from before it was stored.
        other_authority: what the owner says of an authority that has no row in the catalogue.
    """

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
    previous_standing: str | None = None
    desk_since: datetime | None = None
    review_reason: str | None = None
    source_as_of: date | None = None
    next_review_on: date | None = None
    pending_decision: str | None = None
    pending_by: str | None = None
    pending_at: datetime | None = None
    pending_expires_at: datetime | None = None
    pending_fields: dict[str, Any] | None = None
    decided_at: datetime | None = None
    decided_by: tuple[str, ...] = ()
    appeal_until: datetime | None = None
    appeal_statement: str | None = None
    proposed: dict[str, Any] | None = None
    message: str | None = None
    claims_person: str | None = None
    holder: Holder | None = None
    other_name: OtherName | None = None
    seen_version: int | None = None
    stage: int = 1
    proves_identity: bool = False
    assigned_to: str | None = None
    number_typed: str | None = None
    other_authority: OtherAuthority | None = None
    history: tuple[Event, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether an automatic check failed."""
        return any(check.outcome == "FAIL" for check in self.checks)


def check_reason(decision: str, reason: str, note: str | None) -> None:
    """Refuse a reason that contradicts its decision.

    Raises:
        Invalid: the reason does not fit, or OTHER comes without a note.
    """
    if reason not in REASONS_FOR[decision]:
        fitting = ", ".join(one for one in REASONS if one in REASONS_FOR[decision])
        raise Invalid(
            f"{reason} is no reason to {decision.lower().replace('_', ' ')}; use one of {fitting}.", field=["reason"]
        )
    if reason == "OTHER" and not note:
        raise Invalid("Say in `note` what the reason is.", field=["note"])


def method_for(reason: str, method: str | None, kind: str) -> str:
    """The method of a validation for this reason.

    Raises:
        Invalid: the method does not fit the reason or the kind of credential.
    """
    allowed = kind_of(kind).methods
    fitting = [one for one in METHODS_FOR[reason] if allowed is None or one in allowed]
    if method is not None and method not in fitting:
        about = f"{reason} of a {kind}" if allowed is not None else reason
        raise Invalid(f"{method} does not fit {about}; use one of {', '.join(fitting)}.", field=["method"])
    return method or fitting[0]


# What brings a validated credential to the desk because its owner would change something: rejecting that declines the change.
PROPOSALS = frozenset({"RENEWAL", "PROFILE_CHANGED"})


def proposed_fields(credential: Credential) -> dict[str, Any]:
    """What the owner would change, as values of the credential's fields."""

    def value(name: str, stored: Any) -> Any:
        if name == "holder":
            return Holder.stored(stored) if not isinstance(stored, Holder) else stored
        if name == "other_name":
            return OtherName.stored(stored) if not isinstance(stored, OtherName) else stored
        return date.fromisoformat(stored) if isinstance(stored, str) and name.endswith("_on") else stored

    return {name: value(name, stored) for name, stored in (credential.proposed or {}).items()}


def with_proposed(credential: Credential) -> Credential:
    """The credential as it would be when it is validated now."""
    return replace(credential, **proposed_fields(credential))


def next_status(credential: Credential, act: str) -> str:
    """The status that an act leads to.

    Raises:
        Conflict: the act is not legal in the credential's status.
    """
    following = TRANSITIONS.get((credential.status, act))
    on_desk_only = credential.status == VALIDATED and act in {"TAKE", "RELEASE", "VALIDATE", "REQUEST_INFO", "DECLINE"}
    if following is None or (on_desk_only and credential.desk_since is None):
        raise Conflict(
            f"The case is {credential.status}; {act.lower().replace('_', ' ')} is not possible any more.",
            current_version=credential.version,
        )
    if credential.revalidation and following == VAL_FAIL:
        return REVAL_FAIL
    if credential.revalidation and act in {"RELEASE", "REQUEST_INFO"} and following == ATTESTED:
        return REQ_REVALID
    return following


def leased_to_other(credential: Credential, verifier: str, now: datetime) -> bool:
    """Whether another verifier works on the case."""
    return (
        credential.taken_by not in {None, verifier}
        and credential.lease_until is not None
        and credential.lease_until > now
    )
