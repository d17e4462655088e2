"""Carries the outbox to the graph, at least once.

The relay in the worker delivers what is due, woken by LISTEN/NOTIFY. A request that changed people delivers their rows
itself before it answers (`push`), so that nobody reads what is no longer true once the write is answered.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from kit import logs
from kit.errors import DomainError, Unavailable
from kit.http import CallContext, ServiceClient
from profiles.accounts.signing import Signer
from profiles.listening import drain
from profiles.outbox.store import CHANGED, ERASED, NOTIFIED, OutboxRow, OutboxStore
from profiles.settings import Settings

BATCH = 1000
IDLE_SECONDS = 1.0  # the relay looks this often by itself, because a row's head start ends without a notification
TOKEN_SECONDS = 300
PROBE_SECONDS = 5.0
HEAD_START_SECONDS = 2.0  # how long the relay leaves a row to the request that added it
PUSH_SECONDS = 3.0
# A request that changes more people is a batch (an import, a recheck): it would hold its caller for seconds, and nobody
# waits to read what it wrote. The relay delivers those, a thousand at a time.
MAX_PUSHED_PEOPLE = 100


class GraphProjection:
    """The graph service's interface for projections, called as the relay."""

    def __init__(self, client: ServiceClient, signer: Signer) -> None:
        self._client, self._signer = client, signer
        self._token, self._minted_at = "", float("-inf")

    def put(self, kind: str, rows: Sequence[OutboxRow], *, deadline: float | None = None) -> None:
        """Send rows of one kind; the graph takes all of them or none.

        Args:
            deadline: `time.monotonic()` after which nobody waits.

        Raises:
            DomainError: it took none.
        """
        context = CallContext(token=self._service_token(), deadline=deadline)
        if kind == ERASED:
            people = sorted({row.person for row in rows})
            self._client.call("POST", "/v1/projection/erase", {"ids": people}, context=context)
        elif kind == NOTIFIED:
            body = '{"notifications":[' + ",".join(row.payload for row in rows) + "]}"
            self._client.call("POST", "/v1/projection/notifications", body.encode(), context=context)
        else:
            body = '{"people":[' + ",".join(row.payload for row in rows) + "]}"
            self._client.call("PUT", "/v1/projection", body.encode(), context=context)

    def answers(self, *, deadline: float | None = None) -> bool:
        """Whether the graph takes an empty delivery now: then a refusal is about the rows."""
        until = time.monotonic() + PROBE_SECONDS
        try:
            self.put(CHANGED, [], deadline=until if deadline is None else min(until, deadline))
        except DomainError:
            return False
        return True

    def _service_token(self) -> str:
        if time.monotonic() - self._minted_at > TOKEN_SECONDS:
            self._token, self._minted_at = self._signer.service_token("relay"), time.monotonic()
        return self._token


@dataclass
class Outcome:
    """What became of rows.

    Args:
        delivered: rows that the graph has taken, or that a newer one made needless.
        failed: why the graph refused a row, by the row's id; it took others at that time.
        outage: set when the graph stopped answering; rows that are in neither of the two were not tried.
    """

    delivered: list[OutboxRow] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    outage: DomainError | None = None


