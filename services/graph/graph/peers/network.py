"""The network in memory: who can be found by what, who is connected with whom, and who shares a group.

Derived from Neo4j by `graph.peers.index`; nothing is stored here alone. A field that a person does not show to every
member is not in it, so that it neither matches nor counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.peers.columns import NONE, Posting, Slots, among, slots
from graph.peers.storage import PRACTICE_STATUSES, NetworkStorage, day
from kit import practice, verification

HOP_LIMIT = 50_000
# Up to this many, their texts are read here; more, and the full-text index is asked.
MAX_PEOPLE_READ = 20_000


@dataclass(frozen=True)
class PeerCriteria:
    """What a search of peers asks for; empty means no condition. Codes are expanded already."""

    viewer: str
    today: str
    professions: Sequence[str] = ()
    specialties: Sequence[str] = ()
    specialty_verified: bool = False
    places: Sequence[str] | None = None
    languages: Sequence[str] = ()
    level: str | None = None
    licensed_in: Sequence[str] | None = None
    interests: Sequence[str] = ()
    institutions: Sequence[str] = ()
    words: Sequence[str] = ()
    exclude_connected: bool = False
    include_unclaimed: bool = False
    practice_statuses: Sequence[str] = ()
    within_hops: int | None = None
    outside: str | None = None


class Network(NetworkStorage):
    """Finds people by what they are found by."""

    # -- versions: the position of the newest change, which is part of the key of whatever is cached

    def term(self, term: str, on: int | None = None) -> Slots:
        """Who has a term, on a day if one is given."""
        posting = self.postings.get(term)
        if posting is None:
            return NONE
        return posting.everybody() if on is None else posting.on(on)

    def any_term(self, kind: str, values: Iterable[str], on: int | None = None) -> Slots:
        """Who has any of several terms, sorted."""
        found = [who for value in values if len(who := self.term(f"{kind}:{value}", on))]
        if len(found) <= 1:
            return found[0] if found else NONE
        return np.unique(np.concatenate(found))

    def _posting(self, kind: str, values: Iterable[str]) -> Posting | None:
        """The only term of several that anybody has; None where there are more, or none."""
        found = [posting for value in values if (posting := self.postings.get(f"{kind}:{value}")) is not None]
        return found[0] if len(found) == 1 else None

    def around(self, slot: int | None, hops: int) -> Slots:
        """Who is at most so many connections away, nearest first in the bound of 50,000 people a step; sorted.

        Nobody is walked through who is not listed.
        """
        if slot is None:
            return NONE
        edge, found = slots([slot]), NONE
        for _ in range(hops):
            step, _ = self.connections.gather(edge)
            if len(step) > 20 * HOP_LIMIT:
                step = step[: 20 * HOP_LIMIT]
            step = np.unique(step)
            new = step[~among(step, found, len(self))][:HOP_LIMIT]
            found = np.union1d(found, new).astype(np.int32)
            edge = new[self._columns["listed"][new]]
        return found[found != slot]

    def select(self, criteria: PeerCriteria, *, matching: Sequence[str] | None = None) -> Slots:
        """Everybody who matches, sorted by slot; never the viewer, nor who is blocked, hidden or suspended.

        Args:
            matching: who has the words, by the full-text index; else their texts are read here.
        """
        today, column, size = day(criteria.today), self._columns, len(self)
        viewer = self.slot_of.get(criteria.viewer)
        sets: list[tuple[Slots, Posting | None]] = []
        if criteria.within_hops is not None:
            sets.append((self.around(viewer, criteria.within_hops), None))
        for kind, values, on in (
            ("s", criteria.specialties or None, today if criteria.specialty_verified else None), ("r", criteria.places, None),
            ("l", criteria.languages or None, None), ("p", criteria.professions or None, None),
            ("i", criteria.interests or None, None), ("x", criteria.licensed_in, today), ("w", criteria.institutions or None, None),
        ):  # fmt: skip
            if values is not None:
                sets.append((self.any_term(kind, values, on), self._posting(kind, values) if on is None else None))
        if matching is not None:
            hits = {self.slot_of[one] for one in matching if one in self.slot_of}
            hits |= {slot for slot in self.dated if self._says(slot, criteria.words, today)}
            sets.append((slots(sorted(hits)), None))
        sets.sort(key=lambda one: len(one[0]))
        found = sets[0][0] if sets else np.flatnonzero(column["listed"][:size]).astype(np.int32)
        for other, posting in sets[1:]:
            found = found[among(found, other, size) if posting is None else posting.among(found, size)]
        keep = column["listed"][found]
        if not criteria.include_unclaimed:
            keep &= column["claimed"][found]
        keep &= self.has_status(found, criteria.practice_statuses or practice.LISTED)
        if criteria.licensed_in is not None:
            keep &= self.has_level(found, verification.IDENTITY, today)
        if criteria.level is not None:
            keep &= self.has_level(found, criteria.level, today)
        if criteria.outside is not None:
            keep &= (column["country"][found] > 0) & ~among(found, self.term(f"r:{criteria.outside}"), size)
        if viewer is not None:
            keep &= found != viewer
            blocked = self.blocks.get(viewer)
            if blocked:
                keep &= ~among(found, slots(sorted(blocked)), size)
            if criteria.exclude_connected:
                keep &= ~among(found, self.connections.row(viewer), size)
        found = found[keep]
        if criteria.words and matching is None:
            found = slots(slot for slot in found.tolist() if self._says(slot, criteria.words, today))
        return found

    def has_status(self, found: Slots, statuses: Sequence[str | None]) -> NDArray[np.bool_]:
        """For each of some people, whether their practice status is one of these."""
        named = np.isin(np.arange(len(PRACTICE_STATUSES)), [PRACTICE_STATUSES.index(one) for one in statuses])
        return named[self._columns["practice_status"][found]]  # type: ignore[no-any-return]

    def has_level(self, found: Slots, level: str, today: int) -> NDArray[np.bool_]:
        """For each of some people, whether they have at least a level on a day."""
        if level == verification.UNVERIFIED:
            return np.ones(len(found), np.bool_)
        reached: NDArray[np.bool_] = self._columns["identity"][found] >= today
        if level == verification.RIGHT_TO_PRACTISE:
            reached &= self._columns["practise"][found] >= today
        return reached

    def _says(self, slot: int, words: Sequence[str], today: int) -> bool:
        """Whether the texts that somebody is found by on a day have words that begin with all of these."""
        text = self.texts[slot]
        if slot in self.dated:
            text += "".join(name for until, name in self.dated[slot] if until >= today)
        return all(f" {word}" in text for word in words)
