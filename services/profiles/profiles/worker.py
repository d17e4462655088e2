"""The background worker of the profiles service: relays snapshots, sends mail, runs jobs by the clock, signs checkpoints.

Run as `python -m profiles.worker`. Several may run beside each other: each piece of work is locked in the database.
Nothing that fails here ends the process or another part: it is logged once and tried again for ever.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from kit import clock, logs
from kit.cipher import FieldCipher
from kit.http import CallContext, ServiceClient
from kit.memory import collect_less
from profiles import db, settings
from profiles.accounts.signing import Signer
from profiles.audit.checkpoints import Restore, read_checkpoints
from profiles.audit.store import AuditTrail
from profiles.audit.usecases import last_agreed, note_restore, write_checkpoint
from profiles.duties.usecases import DUTIES, Duty
from profiles.jobs import ScheduledJob, run_jobs
from profiles.listening import Failing, drain
from profiles.mail.delivery import deliver_one
from profiles.outbox import relay
from profiles.projection.store import ProjectionStore
from profiles.projection.usecases import CONFIRM_SECONDS, Lineage, rebuild_step
from profiles.rights.retention import run_retention
from profiles.settings import Settings
from profiles.wiring import working

RELAYS = 2  # one batch is stored while the next is read; rows that one holds the other passes over
DUTY_SECONDS = 20.0
RETENTION_SECONDS = 3600.0
CHECKPOINT_SECONDS = 5.0
REBUILD_SECONDS = 1.0
RELAY_SECONDS = 1.0

Part = Callable[[threading.Event, Settings, sa.Engine], None]


def run_duties(stop: threading.Event, config: Settings, engine: sa.Engine) -> None:
    """Do what comes due by the clock, each duty in a transaction of its own, until told to stop."""
    cipher = FieldCipher(config.field_keys, config.index_key)

    def run_duty(duty: Duty) -> None:
        with working(engine, cipher) as unit:
            duty(unit, clock.now())

    def retain() -> None:
        with working(engine, cipher) as unit:
            run_retention(unit.holdings(), now=clock.now())

    duties = [ScheduledJob(f"duty_{name}", DUTY_SECONDS, partial(run_duty, duty)) for name, duty in DUTIES.items()]
    run_jobs(stop, [*duties, ScheduledJob("retention", RETENTION_SECONDS, retain)])


def rebuild_projection(stop: threading.Event, config: Settings, engine: sa.Engine) -> None:
    """Project everybody again, batch by batch, whenever an epoch has begun, until told to stop."""
    graph = relay.GraphProjection(
        ServiceClient("graph", config.graph_url, read_seconds=10), Signer(config.signing_key, config.issuer)
    )
    cipher = FieldCipher(config.field_keys, config.index_key)

    def act() -> None:
        more = True
        while more and not stop.is_set():
            with working(engine, cipher) as unit:
                more = rebuild_step(unit, graph.ids, now=clock.now())

    # A restore or a loss is found without waiting for a change to be delivered.
    lineage = Lineage(engine, graph.position, service="service:worker")
    run_jobs(
        stop, [ScheduledJob("lineage", CONFIRM_SECONDS, lineage.confirm), ScheduledJob("rebuild", REBUILD_SECONDS, act)]
    )


class CheckpointJob:
    """Signs the audit trail's head again and again."""

    def __init__(self, config: Settings, engine: sa.Engine) -> None:
        self._engine, self._folder = engine, Path(config.audit_dir)
        self._signer = Signer(config.signing_key, config.issuer)
        self._last: int | None = None

    def act(self) -> None:
        """Sign the head, unless it is signed already.

        Raises:
            OSError: the file cannot be written now.
            SQLAlchemyError: the database does not answer.
        """
        if self._last is None:
            file = read_checkpoints(self._folder)
            if file.problems:
                # An alarm for people: neither repaired nor a reason to stop signing what comes.
                logs.log().error("checkpoints_unreadable", count=len(file.problems), first=file.problems[0])
            self._last = file.last
        restore = self._record_restore()
        with self._engine.begin() as connection:
            audit = AuditTrail(connection)
            self._last = write_checkpoint(audit, self._signer, self._folder, last=self._last, restore=restore)
            if restore is not None:
                ProjectionStore(connection).restore_signed()

    def _record_restore(self) -> Restore | None:
        """Record a restore in the trail, once, and return what the next checkpoint states about it.

        Both steps are written down, so that a crash between them repeats only the second.
        """
        with self._engine.begin() as connection:
            projection, audit = ProjectionStore(connection), AuditTrail(connection)
            if projection.state().restored_at is None:
                return None
            state = projection.lock()
            if state is None or state.restored_at is None:
                return None
            file = read_checkpoints(self._folder)
            entry = state.restore_entry
            if entry is None:
                entry = note_restore(audit, epoch=state.epoch, file=file)
                projection.note_restore_entry(entry)
            return Restore(entry, last_agreed(audit, file, before=entry), file.known)


