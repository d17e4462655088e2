"""The background worker of the profiles service: relays snapshots, sends mail, runs jobs by the clock, signs checkpoints.

Run as `python -m profiles.worker`. Several may run beside each other: each piece of work is locked in the database.
Nothing that fails here ends the process or another part: it is logged once and tried again for ever.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kit import clock, logs
from kit.cipher import FieldCipher
from kit.http import CallContext, ServiceClient
from kit.memory import collect_less
from kit.settings import load_or_end
from profiles import db, worker_settings
from profiles.audit.checkpoints import CheckpointLog, Link, Restore
from profiles.audit.store import AuditTrail
from profiles.audit.usecases import last_agreed, note_restore, write_checkpoint
from profiles.db import is_outage
from profiles.deadletters.domain import GRAPH_ACT, JOB
from profiles.deadletters.store import DeadLetterStore
from profiles.keys.store import KeyStore
from profiles.listening import Failing, drain, failing_now
from profiles.mail.delivery import deliver_one
from profiles.mail.files import KEPT_DAYS, delete_older
from profiles.outbox import relay
from profiles.projection.store import ProjectionStore
from profiles.projection.usecases import CONFIRM_SECONDS, Lineage, rebuild_step
from profiles.registers.ending import work_on_imports
from profiles.rights.retention import retain
from profiles.scheduled_jobs.usecases import ITEM_JOBS, ItemJob, note_item_failure, run_item_job
from profiles.scheduler import ScheduledJob, run_jobs
from profiles.unit_of_work import UnitOfWork
from profiles.wiring import working
from profiles.worker_settings import WorkerSettings

RELAYS = 2  # one batch is stored while the next is read; rows that one holds the other passes over
JOB_SECONDS = 20.0
RETENTION_SECONDS = 3600.0
CHECKPOINT_SECONDS = 5.0
REBUILD_SECONDS = 1.0
REGISTER_SECONDS = 2.0
RELAY_SECONDS = 1.0
HEARTBEAT_SECONDS = 5.0
GRAPH_ACTS, GRAPH_JOBS = "graph_acts", "graph_duties"
MAX_HELD_BACK = 1000  # the graph service is told of so many items that it must leave out

Part = Callable[[threading.Event, WorkerSettings, sa.Engine], None]


def run_scheduled_jobs(stop: threading.Event, config: WorkerSettings, engine: sa.Engine) -> None:
    """Do what comes due by the clock, each item in a transaction of its own, until told to stop."""
    cipher = FieldCipher(config.field_keys, config.index_key)

    begin = partial(working, engine, cipher)

    def run(name: str, job: ItemJob) -> None:
        run_item_job(begin, name, job, now=clock.now())

    item_jobs = [ScheduledJob(f"duty_{name}", JOB_SECONDS, partial(run, name, job)) for name, job in ITEM_JOBS.items()]
    retention = ScheduledJob("retention", RETENTION_SECONDS, lambda: retain(begin, now=clock.now()))
    files = ScheduledJob("mail_files", RETENTION_SECONDS, lambda: delete_old_mail(config.mail_dir))
    registers = ScheduledJob("registers", REGISTER_SECONDS, lambda: work_on_registers(stop, begin))
    run_jobs(stop, [registers, *item_jobs, retention, files])


def work_on_registers(stop: threading.Event, begin: Callable[[], AbstractContextManager[UnitOfWork]]) -> None:
    """Check credentials again with new copies of registers, and close what undone ones had opened, some at a time."""
    more = True
    while more and not stop.is_set():
        with begin() as unit:
            more = work_on_imports(unit, now=clock.now())


def delete_old_mail(folder: Path) -> None:
    """Delete messages that were written into files more than a week ago.

    Raises:
        OSError: one cannot be deleted.
    """
    deleted = delete_older(Path(folder), clock.now() - timedelta(days=KEPT_DAYS))
    if deleted:
        logs.log().info("mail_files_deleted", count=deleted)


def rebuild_projection(stop: threading.Event, config: WorkerSettings, engine: sa.Engine) -> None:
    """Project everybody again, batch by batch, whenever an epoch has begun, until told to stop."""
    graph = relay.GraphProjection(config.graph(10), config.service_session().token)
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

    def __init__(self, config: WorkerSettings, engine: sa.Engine) -> None:
        self._engine = engine
        self.log = CheckpointLog(Path(config.audit_dir), config.checkpoint_signer())
        self._last: int | None = None

    def act(self) -> None:
        """Sign the head, unless it is signed already.

        Raises:
            OSError: the file cannot be written now.
            SQLAlchemyError: the database does not answer.
        """
        if self._last is None:
            file = self.log.read()
            if file.problems:
                # An alarm for people: neither repaired nor a reason to stop signing what comes.
                logs.log().error("checkpoints_unreadable", count=len(file.problems), first=file.problems[0])
            self._last = file.last
        restore = self._record_restore()
        with self._engine.begin() as connection:
            audit = AuditTrail(connection)
            self._last = write_checkpoint(audit, self.log, last=self._last, restore=restore)
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
            file = self.log.read()
            entry = state.restore_entry
            if entry is None:
                entry = note_restore(audit, epoch=state.epoch, file=file)
                projection.note_restore_entry(entry)
            return Restore(entry, last_agreed(audit, file, before=entry), file.known)


class WitnessJob:
    """Tells the graph service the last checkpoint: whoever cuts the trail in PostgreSQL and its file would have to cut there too.

    Args:
        token: returns an access token of this worker.
    """

    def __init__(self, log: CheckpointLog, engine: sa.Engine, graph: ServiceClient, token: Callable[[], str]) -> None:
        self._log, self._engine, self._graph, self._token = log, engine, graph, token
        self._told: Link | None = None
        self._reported: Link | None = None

    def act(self) -> None:
        """Tell it, unless it knows; where it knows a checkpoint that the file lacks, that is an alarm and stays.

        Raises:
            DomainError: the graph service does not answer.
            OSError: the file cannot be read now.
            SQLAlchemyError: the database does not answer.
        """
        with self._engine.begin() as connection:
            last = AuditTrail(connection).last_checkpoint()
        if last is None or last == self._told:
            return
        found = self._call("GET", None)["checkpoint"]
        known = Link(found["number"], bytes.fromhex(found["digest"])) if found else None
        if known is not None and not self._log.holds(known):
            if known != self._reported:
                self._reported = known
                logs.log().error(
                    "checkpoints_missing", known=known.number, found=last.number,
                    sentence="The file of checkpoints lacks lines that the graph service knows, or others stand there.",
                )  # fmt: skip
            return
        if known is None or known.number < last.number:
            body = {"number": last.number, "digest": last.digest.hex(), "expected": found}
            if not self._call("PUT", body)["taken"]:
                return  # another worker was faster; next time
        self._told = last

    def _call(self, method: str, body: Any) -> Any:
        return self._graph.call(method, "/v1/audit-checkpoint", body, context=CallContext(token=self._token()))


def sign_checkpoints(stop: threading.Event, config: WorkerSettings, engine: sa.Engine) -> None:
    """Sign the audit trail's head until told to stop, and tell the graph service the last checkpoint."""
    signing = CheckpointJob(config, engine)
    telling = WitnessJob(signing.log, engine, config.graph(), config.service_session().token)
    run_jobs(
        stop,
        [
            ScheduledJob("checkpoint", CHECKPOINT_SECONDS, signing.act),
            ScheduledJob("checkpoint_witness", CHECKPOINT_SECONDS, telling.act),
        ],
    )


