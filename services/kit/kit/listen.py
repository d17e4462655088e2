"""gunicorn as every service runs it."""

from __future__ import annotations

import os
from typing import Any

from kit.memory import collect_less

# Slow request bodies starve sync and threaded workers after a handful; gevent holds hundreds.
worker_class = "gevent"
workers = int(os.environ.get("CONSILIUM_WORKERS", "1"))
worker_connections = 1000
timeout = 30
graceful_timeout = 8
keepalive = 75
bind = os.environ.get("CONSILIUM_BIND", "127.0.0.1:8000")
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
limit_request_line = 16_380
accesslog = None
errorlog = "-"
loglevel = "warning"


def post_worker_init(_worker: Any) -> None:
    """Run in each worker before its first request."""
    collect_less()
