"""Keeping PostgreSQL and the graph together: detecting a restore or a loss, and projecting everybody again."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from kit.logs import log
from profiles.audit.store import AuditTrail
from profiles.outbox.store import OutboxStore
from profiles.people import domain as people_domain
from profiles.projection.domain import (
    ERASURES,
    GHOSTS,
    GRAPH_BEHIND,
    PEOPLE,
    REQUESTED,
    RESTORED,
    GraphPosition,
    difference,
)
from profiles.projection.store import ProjectionStore
from profiles.rights.usecases import erase
from profiles.unit_of_work import UnitOfWork

CONFIRM_SECONDS = 10.0
PEOPLE_BATCH = 200
_EVENTS = {
    RESTORED: "postgresql_restored",  # the graph has applied what this database does not know
    GRAPH_BEHIND: "graph_behind",  # the graph lacks what it once confirmed
    REQUESTED: "rebuild_requested",
}

ReadPosition = Callable[[str, float | None], GraphPosition | None]
ReadIds = Callable[[str, str, str], list[str]]


def open_epoch(connection: sa.Connection, *, reason: str, beyond: int = 0, actor: str) -> int | None:
    """Begin a new epoch: everybody is projected again in it, and its snapshots win over those of earlier ones.

    Args:
        reason: RESTORED, GRAPH_BEHIND or REQUESTED.
        beyond: the epoch that the graph knows.

    Returns:
        the epoch, or None when another one has begun meanwhile.
    """
    projection = ProjectionStore(connection)
    epoch = projection.open_epoch(projection.state().epoch, beyond=beyond, reason=reason)
    if epoch is None:
        return None
    OutboxStore(connection).revive()
    people = int(connection.execute(sa.text("SELECT count(*) FROM person")).scalar_one())
    log().warning(_EVENTS[reason], epoch=epoch, people_to_project=people)
    if reason != RESTORED:  # a restore gets an entry of its own, from the worker, which knows the checkpoints
        audit = AuditTrail(connection)
        audit.note("projection.rebuild", actor=actor, object="graph", reason=f"{reason}, epoch {epoch}")
        audit.flush()
    return epoch


class Lineage:
    """Makes sure, before this process delivers anything, that PostgreSQL and the graph belong together.

    A restored database has lower versions than the graph, which would be dropped without a word. So each process asks the
    graph for its position at its first delivery and every ten seconds; a difference begins a new epoch.

    Args:
        read_position: asks the graph how far it has applied an installation's outbox, before a deadline.
    """

    def __init__(self, engine: sa.Engine, read_position: ReadPosition, *, service: str = "service:profiles") -> None:
        self._engine, self._read_position, self._service = engine, read_position, service
        self._confirmed_at = float("-inf")

    def confirm(self, *, deadline: float | None = None) -> None:
        """Compare both sides, unless that was done a moment ago.

        Args:
            deadline: `time.monotonic()` after which nobody waits.

        Raises:
            DomainError: the graph does not answer.
            SQLAlchemyError: PostgreSQL does not answer.
        """
        if time.monotonic() - self._confirmed_at < CONFIRM_SECONDS:
            return
        with self._engine.begin() as connection:
            installation = ProjectionStore(connection).state().installation
        graph = self._read_position(installation, deadline)
        with self._engine.begin() as connection:
            projection = ProjectionStore(connection)
            # The row first: what the graph had then, this database had before.
            knows_row = graph is None or graph.row is None or projection.knows(graph.row)
            state = projection.state()
            found = difference(state, graph, knows_row=knows_row)
            if found == GRAPH_BEHIND:
                # What was delivered between the two readings is in the state and not in the position.
                found = difference(state, self._read_position(installation, deadline), knows_row=True)
            if found is not None:
                open_epoch(connection, reason=found, beyond=graph.epoch if graph else 0, actor=self._service)
            projection.forget_rows()
        self._confirmed_at = time.monotonic()

    def forget(self) -> None:
        """Compare again before the next delivery."""
        self._confirmed_at = float("-inf")


def rebuild_step(unit: UnitOfWork, read_ids: ReadIds, *, now: datetime) -> bool:
    """Do the next batch of a rebuild; the state says where it goes on, also after a crash.

    First, people whom the graph knows as erased are erased here as well: a restore brought them back. Then people whom
    the graph has and PostgreSQL does not know are erased there. Then everybody's snapshot is queued.

    Args:
        read_ids: pages ids in the graph: (installation, PROJECTED or ERASED, after).

    Returns:
        whether there may be more to do.

    Raises:
        DomainError: the graph does not answer.
    """
    state = unit.projection.lock()
    if state is None or state.stage is None:
        return False
    if state.stage == ERASURES:
        ids = read_ids(state.installation, "ERASED", state.after)
        unknown = set(unit.projection.unknown(ids))
        again = [own for own in ids if own not in unknown]
        for own in again:
            erase(unit, own, actor="service:restore", now=now)
        if again:
            log().warning("erasures_repeated", count=len(again))
        unit.projection.go_on(ERASURES if ids else GHOSTS, after=ids[-1] if ids else "", done=0)
    elif state.stage == GHOSTS:
        ids = read_ids(state.installation, "PROJECTED", state.after)
        unknown = set(unit.projection.unknown(ids))
        unit.outbox.add_ghosts(sorted(unknown))
        if unknown:
            log().warning("ghosts_removed", count=len(unknown))
        unit.projection.go_on(GHOSTS if ids else PEOPLE, after=ids[-1] if ids else "", done=0)
    else:
        ids = unit.projection.next_people(state.after, PEOPLE_BATCH)
        snapshots = []
        for own in ids:
            person = unit.people.get(own)
            if person is not None:
                snapshots.append(people_domain.snapshot(person, unit.people.standing(own)))
        if snapshots:
            unit.outbox.add_snapshots(snapshots)
        unit.projection.go_on(PEOPLE if ids else None, after=ids[-1] if ids else "", done=len(ids))
        if not ids:
            log().info("projection_rebuilt", epoch=state.epoch, people=state.done)
    return True
