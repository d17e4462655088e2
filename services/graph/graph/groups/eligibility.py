"""What a group asks of its members' credentials, and how somebody stands to that on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from catalogues import regions, specialties
from kit import verification
from kit.cards import FOREVER, level_on
from kit.checks import check_each, checks
from kit.errors import Invalid
from kit.sentences import Sentence
from kit.snapshots import Snapshot

LEVEL, LICENSED_IN, SPECIALTY, CHECKED_WITHIN = "LEVEL", "LICENSED_IN", "SPECIALTY", "CHECKED_WITHIN"
MAX_CODES = 50
MAX_CHECKED_WITHIN_DAYS = 3650


@dataclass(frozen=True)
class CredentialPolicy:
    """A group's credential policy; all clauses must be met, and within a list any entry.

    Args:
        level: the least verification level.
        licensed_in: where one must hold a licence; empty means anywhere.
        specialties: in which one must be verified, or in narrower ones; empty means any.
        checked_within_days: how long ago such a licence may have been checked; None means any time.
    """

    level: str
    licensed_in: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    checked_within_days: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "level": self.level,
            "licensed_in": list(self.licensed_in),
            "specialties": list(self.specialties),
            "checked_within_days": self.checked_within_days,
        }


def checked_policy(given: dict[str, Any] | None) -> CredentialPolicy | None:
    """The policy that was asked for.

    Raises:
        Invalid: a code is unknown, or a figure out of range.
    """
    if given is None:
        return None
    field = ["credentialPolicy"]
    level = given.get("level") or verification.RIGHT_TO_PRACTISE
    days = given.get("checked_within_days")
    with checks() as check:
        with check:
            if level not in verification.LEVELS:
                raise Invalid(Sentence("{level} is no verification level.", level=repr(level)), field=[*field, "level"])
        with check:
            upper = check_each(given.get("licensed_in") or (), known_region, field=[*field, "licensedIn"])
            places = tuple(dict.fromkeys(upper))
        with check:
            known = check_each(given.get("specialties") or (), known_specialty, field=[*field, "specialties"])
            codes = tuple(dict.fromkeys(known))
        with check:
            if days is not None and not 1 <= days <= MAX_CHECKED_WITHIN_DAYS:
                raise Invalid(
                    Sentence(
                        "checkedWithinDays must be 1 to {most_checked_within_days}.",
                        most_checked_within_days=MAX_CHECKED_WITHIN_DAYS,
                    ),
                    field=[*field, "checkedWithinDays"],
                )
    if len(places) > MAX_CODES or len(codes) > MAX_CODES:
        raise Invalid(
            Sentence("A credential policy may name at most {most_codes} codes of a kind.", most_codes=MAX_CODES),
            field=field,
        )
    if level != verification.RIGHT_TO_PRACTISE and (places or days is not None):
        raise Invalid(
            Sentence("Licences can be asked for only at the level RIGHT_TO_PRACTISE."), field=[*field, "level"]
        )
    return CredentialPolicy(level, places, codes, days)


def known_region(code: str) -> str:
    """A region's code, in its own case.

    Raises:
        Invalid: there is no such region.
    """
    if regions.region(code.upper()) is None:
        raise Invalid(Sentence("{code} is no region code.", code=repr(code)))
    return code.upper()


def known_specialty(code: str) -> str:
    """A specialty's code.

    Raises:
        Invalid: there is no such specialty.
    """
    if code not in specialties.specialties():
        raise Invalid(Sentence("{code} is no specialty; search `specialties`.", code=repr(code)))
    return code


def policy_of(group: dict[str, Any]) -> CredentialPolicy | None:
    """The policy in a group's stored properties."""
    if group.get("policy_level") is None:
        return None
    return CredentialPolicy(
        group["policy_level"],
        tuple(group.get("policy_licensed_in") or ()),
        tuple(group.get("policy_specialties") or ()),
        group.get("policy_checked_days"),
    )


def policy_properties(policy: CredentialPolicy | None) -> dict[str, Any]:
    """The properties that store a policy."""
    return {
        "policy_level": policy.level if policy else None,
        "policy_licensed_in": list(policy.licensed_in) if policy else None,
        "policy_specialties": list(policy.specialties) if policy else None,
        "policy_checked_days": policy.checked_within_days if policy else None,
    }


def _inside(jurisdiction: str, codes: Iterable[str]) -> bool:
    return any(jurisdiction in regions.expand(code) or jurisdiction.split("-")[0] == code for code in codes)


def _counting(snapshot: Snapshot, policy: CredentialPolicy, today: date) -> list[dict[str, Any]]:
    return [
        licence
        for licence in snapshot["licences"]
        if licence["standing"] in verification.COUNTING_STANDINGS
        and (licence["expires_on"] or FOREVER) >= today.isoformat()
        and (not policy.licensed_in or _inside(licence["jurisdiction"], policy.licensed_in))
    ]


def verified_codes(snapshot: Snapshot, today: date) -> set[str]:
    """The specialties in which somebody is verified on a day."""
    return {
        item["code"]
        for item in snapshot["specialties"]
        if any((proof["until"] or FOREVER) >= today.isoformat() for proof in item["verified"])
    }


def clauses(policy: CredentialPolicy, snapshot: Snapshot | None, today: date) -> list[dict[str, Any]]:
    """Each clause of a policy and whether somebody meets it.

    Args:
        snapshot: of the person; None where the graph has not heard of them yet.

    Returns:
        {code, met}, only the clauses that the policy has.
    """
    level = level_on(snapshot, today) if snapshot else verification.UNVERIFIED
    licences = _counting(snapshot, policy, today) if snapshot else []
    found = [{"code": LEVEL, "met": verification.at_least(level, policy.level)}]
    if policy.licensed_in:
        found.append({"code": LICENSED_IN, "met": bool(licences)})
    if policy.specialties:
        wanted = set().union(*(specialties.narrower(code) for code in policy.specialties))
        found.append({"code": SPECIALTY, "met": bool(snapshot and verified_codes(snapshot, today) & wanted)})
    if policy.checked_within_days is not None:
        since = (today - timedelta(days=policy.checked_within_days)).isoformat()
        checked = any(max(item["checked_on"] or "", item["source_as_of"] or "") >= since for item in licences)
        found.append({"code": CHECKED_WITHIN, "met": checked})
    return found


def eligible(policy: CredentialPolicy, snapshot: Snapshot | None, today: date) -> bool:
    """Whether somebody meets every clause."""
    return all(clause["met"] for clause in clauses(policy, snapshot, today))


def lost_a_licence(policy: CredentialPolicy, snapshot: Snapshot | None) -> bool:
    """Whether an authority that the policy speaks of suspended or revoked somebody's licence."""
    lost = snapshot["lost"] if snapshot else []
    return any(not policy.licensed_in or _inside(item["jurisdiction"], policy.licensed_in) for item in lost)
