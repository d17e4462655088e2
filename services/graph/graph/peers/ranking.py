"""How peers are ranked, and why: the one place that says what counts, and how much.

A score is a sum of whole numbers, so that the order is the same wherever it is computed; equal scores are ordered by
name, then id. docs/finding-peers.md tells it to users, and tests hold it to a reference in plain Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalogues import specialties
from graph.peers.columns import NONE, Slots, among, slots
from graph.peers.network import Network
from kit import practice
from kit.cards import AUDIENCES

PRACTISE, IDENTITY = 30, 10
MUTUAL, MAX_MUTUAL, FURTHER_MUTUAL, MAX_FURTHER_MUTUAL = 8, 5, 1, 20
GROUP, MAX_GROUPS = 6, 3
INTEREST, MAX_INTERESTS = 4, 3
LANGUAGE, MAX_LANGUAGES = 5, 2
SAME_SPECIALTY, RELATED_SPECIALTY = 20, 10
SAME_REGION = 8
BRIDGE = 12
NEWCOMER, NEWCOMER_DAYS = 4, 90
INACTIVE, INACTIVE_DAYS = -50, 365
# How many are ranked: beside those within two connections or in a common group, who joined last.
RANKED = 50_000
_EPOCH_DAY = 719_163  # the ordinal of 1970-01-01
_DAY = 86_400_000_000  # microseconds
_AUDIENCE = {name: number for number, name in enumerate(AUDIENCES)}

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Viewer:
    """What of the viewer counts, read once."""

    slot: int | None
    terms: frozenset[str]
    related: frozenset[str]
    connections: Slots
    groups: Slots
    verified: bool
    covered: Flags

    @classmethod
    def of(cls, network: Network, person: str, today: int) -> Viewer:
        """The viewer, as the network knows them; somebody unknown has nothing that counts."""
        slot = network.slot_of.get(person)
        covered = np.zeros(len(network.countries), np.bool_)
        covered[0] = True
        if slot is None:
            return cls(None, frozenset(), frozenset(), NONE, NONE, False, covered)
        terms = frozenset(network.terms[slot])
        own = {term[2:] for term in terms if term.startswith("s:")}
        related = {
            other.code for code in own & specialties.specialties().keys() for other in specialties.related(code)
        } - own
        row = network.connections.row(slot)
        connections = row[network.column("listed")[row]]
        covered[network.column("country")[connections]] = True
        for term in terms:
            if term.startswith("r:") and term[2:] in network.countries:
                covered[network.countries[term[2:]]] = True
        return cls(
            slot, terms, frozenset(f"s:{code}" for code in related), connections, network.groups.row(slot),
            network.may_practise(slot, today), covered,
        )  # fmt: skip


@dataclass(frozen=True)
class Ranked:
    """The candidates with all that counts for each, and their scores."""

    found: Slots
    mutual: Numbers
    groups: Numbers
    interests: Numbers
    languages: Numbers
    same: Flags
    related: Flags
    region: Flags
    bridge: Flags
    newcomer: Flags
    score: Numbers


def _ago(today: int, days: int) -> int:
    """The beginning of a day that was so many days ago, in microseconds since 1970."""
    return (today - _EPOCH_DAY - days) * _DAY


def rank(network: Network, viewer: Viewer, found: Slots, today: int) -> Ranked:
    """Score candidates for a viewer."""
    size = len(network)

    def counted(kind: str) -> Numbers:
        total = np.zeros(len(found), np.int64)
        for term in viewer.terms:
            if term.startswith(f"{kind}:") and (kind != "l" or "-" not in term):
                total += among(found, network.term(term), size)
        return total

    def practises(terms: frozenset[str]) -> Flags:
        own = [who for term in terms if term.startswith("s:") and len(who := network.term(term))]
        return among(found, np.unique(np.concatenate(own)), size) if own else np.zeros(len(found), np.bool_)

    shared = network.groups.common(viewer.groups, found, max(1, len(network.group_slots)), network.members)
    connected = among(found, viewer.connections, size)
    mutual = _mutual(network, viewer, found, connected, shared)
    groups = np.where(_sees(network.column("groups_audience")[found], viewer, connected, shared > 0), shared, 0)
    interests, languages = counted("i"), counted("l")
    same = practises(viewer.terms)
    related = practises(viewer.related) & ~same
    region = counted("r") > 0
    country = network.column("country")[found]
    bridge = ~viewer.covered[country] if viewer.slot is not None else np.zeros(len(found), np.bool_)
    identity = network.column("identity")[found] >= today
    practise = identity & (network.column("practise")[found] >= today)
    newcomer = identity & (network.column("joined")[found] >= _ago(today, NEWCOMER_DAYS))
    inactive = network.column("changed")[found] < _ago(today, INACTIVE_DAYS) // 1000
    score = (
        np.where(practise, PRACTISE, np.where(identity, IDENTITY, 0))
        + MUTUAL * np.minimum(mutual, MAX_MUTUAL)
        + FURTHER_MUTUAL * np.clip(mutual - MAX_MUTUAL, 0, MAX_FURTHER_MUTUAL)
        + GROUP * np.minimum(groups, MAX_GROUPS)
        + INTEREST * np.minimum(interests, MAX_INTERESTS)
        + LANGUAGE * np.minimum(languages, MAX_LANGUAGES)
        + SAME_SPECIALTY * same
        + RELATED_SPECIALTY * related
        + SAME_REGION * region
        + BRIDGE * bridge
        + NEWCOMER * newcomer
        + INACTIVE * inactive
    ).astype(np.int64)
    return Ranked(found, mutual, groups, interests, languages, same, related, region, bridge, newcomer, score)


def mutual_with(network: Network, viewer: Viewer, found: Slots) -> Numbers:
    """How many connections each shares with the viewer, as far as they show them."""
    audience = network.column("connections_audience")[found]
    shared = np.zeros(len(found), np.int64)
    if (audience == _AUDIENCE["GROUPS"]).any():
        shared = network.groups.common(viewer.groups, found, max(1, len(network.group_slots)), network.members)
    connected = np.zeros(len(found), np.bool_)
    if (audience != _AUDIENCE["MEMBERS"]).any():
        connected = among(found, viewer.connections, len(network))
    return _mutual(network, viewer, found, connected, shared)


def _mutual(network: Network, viewer: Viewer, found: Slots, connected: Flags, shared: Numbers) -> Numbers:
    met = network.connections.common(viewer.connections, found, len(network), network.connections)
    audience = network.column("connections_audience")[found]
    return np.where(_sees(audience, viewer, connected, shared > 0), met, 0)


def _sees(audience: NDArray[Any], viewer: Viewer, connected: Flags, co_member: Flags) -> Flags:
    """Who shows the viewer a field, by the field's audience."""
    by_relation = (audience >= _AUDIENCE["CONNECTIONS"]) & connected | (audience == _AUDIENCE["GROUPS"]) & co_member
    verified = (audience == _AUDIENCE["VERIFIED"]) & viewer.verified
    found: Flags = (audience == _AUDIENCE["MEMBERS"]) | by_relation | verified
    return found


