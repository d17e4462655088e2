"""The relay: carries snapshots from the outbox to the graph, at least once, woken by LISTEN/NOTIFY."""

from __future__ import annotations

import threading
import time
from typing import Any

import sqlalchemy as sa

from kit import logs
from kit.errors import DomainError
from kit.http import CallContext, ServiceClient
from profiles.accounts.signing import Signer
from profiles.listening import drain
from profiles.outbox.store import OutboxStore, Waiting
from profiles.settings import Settings

BATCH = 1000
WORKERS = 2  # one batch is stored while the next is read; rows that one holds the other passes over
MOST_REFUSED = 3  # more than that is an outage, not a few bad rows
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
        erased = {row.person: row for row in taken if row.type == "ProfessionalErased"}
        told = [row for row in taken if row.type == "Notified" and row.person not in erased]
        for row in taken:
            if (
                row.type == "ProfessionalChanged"
                and row.person not in erased
                and row.version >= newest.get(row.person, row).version
            ):
                newest[row.person] = row
        refused = _send(graph, [newest[person] for person in sorted(newest)], token) if newest else set()
        if erased:
            graph.call("POST", "/v1/projection/erase", {"ids": sorted(erased)}, context=CallContext(token=token))
            outbox.note_erased([row.id for row in erased.values()])
        if told:
            body = '{"notifications":[' + ",".join(row.payload for row in told) + "]}"
            graph.call("POST", "/v1/projection/notifications", body.encode(), context=CallContext(token=token))
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
        body = '{"people":[' + ",".join(row.payload for row in some) + "]}"
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


def run(stop: threading.Event, config: Settings, engine: sa.Engine) -> None:
    """Deliver until told to stop; an outage of the graph or of PostgreSQL only delays."""
    graph = ServiceClient("graph", config.graph_url, read_seconds=30)
    signer = Signer(config.signing_key, config.issuer)
    minted: dict[str, Any] = {"token": "", "at": float("-inf")}

    def deliver() -> bool:
        if time.monotonic() - minted["at"] > 300:
            minted.update(token=signer.service_token("relay"), at=time.monotonic())
        return deliver_once(engine, graph, minted["token"]) > 0

    drain(stop, config, channel="outbox", name="relay", idle_seconds=IDLE_SECONDS, act=deliver)
