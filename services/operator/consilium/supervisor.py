"""The children of `consilium up`: engines, services and worker, started in order, watched and stopped."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from consilium import process
from consilium.checks import SETTINGS
from consilium.engines import neo4j, postgres
from consilium.failures import CannotStart, OperatorError, sentence
from consilium.home import OPERATORS_OWN, VARIABLES, Home, demo_wanted, is_set, port_free, service_digests
from consilium.process import Child, ProcessFailed
from consilium.rotation import LogRotation
from consilium.watching import Restart, readiness
from kit.services import SIGNING_IN
from kit.settings import Environment, SettingsError, part_for
from profiles import db as profiles_db

NEEDED_BYTES = 600_000_000
READY_SECONDS = 600.0  # the graph service reads the network first; on a busy machine all take their time
REPORT_SECONDS = 15.0  # how often a wait says what it waits for
WATCH_SECONDS = 0.5  # how often children are looked at
ROTATION_SECONDS = 60.0  # how often logs are looked at


class Supervisor:
    """Starts the children in order, watches them, and stops them all."""

    def __init__(self, home: Home, console: Console) -> None:
        self.home = home
        self.console = console
        self.stopping = threading.Event()
        self._starters: dict[str, Callable[[], Child]] = {}
        self._children: dict[str, Child] = {}
        self._noting = threading.Lock()
        self._ended = False
        self._restarts: dict[str, Restart] = {}
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
        self.home.make_private()  # not before the lock is held: another one's PostgreSQL may pass through the folder
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
        """What the services read beside what the operator has set."""
        home = self.home
        try:
            production = Environment().production
        except SettingsError:
            production = True  # it is named with everything else that is wrong
        chosen = {
            "CONSILIUM_MAIL_DIR": str(home.root / "mail"),
            "CONSILIUM_AUDIT_DIR": str(home.root / "audit"),
        }
        if not production:
            chosen["CONSILIUM_PUBLIC_URL"] = f"http://127.0.0.1:{home.gateway_port}"
        if not is_set("CONSILIUM_DATABASE_URL"):
            chosen["CONSILIUM_DATABASE_URL"] = (
                f"postgresql+psycopg://consilium:{home.secret('postgres_password')}"
                f"@127.0.0.1:{home.recorded_port('postgres') or 0}/consilium"
            )
        if not is_set("CONSILIUM_NEO4J_URI"):
            chosen["CONSILIUM_NEO4J_URI"] = f"bolt://127.0.0.1:{home.recorded_port('neo4j') or 0}"
        for name, variable in VARIABLES.items():
            if not is_set(variable) and not (production and name in OPERATORS_OWN):
                chosen[variable] = home.secret(name)
        if not is_set("CONSILIUM_SERVICE_DIGESTS"):
            chosen["CONSILIUM_SERVICE_DIGESTS"] = self._service_digests(chosen)
        own = {name: os.environ[name] for name in (*chosen, *VARIABLES.values()) if os.environ.get(name)}
        files = {name for name in chosen if os.environ.get(f"{name}_FILE")}
        decided = {
            "CONSILIUM_PROFILES_URL": f"http://127.0.0.1:{home.profiles_port}",
            "CONSILIUM_GRAPH_URL": f"http://127.0.0.1:{home.graph_port}",
            "CONSILIUM_PROFILES_URL_FILE": "",
            "CONSILIUM_GRAPH_URL_FILE": "",
        }
        return {name: value for name, value in (chosen | own).items() if name not in files} | decided

    def settings(self) -> Environment:
        """The settings as the services read them."""
        return Environment(dict(os.environ) | self.environment())

    def _service_digests(self, chosen: dict[str, str]) -> str:
        """What the profiles service knows of the services' secrets.

        For one that is not set, which `check_settings` names with everything else that is wrong, nobody has the secret.
        """
        read = Environment(dict(os.environ) | chosen)
        return service_digests(
            {one: read.text(f"CONSILIUM_{one.upper()}_SECRET", secrets.token_urlsafe(24)) for one in SIGNING_IN}
        )

    def process_environment(self, name: str) -> dict[str, str]:
        """What the process of one service is given: the settings that it reads, and no other service's secrets."""
        return part_for(SETTINGS[name], dict(os.environ) | self.service_environment())

    def service_environment(self) -> dict[str, str]:
        """What the services read, with their own role in the database instead of the schema's owner."""
        settings = self.settings()
        url = profiles_db.service_url(
            settings.text("CONSILIUM_DATABASE_URL"), settings.text("CONSILIUM_SERVICE_DATABASE_PASSWORD")
        )
        environment = self.environment() | {"CONSILIUM_DATABASE_URL": url, "CONSILIUM_DATABASE_URL_FILE": ""}
        return environment | {"CONSILIUM_SERVICE_DATABASE_PASSWORD": "", "CONSILIUM_SERVICE_DATABASE_PASSWORD_FILE": ""}

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

            ports = home.engine_ports()

            def start_postgres() -> Child:
                return postgres.start(
                    home.root / "postgres",
                    port=ports["postgres"],
                    password=home.secret("postgres_password"),
                    log=home.log("postgres"),
                    stopping=self.stopping,
                )

            def start_neo4j() -> Child:
                return neo4j.start(
                    home.root / "neo4j",
                    port=ports["neo4j"],
                    password=self.settings().text("CONSILIUM_NEO4J_PASSWORD"),
                    log=home.log("neo4j"),
                    progress=tell,
                    stopping=self.stopping,
                )

            starts = []
            if not is_set("CONSILIUM_DATABASE_URL"):
                starts.append(partial(self._start, "postgres", start_postgres))
            if not is_set("CONSILIUM_NEO4J_URI"):
                starts.append(partial(self._start, "neo4j", start_neo4j))
            self.together(*starts)

    def together(self, *starts: Callable[[], None]) -> None:
        """Start several children beside each other; as soon as one fails, the others are given up.

        Raises:
            Exception: what the first one raised.
        """
        with ThreadPoolExecutor(max(1, len(starts))) as pool:
            waiting = [pool.submit(start) for start in starts]
            try:
                for future in as_completed(waiting):
                    future.result()
            except BaseException:
                self.stopping.set()
                raise

    def _start(self, name: str, starter: Callable[[], Child]) -> None:
        """Start a child and note it; one that comes up when all others have been ended is ended too.

        Raises:
            ProcessFailed: it did not come up, or came up too late.
        """
        self._starters[name] = starter
        child = starter()
        with self._noting:
            ended = self._ended
            if not ended:
                self._children[name] = child
                process.remember(self.home.run / "children.json", list(self._children.values()))
        if ended:
            child.stop(2)
            raise ProcessFailed(f"{child.name} was stopped while it started.")

    def start_service(self, name: str, port: int, *, needs: str | None = None) -> None:
        """Start one gunicorn service, and wait until it is ready.

        Args:
            needs: the part that must be ready; all by default.

        Raises:
            ProcessFailed: it ended, or took too long.
        """
        environment = self.process_environment(name) | {"CONSILIUM_BIND": f"127.0.0.1:{port}"}
        if os.environ.get("CONSILIUM_BIND_HOST") and name == "gateway":
            environment["CONSILIUM_BIND"] = f"{os.environ['CONSILIUM_BIND_HOST']}:{port}"
        command = [sys.executable, "-m", "gunicorn", "-c", "python:kit.listen", f"{name}.app:create_app()"]

        def starter() -> Child:
            return Child.start(name, command, log=self.home.log(name), environment=environment)

        self._start(name, starter)
        self.wait_ready(name, port, needs=needs)

    def start_worker(self) -> None:
        """Start the background worker: the relay, mail, and what comes due by the clock."""
        command = [sys.executable, "-m", "profiles.worker"]
        environment = self.process_environment("worker")

        def starter() -> Child:
            return Child.start("worker", command, log=self.home.log("worker"), environment=environment)

        self._start("worker", starter)

    def wait_ready(self, name: str, port: int, seconds: float = READY_SECONDS, *, needs: str | None = None) -> None:
        """Wait until a service says that it is ready, and say now and then what is waited for.

        Raises:
            ProcessFailed: it ended, or took too long.
        """
        began = reported = time.monotonic()
        lacking = ""
        while time.monotonic() - began < seconds and not self.stopping.is_set():
            if not self._children[name].alive():
                why = self._children[name].ending()
                raise ProcessFailed(f"The {name} service ended ({why}) before it was ready; see {self.home.log(name)}.")
            state = readiness(port)
            lacking = f": not ready yet: {', '.join(state.missing)}" if state.missing else ""
            if state.ready or (needs is not None and state.answered and needs not in state.missing):
                return
            if time.monotonic() - reported >= REPORT_SECONDS:
                reported = time.monotonic()
                self.console.print(f"Waiting for the {name} service{lacking} ({reported - began:.0f} s) ...")
            time.sleep(0.1)
        if not self.stopping.is_set():
            log = self.home.log(name)
            raise ProcessFailed(f"The {name} service is not ready after {seconds:.0f} s{lacking}; see {log}.")

    # ------------------------------------------------------------------ watching and stopping

    def watch(self) -> None:
        """Start again what ends by itself, until told to stop; what ends again and again, with growing pauses.

        Nothing else is stopped for it: services answer what they can without the part that is missing.
        """
        logs = LogRotation([self.home.root / "log", self.home.root / "neo4j" / "logs"])
        rotated = float("-inf")
        while not self.stopping.wait(WATCH_SECONDS):
            if time.monotonic() - rotated >= ROTATION_SECONDS:
                logs.run(datetime.now(UTC))
                rotated = time.monotonic()
            for name, child in list(self._children.items()):
                if self.stopping.is_set():
                    return
                restart = self._restarts.setdefault(name, Restart())
                if child.alive():
                    restart.runs(time.monotonic())
                    continue
                pause = restart.ended(time.monotonic())
                if pause is not None:
                    self._report_end(child, pause)
                if restart.due(time.monotonic()):
                    try:
                        self._start(name, self._starters[name])
                        self._say(f"{child.name} is back.")
                    except (OperatorError, OSError) as error:
                        self._say(sentence(error))
                    restart.started(time.monotonic())

    def _report_end(self, child: Child, pause: float) -> None:
        free = shutil.disk_usage(self.home.root).free
        why = f"; the disk has only {free // 1_000_000} MB left, make room" if free < NEEDED_BYTES // 6 else ""
        what = (
            "starting it again"
            if pause == 0
            else f"it ends again and again, see {child.log}; next try in {pause:.0f} s"
        )
        self._say(f"{child.name} stopped unexpectedly ({child.ending()}){why}; {what}.")

    def _say(self, text: str) -> None:
        """Print a line; where that goes to a file on a full disk, go on without it."""
        with suppress(OSError):
            self.console.print(text, markup=False, soft_wrap=True)

    def stop(self) -> None:
        """End every child: services first, which finish what is in flight, then the engines."""
        with self._noting:
            self._ended = True
        for wave in (("gateway",), ("worker", "profiles", "graph"), ("neo4j", "postgres")):
            children = [self._children[name] for name in wave if name in self._children]
            for child in children:
                child.ask_to_stop()
            deadline = time.monotonic() + 4.5
            for child in children:
                child.stop(max(0.1, deadline - time.monotonic()))
        (self.home.run / "children.json").unlink(missing_ok=True)
        (self.home.run / "banner.txt").unlink(missing_ok=True)
