"""Neo4j Community as a child process."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from consilium.engines import jars
from consilium.process import Child

# The transaction log says for a while what was deleted: files are small, so that those of earlier days go also where little
# is written. Neo4j opens many files; its page cache is set small because the demo network is. Without size hints a query has
# one plan, whatever the length of its lists: else each power of ten is planned while a request waits.
CONF = """server.bolt.enabled=true
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
server.memory.pagecache.size={pagecache}
db.tx_log.rotation.retention_policy=2 days 512M
db.tx_log.rotation.size=2M
internal.dbms.bolt.netty_server_shutdown_quiet_period=0
internal.cypher.use_parameter_size=false
"""


def start(
    home: Path,
    *,
    port: int,
    password: str,
    log: Path,
    progress: Callable[[int, int], None],
    stopping: threading.Event | None = None,
) -> Child:
    """Start Neo4j, its data under `home`.

    Args:
        progress: called while jars are fetched.
        stopping: once set, the start is given up.

    Raises:
        JarsUnavailable: a jar cannot be had.
        ProcessFailed: Neo4j did not come up; says where its log is.
    """
    found = jars.fetch(progress)
    home.mkdir(parents=True, exist_ok=True)
    (home / "neo4j.conf").write_text(
        CONF.format(port=port, pagecache=os.environ.get("CONSILIUM_NEO4J_PAGECACHE", "256m")), encoding="utf-8"
    )
    (home / "classpath").write_text("\n".join(str(path) for path in found), encoding="utf-8")
    return Child.start(
        "Neo4j",
        [
            sys.executable,
            "-m",
            "consilium.engines.neo4j_server",
            str(home),
            str(home / "neo4j.conf"),
            str(home / "classpath"),
        ],
        log=log,
        environment={
            "NEO4J_PASSWORD": password,
            "CONSILIUM_NEO4J_HEAP": os.environ.get("CONSILIUM_NEO4J_HEAP", "768m"),
        },
        ready_line="started",
        # After a power cut in a large import it first recovers what was not written down, which takes minutes.
        ready_seconds=900,
        stopping=stopping,
    )
