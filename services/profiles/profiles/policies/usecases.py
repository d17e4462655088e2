"""Which policies a person must accept, and accepting them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from kit.checks import check_each
from kit.errors import Invalid, PolicyNotAccepted
from kit.sentences import Sentence
from profiles.policies.files import Policy
from profiles.policies.store import PolicyStore
from profiles.unit_of_work import UnitOfWork


def policies_digest(keys: Iterable[str]) -> str:
    """A short name for a set of policies in their editions."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:16]


def required_policies(policies: Sequence[Policy]) -> str:
    """The digest of all policies that must be accepted."""
    return policies_digest(p.key for p in policies if p.must_accept)


def accept_policies(
    work: UnitOfWork,
    policies: Sequence[Policy],
    *,
    person_id: str,
    accepted: Iterable[str],
    now: datetime,
) -> None:
    """Record that a person accepts policies in their present edition.

    Raises:
        Invalid: an id names no policy in its present edition.
    """
    agreed = checked_policies(policies, accepted, field="policies")
    work.accepted.accept(person_id, [(p.id, p.edition) for p in agreed], at=now)
    for policy in agreed:
        work.audit.note("policy.accept", actor=person_id, object=f"policy:{policy.key}")


def checked_policies(policies: Sequence[Policy], wanted: Iterable[str], *, field: str) -> list[Policy]:
    """The policies that a person accepts, by their keys.

    Raises:
        Invalid: a key names no policy in its present edition.
    """
    by_key = {policy.key: policy for policy in policies}

    def present(key: str) -> Policy:
        if key not in by_key:
            raise Invalid(Sentence("No present policy has this id; read `instance`."))
        return by_key[key]

    return check_each(wanted, present, field=[field])


def require_policies(accepted: PolicyStore, policies: Sequence[Policy], person_id: str) -> None:
    """Refuse to write for a person who has not accepted what must be.

    Raises:
        PolicyNotAccepted: a present edition waits.
    """
    if pending(accepted, policies, person_id):
        raise PolicyNotAccepted(Sentence("A policy has a new edition; accept it with acceptPolicies first."))


def pending(accepted: PolicyStore, policies: Sequence[Policy], person_id: str) -> list[str]:
    """The keys of the policies that a person must still accept."""
    agreed = accepted.accepted(person_id)
    return [p.key for p in policies if p.must_accept and (p.id, p.edition) not in agreed]
