"""The change feed in Neo4j, as its readers see it."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.streams import FeedPoint
from graph.db import Graph, Row, Transaction, query

ENTRIES_AT_ONCE = 100  # an entry of a bulk load names up to 2,000 people
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
    """Reads the feed on the cluster's leader, so that no commit that was answered is missed.

    Of the newest entry a part may not be visible yet, as long as nobody has answered its commit. It is read again under the
    feed's lock then; all entries before it are complete, because it was begun after their commits had released the lock.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def head(self, after: int, *, host: str, known: int) -> Head:
        """The feed after a position.

        Args:
            known: a position whose commit has been answered.

        Raises:
            Unavailable: Neo4j does not answer in time.
        """
        parameters = {"after": after, "limit": ENTRIES_AT_ONCE, "host": host}
        row = self._graph.read_latest(query("feed/list_entries"), **parameters)[0]
        if row["position"] > known:
            row = self._graph.read_settled(query("feed/list_entries"), **parameters)[0]
        return Head(row["epoch"], row["position"], row["hosts"], tuple(_entry(entry) for entry in row["entries"]))

    def groups_of(self, contents: list[str]) -> list[str]:
        """The groups of those contents that are discussions."""
        return [row["group"] for row in self._graph.read(query("feed/list_groups_of"), ids=contents)]

    def events(self, after: int) -> Row:
        """What was added or changed after a position.

        Returns:
            {epoch, position, last, discussions: [{id, group, added}], posts: [{id, discussion, added}], notifications:
            [{id, to}]}; `last` is the last position that was read, at most `EVENTS_AT_ONCE` entries on.
        """
        parameters = {"after": after, "limit": EVENTS_AT_ONCE}
        events = self._graph.read_latest(query("feed/list_events"), **parameters)[0]
        if events["position"] == after:
            return events
        return self._graph.read_settled(query("feed/list_events"), **parameters)[0]

    def point(self) -> FeedPoint:
        """The newest entry, up to which everything can be read."""
        return FeedPoint(**self._graph.read_settled(query("feed/read_head"))[0])

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
