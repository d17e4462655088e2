"""The connection to Neo4j: short time limits, constant query texts, writes in one transaction."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import neo4j
from neo4j.exceptions import DriverError, Neo4jError, ServiceUnavailable, SessionExpired, TransientError
from neo4j_python_migrations.executor import Executor

from kit.errors import Unavailable
from kit.logs import log

Row = dict[str, Any]
T = TypeVar("T")
FEATURES = (
    "people", "peers", "connections", "groups", "discussions", "notifications", "introductions", "moderation", "audit",
    "idempotency", "rights",
)  # fmt: skip
DEADLOCK_TRIES = 12  # with waits that grow to about half a second


@cache
def query(name: str) -> str:
    """The text of `<feature>/queries/<verb_noun>.cypher`, given as `feature/verb_noun`."""
    feature, verb = name.split("/")
    return (files("graph") / feature / "queries" / f"{verb}.cypher").read_text(encoding="utf-8")


def connect(uri: str, user: str, password: str) -> neo4j.Driver:
    """A driver that fails fast: 0.5 s to connect, 0.5 s for a connection from the pool, no retries of its own."""
    return neo4j.GraphDatabase.driver(
        uri,
        auth=(user, password),
        connection_timeout=0.5,
        connection_acquisition_timeout=0.5,
        max_transaction_retry_time=1,
        max_connection_pool_size=100,
        notifications_min_severity="OFF",
        keep_alive=True,
        user_agent="consilium-graph",
    )


def migrate(driver: neo4j.Driver) -> None:
    """Apply each feature's numbered migrations that have not been applied yet."""
    here = Path(__file__).parent
    for feature in FEATURES:
        Executor(driver, migrations_path=here / feature / "migrations", project=feature).migrate()
    with driver.session() as session:
        session.run("CALL db.awaitIndexes(60)").consume()


def rows_of(result: neo4j.Result) -> list[Row]:
    """The rows of a result. Queries return values, maps and lists, never nodes, so that nothing in them is converted."""
    keys = result.keys()
    return [dict(zip(keys, record.values(), strict=True)) for record in result]


class Graph:
    """Runs queries within the time that the caller still waits.

    Args:
        remaining: returns the seconds left for this request.
        may_write: raises where the caller may not write now.
        wrote: is called after something was committed.
    """

    def __init__(
        self,
        driver: neo4j.Driver,
        remaining: Callable[[], float] = lambda: 2.0,
        may_write: Callable[[], None] = lambda: None,
        wrote: Callable[[], None] = lambda: None,
    ) -> None:
        self._driver = driver
        self._remaining = remaining
        self._may_write = may_write
        self._wrote = wrote

    def read(self, text: str, **parameters: Any) -> list[Row]:
        """The rows of a reading query.

        Raises:
            Unavailable: Neo4j does not answer in time.
        """

        def act(session: neo4j.Session) -> list[Row]:
            return rows_of(session.run(neo4j.Query(text, timeout=self._remaining()), parameters))  # type: ignore[arg-type]

        return self._guarded(act, neo4j.READ_ACCESS)

    def write(self, act: Callable[[Transaction], T]) -> T:
        """Run an act in one transaction: committed when it returns, rolled back when it raises.

        The transaction ends on the server when nobody waits for it any more, so that nothing is committed after
        the caller was told that it failed. A deadlock is tried again, from the beginning.

        Raises:
            Unavailable: Neo4j does not answer in time.
        """

        self._may_write()

        def attempt(session: neo4j.Session) -> T:
            with session.begin_transaction(timeout=self._remaining()) as tx:
                result = act(Transaction(tx))
                tx.commit()
                return result

        try:
            return self._guarded(attempt, neo4j.WRITE_ACCESS)
        finally:
            self._wrote()  # also when it failed: the commit may have happened all the same

    def _guarded(self, act: Callable[[neo4j.Session], T], mode: str) -> T:
        for attempt in range(1, DEADLOCK_TRIES + 1):
            try:
                with self._driver.session(default_access_mode=mode) as session:
                    return act(session)
            except TransientError as error:
                if attempt == DEADLOCK_TRIES or error.code != "Neo.TransientError.Transaction.DeadlockDetected":
                    raise self._failed(error) from error
                time.sleep(random.uniform(0.005, 0.02) * min(2**attempt, 32))
            except (ServiceUnavailable, SessionExpired, DriverError) as error:
                raise self._failed(error) from error
            except Neo4jError as error:
                if "Timeout" in (error.code or "") or "TransactionTimedOut" in (error.code or ""):
                    raise self._failed(error) from error
                raise
        raise AssertionError("unreachable")

    @staticmethod
    def _failed(error: Exception) -> Unavailable:
        log().warning("neo4j_failed", error=type(error).__name__, code=getattr(error, "code", None))
        return Unavailable("The graph database cannot answer now; try again in a moment.")


class Transaction:
    """A writing transaction, as stores see it."""

    def __init__(self, tx: neo4j.Transaction) -> None:
        self._tx = tx

    def rows(self, text: str, **parameters: Any) -> list[Row]:
        """The rows of a query."""
        return rows_of(self._tx.run(text, parameters))  # type: ignore[arg-type]

    def row(self, text: str, **parameters: Any) -> Row | None:
        """The first row of a query, or None."""
        found = self.rows(text, **parameters)
        return found[0] if found else None


def answers(driver: neo4j.Driver) -> bool:
    """Whether Neo4j answers."""
    try:
        with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
            session.run(neo4j.Query("RETURN 1", timeout=1)).consume()
    except (Neo4jError, DriverError):
        return False
    return True
