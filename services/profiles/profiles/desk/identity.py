"""Whether a validated licence proves who its owner is too: by a document that has their name, which its verifier has opened."""

from __future__ import annotations

from kit.texts import fold
from profiles.checks.domain import PASS, SKIPPED, WARN
from profiles.credentials import domain
from profiles.credentials.domain import Credential
from profiles.credentials.kinds import kind_of
from profiles.desk.validating import undecided_documents, unopened
from profiles.unit_of_work import UnitOfWork

REASONS = frozenset({"CONFIRMED_AT_SOURCE", "CONFIRMED_BY_DOCUMENT"})


def proves_identity(
    work: UnitOfWork, credential: Credential, verifier: str, *, reason: str, name_confirmed: bool | None
) -> bool:
    """Decide whether a licence that is validated now proves its owner's identity.

    One verifier must have seen all of it under one name. There is a document that nobody has decided about yet, which they have
    opened; the register has the name, or they say that they have compared it; and no check speaks against the case, so that a
    case which two verifiers have to agree to proves no identity. What was proved before goes on while the name stays.

    Args:
        name_confirmed: whether the verifier has found the name of the case in the documents; None leaves it to NAME_MATCH.
    """
    if not kind_of(credential.kind).may_prove_identity or name_confirmed is False:
        return False
    if goes_on(credential):
        return True
    return (
        reason in REASONS
        and not credential.failed
        and not work.decisions.needs_second(credential.id)
        and _name_seen(credential, name_confirmed)
        and bool(undecided_documents(work, credential))
        and not unopened(work, credential, verifier)
    )


def goes_on(credential: Credential) -> bool:
    """Whether a licence that proved its owner's identity goes on doing so when it is validated again.

    It does where it counts, or did until its last day, and names the same person: accents and case may change. A suspension, a
    revocation or a contradiction of the register ends the proof, and a new document has to be seen then.
    """
    before, after = credential.holder, domain.with_proposed(credential).holder
    held = credential.status == domain.VALIDATED or credential.review_reason == "EXPIRED"
    return (
        credential.proves_identity
        and held
        and before is not None
        and after is not None
        and fold(before.name) == fold(after.name)
    )


def _name_seen(credential: Credential, name_confirmed: bool | None) -> bool:
    outcome = next((one.outcome for one in credential.checks if one.name == "NAME_MATCH"), SKIPPED)
    return outcome == PASS or (outcome in {WARN, SKIPPED} and name_confirmed is True)
