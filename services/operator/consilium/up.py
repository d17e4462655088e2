"""`consilium up`: engines, migrations, services and relay as children of one foreground process."""

from __future__ import annotations

import errno
import fcntl
import json
import shutil
import signal
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import FrameType

from rich.console import Console

from consilium import process
from consilium.banner import banner
from consilium.checks import check_settings
from consilium.client import client_settings
from consilium.failures import CannotStart, explained
from consilium.home import Home, demo_wanted
from consilium.seed.load import seed_if_empty
from consilium.supervisor import Supervisor
from kit.errors import DomainError
from kit.settings import SettingsErrors
from profiles import db as profiles_db
from profiles.database_url import read_database_url
from profiles.settings import index_key


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
        check_settings(supervisor.settings())
        for file in home.unused_secrets():
            console.print(f"Nobody reads {file}, because another one is set; delete it.", soft_wrap=True)
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
    except SettingsErrors as error:
        for problem in error.problems:
            console.print(problem, style="red", highlight=False, markup=False, soft_wrap=True)
        status = 1
    except Exception as error:
        text = explained(error)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            text = f"The disk is full at {home.root}; make room and start again."
        console.print(text, style="red", highlight=False, markup=False, soft_wrap=True)
        status = 1
    return status


def _start_all(supervisor: Supervisor) -> None:
    from graph import db as graph_db
    from graph.settings import read_neo4j_access
    from graph.warmup import PlanCache

    home, console = supervisor.home, supervisor.console
    console.print("Starting PostgreSQL and Neo4j ...")
    supervisor.start_engines()
    settings = supervisor.settings()
    url, access, stopping = read_database_url(settings), read_neo4j_access(settings), supervisor.stopping
    profiles_db.wait_for_answer(url, stopping=stopping)
    with graph_db.connect_patiently(
        access.uri,
        access.user,
        access.password,
        ca_file=access.ca_file,
        stopping=stopping,
    ) as driver:

        def start_profiles() -> None:
            profiles_db.migrate(url, index_key=settings.parsed("CONSILIUM_INDEX_KEY", index_key))
            profiles_db.grant_service_role(url, settings.text("CONSILIUM_SERVICE_DATABASE_PASSWORD"))
            supervisor.start_service("profiles", home.profiles_port)

        def start_graph() -> None:
            graph_db.migrate(driver)
            # It goes on planning queries while the demo network is loaded; the gateway is not ready before that is done.
            supervisor.start_service("graph", home.graph_port, needs="neo4j")

        console.print("Starting the services ...")
        supervisor.together(start_profiles, start_graph)
        supervisor.start_worker()
        if demo_wanted() and _seeded(client_settings(settings, home), console):
            # Neo4j plans its queries anew for a network that has grown; here nobody waits for that.
            PlanCache(driver).prepare()
    # The gateway comes last, so that /readyz says 200 only when everything, the demo network too, is there.
    supervisor.start_service("gateway", home.gateway_port)


def _seeded(environment: dict[str, str], console: Console) -> bool:
    """Load the demo network where there is nobody yet; whether it was loaded.

    Raises:
        CannotStart: it could not be loaded.
    """
    try:
        return seed_if_empty(environment, console)
    except DomainError as error:
        raise CannotStart(f"The demo network could not be loaded: {error.message}") from error


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