def bounded(network: Network, viewer: Viewer, found: Slots) -> Slots:
    """Those who are ranked, where more match than are ranked."""
    if len(found) <= RANKED:
        return found
    size = len(network)
    near = among(found, network.around(viewer.slot, 2), size)
    co_members, _ = network.members.gather(viewer.groups)
    near |= among(found, np.unique(co_members), size)
    others = found[~near]
    if len(others) > RANKED:
        # By time of joining, then by slot: who came later stands behind, so that no page is cut differently.
        newest = np.lexsort((others, -network.column("joined")[others]))[:RANKED]
        others = others[newest]
    return np.sort(np.concatenate([found[near], others])).astype(np.int32)


def reasons(network: Network, viewer: Viewer, ranked: Ranked, number: int) -> list[dict[str, Any]]:
    """Why one of those ranked stands where they stand, the weightiest kinds first.

    Returns:
        {code, count, kind, values}: how many, or which codes of a kind (specialty, country or language) are meant.
    """
    own = network.terms[int(ranked.found[number])]

    def values(prefix: str, among_these: frozenset[str]) -> list[str]:
        return sorted(term[2:] for term in own if term.startswith(prefix) and term in among_these and (
            prefix == "s:" or "-" not in term))  # fmt: skip

    def reason(code: str, count: int | None = None, kind: str | None = None, codes: list[str] | None = None) -> None:
        found.append({"code": code, "count": count, "kind": kind, "values": codes or []})

    found: list[dict[str, Any]] = []
    if ranked.mutual[number]:
        reason("MUTUAL_CONNECTIONS", int(ranked.mutual[number]))
    if ranked.same[number]:
        reason("SAME_SPECIALTY", None, "specialty", values("s:", viewer.terms))
    if ranked.related[number]:
        reason("RELATED_SPECIALTY", None, "specialty", values("s:", viewer.related))
    if ranked.groups[number]:
        reason("SHARED_GROUPS", int(ranked.groups[number]))
    if ranked.bridge[number]:
        reason("BRIDGES_COUNTRY", None, "country", [t[2:] for t in own if t.startswith("r:") and "-" not in t][:1])
    if ranked.interests[number]:
        reason("SHARED_INTERESTS", int(ranked.interests[number]))
    if ranked.languages[number]:
        reason("SHARED_LANGUAGE", None, "language", values("l:", viewer.terms))
    if ranked.region[number]:
        reason("SAME_REGION", None, "country", values("r:", viewer.terms))
    if ranked.newcomer[number]:
        reason("NEWCOMER")
    return found