def send_mail(stop: threading.Event, config: WorkerSettings, engine: sa.Engine) -> None:
    """Send what is queued until told to stop."""
    drain(stop, config, channel="mail", name="mail", idle_seconds=5.0, act=lambda: deliver_one(engine, config))


def serve_graph(stop: threading.Event, config: WorkerSettings, engine: sa.Engine) -> None:
    """Take the graph service's acts into the audit trail, and let it do what comes due there, until told to stop."""
    graph, session = config.graph(10), config.service_session()
    cipher = FieldCipher(config.field_keys, config.index_key)

    def context() -> CallContext:
        return CallContext(token=session.token())

    jobs = [
        ScheduledJob("graph_acts", RELAY_SECONDS, lambda: take_acts(engine, cipher, graph, context)),
        ScheduledJob("graph_duties", JOB_SECONDS, lambda: run_graph_jobs(engine, cipher, graph, context)),
    ]
    run_jobs(stop, jobs)


def run_graph_jobs(
    engine: sa.Engine, cipher: FieldCipher, graph: ServiceClient, context: Callable[[], CallContext]
) -> None:
    """Let the graph service do what comes due there; what it cannot do waits and becomes a dead letter as anything else.

    Raises:
        DomainError: the graph service does not answer.
        SQLAlchemyError: the database does not answer.
    """
    begin = partial(working, engine, cipher)
    with begin() as unit:
        held_back = unit.letters.held_back(GRAPH_JOBS)
    answer = graph.call("POST", "/v1/duties", {"except": held_back[:MAX_HELD_BACK]}, context=context())
    with begin() as unit:
        unit.letters.forget(GRAPH_JOBS, answer.get("done", []))
    for failure in answer.get("failed", []):
        note_item_failure(begin, JOB, GRAPH_JOBS, failure["item"], error=failure["error"])


