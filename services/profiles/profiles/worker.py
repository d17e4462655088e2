"""The background worker of the profiles service: relays snapshots, sends mail, keeps time, signs checkpoints.

Run as `python -m profiles.worker`. Several may run beside each other: each piece of work is locked in the database.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from kit import clock, logs
from kit.cipher import FieldCipher
from kit.errors import DomainError
from kit.http import CallContext, ServiceClient
from kit.memory import collect_less
from profiles import db, settings
from profiles.accounts.signing import Signer
from profiles.audit.store import AuditTrail
from profiles.audit.usecases import read_checkpoints, write_checkpoint
from profiles.duties.usecases import run_duties
from profiles.listening import drain
from profiles.mail.delivery import deliver_one
from profiles.outbox import relay
from profiles.rights.retention import run_retention
from profiles.settings import Settings
from profiles.wiring import working

RELAYS = 2  # one batch is stored while the next is read; rows that one holds the other passes over
DUTY_SECONDS = 20.0
RETENTION_SECONDS = 3600.0
CHECKPOINT_SECONDS = 5.0
RELAY_SECONDS = 1.0


def keep_time(stop: threading.Event, config: Settings, engine: sa.Engine) -> None:
    """Do what comes due by the clock, and sign the audit trail's head, until told to stop."""
    signer = Signer(config.signing_key, config.issuer)
    cipher = FieldCipher(config.field_keys, config.index_key)
    folder = Path(config.audit_dir)
    last, duties_at, retention_at = max(read_checkpoints(folder), default=0), float("-inf"), float("-inf")
    failing = False
    while not stop.wait(CHECKPOINT_SECONDS if duties_at > float("-inf") else 0):
        try:
            if time.monotonic() - duties_at >= DUTY_SECONDS:
                with working(engine, cipher) as unit:
                    run_duties(unit, now=clock.now())
                duties_at = time.monotonic()
            if time.monotonic() - retention_at >= RETENTION_SECONDS:
                with working(engine, cipher) as unit:
                    run_retention(unit.holdings(), now=clock.now())
                retention_at = time.monotonic()
            with engine.begin() as connection:
                last = write_checkpoint(AuditTrail(connection), signer, folder, last=last)
            failing = False
        except (DomainError, sa.exc.SQLAlchemyError, OSError) as error:
            if not failing:
                logs.log().warning("clock_waiting", reason=type(error).__name__)
            failing = True


def send_mail(stop: threading.Event, config: Settings, engine: sa.Engine) -> None:
    """Send what is queued until told to stop."""
    drain(stop, config, channel="mail", name="mail", idle_seconds=5.0, act=lambda: deliver_one(engine, config))


def serve_graph(stop: threading.Event, config: Settings, engine: sa.Engine) -> None:
    """Take the graph service's acts into the audit trail, and let it do what comes due there, until told to stop."""
    graph, signer = ServiceClient("graph", config.graph_url, read_seconds=10), Signer(config.signing_key, config.issuer)
    cipher = FieldCipher(config.field_keys, config.index_key)
    duties_at, failing = float("-inf"), False
    while not stop.wait(RELAY_SECONDS):
        try:
            context = CallContext(token=signer.service_token("relay"))
            while events := graph.call("GET", "/v1/audit-events", context=context)["events"]:
                with working(engine, cipher) as unit:
                    unit.audit.note_relayed(events)
                done = {"ids": [event["id"] for event in events]}
                graph.call("POST", "/v1/audit-events/done", done, context=context)
            if time.monotonic() - duties_at >= DUTY_SECONDS:
                graph.call("POST", "/v1/duties", {}, context=context)
                duties_at = time.monotonic()
            failing = False
        except (DomainError, sa.exc.SQLAlchemyError) as error:
            if not failing:
                logs.log().warning("graph_waiting", reason=type(error).__name__)
            failing = True


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    logs.configure("worker")
    collect_less()
    config = settings.load()
    engine = db.connect(config.database_url, pool_size=4)
    stop = threading.Event()
    parts: list[Callable[[threading.Event, Settings, sa.Engine], None]] = [
        *[relay.run] * RELAYS, send_mail, keep_time, serve_graph
    ]  # fmt: skip

    def end(*_: object) -> None:
        stop.set()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    threads = [threading.Thread(target=part, args=(stop, config, engine), daemon=True) for part in parts]
    for thread in threads:
        thread.start()
    while all(thread.is_alive() for thread in threads):
        time.sleep(0.5)
    # A bug ended one of them: the supervisor starts the worker again.
    raise SystemExit(1)


if __name__ == "__main__":
    main()
