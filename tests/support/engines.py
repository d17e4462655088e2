"""The real engines for tests: containers where a Docker engine answers, else the local ones."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Engines:
    """Where the engines are; `kind` is `docker` or `local`."""

    kind: str
    database_url: str
    neo4j_uri: str
    neo4j_password: str


IMAGES = ("postgres:18-bookworm", "neo4j:5.26.30-community")
PULL_SECONDS = 300


def _docker(*arguments: str, seconds: float) -> bool:
    """Whether a docker command succeeds in time."""
    if shutil.which("docker") is None:
        return False
    try:
        return subprocess.run(["docker", *arguments], capture_output=True, check=False, timeout=seconds).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def docker_answers() -> bool:
    """Whether a Docker engine answers here."""
    return _docker("info", seconds=30)


def docker_has_images() -> bool:
    """Whether the engines' images are here, or can be pulled."""
    return all(
        _docker("image", "inspect", image, seconds=30) or _docker("pull", "-q", image, seconds=PULL_SECONDS)
        for image in IMAGES
    )


@dataclass(frozen=True)
class Choice:
    """The kind of engines that the tests use, `docker` or `local`, and why."""

    kind: str
    why: str

    def __str__(self) -> str:
        """The line that a run prints."""
        return f"Engines of the tests: {self.kind}, because {self.why}."


def choose() -> Choice:
    """Choose by CONSILIUM_TEST_ENGINES, or by what is here."""
    named = os.environ.get("CONSILIUM_TEST_ENGINES", "auto")
    if named != "auto":
        return Choice(named, "CONSILIUM_TEST_ENGINES says so")
    if not docker_answers():
        return Choice("local", "no Docker engine answers")
    if not docker_has_images():
        return Choice("local", f"Docker answers, but {' and '.join(IMAGES)} cannot be had")
    return Choice("docker", "Docker answers and has the images")


def reason(error: BaseException) -> str:
    """The error in one line."""
    text = " ".join(str(error).split())
    return (text or type(error).__name__)[:500]


@contextmanager
def local_engines() -> Iterator[Engines]:
    """Both engines from packages, with data in a folder that is deleted."""
    from consilium.engines import neo4j, postgres
    from consilium.home import Home

    folder = Path(tempfile.mkdtemp(prefix="consilium-test-"))
    folder.chmod(0o755)
    home = Home(folder)
    children = []
    try:
        ports = home.engine_ports()
        pg_port, bolt_port = ports["postgres"], ports["neo4j"]
        children.append(
            postgres.start(folder / "pg", port=pg_port, password=home.secret("postgres_password"), log=home.log("pg"))
        )
        children.append(
            neo4j.start(
                folder / "neo4j",
                port=bolt_port,
                password=home.secret("neo4j_password"),
                log=home.log("neo4j"),
                progress=lambda _done, _total: None,
            )
        )
        yield Engines(
            "local",
            f"postgresql+psycopg://consilium:{home.secret('postgres_password')}@127.0.0.1:{pg_port}/consilium",
            f"bolt://127.0.0.1:{bolt_port}",
            home.secret("neo4j_password"),
        )
    finally:
        for child in reversed(children):
            child.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def docker_engines() -> Iterator[Engines]:
    """Both engines as the published images, through testcontainers."""
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    from testcontainers.neo4j import Neo4jContainer
    from testcontainers.postgres import PostgresContainer

    postgres = PostgresContainer(IMAGES[0], username="consilium", password="test", dbname="consilium")
    neo4j = Neo4jContainer(IMAGES[1], password="test-password")
    with postgres, neo4j:
        host, port = postgres.get_container_host_ip(), postgres.get_exposed_port(5432)
        yield Engines(
            "docker",
            f"postgresql+psycopg://consilium:test@{host}:{port}/consilium",
            neo4j.get_connection_url(),
            "test-password",
        )


def forget_checkpoints(engines: Engines) -> None:
    """Forget which checkpoints an earlier system on these engines wrote into a folder that is no more."""
    import sqlalchemy as sa

    from graph import db as graph_db

    database = sa.create_engine(engines.database_url, poolclass=sa.pool.NullPool)
    with database.begin() as connection:
        if connection.execute(sa.text("SELECT to_regclass('audit_checkpoint')")).scalar() is not None:
            connection.execute(sa.text("UPDATE audit_checkpoint SET number = 0, digest = sha256('')"))
    with graph_db.connect_patiently(engines.neo4j_uri, "neo4j", engines.neo4j_password) as driver:
        driver.execute_query("MATCH (c:AuditCheckpoint) DELETE c")


def start(kind: str):  # type: ignore[no-untyped-def]
    """The context manager for a kind of engines."""
    return docker_engines() if kind == "docker" else local_engines()
