"""`consilium up`: engines, migrations, services and relay as children of one foreground process."""

from __future__ import annotations

import base64
import errno
import fcntl
import json
import os
import shutil
import signal
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from consilium import process
from consilium.banner import banner
from consilium.engines import neo4j, postgres
from consilium.engines.jars import JarsUnavailable
from consilium.home import Home, demo_wanted, port_free
from consilium.process import Child, ProcessFailed
from consilium.seed.load import seed_if_empty
from kit.errors import DomainError
from kit.settings import SettingsError
from profiles import db as profiles_db

NEEDED_BYTES = 600_000_000
RESTARTS_A_MINUTE = 3


class CannotStart(Exception):
    """Why `up` does not start; one line that says what to do."""


class Supervisor:
    """Starts the children in order, watches them, and stops them all."""

    def __init__(self, home: Home, console: Console) -> None:
        self.home = home
        self.console = console
        self.stopping = threading.Event()
        self._starters: dict[str, Callable[[], Child]] = {}
        self._children: dict[str, Child] = {}
        self._restarts: dict[str, list[float]] = {}
        self._lock_file: IO[str] | None = None

    # ------------------------------------------------------------------ checks before anything starts

    def claim(self) -> None:
        """Make sure that this is the only `up` here, and that it can work.

        Raises:
            CannotStart: another one runs, a port is taken, or the disk is full.
        """
        try:
            self.home.run.mkdir(parents=True, exist_ok=True)
            self._lock_file = (self.home.run / "up.lock").open("a+", encoding="utf-8")
        except OSError as error:
            raise CannotStart(f"{self.home.root} cannot be written: {error.strerror}.") from error
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock_file.seek(0)
            owner = self._lock_file.read().strip() or "unknown"
            raise CannotStart(
                f"Consilium runs here already (process {owner}); `make status` shows where. Stop it with Ctrl-C there."
            ) from error
        self._lock_file.truncate(0)
        self._lock_file.write(str(os.getpid()))
        self._lock_file.flush()
        leftovers = process.end_remembered(self.home.run / "children.json")
        if leftovers:
            self.console.print(f"Ended {leftovers} processes that an earlier run was killed without ending.")
        for port, name, variable in (
            (self.home.gateway_port, "gateway", "CONSILIUM_GATEWAY_PORT"),
            (self.home.profiles_port, "profiles", "CONSILIUM_PROFILES_PORT"),
            (self.home.graph_port, "graph", "CONSILIUM_GRAPH_PORT"),
        ):
            if not port_free(port):
                raise CannotStart(
                    f"Port {port} ({name}) is in use by another program. Stop that program, or choose another port "
                    f"with {variable}=… make up."
                )
        host = os.environ.get("CONSILIUM_BIND_HOST", "127.0.0.1")
        if demo_wanted() and host not in {"127.0.0.1", "localhost", "::1"}:
            raise CannotStart(
                f"The demo's passwords are known to everybody, so it does not listen on {host}. Set CONSILIUM_DEMO=0, "
                "or leave CONSILIUM_BIND_HOST at 127.0.0.1."
            )
        free = shutil.disk_usage(self.home.root).free
        if free < NEEDED_BYTES:
            raise CannotStart(
                f"Only {free // 1_000_000} MB are free at {self.home.root}; make room for at least "
                f"{NEEDED_BYTES // 1_000_000} MB and start again."
            )

    # ------------------------------------------------------------------ starting

    def environment(self) -> dict[str, str]:
        """What the services read."""
        home = self.home
        shared = {
            "CONSILIUM_PUBLIC_URL": os.environ.get("CONSILIUM_PUBLIC_URL", f"http://127.0.0.1:{home.gateway_port}"),
            "CONSILIUM_PROFILES_URL": f"http://127.0.0.1:{home.profiles_port}",
            "CONSILIUM_GRAPH_URL": f"http://127.0.0.1:{home.graph_port}",
            "CONSILIUM_SIGNING_KEY": home.secret("signing_key"),
            "CONSILIUM_SERVICE_SECRET": home.secret("service_secret"),
            "CONSILIUM_FIELD_KEY": home.secret("field_key"),
            "CONSILIUM_INDEX_KEY": home.secret("index_key"),
            "CONSILIUM_NEO4J_PASSWORD": home.secret("neo4j_password"),
            "CONSILIUM_MAIL_DIR": os.environ.get("CONSILIUM_MAIL_DIR", str(home.root / "mail")),
            "CONSILIUM_AUDIT_DIR": os.environ.get("CONSILIUM_AUDIT_DIR", str(home.root / "audit")),
        }
        # An operator's own engines: set these two, and no local one is started.
        given = {
            name: os.environ[name] for name in ("CONSILIUM_DATABASE_URL", "CONSILIUM_NEO4J_URI") if name in os.environ
        }
        local = {
            "CONSILIUM_DATABASE_URL": f"postgresql+psycopg://consilium:{home.secret('postgres_password')}"
            f"@127.0.0.1:{home.recorded_port('postgres')}/consilium",
            "CONSILIUM_NEO4J_URI": f"bolt://127.0.0.1:{home.recorded_port('neo4j')}",
        }
        # What the operator set wins, but for what `up` itself decides.
        own = {name: os.environ[name] for name in shared if name in os.environ and "URL" not in name}
        return shared | own | local | given

    def service_environment(self) -> dict[str, str]:
        """The same, with the services' own role in the database instead of the schema's owner."""
        environment = self.environment()
        url = profiles_db.service_url(
            environment["CONSILIUM_DATABASE_URL"], self.home.secret("service_database_password")
        )
        return environment | {"CONSILIUM_DATABASE_URL": url}

    def start_engines(self) -> None:
        """Start both engines side by side, with progress while jars come."""
        home = self.home
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=self.console, transient=True, disable=not self.console.is_terminal,
        ) as progress:  # fmt: skip
            task = progress.add_task("Neo4j's packages", total=None, visible=False)
            told = [0]

            def tell(done: int, total: int) -> None:
                progress.update(task, completed=done, total=total, visible=True)
                if not self.console.is_terminal and done * 10 // total > told[0]:
                    told[0] = done * 10 // total
                    if not (home.root / "neo4j" / "data").exists():
                        self.console.print(f"Neo4j's packages: {done} of {total}")

            def start_postgres() -> Child:
                return postgres.start(
                    home.root / "postgres",
                    port=home.engine_port("postgres"),
                    password=home.secret("postgres_password"),
                    log=home.log("postgres"),
                )

            def start_neo4j() -> Child:
                return neo4j.start(
                    home.root / "neo4j",
                    port=home.engine_port("neo4j"),
                    password=home.secret("neo4j_password"),
                    log=home.log("neo4j"),
                    progress=tell,
                )

            with ThreadPoolExecutor(2) as pool:
                waiting = []
                # The ports file is written by both: ask before the threads start.
                if "CONSILIUM_DATABASE_URL" not in os.environ:
                    home.engine_port("postgres")
                    waiting.append(pool.submit(self._start, "postgres", start_postgres))
                if "CONSILIUM_NEO4J_URI" not in os.environ:
                    home.engine_port("neo4j")
                    waiting.append(pool.submit(self._start, "neo4j", start_neo4j))
                for future in waiting:
                    future.result()

    def _start(self, name: str, starter: Callable[[], Child]) -> None:
        self._starters[name] = starter
        self._children[name] = starter()
        process.remember(self.home.run / "children.json", list(self._children.values()))

    def start_service(self, name: str, port: int) -> None:
        """Start one gunicorn service, and wait until it is ready."""
        environment = self.service_environment() | {"CONSILIUM_BIND": f"127.0.0.1:{port}"}
        if os.environ.get("CONSILIUM_BIND_HOST") and name == "gateway":
            environment["CONSILIUM_BIND"] = f"{os.environ['CONSILIUM_BIND_HOST']}:{port}"
        command = [sys.executable, "-m", "gunicorn", "-c", "python:kit.listen", f"{name}.app:create_app()"]

        def starter() -> Child:
            return Child.start(name, command, log=self.home.log(name), environment=environment)

        self._start(name, starter)
        # The graph service reads the network into memory first, which takes about a minute for a million people.
        self.wait_ready(name, port, 600 if name == "graph" else 40)

    def start_worker(self) -> None:
        """Start the background worker: the relay, mail, and what comes due by the clock."""
        command = [sys.executable, "-m", "profiles.worker"]

        def starter() -> Child:
            return Child.start("worker", command, log=self.home.log("worker"), environment=self.service_environment())

        self._start("worker", starter)

    def wait_ready(self, name: str, port: int, seconds: float = 40) -> None:
        """Wait until a service says that it is ready.

        Raises:
            ProcessFailed: it ended, or took too long.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.stopping.is_set():
            if not self._children[name].alive():
                break
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
            time.sleep(0.1)
        if not self.stopping.is_set():
            raise ProcessFailed(f"The {name} service did not become ready; see {self.home.log(name)}.")

    # ------------------------------------------------------------------ watching and stopping

    def watch(self) -> None:
        """Start again what ends by itself, until told to stop.

        Raises:
            ProcessFailed: a child ends again and again.
        """
        while not self.stopping.wait(0.5):
            for name, child in list(self._children.items()):
                if child.alive() or self.stopping.is_set():
                    continue
                now = time.monotonic()
                recent = [at for at in self._restarts.get(name, []) if now - at < 60]
                if len(recent) >= RESTARTS_A_MINUTE:
                    raise ProcessFailed(f"{child.name} ends again and again ({child.ending()}); see {child.log}.")
                self._restarts[name] = [*recent, now]
                free = shutil.disk_usage(self.home.root).free
                why = f"; the disk has only {free // 1_000_000} MB left, make room" if free < NEEDED_BYTES // 6 else ""
                self.console.print(f"{child.name} stopped unexpectedly ({child.ending()}){why}; starting it again.")
                try:
                    self._start(name, self._starters[name])
                    self.console.print(f"{child.name} is back.")
                except (ProcessFailed, JarsUnavailable, OSError) as error:
                    self.console.print(f"{error} Trying again.")

    def stop(self) -> None:
        """End every child: services first, which finish what is in flight, then the engines."""
        for wave in (("gateway",), ("worker", "profiles", "graph"), ("neo4j", "postgres")):
            children = [self._children[name] for name in wave if name in self._children]
            for child in children:
                child.ask_to_stop()
            deadline = time.monotonic() + 4.5
            for child in children:
                child.stop(max(0.1, deadline - time.monotonic()))
        (self.home.run / "children.json").unlink(missing_ok=True)
        (self.home.run / "banner.txt").unlink(missing_ok=True)


def up(home: Home, console: Console) -> int:
    """Run until Ctrl-C or SIGTERM.

    Returns:
        the exit status.
    """
    supervisor = Supervisor(home, console)
    began = time.monotonic()

    def end(_signal: int, _frame: FrameType | None) -> None:
        supervisor.stopping.set()
        raise KeyboardInterrupt

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, end)
    status = 0
    try:
        supervisor.claim()
        try:
            _start_all(supervisor)
            text = banner(home, time.monotonic() - began)
            (home.run / "banner.txt").write_text(text, encoding="utf-8")
            console.print(text, highlight=False, markup=False, soft_wrap=True)
            supervisor.watch()
        finally:
            for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(name, signal.SIG_IGN)
            supervisor.stopping.set()
            console.print("Stopping ...")
            supervisor.stop()
            console.print(f"Stopped. The data stays in {home.root}.", soft_wrap=True)
    except KeyboardInterrupt:
        pass
    except (CannotStart, ProcessFailed, JarsUnavailable, SettingsError) as error:
        console.print(str(error), style="red", highlight=False, soft_wrap=True)
        status = 1
    except DomainError as error:
        console.print(f"The demo network could not be loaded: {error.message} See {home.root / 'log'}.", soft_wrap=True)
        status = 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        console.print(f"The disk is full at {home.root}; make room and start again.", style="red", soft_wrap=True)
        status = 1
    return status


def _start_all(supervisor: Supervisor) -> None:
    from graph import db as graph_db

    home, console = supervisor.home, supervisor.console
    settings_check(supervisor.environment())
    console.print("Starting PostgreSQL and Neo4j ...")
    supervisor.start_engines()
    environment = supervisor.environment()
    url = environment["CONSILIUM_DATABASE_URL"]
    profiles_db.migrate(url, index_key=base64.b64decode(environment["CONSILIUM_INDEX_KEY"]))
    profiles_db.grant_service_role(url, home.secret("service_database_password"))
    driver = graph_db.connect(
        environment["CONSILIUM_NEO4J_URI"],
        os.environ.get("CONSILIUM_NEO4J_USER", "neo4j"),
        environment["CONSILIUM_NEO4J_PASSWORD"],
    )
    with driver:
        graph_db.migrate(driver)
    console.print("Starting the services ...")
    supervisor.start_service("profiles", home.profiles_port)
    supervisor.start_service("graph", home.graph_port)
    supervisor.start_worker()
    if demo_wanted():
        seed_if_empty(environment, console)
    # The gateway comes last, so that /readyz says 200 only when everything, the demo network too, is there.
    supervisor.start_service("gateway", home.gateway_port)


def settings_check(environment: dict[str, str]) -> None:
    """Refuse to start with settings that the services would refuse.

    Raises:
        SettingsError: says which and what to do.
    """
    from kit.settings import Environment
    from profiles import settings as profiles_settings

    if os.environ.get("CONSILIUM_ENV") == "production":
        for name in ("CONSILIUM_PUBLIC_URL", "CONSILIUM_SIGNING_KEY", "CONSILIUM_SERVICE_SECRET",
                     "CONSILIUM_FIELD_KEY", "CONSILIUM_INDEX_KEY", "CONSILIUM_SMTP_URL"):  # fmt: skip
            Environment().text(name)
        environment = environment | {
            name: Environment().text(name)
            for name in (
                "CONSILIUM_SIGNING_KEY",
                "CONSILIUM_SERVICE_SECRET",
                "CONSILIUM_FIELD_KEY",
                "CONSILIUM_INDEX_KEY",
            )
        }
    profiles_settings.load(Environment(dict(os.environ) | environment))


def reset(home: Home) -> None:
    """Delete an installation's data.

    Raises:
        CannotStart: it runs.
    """
    lock = home.run / "up.lock"
    if lock.exists():
        with lock.open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise CannotStart("Consilium runs here; stop it with Ctrl-C first.") from error
    process.end_remembered(home.run / "children.json")
    if home.root.exists():
        shutil.rmtree(home.root)


def read_banner(home: Home) -> str | None:
    """What `up` printed, while it runs."""
    file: Path = home.run / "banner.txt"
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{home.gateway_port}/readyz", timeout=3) as answer:
        if json.loads(answer.read())["status"] == "ready" and file.exists():
            return file.read_text(encoding="utf-8")
    return None
