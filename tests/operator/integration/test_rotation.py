"""Rotating keys beside real services, in every order: nothing that was encrypted is ever lost."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import neo4j
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from consilium.cli import main
from consilium.keyfiles import make_field_key
from graph.app import create_app as create_graph
from graph.db import Graph
from graph.discussions.store import unsealed
from graph.discussions.usecases import authoring
from graph.discussions.usecases.access import Author
from graph.groups import usecases as groups
from graph.groups.store import GroupWriter
from graph.keys import store as key_store
from graph.keys.store import key_of
from graph.moderation.store import ModerationReader
from graph.settings import Settings as GraphSettings
from graph.warmup import PlanCache
from graph.writing import Writing
from kit.cipher import FieldCipher, field_keys
from kit.clock import new_id
from kit.errors import Unavailable
from kit.keys import Heartbeat
from kit.services import Service
from profiles.app import create_app as create_profiles
from profiles.credentials import usecases as credentials
from profiles.evidence.store import Evidence
from profiles.wiring import open_unit, working
from tests.graph.integration.test_races import people
from tests.profiles.integration.test_restore import serve
from tests.support.desk import LICENCE, NOW, NUMBERS, a_person
from tests.support.engines import Engines
from tests.support.settings import SECRETS, settings
from tests.support.stack import free_port

INDEX_KEY = b"i" * 32
FIRST_ID = 150  # above those of other tests, which use the same Neo4j


@dataclass
class Services:
    """Both services, started with the keys that are in a file; and the command line beside them."""

    url: str
    engines: Engines
    driver: neo4j.Driver
    folder: Path
    graph: Graph
    written: list[tuple[str, str, str]] = field(default_factory=list)
    running: list[tuple[Any, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ports = free_port(), free_port()
        self.config = replace(settings(), database_url=self.url, graph_url=f"http://127.0.0.1:{self.ports[1]}")
        self.database = sa.create_engine(self.url, poolclass=sa.pool.NullPool)
        (self.folder / "field_key").write_text(f"{FIRST_ID}:{make_field_key()}", encoding="utf-8")
        (self.folder / "signing_key").write_text(self.config.signing_key, encoding="utf-8")
        (self.owner,) = people(self.graph, 1)
        given = {"name": "Keys", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN"}
        self.group = self.graph.write(
            lambda tx: groups.create_group(
                GroupWriter(tx), owner=self.owner, owner_level="IDENTITY", given=given, now=NOW
            )
        )["id"]
        self.start()

    @property
    def in_file(self) -> FieldCipher:
        """Encrypts with what is in the file."""
        return FieldCipher(field_keys((self.folder / "field_key").read_text()), INDEX_KEY)

    def start(self) -> None:
        """Start both with what is in the file, and let them say which key they use."""
        keys = field_keys((self.folder / "field_key").read_text())
        profiles = create_profiles(replace(self.config, field_keys=keys))
        self.cipher = profiles.extensions["wiring"].cipher
        graph = create_graph(
            GraphSettings(
                self.engines.neo4j_uri, "neo4j", self.engines.neo4j_password, self.config.issuer,
                f"http://127.0.0.1:{self.ports[0]}", keys,
            )
        )  # fmt: skip
        for app, port in ((profiles, self.ports[0]), (graph, self.ports[1])):
            self.running.append((app, serve(app, port)))
            app.extensions["begin"]()
        self.told()

    def told(self) -> None:
        """Wait until both have said which key they use."""
        for _ in range(200):
            if sum("(" in line for line in self.cli("keys", "status").output.splitlines()) >= 3:
                return
            threading.Event().wait(0.05)
        raise AssertionError(self.cli("keys", "status").output)

    def stop(self) -> None:
        """End both in order."""
        for app, server in self.running:
            server.shutdown()
            server.server_close()
            app.extensions["end"]()
            app.extensions["engine"].stop()
            if "wiring" in app.extensions:
                app.extensions["wiring"].engine.dispose()
        self.running.clear()

    def restart(self) -> None:
        """Start both again, which is when they read the file."""
        self.stop()
        self.start()

    def cli(self, *arguments: str) -> Result:
        """One command, beside the services."""
        variables = {
            "CONSILIUM_PROFILES_URL": f"http://127.0.0.1:{self.ports[0]}",
            "CONSILIUM_GRAPH_URL": f"http://127.0.0.1:{self.ports[1]}",
            "CONSILIUM_OPERATOR_SECRET": SECRETS[Service.OPERATOR],
            "CONSILIUM_FIELD_KEY_FILE": str(self.folder / "field_key"),
            "CONSILIUM_SIGNING_KEY_FILE": str(self.folder / "signing_key"),
        }
        return CliRunner().invoke(main, list(arguments), env=variables)

    def write(self, cipher: FieldCipher | None = None) -> None:
        """Store one of each thing that is encrypted, as the services do with the keys that they hold."""
        cipher = cipher or self.cipher
        person = a_person(self.database)
        # Of letters only: digits could look like a patient's number.
        text = new_id().replace("-", "").translate(str.maketrans("0123456789", "ghijklmnop"))
        with working(self.database, cipher) as unit:
            case = credentials.submit_credential(
                unit, person_id=person, now=NOW, **LICENCE | {"number": (number := next(NUMBERS))}
            )
            document, archive = new_id(), new_id()
            unit.evidence.add(
                Evidence(document, case.id, "a.pdf", "application/pdf", len(text), NOW, None), text.encode()
            )
            unit.rights.add_archive(archive, person, text.encode(), expires_at=NOW + timedelta(days=9000))
            unit.factors.set_totp(person, cipher.encrypt(text, owner=person))
        self.written += [
            ("number", case.id, number),
            ("document", document, text),
            ("archive", archive, text),
            ("totp", person, text),
        ]
        asked = {
            "group": self.group, "kind": "DISCUSSION", "title": "Astma", "body": f"Pacjent ma 45 lat {text}", "language": "pl",
            "topics": None, "sources": None, "poll_options": None, "case_details": None, "alert_details": None,
            "live_details": None,
        }  # fmt: skip
        author = Author(self.owner, frozenset({"MEMBER"}), "RIGHT_TO_PRACTISE")
        made = self.graph.write(
            lambda tx: authoring.create_discussion(Writing.of(tx, cipher), author=author, given=asked, now=NOW)
        )
        assert made["doubts"]
        self.written.append(("held", made["id"], f"Pacjent ma 45 lat {text}"))

    def lost(self) -> list[tuple[str, str]]:
        """What can no longer be read with the keys in the file."""
        cipher = self.in_file
        held = {row["id"]: row["held"] for row in ModerationReader(self.graph).held()}
        found = []
        with self.database.connect() as connection:
            work = open_unit(connection, cipher)
            read = {
                "number": lambda own: work.credentials.get(own).number,
                "document": lambda own: work.evidence.get(own)[1].decode(),
                "archive": lambda own: work.rights.archive(own, now=NOW)[1].decode(),
                "totp": lambda own: cipher.decrypt(work.factors.lock_totp(own)[0], owner=own),
                "held": lambda own: unsealed(held[own], cipher, owner=own)["body"],
            }
            for kind, own, value in self.written:
                try:
                    assert read[kind](own) == value
                except Exception:
                    found.append((kind, own))
            connection.rollback()
        return found


def forget_keys(driver: neo4j.Driver) -> None:
    """Remove what these tests leave in the Neo4j that all share."""
    with driver.session() as session:
        held = session.run("MATCH (d:Discussion) WHERE d.held_at > '' RETURN d.id AS id, d.held AS held").data()
        ids = [row["id"] for row in held if key_of(row["held"]) >= FIRST_ID]
        session.run("MATCH (d:Discussion) WHERE d.id IN $ids DETACH DELETE d", ids=ids).consume()
        session.run("MATCH (k:FieldKey) WHERE k.id >= $first DELETE k", first=FIRST_ID).consume()
        session.run("MATCH (h:KeyHolder) WHERE h.key_id >= $first DELETE h", first=FIRST_ID).consume()


@pytest.fixture(scope="module")
def shared_services(
    database: sa.Engine, engines: Engines, driver: neo4j.Driver, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    """Started once; each test goes on where the last one ended."""
    patch = pytest.MonkeyPatch()
    # They tell more often which key they use, so that commands know sooner that they run; and plan no queries at each start.
    patch.setitem(Heartbeat.__init__.__kwdefaults__, "seconds", 0.3)
    patch.setattr("consilium.keyrotation.POLL_SECONDS", 0.2)
    patch.setattr(PlanCache, "prepare", lambda _self: None)
    # The running system of other tests uses the same Neo4j with a key of its own.
    all_holders = key_store._holders
    patch.setattr(key_store, "_holders", lambda rows, now: [h for h in all_holders(rows, now) if h.key.id >= FIRST_ID])
    forget_keys(driver)
    url = database.url.render_as_string(hide_password=False)
    found = Services(url, engines, driver, tmp_path_factory.mktemp("keys"), Graph(driver, lambda: 30))
    yield found
    found.stop()
    forget_keys(driver)
    patch.undo()


@pytest.fixture
def services(shared_services: Services) -> Services:
    """With one of each thing that is encrypted, and without the file that keeps retired keys, so that it hides no loss."""
    shared_services.restart()
    shared_services.written.clear()
    shared_services.write()
    (shared_services.folder / "field_key.retired").unlink(missing_ok=True)
    return shared_services


def test_the_finding_again(services: Services) -> None:
    """Rotating, encrypting again and retiring without a restart destroyed the only key; each step says what is wrong."""
    before = services.in_file.name
    assert services.cli("keys", "rotate", "field").exit_code == 0

    again = services.cli("keys", "reencrypt")
    retired = services.cli("keys", "retire", "field")

    for done in (again, retired):
        assert done.exit_code == 1
        assert f"still uses the field key {before}, and not {services.in_file.name}" in done.output
        assert "Start it again." in done.output
    assert [name.id for name in services.in_file.names][1:] == [before.id]
    assert services.lost() == []

    services.restart()
    early = services.cli("keys", "retire", "field")
    assert early.exit_code == 1
    assert (
        "Still encrypted with an old key: 1 register numbers, 1 documents, 1 archives, 1 secrets of one-time passwords"
        in early.output
    )
    assert services.cli("keys", "reencrypt").exit_code == 0
    done = services.cli("keys", "retire", "field")
    assert done.exit_code == 0, done.output
    assert f"Dropped {before} from {services.folder / 'field_key'}" in done.output
    assert [name.id for name in services.in_file.names] == [before.id + 1]
    assert services.lost() == []


ORDERS = [
    # Whatever comes before the new key is there changes nothing, so it comes first or second.
    *sorted(
        order
        for order in itertools.permutations(("rotate", "restart", "reencrypt", "retire"))
        if order.index("rotate") < 2
    ),
    ("rotate", "rotate", "restart", "retire"),
    ("rotate", "restart", "rotate", "retire"),
    ("rotate", "restart", "reencrypt", "rotate", "retire"),
]


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_nothing_is_lost_in_any_order(services: Services, order: tuple[str, ...]) -> None:
    """After each step the running services write with the key that they hold, and everything can still be read."""
    for step in order:
        if step == "restart":
            services.restart()
        else:
            services.cli("keys", step, *(["field"] if step != "reencrypt" else []))
        services.write()
        assert services.lost() == [], step
    services.restart()
    assert services.cli("keys", "reencrypt").exit_code == 0
    assert services.cli("keys", "retire", "field").exit_code == 0
    assert (len(services.in_file.names), services.lost()) == (1, [])


def test_a_service_that_was_not_seen_cannot_store_with_a_retired_key(services: Services) -> None:
    """One that hung for longer than it is waited for goes on with the old key: it is refused, and nothing of it is half done."""
    old = services.cipher
    services.cli("keys", "rotate", "field")
    services.restart()
    assert services.cli("keys", "reencrypt").exit_code == 0
    assert services.cli("keys", "retire", "field").exit_code == 0
    before = list(services.written)

    with pytest.raises(Unavailable, match="must start this service again"):
        services.write(old)

    assert (services.written, services.lost()) == (before, [])
    with services.database.connect() as connection:
        counts = open_unit(connection, services.in_file).keys.counts([old.key_id])
    assert set(counts.values()) == {0}
    asked = {
        "group": services.group, "kind": "DISCUSSION", "title": "Astma", "body": "Pacjent ma 45 lat", "language": "pl",
        "topics": None, "sources": None, "poll_options": None, "case_details": None, "alert_details": None, "live_details": None,
    }  # fmt: skip
    author = Author(services.owner, frozenset({"MEMBER"}), "RIGHT_TO_PRACTISE")
    with pytest.raises(Unavailable, match="must start this service again"):
        services.graph.write(
            lambda tx: authoring.create_discussion(Writing.of(tx, old), author=author, given=asked, now=NOW)
        )
    assert services.lost() == []


def test_a_service_that_writes_meanwhile_keeps_the_key_or_is_refused(services: Services) -> None:
    """Two threads store with an old key, unseen, while it is encrypted again and retired until that succeeds."""
    old, stop = services.cipher, threading.Event()
    services.cli("keys", "rotate", "field")
    services.restart()
    refused: list[int] = []

    def go_on(_number: int) -> None:
        while not stop.is_set():
            try:
                services.write(old)
            except Unavailable:
                refused.append(1)
                return
            stop.wait(0.05)

    threads = [threading.Thread(target=go_on, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    retired = False
    try:
        for _ in range(3):
            services.cli("keys", "reencrypt")
            if services.cli("keys", "retire", "field").exit_code == 0:
                retired = True
                break
    finally:
        if not retired:
            stop.set()
        for thread in threads:
            thread.join(60)
    stop.set()
    assert services.lost() == []
    if retired:
        assert len(refused) == 2
    services.restart()
    services.cli("keys", "reencrypt")
    assert services.cli("keys", "retire", "field").exit_code == 0
    assert services.lost() == []


def test_signing_keys_are_not_dropped_while_a_service_signs_with_them(services: Services) -> None:
    """What it signs would be understood by nobody."""
    assert "Start the services again" in services.cli("keys", "rotate", "signing").output
    refused = services.cli("keys", "retire", "signing")
    assert refused.exit_code == 1
    assert "still uses the signing key" in refused.output
    services.config = replace(services.config, signing_key=(services.folder / "signing_key").read_text())
    services.restart()
    assert services.cli("keys", "retire", "signing").exit_code == 0


def test_a_file_that_the_services_do_not_use_is_refused(services: Services, tmp_path: Path) -> None:
    """Keys that were once made and never used must not be rotated as if they were the ones."""
    decoy = tmp_path / "field_key"
    decoy.write_text(f"7:{make_field_key()}", encoding="utf-8")
    before = decoy.read_text()
    done = services.cli("keys", "rotate", "field", "--folder", str(tmp_path))
    assert done.exit_code == 1
    assert f"uses the field key {services.cipher.name}, which is not in {decoy}" in done.output
    assert decoy.read_text() == before