def take_acts(engine: sa.Engine, cipher: FieldCipher, graph: ServiceClient, context: Callable[[], CallContext]) -> None:
    """Take the acts that wait in the graph service into the audit trail; one that cannot be taken stops no other.

    Raises:
        DomainError: the graph service does not answer.
        SQLAlchemyError: the database does not answer.
    """
    begin = partial(working, engine, cipher)
    while True:
        with begin() as unit:
            held_back = unit.letters.held_back(GRAPH_ACTS)
        body = {"except": held_back[:MAX_HELD_BACK]}
        waiting = graph.call("POST", "/v1/audit-events/waiting", body, context=context())["events"]
        left_out = set(held_back)
        events = [event for event in waiting if event.get("id") not in left_out]
        if not events:
            return
        taken = _taken(begin, events)
        if taken:
            graph.call("POST", "/v1/audit-events/done", {"ids": taken}, context=context())


def _taken(begin: Callable[[], AbstractContextManager[UnitOfWork]], events: list[dict[str, Any]]) -> list[str]:
    """Take acts all at once, and one by one where that fails; returns the ids of those that were taken."""
    try:
        with begin() as unit:
            unit.audit.note_relayed(events)
            unit.letters.forget(GRAPH_ACTS, [event["id"] for event in events])
        return [event["id"] for event in events]
    except Exception as error:
        if is_outage(error):
            raise
        if len(events) == 1:
            note_item_failure(begin, GRAPH_ACT, GRAPH_ACTS, str(events[0].get("id")), error=type(error).__name__)
            return []
    return [own for event in events for own in _taken(begin, [event])]


def beat(stop: threading.Event, config: WorkerSettings, engine: sa.Engine) -> None:
    """Note that this worker is there, its keys, and which of its parts fail, until told to stop."""
    worker = clock.new_id()
    key = FieldCipher(config.field_keys, config.index_key).name

    def act() -> None:
        with engine.begin() as connection:
            DeadLetterStore(connection).beat(worker, failing_now())
            KeyStore(connection).beat(worker, "worker", key)

    try:
        run_jobs(stop, [ScheduledJob("heartbeat", HEARTBEAT_SECONDS, act)])
    finally:
        with suppress(sa.exc.SQLAlchemyError), engine.begin() as connection:
            KeyStore(connection).forget(worker)


def run_for_ever(part: Part, stop: threading.Event, config: WorkerSettings, engine: sa.Engine) -> None:
    """Run a part of the worker; begin again whenever an exception ends it."""
    failing = Failing(part.__name__)
    while not stop.is_set():
        try:
            part(stop, config, engine)
        except Exception as error:
            stop.wait(failing.failed(error))


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    os.umask(0o077)  # messages and checkpoints are nobody else's
    logs.take_over("worker")
    collect_less()
    config = load_or_end(worker_settings.load)
    engine = db.connect(config.database_url, pool_size=4)
    stop = threading.Event()
    parts: list[Part] = [
        *[relay.run] * RELAYS,
        send_mail,
        run_scheduled_jobs,
        sign_checkpoints,
        serve_graph,
        rebuild_projection,
        beat,
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