def deliver(rows: Sequence[OutboxRow], graph: GraphProjection, *, deadline: float | None = None) -> Outcome:
    """Send rows to the graph: all of a kind at once, and in halves where that fails, so that only bad rows fail.

    Of several snapshots of one person only the newest is sent: it holds all that the older ones say. Where a person is
    erased, nothing else about them is sent.
    """
    outcome = Outcome()
    erased = {row.person for row in rows if row.type == ERASED}
    newest: dict[str, OutboxRow] = {}
    for row in rows:
        if row.type == CHANGED and row.version >= newest.get(row.person, row).version:
            newest[row.person] = row
    kinds: dict[str, list[OutboxRow]] = {CHANGED: [], ERASED: [], NOTIFIED: []}
    for row in rows:
        superseded = row.type == CHANGED and newest[row.person] is not row
        if row.type not in kinds:
            outcome.failed[row.id] = f"UNKNOWN_TYPE: {row.type}"
        elif superseded or (row.type != ERASED and row.person in erased):
            outcome.delivered.append(row)
        else:
            kinds[row.type].append(row)

    def put(kind: str, some: list[OutboxRow]) -> None:
        try:
            graph.put(kind, some, deadline=deadline)
        except DomainError as error:
            if isinstance(error, Unavailable) and not graph.answers(deadline=deadline):
                raise
            if len(some) == 1:
                outcome.failed[some[0].id] = f"{error.code}: {error.message}"
                return
            middle = len(some) // 2
            put(kind, some[:middle])
            put(kind, some[middle:])
        else:
            outcome.delivered += some

    try:
        for kind in (ERASED, CHANGED, NOTIFIED):
            if kinds[kind]:
                put(kind, sorted(kinds[kind], key=lambda row: row.person))
    except DomainError as error:
        outcome.outage = error
    return outcome


def _settle(outbox: OutboxStore, outcome: Outcome) -> None:
    """Write down what became of rows: delivered ones leave the outbox, failed ones wait longer."""
    erased = [row.id for row in outcome.delivered if row.type == ERASED]
    if erased:
        outbox.note_erased(erased)
    if outcome.delivered:
        outbox.remove([row.id for row in outcome.delivered])
    if outcome.failed:
        dead = outbox.postpone(outcome.failed)
        codes = sorted({reason.split(":")[0] for reason in outcome.failed.values()})
        logs.log().error("outbox_rows_refused", count=len(outcome.failed), codes=codes)
        if dead:
            logs.log().error("outbox_rows_dead", count=len(dead), rows=dead[:20])


def deliver_once(engine: sa.Engine, graph: GraphProjection) -> int:
    """Deliver one batch of rows that are due.

    Returns:
        how many rows were tried.

    Raises:
        DomainError: the graph does not answer; what it has not taken stays as it is.
    """
    with engine.begin() as connection:
        outbox = OutboxStore(connection)
        rows = outbox.take(BATCH)
        if not rows:
            return 0
        outcome = deliver(rows, graph)
        _settle(outbox, outcome)
    if outcome.outage is not None:
        raise outcome.outage
    return len(rows)


def push(engine: sa.Engine, graph: GraphProjection, people: Collection[str], *, seconds: float) -> bool:
    """Deliver all rows of a few people now, for the request that has just committed them.

    The rows are read without a lock and sent even while the relay sends them: when the graph answers, it has applied this
    version or a newer one, whoever was first. A row that is not there any more was delivered.

    Args:
        seconds: how long the request can wait.

    Returns:
        whether the graph has applied them; if not, the relay delivers them, and the failure is logged.
    """
    if len(people) > MAX_PUSHED_PEOPLE:
        return False
    try:
        with engine.begin() as connection:
            rows = OutboxStore(connection).of_people(sorted(people))
        outcome = deliver(rows, graph, deadline=time.monotonic() + seconds)
        with engine.begin() as connection:
            # Should the server lose this in a crash, the rows are only delivered once more.
            connection.execute(sa.text("SET LOCAL synchronous_commit = off"))
            _settle(OutboxStore(connection), outcome)
    except sa.exc.SQLAlchemyError as error:
        logs.log().warning("push_failed", people=len(people), reason=type(error).__name__)
        return False
    if outcome.outage is not None:
        logs.log().warning("push_failed", people=len(people), reason=outcome.outage.code)
    return outcome.outage is None and not outcome.failed


def run(stop: threading.Event, config: Settings, engine: sa.Engine) -> None:
    """Deliver until told to stop; an outage of the graph or of PostgreSQL only delays."""
    graph = GraphProjection(
        ServiceClient("graph", config.graph_url, read_seconds=30), Signer(config.signing_key, config.issuer)
    )
    drain(
        stop, config, channel="outbox", name="relay", idle_seconds=IDLE_SECONDS,
        act=lambda: deliver_once(engine, graph) > 0,
    )  # fmt: skip
