"""The arrays of the index."""

from __future__ import annotations

import numpy as np
import pytest

from graph.peers import columns
from graph.peers.columns import Posting, slots


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
