"""The last checkpoint of the audit trail, as the graph service remembers it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from graph.audit.store import AuditEvents
from graph.db import Graph


@pytest.fixture
def events(graph: Graph) -> Iterator[AuditEvents]:
    """With nothing remembered; what other tests left is put back."""
    before = graph.read("MATCH (c:AuditCheckpoint) RETURN c.number AS number, c.digest AS digest")
    forget = "MATCH (c:AuditCheckpoint) DELETE c"
    graph.write(lambda tx: tx.rows(f"// feed: nothing: a test\n{forget}"))
    yield AuditEvents(graph)
    graph.write(lambda tx: tx.rows(f"// feed: nothing: a test\n{forget}"))
    for row in before:
        if row["number"] is not None:
            AuditEvents(graph).put_checkpoint(**row, expected=None)


def test_a_checkpoint_takes_the_place_of_the_expected_one_only(events: AuditEvents) -> None:
    """Whoever does not know the present one cannot replace it, by an older or a newer one."""
    assert events.checkpoint() is None
    first, second, third = ({"number": n, "digest": f"{n:064x}"} for n in (1, 2, 3))
    assert not events.put_checkpoint(**second, expected=first)
    assert events.checkpoint() is None
    assert events.put_checkpoint(**first, expected=None)
    assert events.checkpoint() == first
    for expected in (None, second, {"number": 1, "digest": "0" * 64}, {"number": 0, "digest": first["digest"]}):
        assert not events.put_checkpoint(**third, expected=expected)  # type: ignore[arg-type]
    assert events.checkpoint() == first
    assert events.put_checkpoint(**third, expected=first)
    assert events.checkpoint() == third


def test_of_two_that_follow_the_same_one_is_taken(events: AuditEvents) -> None:
    """Whoever is later is told so, and nothing is overwritten."""
    first = {"number": 1, "digest": f"{1:064x}"}
    assert events.put_checkpoint(**first, expected=None)
    taken: list[str] = []
    barrier = threading.Barrier(8)

    def put(digest: str) -> None:
        barrier.wait()
        if events.put_checkpoint(number=2, digest=digest, expected=first):
            taken.append(digest)

    threads = [threading.Thread(target=put, args=(f"{n + 10:064x}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == 1
    assert events.checkpoint() == {"number": 2, "digest": taken[0]}
