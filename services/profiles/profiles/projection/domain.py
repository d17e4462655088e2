"""Whether PostgreSQL and the graph belong together: which of the two is older, if one was restored or lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

RESTORED, GRAPH_BEHIND, REQUESTED = "POSTGRESQL_RESTORED", "GRAPH_BEHIND", "REQUESTED"
ERASURES, GHOSTS, PEOPLE = "ERASURES", "GHOSTS", "PEOPLE"


@dataclass(frozen=True)
class GraphPosition:
    """How far the graph has applied this installation's outbox: the epoch, and the last row's position and id."""

    epoch: int
    position: int
    row: str | None


@dataclass(frozen=True)
class ProjectionState:
    """What PostgreSQL knows of the projection.

    Args:
        installation: names this database and its restored copies, and no other.
        epoch: counts up where versions may have gone back.
        delivered: the highest position that the graph has confirmed in this epoch; 0 before the first.
        stage: what of a rebuild comes next (ERASURES, GHOSTS, PEOPLE), or None when none is under way.
        after: the id that the stage goes on behind.
        done: how many people the rebuild has queued.
        restored_at: when a restore was detected that no checkpoint records yet.
        restore_entry: the entry of the audit trail that records it.
    """

    installation: str
    epoch: int
    delivered: int
    stage: str | None
    after: str
    done: int
    restored_at: datetime | None
    restore_entry: int | None


def difference(state: ProjectionState, graph: GraphPosition | None, *, knows_row: bool) -> str | None:
    """Tell which side is older.

    Args:
        graph: None when the graph has nothing of this installation.
        knows_row: whether the graph's last row is or was in this database's outbox.

    Returns:
        RESTORED when the graph has applied what this database does not know; GRAPH_BEHIND when the graph lacks what it
        once confirmed; None when they belong together.
    """
    if graph is not None and (graph.epoch > state.epoch or (graph.epoch == state.epoch and not knows_row)):
        return RESTORED
    reached = graph.position if graph is not None and graph.epoch == state.epoch else 0
    return GRAPH_BEHIND if reached < state.delivered else None
