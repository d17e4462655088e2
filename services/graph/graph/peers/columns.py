"""Arrays that the index of people is made of: postings of terms, and links between people and groups.

All hold slots: small whole numbers that stand for a person or a group. Each takes changes one at a time, and is
searched as a sorted array; numpy does the work, so that 200,000 people of one specialty cost milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Slots = NDArray[np.int32]
NONE: Slots = np.empty(0, np.int32)
# Below this many, looking up each is cheaper than marking all.
FEW = 2_000
# Changed rows are folded in when there are more than these, and than one in so many of all.
FOLD_MIN, FOLD_SHARE = 10_000, 8


def slots(values: Iterable[int]) -> Slots:
    """An array of slots."""
    return np.fromiter(values, np.int32)


def among(wanted: Slots, known: Slots, size: int) -> NDArray[np.bool_]:
    """For each of the wanted, whether it is among the known, which are sorted.

    Args:
        size: one more than the largest slot there can be.
    """
    if len(known) == 0 or len(wanted) == 0:
        return np.zeros(len(wanted), np.bool_)
    if len(wanted) > FEW:
        marked = np.zeros(size, np.bool_)
        marked[known] = True
        return marked[wanted]
    at = np.searchsorted(known, wanted)
    at[at == len(known)] = 0
    found: NDArray[np.bool_] = known[at] == wanted
    return found


class Posting:
    """Who has a term, each with the last day (a proleptic ordinal) on which it holds."""

    def __init__(self, who: Slots = NONE, until: NDArray[np.int32] = NONE) -> None:
        self._who, self._until = who, until
        self._pending: dict[int, int | None] = {}
        self._marks: NDArray[np.bool_] | None = None

    def put(self, slot: int, until: int) -> None:
        """Let somebody have the term."""
        self._pending[slot] = until

    def drop(self, slot: int) -> None:
        """Let somebody have it no more."""
        self._pending[slot] = None

    def _settle(self) -> None:
        if not self._pending:
            return
        changed = slots(sorted(self._pending))
        keep = ~np.isin(self._who, changed, assume_unique=True)
        added = [(slot, until) for slot, until in sorted(self._pending.items()) if until is not None]
        who = np.concatenate([self._who[keep], slots(slot for slot, _ in added)])
        until = np.concatenate([self._until[keep], slots(until for _, until in added)])
        order = np.argsort(who, kind="stable")
        self._who, self._until = who[order], until[order]
        self._pending, self._marks = {}, None

    def everybody(self) -> Slots:
        """All who have it, sorted."""
        self._settle()
        return self._who

    def among(self, wanted: Slots, size: int) -> NDArray[np.bool_]:
        """For each of the wanted, whether they have it; for many from marks that are kept until the term changes.

        Args:
            size: one more than the largest slot there can be.
        """
        self._settle()
        if len(wanted) <= FEW:
            return among(wanted, self._who, size)
        if self._marks is None or len(self._marks) < size:
            self._marks = np.zeros(size, np.bool_)
            self._marks[self._who] = True
        return self._marks[wanted]

    def on(self, day: int) -> Slots:
        """Those who have it on a day, sorted."""
        self._settle()
        return self._who[self._until >= day]


class Links:
    """From each slot to a sorted array of others: compressed rows, and rows that have changed since.

    Changed rows are folded into the compressed ones when there are many, so that reading stays as fast as when all was read.
    """

    def __init__(self, starts: NDArray[np.int64] | None = None, others: Slots = NONE) -> None:
        self._starts = np.zeros(1, np.int64) if starts is None else starts
        self._others = others
        self._changed: dict[int, Slots] = {}
        # By slot: how long its row is, and whether it is a changed one.
        self._lengths = np.diff(self._starts)
        self._is_changed = np.zeros(len(self._lengths), np.bool_)
        self.total = len(others)

    @classmethod
    def of(cls, sources: Slots, targets: Slots, size: int) -> Links:
        """Links of `size` slots from pairs, each once."""
        order = np.lexsort((targets, sources))
        starts = np.zeros(size + 1, np.int64)
        np.cumsum(np.bincount(sources, minlength=size), out=starts[1:])
        return cls(starts, targets[order].astype(np.int32))

    def row(self, slot: int) -> Slots:
        """What one slot is linked to, sorted."""
        changed = self._changed.get(slot)
        if changed is not None:
            return changed
        if slot + 1 < len(self._starts):
            return self._others[self._starts[slot] : self._starts[slot + 1]]
        return NONE

    def put(self, slot: int, others: Slots) -> None:
        """Replace a row; `others` are sorted."""
        self.total += len(others) - len(self.row(slot))
        if slot >= len(self._lengths):
            more = max(1024, len(self._lengths), slot + 1 - len(self._lengths))
            self._lengths = np.concatenate([self._lengths, np.zeros(more, np.int64)])
            self._is_changed = np.concatenate([self._is_changed, np.zeros(more, np.bool_)])
        self._changed[slot] = others
        self._lengths[slot], self._is_changed[slot] = len(others), True
        if len(self._changed) > max(FOLD_MIN, len(self._lengths) // FOLD_SHARE):
            self._fold()

    def _fold(self) -> None:
        others, lengths = self.gather(np.arange(len(self._lengths), dtype=np.int32))
        self._starts = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=self._starts[1:])
        self._others, self._changed = others.astype(np.int32), {}
        self._is_changed[:] = False

    def link(self, slot: int, other: int) -> None:
        """Add one link."""
        self.put(slot, np.union1d(self.row(slot), slots([other])))

    def unlink(self, slot: int, other: int) -> None:
        """Remove one link."""
        row = self.row(slot)
        self.put(slot, row[row != other])

    def lengths(self, wanted: Slots) -> NDArray[np.int64]:
        """How long each row is."""
        if len(self._lengths) == 0:
            return np.zeros(len(wanted), np.int64)
        inside = wanted < len(self._lengths)
        lengths: NDArray[np.int64] = np.where(inside, self._lengths[np.where(inside, wanted, 0)], 0)
        return lengths

    def gather(self, wanted: Slots) -> tuple[Slots, NDArray[np.int64]]:
        """The rows of several slots, one behind the other, and how long each is."""
        lengths = self.lengths(wanted)
        if len(wanted) < 64 or len(self._starts) == 1:
            rows = [self.row(int(slot)) for slot in wanted]
            return (np.concatenate(rows) if rows else NONE), lengths
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        starts = self._starts[np.where(wanted + 1 < len(self._starts), wanted, 0)]
        # The place of each element: its row's start, and how far into the row it stands.
        places = np.arange(total) - np.repeat(ends - lengths, lengths) + np.repeat(starts, lengths)
        changed = self._changed_among(wanted)
        if len(changed) == 0:
            return self._others[places], lengths
        found = self._others[np.minimum(places, max(0, len(self._others) - 1))] if len(self._others) else np.zeros(
            total, np.int32
        )  # fmt: skip
        for number in changed:
            found[ends[number] - lengths[number] : ends[number]] = self._changed[int(wanted[number])]
        return found, lengths

    def _changed_among(self, wanted: Slots) -> NDArray[np.int64]:
        if not self._changed:
            return np.empty(0, np.int64)
        inside = wanted < len(self._is_changed)
        return np.flatnonzero(inside & self._is_changed[np.where(inside, wanted, 0)])

    def common(self, viewer: Slots, wanted: Slots, size: int, back: Links) -> NDArray[np.int64]:
        """For each of the wanted, to how many of the viewer's it is linked; counted from the side with less to read.

        Args:
            viewer: what the viewer is linked to and what counts, sorted.
            size: one more than the largest slot on the other side.
            back: the same links from the other side.
        """
        if len(viewer) == 0 or len(wanted) == 0:
            return np.zeros(len(wanted), np.int64)
        if int(back.lengths(viewer).sum()) <= int(self.lengths(wanted).sum()):
            met, _ = back.gather(viewer)
            who, times = np.unique(met, return_counts=True)
            if len(who) == 0:
                return np.zeros(len(wanted), np.int64)
            at = np.searchsorted(who, wanted)
            at[at == len(who)] = 0
            return np.where(who[at] == wanted, times[at], 0)
        met, lengths = self.gather(wanted)
        marked = among(met, viewer, size).astype(np.int64)
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(marked)])
        ends = np.cumsum(lengths)
        return sums[ends] - sums[ends - lengths]