@dataclass(frozen=True)
class Pool:
    """Whom suggestions are chosen from: the places go to the first, and each fifth to the reserved."""

    main: Ranked
    reserved: Ranked


SUGGESTED_FROM = 20_000
RARE_SHARE = 0.01


def pool(network: Network, viewer: Viewer, left_out: set[int], today: int) -> Pool:
    """Whom to suggest: within two connections, in a common group, of an own or related specialty, or new.

    At most 20,000 of each kind are looked at. Reserved are verified people who joined in the last 90 days, and people
    of countries that less than one in a hundred of those suggested practise in.

    Args:
        left_out: who must not be suggested: asked, dismissed.
    """
    size = len(network)
    co_members, _ = network.members.gather(viewer.groups)
    wanted = [np.unique(co_members)[:SUGGESTED_FROM], network.around(viewer.slot, 2)[:SUGGESTED_FROM]]
    for term in sorted(viewer.terms | viewer.related):
        if term.startswith("s:"):
            wanted.append(_newest(network, network.term(term)))
    listed = np.flatnonzero(network.column("listed")[:size]).astype(np.int32)
    recent = listed[network.column("joined")[listed] >= _ago(today, NEWCOMER_DAYS)]
    wanted.append(_newest(network, recent))
    found = np.unique(np.concatenate(wanted)).astype(np.int32)
    keep = network.column("listed")[found] & network.column("claimed")[found]
    keep &= network.has_status(found, practice.LISTED)
    if viewer.slot is not None:
        out = left_out | network.blocks.get(viewer.slot, set()) | {viewer.slot}
        out |= set(network.connections.row(viewer.slot).tolist())
        keep &= ~among(found, slots(sorted(out)), size)
    found = found[keep]
    ranked = rank(network, viewer, found, today)
    country = network.column("country")[found]
    counts = np.bincount(country, minlength=len(network.countries))
    rare = (counts[country] < RARE_SHARE * len(found)) & (country > 0)
    reserved = ranked.newcomer | rare
    return Pool(_part(ranked, ~reserved), _part(ranked, reserved))


def _newest(network: Network, found: Slots) -> Slots:
    if len(found) <= SUGGESTED_FROM:
        return found
    return found[np.argsort(-network.column("joined")[found], kind="stable")[:SUGGESTED_FROM]]


def _part(ranked: Ranked, which: Flags) -> Ranked:
    return Ranked(*(getattr(ranked, name)[which] for name in Ranked.__dataclass_fields__))
