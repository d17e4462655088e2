"""Carries the outbox to the graph, at least once.

The relay in the worker delivers what is due, woken by LISTEN/NOTIFY. A request that changed people delivers their rows
itself before it answers (`push`), so that nobody reads what is no longer true once the write is answered.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa

from kit import logs
from kit.errors import DomainError, Forbidden, InvalidCredentials, Unauthenticated, Unavailable
from kit.http import CallContext, ServiceClient
from profiles.deadletters.usecases import report_dead
from profiles.listening import drain
from profiles.outbox.store import CHANGED, ERASED, GHOST, NOTIFIED, OutboxRow, OutboxStore
from profiles.projection.domain import GraphPosition, ProjectionState
from profiles.projection.store import ProjectionStore
from profiles.projection.usecases import Lineage
from profiles.worker_settings import WorkerSettings

BATCH = 1000
IDLE_SECONDS = 1.0  # the relay looks this often by itself, because a row's head start ends without a notification
PROBE_SECONDS = 5.0
HEAD_START_SECONDS = 2.0  # how long the relay leaves a row to the request that added it
PUSH_SECONDS = 4.0  # of the 5 that a change has; an erasure takes longest, where Neo4j makes its plans anew
POSITION_SECONDS = 2.0
_NOT_LET_IN = frozenset({Unauthenticated.code, InvalidCredentials.code, Forbidden.code})
STALE_EPOCH = "STALE_EPOCH"  # the graph's code for a delivery of an epoch that has ended
# A request that changes more people is a batch (an import, a recheck): it would hold its caller for seconds, and nobody
# waits to read what it wrote. The relay delivers those, a thousand at a time.
MAX_PUSHED_PEOPLE = 100


class GraphProjection:
    """The graph service's interface for projections.

    Args:
        token: returns an access token of the service that calls.
    """

    def __init__(self, client: ServiceClient, token: Callable[[], str]) -> None:
        self._client, self._token = client, token

    def put(
        self, kind: str, rows: Sequence[OutboxRow], *, state: ProjectionState, deadline: float | None = None
    ) -> None:
        """Send rows of one kind; the graph takes all of them or none.

        Args:
            state: says of which installation and epoch they are.
            deadline: `time.monotonic()` after which nobody waits.

        Raises:
            DomainError: it took none; with the code STALE_EPOCH, because a later epoch has begun.
        """
        last = max(rows, key=lambda row: row.position, default=None)
        position = orjson.dumps(
            {
                "installation": state.installation, "epoch": state.epoch, "position": last.position if last else 0,
                "row": last.id if last else None,
            }
        ).decode()  # fmt: skip
        payloads = ",".join(row.payload for row in rows)
        if kind in {ERASED, GHOST}:
            people = orjson.dumps(sorted({row.person for row in rows})).decode()
            method, path = "POST", "/v1/projection/erase"
            content = f'"ids":{people},"ghosts":{"true" if kind == GHOST else "false"}'
        elif kind == NOTIFIED:
            method, path, content = "POST", "/v1/projection/notifications", f'"notifications":[{payloads}]'
        else:
            method, path, content = "PUT", "/v1/projection", f'"people":[{payloads}]'
        self._call(method, path, f'{{{content},"position":{position}}}'.encode(), deadline)

    def answers(self, *, state: ProjectionState, deadline: float | None = None) -> bool:
        """Whether the graph takes an empty delivery now: then a refusal is about the rows."""
        until = time.monotonic() + PROBE_SECONDS
        try:
            self.put(CHANGED, [], state=state, deadline=until if deadline is None else min(until, deadline))
        except DomainError:
            return False
        return True

    def position(self, installation: str, deadline: float | None = None) -> GraphPosition | None:
        """Ask how far the graph has applied an installation's outbox; None when it has nothing of it.

        Raises:
            DomainError: the graph does not answer.
        """
        until = time.monotonic() + POSITION_SECONDS
        until = until if deadline is None else min(until, deadline)
        found = self._call("POST", "/v1/projection/position", {"installation": installation}, until)
        return GraphPosition(**found) if found["epoch"] is not None else None

    def ids(self, installation: str, kind: str, after: str) -> list[str]:
        """Ask for a page of the people that the graph has of an installation (PROJECTED), or has erased (ERASED).

        Raises:
            DomainError: the graph does not answer.
        """
        body = {"installation": installation, "kind": kind, "after": after}
        return list(self._call("POST", "/v1/projection/ids", body, None)["ids"])

    def _call(self, method: str, path: str, body: Any, deadline: float | None) -> Any:
        try:
            # Until the deadline: who waits has no use for an answer that comes sooner and says nothing.
            context = CallContext(token=self._token(), deadline=deadline, patient=True)
            return self._client.call(method, path, body, context=context)
        except DomainError as error:
            if error.code not in _NOT_LET_IN:
                raise
            # It says nothing about what was sent: no row may become a dead letter because of a wrong secret.
            raise Unavailable("The graph service does not let this service in.") from error


@dataclass
class Outcome:
    """What became of rows.

    Args:
        delivered: rows that the graph has taken, or that a newer one made needless.
        failed: why the graph refused a row, by the row's id; it took others at that time.
        outage: set when the graph stopped answering, or knows a later epoch; rows that are in neither of the two were not
            tried.
        reached: the highest position that the graph has confirmed.
    """

    delivered: list[OutboxRow] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    outage: DomainError | None = None
    reached: int = 0


def deliver(
    rows: Sequence[OutboxRow], graph: GraphProjection, *, state: ProjectionState, deadline: float | None = None
) -> Outcome:
    """Send rows to the graph: all of a kind at once, and in halves where that fails, so that only bad rows fail.

    What fails because the graph was away for a moment is sent once more: a request that waits would otherwise be answered
    before its rows are there.

    Of several snapshots of one person only the newest is sent: it holds all that the older ones say. Where a person is
    erased, nothing else about them is sent.
    """
    outcome = Outcome()
    erased = {row.person for row in rows if row.type == ERASED}
    newest: dict[str, OutboxRow] = {}
    for row in rows:
        if row.type == CHANGED and row.version >= newest.get(row.person, row).version:
            newest[row.person] = row
    kinds: dict[str, list[OutboxRow]] = {ERASED: [], GHOST: [], CHANGED: [], NOTIFIED: []}
    for row in rows:
        superseded = row.type == CHANGED and newest[row.person] is not row
        if row.type not in kinds:
            outcome.failed[row.id] = f"UNKNOWN_TYPE: {row.type}"
        elif superseded or (row.type != ERASED and row.person in erased):
            outcome.delivered.append(row)
        else:
            kinds[row.type].append(row)

    left = [(kind, sorted(some, key=lambda row: row.person), False) for kind, some in kinds.items() if some][::-1]
    while left and outcome.outage is None:
        kind, some, repeated = left.pop()
        try:
            graph.put(kind, some, state=state, deadline=deadline)
        except Exception as error:  # also a row that cannot even be sent: it stops no other
            expected = error if isinstance(error, DomainError) else None
            away = isinstance(error, Unavailable)
            outage = away and not graph.answers(state=state, deadline=deadline)
            if expected is not None and (outage or expected.code == STALE_EPOCH):
                outcome.outage = expected
            elif away and not repeated:
                left.append((kind, some, True))
            elif len(some) == 1:
                known = f"{expected.code}: {expected.message}" if expected is not None else type(error).__name__
                outcome.failed[some[0].id] = known
            else:
                middle = len(some) // 2
                left += [(kind, some[middle:], False), (kind, some[:middle], False)]
        else:
            outcome.delivered += some
            outcome.reached = max(outcome.reached, *(row.position for row in some))
    return outcome


def _settle(connection: sa.Connection, outcome: Outcome, state: ProjectionState) -> None:
    """Write down what became of rows: delivered ones leave the outbox, failed ones wait longer."""
    outbox = OutboxStore(connection)
    erased = [row.id for row in outcome.delivered if row.type == ERASED]
    if erased:
        outbox.note_erased(erased)
    if outcome.delivered:
        outbox.remove([row.id for row in outcome.delivered])
    if outcome.failed:
        dead = outbox.postpone(outcome.failed)
        codes = sorted({reason.split(":")[0] for reason in outcome.failed.values()})
        logs.log().error("outbox_rows_refused", count=len(outcome.failed), codes=codes)
        for row_id, kind in dead.items():
            report_dead(kind, row_id, error=outcome.failed[row_id].split(":")[0])
    if outcome.reached:
        ProjectionStore(connection).confirm_delivery(state.epoch, outcome.reached)


class Relay:
    """Delivers rows of the outbox to the graph.

    Args:
        service: who it is, in the audit trail.
    """

    def __init__(self, engine: sa.Engine, graph: GraphProjection, *, service: str = "service:profiles") -> None:
        self._engine, self._graph = engine, graph
        self.lineage = Lineage(engine, graph.position, service=service)

    def deliver_once(self) -> int:
        """Deliver one batch of rows that are due.

        Returns:
            how many rows were tried.

        Raises:
            DomainError: the graph does not answer; what it has not taken stays as it is.
        """
        self.lineage.confirm()
        with self._engine.begin() as connection:
            rows = OutboxStore(connection).take(BATCH)
            if not rows:
                return 0
            state = ProjectionStore(connection).state()
            outcome = deliver(rows, self._graph, state=state)
            _settle(connection, outcome, state)
        if outcome.outage is not None:
            if outcome.outage.code == STALE_EPOCH:
                self.lineage.forget()
            raise outcome.outage
        return len(rows)

    def push(self, people: Collection[str], *, seconds: float) -> bool:
        """Deliver all rows of a few people now, for the request that has just committed them.

        The rows are read without a lock and sent even while the worker's relay sends them: when the graph answers, it has
        applied this version or a newer one, whoever was first. A row that is not there any more was delivered.

        Args:
            seconds: how long the request can wait.

        Returns:
            whether the graph has applied them; if not, the worker delivers them, and the failure is logged.
        """
        if len(people) > MAX_PUSHED_PEOPLE:
            return False
        deadline = time.monotonic() + seconds
        try:
            outcome = self._push(people, deadline)
            if outcome.outage is not None and outcome.outage.code == STALE_EPOCH:
                self.lineage.forget()
                outcome = self._push(people, deadline)
        except (sa.exc.SQLAlchemyError, DomainError) as error:
            logs.log().warning("push_failed", people=len(people), reason=type(error).__name__)
            return False
        if outcome.outage is not None:
            logs.log().warning("push_failed", people=len(people), reason=outcome.outage.code)
        return outcome.outage is None and not outcome.failed

    def _push(self, people: Collection[str], deadline: float) -> Outcome:
        self.lineage.confirm(deadline=deadline)
        with self._engine.begin() as connection:
            # The epoch is read after the rows were committed; a rebuild that began before has waited for them.
            rows = OutboxStore(connection).of_people(sorted(people))
            state = ProjectionStore(connection).state()
        outcome = deliver(rows, self._graph, state=state, deadline=deadline)
        with self._engine.begin() as connection:
            # Should the server lose this in a crash, the rows are only delivered once more.
            connection.execute(sa.text("SET LOCAL synchronous_commit = off"))
            _settle(connection, outcome, state)
        return outcome


def run(stop: threading.Event, config: WorkerSettings, engine: sa.Engine) -> None:
    """Deliver until told to stop; an outage of the graph or of PostgreSQL only delays."""
    graph = GraphProjection(config.graph(30), config.service_session().token)
    relay = Relay(engine, graph, service="service:worker")
    drain(
        stop, config, channel="outbox", name="relay", idle_seconds=IDLE_SECONDS,
        act=lambda: relay.deliver_once() > 0,
    )  # fmt: skip
