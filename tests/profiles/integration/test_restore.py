"""A restored PostgreSQL and a lost Neo4j: detected, told apart, and healed, on real engines and over real HTTP."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import neo4j
import pytest
import sqlalchemy as sa
import structlog
from click.testing import CliRunner
from werkzeug.serving import make_server

from consilium.cli import main
from graph.app import create_app as create_graph
from graph.settings import Settings as GraphSettings
from kit import clock
from kit.http import CallContext, ServiceClient
from kit.services import Service
from profiles import db as profiles_db
from profiles.accounts.signing import Signer
from profiles.app import create_app as create_profiles
from profiles.audit import chain
from profiles.audit.checkpoints import read_checkpoints
from profiles.outbox.relay import GraphProjection, Relay
from profiles.projection.domain import REQUESTED, RESTORED
from profiles.projection.usecases import open_epoch, rebuild_step
from profiles.rights.usecases import erase
from profiles.settings import Settings
from profiles.wiring import open_unit
from profiles.worker import CheckpointJob
from profiles.worker_settings import WorkerSettings
from tests.support.desk import CIPHER, a_person, confirm, revoke, unit, validated
from tests.support.engines import Engines
from tests.support.settings import SECRETS, settings, worker_settings
from tests.support.stack import eventually, free_port, is_ready

OPEN = {"headline": None, "verification": "UNVERIFIED", "licences": []}


def serve(app: Any, port: int) -> Any:
    """Serve an application on a port of its own, in the background, as a worker does."""
    app.extensions["begin"]()
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


@dataclass
class System:
    """Both services, with a database of their own that can be saved and restored; the worker's parts are called by hand."""

    name: str
    admin: sa.Engine
    url: str
    config: Settings
    worker_config: WorkerSettings
    graph: ServiceClient
    signer: Signer
    folder: Path
    driver: neo4j.Driver
    server: Any = None

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start the profiles service, the relay and the checkpoints, as after a restart."""
        self.database = profiles_db.connect(self.url, pool_size=5)
        self.app = create_profiles(self.config)
        self.server = serve(self.app, int(self.config.issuer.rsplit(":", 1)[1]))
        worker = self.worker_config
        self.projection = GraphProjection(
            ServiceClient("graph", worker.graph_url, read_seconds=30), worker.service_session().token
        )
        self.relay = Relay(self.database, self.projection, service="service:worker")
        self.checkpoints = CheckpointJob(worker, self.database)

    def end(self) -> None:
        """Stop them, so that nobody is connected to the database."""
        self.server.shutdown()
        self.app.extensions["end"]()
        self.server.server_close()
        self.app.extensions["wiring"].engine.dispose()
        self.database.dispose()

    def _copy(self, source: str, target: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(
                sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
                {"name": source},
            )
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)'))
            connection.execute(sa.text(f'CREATE DATABASE "{target}" TEMPLATE "{source}"'))

    def save(self) -> None:
        """Take a backup of PostgreSQL."""
        self.end()
        self._copy(self.name, f"{self.name}_saved")
        self.begin()

    def restore(self) -> None:
        """Put the backup in the place of PostgreSQL's data."""
        self.end()
        self._copy(f"{self.name}_saved", self.name)
        self.begin()

    def work_off(self) -> None:
        """Do what the worker does, until nothing is left to do."""
        more = True
        while more:
            more = self.relay.deliver_once() > 0
            while True:
                with unit(self.database) as work:
                    if not rebuild_step(work, self.projection.ids, now=clock.now()):
                        break
                    more = True

    def person(self, name: str, *, roles: tuple[str, ...] = ()) -> str:
        """Somebody who has accepted the policies; nothing of them is in the graph yet."""
        person = a_person(self.database, name, roles=roles)
        with unit(self.database) as work:
            policies = self.app.extensions["wiring"].policies
            work.accepted.accept(person, [(one.id, one.edition) for one in policies], at=clock.now())
        return person

    def patch(self, person: str, method: str, path: str, body: dict[str, Any]) -> Any:
        """A request of a person to the profiles service over HTTP."""
        client = ServiceClient("profiles", self.config.issuer, read_seconds=30)
        return client.call(method, path, body, context=self.context(person))

    def context(self, person: str) -> CallContext:
        """A call of a signed-in person."""
        return CallContext(token=self.signer.access_token(person, ["MEMBER"], email_verified=True))

    def seen(self, person: str, by: str) -> dict[str, Any] | None:
        """What another person reads of somebody, once."""
        found = self.graph.call("POST", "/v1/people", {"ids": [person]}, context=self.context(by))
        return {name: found[0][name] for name in ("headline", "verification", "licences")} if found else None

    def peers(self, by: str, **filters: Any) -> set[str]:
        """Whom another person finds, once."""
        body = {"filter": filters, "order": "NAME", "first": 100}
        found = self.graph.call("POST", "/v1/peers", body, context=self.context(by))
        return {row["id"] for row in found["rows"]}

    def verify(self) -> chain.Report:
        """What `consilium audit verify` finds."""
        file = read_checkpoints(self.folder)
        assert file.problems == ()
        with unit(self.database) as work:
            return chain.verify(work.audit.all_entries(), head=work.audit.head(), checkpoints=file.checkpoints)

    def epoch(self) -> int:
        """The epoch of the projection."""
        with unit(self.database) as work:
            return int(work.projection.state().epoch)

    def query(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """Straight from Neo4j."""
        with self.driver.session() as session:
            return session.run(text, parameters).data()  # type: ignore[arg-type]


@pytest.fixture
def system(engines: Engines, driver: neo4j.Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """Two services on the real engines, for one test; how long a delivery takes is not what is tested."""
    monkeypatch.setattr("profiles.wiring.PUSH_SECONDS", 25.0)
    monkeypatch.setattr("profiles.outbox.relay.POSITION_SECONDS", 25.0)
    name = f"restore_{uuid.uuid4().hex}"
    admin = sa.create_engine(engines.database_url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    url = sa.make_url(engines.database_url).set(database=name).render_as_string(hide_password=False)
    profiles_db.migrate(url)
    profiles_port, graph_port = free_port(), free_port()
    issuer = f"http://127.0.0.1:{profiles_port}"
    config = replace(settings(), database_url=url, issuer=issuer, graph_url=f"http://127.0.0.1:{graph_port}")
    worker_config = replace(
        worker_settings(), database_url=url, issuer=issuer, graph_url=config.graph_url, profiles_url=issuer,
        audit_dir=tmp_path,
    )  # fmt: skip
    graph_config = GraphSettings(engines.neo4j_uri, "neo4j", engines.neo4j_password, issuer, issuer, ((1, b"k" * 32),))
    graph_app = create_graph(graph_config)
    graph_server = serve(graph_app, graph_port)
    eventually(lambda: is_ready(config.graph_url, 20), 120)
    found = System(
        name, admin, url, config, worker_config, ServiceClient("graph", config.graph_url, read_seconds=30),
        Signer(config.signing_key, issuer), tmp_path, driver,
    )  # fmt: skip
    yield found
    found.end()
    graph_server.shutdown()
    graph_app.extensions["end"]()  # else it goes on asking beside the tests that follow
    with admin.connect() as connection:
        for one in (name, f"{name}_saved"):
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{one}" WITH (FORCE)'))


def test_a_licence_revoked_after_a_restore_is_lost_for_everybody_at_once(system: System) -> None:
    """The worst case: the profile changed six times, PostgreSQL is restored to before, and the licence is revoked."""
    ada, bob, cyd = (system.person(name) for name in ("Ada", "Bob", "Cyd"))
    vera, vito = (system.person(name, roles=("VERIFIER",)) for name in ("Vera", "Vito"))
    now = clock.now()
    licence = validated(system.database, ada, vera, now=now)
    validated(system.database, ada, vera, now=now, kind="IDENTITY", authority=None, number=None, specialty=None)
    for person in (bob, cyd, vera, vito):
        with unit(system.database) as work:
            work.publish(person)
    system.patch(ada, "PATCH", "/v1/me/profile", {"headline": "Before"})
    system.work_off()
    system.checkpoints.act()
    assert system.seen(ada, bob)["verification"] == "RIGHT_TO_PRACTISE"  # type: ignore[index]
    system.save()

    with unit(system.database) as work:
        head_saved = work.audit.head()[0]
    for number in range(6):
        system.patch(ada, "PATCH", "/v1/me/profile", {"headline": f"After {number}"})
    ghost = system.person("Ghost")
    with unit(system.database) as work:
        work.publish(ghost)
    erased_later = cyd
    with unit(system.database) as work:
        erase(work, erased_later, actor=erased_later, now=now)
    system.work_off()
    system.checkpoints.act()
    with unit(system.database) as work:
        head_lost = work.audit.head()[0]
    assert head_lost > head_saved
    assert system.seen(ada, bob)["headline"] == "After 5"  # type: ignore[index]
    assert system.seen(ghost, bob) is not None
    assert system.seen(cyd, bob) is None

    system.restore()
    before = system.epoch()
    with structlog.testing.capture_logs() as logs:
        # The first request after the restore, before the worker has done anything.
        system.patch(bob, "PATCH", "/v1/me/profile", {"headline": "First"})
    assert [entry["event"] for entry in logs if entry["event"] == "postgresql_restored"] == ["postgresql_restored"]
    assert system.epoch() == before + 1
    assert system.seen(bob, ada)["headline"] == "First"  # type: ignore[index]
    revoke(system.database, licence.id, vera, now=now)
    confirm(system.database, licence.id, vito, True, now=now)
    # As a request does after its commit.
    assert system.app.extensions["wiring"].relay.push({ada}, seconds=25) is True
    seen = system.seen(ada, bob)
    assert seen is not None
    assert (seen["headline"], seen["verification"]) == ("Before", "IDENTITY")
    assert [one["standing"] for one in seen["licences"]] == []
    assert ada not in system.peers(bob, verification="RIGHT_TO_PRACTISE", licensed_in=["DE"])

    system.work_off()
    assert system.epoch() == before + 1  # one restore, one epoch
    assert system.seen(ghost, bob) is None
    assert system.seen(cyd, bob) is None
    with unit(system.database) as work:
        assert work.people.get(cyd) is None  # the erasure was repeated
        assert work.people.get(ghost) is None
    assert system.seen(ada, bob) == seen
    # Later changes have lower versions than what the graph once had, and count.
    system.patch(ada, "PATCH", "/v1/me/profile", {"headline": "New"})
    assert system.seen(ada, bob)["headline"] == "New"  # type: ignore[index]

    system.checkpoints.act()
    report = system.verify()
    assert report.problems == []
    with unit(system.database) as work:
        entry = work.audit.page(object="database", actor=None, before=None, first=5)
    assert [(one.action, one.actor) for one in entry] == [("database.restored", "service:worker")]
    assert report.warnings == [
        f"entries {head_saved + 1} to {head_lost}, up to which checkpoints had signed, were lost by a restore of the "
        f"database, detected on {entry[0].at:%Y-%m-%d %H:%M} UTC and recorded as entry {entry[0].seq}"
    ]
    for _ in range(2):  # nothing is recorded twice, also after a restart
        system.end()
        system.begin()
        system.relay.lineage.confirm()
        system.work_off()
        system.checkpoints.act()
    assert system.epoch() == before + 1
    assert system.verify().warnings == report.warnings


def test_an_empty_graph_beside_a_full_database_is_filled_again(system: System) -> None:
    """Detected without a change, told in one line, and projected again at equal versions."""
    people = [system.person(f"Person {number}") for number in range(3)]
    for person in people:
        with unit(system.database) as work:
            work.publish(person)
    system.work_off()
    with unit(system.database) as work:
        installation = work.projection.state().installation
    system.query(
        "MATCH (n) WHERE n.installation = $i AND (n:Professional OR n:ProjectionState) DETACH DELETE n", i=installation
    )
    assert system.seen(people[0], people[1]) is None
    system.end()
    system.begin()
    with structlog.testing.capture_logs() as logs:
        system.relay.lineage.confirm()
    told = [entry for entry in logs if entry["event"] == "graph_behind"]
    assert [(entry["people_to_project"], entry["epoch"]) for entry in told] == [(3, 2)]
    system.work_off()
    assert [system.seen(person, people[0]) for person in people] == [OPEN] * 3
    with unit(system.database) as work:
        assert [one.reason for one in work.audit.page(object="graph", actor=None, before=None, first=5)] == [
            "GRAPH_BEHIND, epoch 2"
        ]
    assert system.epoch() == 2
    system.relay.lineage.forget()
    system.relay.lineage.confirm()
    assert system.epoch() == 2


def test_a_graph_that_was_restored_to_before_catches_up(system: System) -> None:
    """Also where nothing has changed since, and for people who were erased meanwhile."""
    ada, bob = system.person("Ada"), system.person("Bob")
    for person in (ada, bob):
        with unit(system.database) as work:
            work.publish(person)
    system.patch(ada, "PATCH", "/v1/me/profile", {"headline": "Old"})
    system.work_off()
    with unit(system.database) as work:
        installation = work.projection.state().installation
    saved = system.query("MATCH (p:Professional {id: $id}) RETURN properties(p) AS p", id=bob)[0]["p"]
    (state,) = system.query("MATCH (s:ProjectionState {installation: $i}) RETURN properties(s) AS s", i=installation)
    system.patch(ada, "PATCH", "/v1/me/profile", {"headline": "New"})
    with unit(system.database) as work:
        erase(work, bob, actor=bob, now=clock.now())
    system.work_off()
    # Neo4j as it was before the last two changes.
    old = system.query("MATCH (p:Professional {id: $id}) RETURN p.snapshot AS s", id=ada)[0]["s"].replace("New", "Old")
    system.query("MATCH (p:Professional {id: $id}) SET p.snapshot = $s", id=ada, s=old)
    system.query("MATCH (e:ErasedProfessional {id: $id}) DELETE e", id=bob)
    system.query("CREATE (p:Professional) SET p = $p", p=saved)
    system.query("MATCH (s:ProjectionState {installation: $i}) SET s = $s", i=installation, s=state["s"])
    cyd = system.person("Cyd")
    assert system.seen(ada, cyd)["headline"] == "Old"  # type: ignore[index]
    assert system.seen(bob, cyd) is not None
    system.relay.lineage.forget()
    system.work_off()
    assert system.seen(ada, cyd)["headline"] == "New"  # type: ignore[index]
    assert system.seen(bob, cyd) is None


def test_a_rebuild_fills_in_a_property_at_equal_versions_and_goes_on_after_a_crash(system: System) -> None:
    """In batches, from where it was."""
    people = [system.person(f"Person {number}") for number in range(5)]
    for person in people:
        with unit(system.database) as work:
            work.publish(person)
    system.work_off()
    system.query("MATCH (p:Professional) WHERE p.id IN $ids REMOVE p.search_text", ids=people)
    with system.database.begin() as connection:
        assert open_epoch(connection, reason=REQUESTED, actor="service:operator") == 2
    steps = 0
    while True:
        with system.database.connect() as connection:  # a crash in the middle of each step: it is done again
            crashed = open_unit(connection, CIPHER)
            more = rebuild_step(crashed, system.projection.ids, now=clock.now())
            connection.rollback()
        with unit(system.database) as work:
            assert rebuild_step(work, system.projection.ids, now=clock.now()) is more
        steps += 1
        if not more:
            break
    assert steps > 4
    with unit(system.database) as work:
        assert (work.projection.state().done, work.outbox.size()) == (5, 5)
    system.work_off()
    filled = system.query(
        "MATCH (p:Professional) WHERE p.id IN $ids RETURN p.search_text AS t, p.epoch AS e", ids=people
    )
    assert len(filled) == 5
    assert all(row["t"] and row["e"] == 2 for row in filled)


def test_whom_one_backup_does_not_know_and_another_does_comes_back(system: System) -> None:
    """A ghost's tombstone yields to a snapshot of a later epoch, an erased person's never does."""
    ada, bob = system.person("Ada"), system.person("Bob")
    for person in (ada, bob):
        with unit(system.database) as work:
            work.publish(person)
    system.work_off()
    with unit(system.database) as work:
        work.outbox.add_ghosts([ada])
    system.work_off()
    assert system.seen(ada, bob) is None
    with unit(system.database) as work:
        work.publish(ada)
    system.work_off()
    assert system.seen(ada, bob) is None
    with system.database.begin() as connection:
        open_epoch(connection, reason=RESTORED, actor="service:operator")
    system.work_off()
    assert system.seen(ada, bob) == OPEN


def test_a_delivery_of_an_ended_epoch_is_repeated_in_the_new_one(system: System) -> None:
    """A request that read the old epoch is refused, and repeats at once."""
    ada, bob = system.person("Ada"), system.person("Bob")
    with unit(system.database) as work:
        installation = work.projection.state().installation
    system.patch(ada, "PATCH", "/v1/me/profile", {"headline": "One"})
    relay = system.app.extensions["wiring"].relay
    real, stale = relay._graph.put, []

    def put(kind: str, rows: Any, *, state: Any, deadline: float | None = None) -> None:
        if not stale:  # a rebuild begins between the reading of the epoch and the delivery
            stale.append(state.epoch)
            with system.database.begin() as connection:
                open_epoch(connection, reason=REQUESTED, actor="service:operator")
                connection.execute(sa.text("UPDATE projection SET stage = NULL"))
            system.query(
                "MATCH (s:ProjectionState {installation: $i}) SET s.epoch = 2, s.position = 0, s.row = null",
                i=installation,
            )
        real(kind, rows, state=state, deadline=deadline)

    relay._graph.put = put
    system.patch(ada, "PATCH", "/v1/me/profile", {"headline": "Two"})
    assert stale == [1]
    assert system.seen(ada, bob)["headline"] == "Two"  # type: ignore[index]
    assert system.query("MATCH (p:Professional {id: $id}) RETURN p.epoch AS e", id=ada) == [{"e": 2}]


def test_another_installation_is_never_taken_for_a_restore(system: System) -> None:
    """An empty database beside a full graph is a new installation: nobody in the graph is removed."""
    ada = system.person("Ada")
    with unit(system.database) as work:
        work.publish(ada)
    system.work_off()
    system.end()
    with system.admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{system.name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{system.name}"'))
    profiles_db.migrate(system.url)
    system.begin()
    bob = system.person("Bob")
    with unit(system.database) as work:
        work.publish(bob)
    system.work_off()
    assert system.epoch() == 1
    assert system.query("MATCH (p:Professional {id: $id}) RETURN p.id AS id", id=ada) == [{"id": ada}]


def test_the_operator_rebuilds_by_command_and_states_a_restore(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command begins it, the worker does it, and the command ends when the graph has everybody."""
    people = [system.person(f"Person {number}") for number in range(3)]
    monkeypatch.setenv("CONSILIUM_PROFILES_URL", system.config.issuer)
    monkeypatch.setenv("CONSILIUM_GRAPH_URL", system.config.graph_url)
    monkeypatch.setenv("CONSILIUM_OPERATOR_SECRET", SECRETS[Service.OPERATOR])
    ended = threading.Event()

    def worker() -> None:
        while not ended.wait(0.2):
            system.work_off()

    thread = threading.Thread(target=worker)
    thread.start()
    try:
        result = CliRunner().invoke(main, ["rebuild-projection", "--restored"])
    finally:
        ended.set()
        thread.join(30)
    # The services log into the same output here, because they run in this process.
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "The graph has 3 profiles again.")
    assert [system.seen(person, people[0]) for person in people] == [OPEN] * 3
    system.checkpoints.act()
    report = system.verify()
    assert report.problems == []
    assert [warning.split(" a restore")[0] for warning in report.warnings] == ["no signed entry was lost by"]
