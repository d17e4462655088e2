"""The change feed in Neo4j, as its readers see it."""

from __future__ import annotations

from dataclasses import dataclass

from graph.db import Graph, Row, Transaction, query

ENTRIES_AT_ONCE = 500
EVENTS_AT_ONCE = 500


@dataclass(frozen=True)
class Entry:
    """What one transaction changed, by id.

    Args:
        contents: discussions and posts.
    """

    position: int
    people: tuple[str, ...]
    erased: tuple[str, ...]
    groups: tuple[str, ...]
    contents: tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """Where the feed stands.

    Args:
        epoch: changes when Neo4j was emptied or replaced.
        position: of the newest entry.
        hosts: how many other hosts read the network.
        entries: those after a position, oldest first, at most `ENTRIES_AT_ONCE`.
    """

    epoch: str
    position: int
    hosts: int = 0
    entries: tuple[Entry, ...] = ()


class FeedReader:
    """Reads the feed on the cluster's leader, so that no commit that was answered is missed."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def head(self, after: int, *, host: str) -> Head:
        """The feed after a position.

        Raises:
            Unavailable: Neo4j does not answer in time.
        """
        row = self._graph.read_latest(query("feed/list_entries"), after=after, limit=ENTRIES_AT_ONCE, host=host)[0]
        return Head(row["epoch"], row["position"], row["hosts"], tuple(_entry(entry) for entry in row["entries"]))

    def groups_of(self, contents: list[str]) -> list[str]:
        """The groups of those contents that are discussions."""
        return [row["group"] for row in self._graph.read(query("feed/list_groups_of"), ids=contents)]

    def events(self, after: int) -> Row:
        """What was added or changed after a position: {epoch, position, last, discussions, posts, notifications}."""
        return self._graph.read_latest(query("feed/list_events"), after=after, limit=EVENTS_AT_ONCE)[0]

    def position(self) -> int:
        """The position of the newest entry."""
        return int(self._graph.read_latest(query("feed/read_head"))[0]["position"])

    def register_host(self, host: str) -> int:
        """Note that a host reads the network; how many others do."""
        return int(self._graph.write(lambda tx: tx.rows(query("feed/register_host"), host=host))[0]["hosts"])


class FeedWriter:
    """Deletes what everybody has followed."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def delete_old(self, *, limit: int) -> int:
        """Delete entries that are older than a day; how many."""
        row = self._tx.row(query("feed/delete_entries"), limit=limit)
        return int(row["deleted"]) if row else 0


def _entry(row: Row) -> Entry:
    return Entry(
        row["position"], tuple(row["people"]), tuple(row["erased"]), tuple(row["groups"]), tuple(row["contents"])
    )
