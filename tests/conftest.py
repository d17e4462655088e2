"""Engines and the running system, shared by all tests of a run."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any

import hypothesis
import neo4j
import pytest
import sqlalchemy as sa
from xdist.scheduler import LoadScopeScheduling

from graph import db as graph_db
from kit.engines import EngineWatch
from profiles import db as profiles_db
from tests.support import engines as engines_support
from tests.support.engines import Engines
from tests.support.node import browser
from tests.support.stack import Stack, free_port, launch, wait_ready

# Folders whose tests use the running system, or the real services of it.
SHARING = {"contract", "e2e", "gateway/integration", "operator/integration"}
# The lines that say which engines are used; processes that share a run print the same one once.
CHOICES = pytest.StashKey[set[str]]()


class BySystem(LoadScopeScheduling):
    """How two processes share the tests: all that use the running system go to one, so that it is started once.

    Of the others each file goes to any, whole, because its tests share fixtures.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = PurePosixPath(nodeid.split("::")[0].removeprefix("tests/"))
        shared = path.parent.as_posix() in SHARING and "new_system" not in path.name
        return "the running system" if shared else path.as_posix()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BySystem:
    """Choose how tests are shared."""
    return BySystem(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs Docker or Chromium where there is none, with one line; CONSILIUM_REQUIRE makes that a failure."""
    required = os.environ.get("CONSILIUM_REQUIRE", "").split(",")
    for name, there in (("docker", engines_support.docker_answers), ("chromium", lambda: browser() is not None)):
        needing = [item for item in items if item.get_closest_marker(name)]
        if needing and name not in required and not there():
            print(f"SKIPPED: needs {name}")
            for item in needing:
                item.add_marker(pytest.mark.skip(reason=f"needs {name}"))


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and give examples as long as they need: a busy machine makes no test fail."""
    hypothesis.settings.register_profile("patient", deadline=None)
    hypothesis.settings.load_profile("patient")
    config.addinivalue_line("markers", "docker: needs a Docker engine")
    config.addinivalue_line("markers", "chromium: needs Debian's Chromium")
    config.addinivalue_line("markers", "chaos: kills and outages; `make chaos` runs them")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over which engines one of several processes has used."""
    if line := getattr(node, "workeroutput", {}).get("engines"):
        node.config.stash.setdefault(CHOICES, set()).add(line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print which engines the tests have used, and why, in one line."""
    for line in sorted(config.stash.get(CHOICES, set())):
        terminalreporter.write_line(line)


@pytest.fixture(scope="module", autouse=True)
def watches() -> Iterator[Callable[[], None]]:
    """Ends the threads in which services in this process watch their engines.

    Otherwise they would log, in the output of later tests, that an engine or a module's own database does not answer.
    """
    begun: set[EngineWatch] = set()  # each request starts its watch again
    start = EngineWatch.start

    def noted(watch: EngineWatch) -> None:
        begun.add(watch)
        start(watch)

    def end() -> None:
        for watch in begun:
            watch.stop()
        for thread in [thread for watch in begun for thread in watch._threads]:
            thread.join(5)  # one that hangs on purpose is left
        begun.clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EngineWatch, "start", noted)
        yield end
        end()


@pytest.fixture(scope="session")
def engines(request: pytest.FixtureRequest) -> Iterator[Engines]:
    """The real PostgreSQL and Neo4j, which answer; where they do not start, the run ends with one line."""
    with ExitStack() as stack:
        try:
            choice = engines_support.choose()
            noted = getattr(request.config, "workeroutput", None)
            if noted is None:
                request.config.stash[CHOICES] = {str(choice)}
            else:  # what one of several processes tells the one that started them
                noted["engines"] = str(choice)
            found = stack.enter_context(engines_support.start(choice.kind))
            with graph_db.connect_patiently(found.neo4j_uri, "neo4j", found.neo4j_password) as driver:
                graph_db.migrate(driver)
            profiles_db.wait_for_answer(found.database_url)
        except Exception as error:  # each test would say the same at length
            sentence = f"The engines for the tests do not start: {engines_support.reason(error)}"
            if hasattr(request.config, "workerinput"):  # what one of several processes tells the one that started them
                request.session.shouldstop = sentence
            pytest.exit(sentence, returncode=3)
        yield found


@pytest.fixture(scope="session")
def driver(engines: Engines) -> Iterator[neo4j.Driver]:
    """A driver for the test run's Neo4j, migrated; tests keep apart by ids of their own."""
    with graph_db.patient_driver(engines.neo4j_uri, "neo4j", engines.neo4j_password) as found:
        yield found


@pytest.fixture
def graph(driver: neo4j.Driver) -> graph_db.Graph:
    """The graph with a generous time limit."""
    return graph_db.Graph(driver, lambda: 30)


@pytest.fixture(scope="session")
def migrated(engines: Engines) -> str:
    """The name of a migrated PostgreSQL database that nobody uses: to be copied, which is faster than to migrate."""
    name = f"migrated_{uuid.uuid4().hex}"
    admin = sa.create_engine(engines.database_url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    profiles_db.migrate(sa.make_url(engines.database_url).set(database=name).render_as_string(hide_password=False))
    return name


@pytest.fixture(scope="module")
def database(engines: Engines, migrated: str, watches: Callable[[], None]) -> Iterator[sa.Engine]:
    """A migrated PostgreSQL database of the module's own."""
    name = f"test_{uuid.uuid4().hex}"
    admin = sa.create_engine(engines.database_url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"'))
    url = sa.make_url(engines.database_url).set(database=name).render_as_string(hide_password=False)
    found = profiles_db.connect(url, pool_size=20)
    with found.begin() as connection:
        connection.execute(sa.text("UPDATE projection SET installation = gen_random_uuid()"))
    yield found
    watches()
    found.dispose()
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system with the demo network, on the test run's engines; or the one that CONSILIUM_TEST_URL names, at CONSILIUM_TEST_HOME."""
    if url := os.environ.get("CONSILIUM_TEST_URL"):
        yield Stack(url, Path(os.environ.get("CONSILIUM_TEST_HOME") or tmp_path_factory.mktemp("none")))
        return
    engines: Engines = request.getfixturevalue("engines")
    engines_support.forget_checkpoints(engines)
    ports = (free_port(), free_port(), free_port())
    running = launch(
        tmp_path_factory.mktemp("stack") / "home",
        ports=ports,
        CONSILIUM_PUBLIC_URL=f"http://127.0.0.1:{ports[0]}",
        CONSILIUM_DATABASE_URL=engines.database_url,
        CONSILIUM_NEO4J_URI=engines.neo4j_uri,
        CONSILIUM_NEO4J_PASSWORD=engines.neo4j_password,
    )
    try:
        wait_ready(running)
        yield running
    finally:
        running.stop()
