"""The relay: carries snapshots from the outbox to the graph, at least once, woken by LISTEN/NOTIFY.

Run as `python -m profiles.outbox.relay`.
"""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import psycopg
import sqlalchemy as sa

from kit import logs
from kit.errors import DomainError
from kit.http import CallContext, ServiceClient
from kit.memory import collect_less
from profiles import db, settings
from profiles.accounts.signing import Signer
from profiles.outbox.store import OutboxStore, Waiting

BATCH = 1000
WORKERS = 2  # one batch is stored while the next is read; rows that one holds the other passes over
MOST_REFUSED = 3  # more than that is an outage, not a few bad rows
RETRY_SECONDS = 0.5
IDLE_SECONDS = 5.0  # looks by itself this often, should a notification be lost


def deliver_once(engine: sa.Engine, graph: ServiceClient, token: str) -> int:
    """Deliver one batch; the rows leave the outbox only when the graph has taken them.

    Of several snapshots of one person only the newest is sent: it holds all that the older ones say.

    Returns:
        how many rows left the outbox.

    Raises:
        DomainError: the graph did not take them; they stay.
    """
    with engine.begin() as connection:
        outbox = OutboxStore(connection)
        taken = outbox.take(BATCH)
        if not taken:
            return 0
        newest: dict[str, Waiting] = {}
        for row in taken:
            if row.version >= newest.get(row.person, row).version:
                newest[row.person] = row
        refused = _send(graph, [newest[person] for person in sorted(newest)], token)
        outbox.remove([row.id for row in taken if row.person not in refused])
        outbox.postpone([row.id for row in taken if row.person in refused])
        return len(taken)


def _send(graph: ServiceClient, rows: list[Waiting], token: str) -> set[str]:
    """Send snapshots, all at once or, should that fail, one by one.

    Returns:
        the people whose snapshot the graph refused while it took others'.

    Raises:
        DomainError: it took none.
    """

    def put(some: list[Waiting]) -> None:
        body = '{"people":[' + ",".join(row.snapshot for row in some) + "]}"
        graph.call("PUT", "/v1/projection", body.encode(), context=CallContext(token=token))

    try:
        put(rows)
        return set()
    except DomainError as error:
        failure = error
    refused: set[str] = set()
    for row in rows:
        try:
            put([row])
        except DomainError:
            refused.add(row.person)
            if len(refused) == len(rows) or len(refused) > MOST_REFUSED:
                raise failure from None
    logs.log().error("snapshots_refused", count=len(refused))
    return refused


def run(stop: threading.Event) -> None:
    """Deliver until told to stop; an outage of the graph or of PostgreSQL only delays."""
    config = settings.load()
    engine = db.connect(config.database_url, pool_size=2)
    graph = ServiceClient("graph", config.graph_url, read_seconds=30)
    signer = Signer(config.signing_key, config.issuer)
    listener: psycopg.Connection[Any] | None = None
    token, minted = "", float("-inf")
    failing = False
    while not stop.is_set():
        try:
            if listener is None:
                listener = psycopg.connect(
                    config.database_url.replace("+psycopg", ""), autocommit=True, connect_timeout=2
                )
                listener.execute("LISTEN outbox")
            if time.monotonic() - minted > 300:
                token, minted = signer.service_token("relay"), time.monotonic()
            while not stop.is_set() and deliver_once(engine, graph, token):
                if failing:
                    logs.log().info("relay_recovered")
                    failing = False
            for _ in listener.notifies(timeout=IDLE_SECONDS, stop_after=1):
                pass
        except (DomainError, sa.exc.SQLAlchemyError, psycopg.Error) as error:
            if not failing:
                logs.log().warning("relay_waiting", reason=type(error).__name__)
                failing = True
            if isinstance(error, psycopg.Error) and listener is not None:
                listener.close()
                listener = None
            stop.wait(RETRY_SECONDS)


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    logs.configure("relay")
    collect_less()
    stop = threading.Event()
    helpers = [threading.Thread(target=run, args=(stop,), daemon=True) for _ in range(WORKERS - 1)]

    def end(*_: object) -> None:
        stop.set()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    for helper in helpers:
        helper.start()
    run(stop)


if __name__ == "__main__":
    main()
