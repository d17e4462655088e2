"""gunicorn as every service runs it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from typing import Any

import gevent

from kit.logs import take_over
from kit.memory import collect_less
from kit.settings import Environment, SettingsError, process_settings
from kit.worker import PAUSE_SECONDS

# gunicorn's last argument is the application, like `gateway.app:create_app()`: the service's name comes first in it.
take_over(sys.argv[-1].split(".")[0])

PRIVATE = 0o077  # what a service writes can be read by its own user only

os.umask(PRIVATE)
umask = PRIVATE  # gunicorn sets it again

# Slow request bodies starve sync and threaded workers after a handful; gevent holds hundreds.
worker_class = "kit.worker.BoundedWorker"
logger_class = "kit.worker.PlainLogger"
try:
    workers = process_settings(Environment()).workers
except SettingsError:
    workers = 1  # the service names what is malformed, with everything else that is wrong with its settings, and ends
worker_connections = 1000
timeout = 30
graceful_timeout = 8
keepalive = int(PAUSE_SECONDS)
bind = [os.environ.get("CONSILIUM_BIND", "127.0.0.1:8000")]
# Where metrics and the parts of `/readyz` are served, of a service whose own port is published.
if os.environ.get("CONSILIUM_METRICS_BIND"):
    bind.append(os.environ["CONSILIUM_METRICS_BIND"])
control_socket_disable = True
# A file system in memory: the shared files need not outlast the service, and writing them to a disk stalls the whole process, and
# the database that writes to the same disk.
_IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
worker_tmp_dir = _IN_MEMORY
limit_request_line = 8_190  # the most that gunicorn can do
limit_request_fields = 64  # each of at most 8 kB; all of them have the bound in `kit/worker.py`
accesslog = None
errorlog = "-"
loglevel = "warning"


# What the workers of this service share beside memory of their own; made before they are forked.
_own_folder = None
if not os.environ.get("CONSILIUM_SHARED_DIR"):
    _own_folder = os.environ["CONSILIUM_SHARED_DIR"] = tempfile.mkdtemp(
        prefix=f"consilium-shared-{os.getpid()}-", dir=_IN_MEMORY
    )


_folders = [_own_folder] if _own_folder else []
if workers > 1:
    # The workers' metrics are added up from files there; made anew at each start.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="consilium-metrics-", dir=_IN_MEMORY)
    _folders.append(os.environ["PROMETHEUS_MULTIPROC_DIR"])


def on_exit(_server: Any) -> None:
    """Run in the first process when it ends."""
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)


def child_exit(_server: Any, worker: Any) -> None:
    """Run when a worker has ended."""
    if workers > 1:
        from prometheus_client import multiprocess  # reads the variable above when it is imported

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def worker_exit(_server: Any, worker: Any) -> None:
    """Run in each worker when it ends in order."""
    application = getattr(worker.app, "callable", None)
    if application is not None:
        application.extensions.get("end", lambda: None)()


def post_request(_worker: Any, _request: Any, _environ: Any, _response: Any) -> None:
    """Run after each request: a connection that has sent several in one go must not keep the others waiting."""
    gevent.sleep(0)


def post_worker_init(worker: Any) -> None:
    """Run in each worker before its first request: what goes on beside requests begins here, and not where an app is made."""
    collect_less()
    worker.app.callable.extensions.get("begin", lambda: None)()
