"""The arrays of the index."""

from __future__ import annotations

import numpy as np
import pytest

from graph.peers import columns
from graph.peers.columns import Links, Posting, slots


@pytest.mark.parametrize("few", [0, 2_000])
def test_who_of_many_has_a_term(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """The same from marks and by looking each up, also after the term and the network have changed."""
    monkeypatch.setattr(columns, "FEW", few)
    chance = np.random.default_rng(1)
    size, have = 100, set(chance.choice(100, 30, replace=False).tolist())
    posting = Posting(slots(sorted(have)), np.full(30, 9, np.int32))
    for _ in range(50):
        wanted = slots(sorted(chance.choice(size, 20, replace=False).tolist()))
        assert posting.among(wanted, size).tolist() == [slot in have for slot in wanted.tolist()]
        size += int(chance.integers(0, 3))
        slot = int(chance.integers(0, size))
        if slot in have:
            posting.drop(slot)
        else:
            posting.put(slot, 9)
        have ^= {slot}


@pytest.mark.parametrize("fold_min", [1, 10_000])
def test_links_are_the_same_however_many_have_changed(monkeypatch: pytest.MonkeyPatch, fold_min: int) -> None:
    """Rows, lengths and gathered rows, with changed rows folded in and without; new slots among them."""
    monkeypatch.setattr(columns, "FOLD_MIN", fold_min)
    chance = np.random.default_rng(2)
    rows: dict[int, set[int]] = {n: set(chance.choice(80, 5, replace=False).tolist()) for n in range(80)}
    pairs = [(source, target) for source, targets in rows.items() for target in targets]
    links = Links.of(slots(source for source, _ in pairs), slots(target for _, target in pairs), 80)
    for number in range(150):
        slot, other = int(chance.integers(0, 80 + number)), int(chance.integers(0, 80))
        row = rows.setdefault(slot, set())
        (links.unlink if other in row else links.link)(slot, other)
        row ^= {other}
        wanted = slots(sorted(chance.choice(80 + number, 70, replace=False).tolist()))
        expected = [sorted(rows.get(one, ())) for one in wanted.tolist()]
        gathered, lengths = links.gather(wanted)
        assert lengths.tolist() == links.lengths(wanted).tolist() == [len(row) for row in expected]
        assert gathered.tolist() == [one for row in expected for one in row]
        assert links.total == sum(len(row) for row in rows.values())


def test_changed_links_cost_no_more_than_read_ones() -> None:
    """However many changes came since all was read: the rows stored beside the compressed ones are bounded."""
    size = 50_000
    links = Links.of(slots(range(size)), slots((n + 1) % size for n in range(size)), size)
    for slot in range(0, size, 2):
        links.put(slot, slots([slot]))
        assert len(links._changed) <= max(columns.FOLD_MIN, size // columns.FOLD_SHARE)