def sign_checkpoints(stop: threading.Event, config: Settings, engine: sa.Engine) -> None:
    """Sign the audit trail's head until told to stop."""
    run_jobs(stop, [ScheduledJob("checkpoint", CHECKPOINT_SECONDS, CheckpointJob(config, engine).act)])


def send_mail(stop: threading.Event, config: Settings, engine: sa.Engine) -> None:
    """Send what is queued until told to stop."""
    drain(stop, config, channel="mail", name="mail", idle_seconds=5.0, act=lambda: deliver_one(engine, config))


def serve_graph(stop: threading.Event, config: Settings, engine: sa.Engine) -> None:
    """Take the graph service's acts into the audit trail, and let it do what comes due there, until told to stop."""
    graph, signer = ServiceClient("graph", config.graph_url, read_seconds=10), Signer(config.signing_key, config.issuer)
    cipher = FieldCipher(config.field_keys, config.index_key)

    def context() -> CallContext:
        return CallContext(token=signer.service_token("relay"))

    jobs = [
        ScheduledJob("graph_acts", RELAY_SECONDS, lambda: take_acts(engine, cipher, graph, context)),
        ScheduledJob("graph_duties", DUTY_SECONDS, lambda: graph.call("POST", "/v1/duties", {}, context=context())),
    ]
    run_jobs(stop, jobs)


def take_acts(engine: sa.Engine, cipher: FieldCipher, graph: ServiceClient, context: Callable[[], CallContext]) -> None:
    """Take the acts that wait in the graph service into the audit trail; one that cannot be taken stops no other.

    Raises:
        DomainError: the graph service does not answer.
        SQLAlchemyError: the database does not answer.
    """
    refused: set[str] = set()
    while True:
        events = graph.call("GET", "/v1/audit-events", context=context())["events"]
        fresh = [event for event in events if event.get("id") not in refused]
        if not fresh:
            return
        taken = []
        try:
            with working(engine, cipher) as unit:
                unit.audit.note_relayed(fresh)
            taken = [event["id"] for event in fresh]
        except sa.exc.OperationalError:
            raise
        except Exception:
            for event in fresh:
                try:
                    with working(engine, cipher) as unit:
                        unit.audit.note_relayed([event])
                    taken.append(event["id"])
                except sa.exc.OperationalError:
                    raise
                except Exception as error:
                    refused.add(event.get("id"))
                    logs.log().error("act_refused", event_id=event.get("id"), reason=type(error).__name__)
        if taken:
            graph.call("POST", "/v1/audit-events/done", {"ids": taken}, context=context())


def run_for_ever(part: Part, stop: threading.Event, config: Settings, engine: sa.Engine) -> None:
    """Run a part of the worker; begin again whenever an exception ends it."""
    failing = Failing(part.__name__)
    while not stop.is_set():
        try:
            part(stop, config, engine)
        except Exception as error:
            stop.wait(failing.failed(error))


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    logs.configure("worker")
    collect_less()
    config = settings.load()
    engine = db.connect(config.database_url, pool_size=4)
    stop = threading.Event()
    parts: list[Part] = [
        *[relay.run] * RELAYS,
        send_mail,
        run_duties,
        sign_checkpoints,
        serve_graph,
        rebuild_projection,
    ]

    def end(*_: object) -> None:
        stop.set()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    for part in parts:
        threading.Thread(
            target=run_for_ever, args=(part, stop, config, engine), name=part.__name__, daemon=True
        ).start()
    while not stop.wait(0.5):
        pass


if __name__ == "__main__":
    main()
