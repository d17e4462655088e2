"""What the search for peers asks Neo4j beside the index, and suggestions that were dismissed."""

from __future__ import annotations

from collections.abc import Sequence

from graph.db import Graph, Transaction, query

# How many of the best hits of a text are looked at.
TEXT_LIMIT = 50_000


def lucene(words: Sequence[str]) -> str:
    """A prefix search for all words; every sign that Lucene reads as syntax is escaped."""
    special = set('+-&|!(){}[]^"~*?:\\/')
    escaped = ("".join(f"\\{c}" if c in special else c for c in word) for word in words)
    return " AND ".join(f"{word}*" for word in escaped)


class PeerWriter:
    """Changes what is suggested, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def dismiss(self, viewer: str, other: str, *, now: str) -> bool:
        """Suggest a person to the viewer no more; False where there is no such person."""
        return self._tx.row(query("peers/dismiss"), viewer=viewer, other=other, now=now) is not None


class PeerStore:
    """Reads what the index does not hold."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def matching(self, words: Sequence[str]) -> list[str]:
        """Ids of people whose name, headline or institutions have all the words; of the 50,000 best hits."""
        given = {"lucene": lucene(words), "words": list(words), "limit": TEXT_LIMIT}
        return [row["id"] for row in self._graph.read(query("peers/find_matching"), **given)]

    def left_out(self, viewer: str) -> list[str]:
        """Ids of people not to suggest."""
        return [row["id"] for row in self._graph.read(query("peers/list_left_out"), viewer=viewer)]
