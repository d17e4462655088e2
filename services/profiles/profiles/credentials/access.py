"""Who reads and decides about which credentials: the one place that knows, whatever the way to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalogues import regions
from profiles.accounts.store import AccountStore
from profiles.credentials.domain import Credential

VERIFIER, ADMIN = "VERIFIER", "ADMIN"
DESK = frozenset({VERIFIER, ADMIN})


def inside(limits: Iterable[str]) -> set[str]:
    """Every country and part of one that lies within these codes."""
    return {place for limit in limits for place in regions.expand(limit)}


def may_work_in(limits: Sequence[str], jurisdiction: str) -> bool:
    """Whether a verifier with these limits may read and decide cases of a jurisdiction; no limits means all."""
    return not limits or jurisdiction in inside(limits)


@dataclass(frozen=True)
class Reader:
    """A signed-in person who reads credentials.

    Args:
        limits: the jurisdictions to which a verifier is limited; admins read all.
    """

    person: str
    at_desk: bool
    limits: tuple[str, ...]

    def owns(self, credential: Credential) -> bool:
        """Whether it is their own."""
        return credential.person_id == self.person

    def works_on(self, credential: Credential) -> bool:
        """Whether they see it as a verifier does: with everything that checks and others have found out about it."""
        return self.at_desk and not self.owns(credential) and may_work_in(self.limits, credential.jurisdiction)

    def sees(self, credential: Credential) -> bool:
        """Whether they see it at all."""
        return self.owns(credential) or self.works_on(credential)

    def places(self, wanted: set[str] | None) -> list[str] | None:
        """The jurisdictions to list: those wanted, within those that they may see; None means all."""
        if self.limits:
            allowed = inside(self.limits)
            wanted = allowed if wanted is None else wanted & allowed
        return sorted(wanted) if wanted is not None else None


def reader(accounts: AccountStore, person: str, roles: Iterable[str]) -> Reader:
    """The reader behind a token.

    Who is no verifier any more has no limits, which means everywhere of a verifier: so the role itself is looked at too, because
    a token may be a moment older than the loss of it.

    Args:
        roles: those that count in this session.
    """
    held = set(roles)
    if ADMIN in held:
        return Reader(person, True, ())
    account = accounts.get(person) if VERIFIER in held else None
    if account is None or VERIFIER not in account.roles:
        return Reader(person, False, ())
    return Reader(person, True, tuple(account.jurisdictions))
