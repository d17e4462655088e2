"""The connection to Neo4j: short time limits, constant query texts, writes in one transaction."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import neo4j
import neo4j.api
from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)
from neo4j_python_migrations.analyzer import InvalidVersionStatus
from neo4j_python_migrations.executor import Executor
from neo4j_python_migrations.migration import Migration

from graph.feed.domain import Changes
from graph.settings import NEO4J_SCHEMES
from kit.engines import START_SECONDS, EngineError, wait_for
from kit.errors import OutcomeUnknown, Unauthenticated, Unavailable
from kit.logs import log

Row = dict[str, Any]
T = TypeVar("T")
FEATURES = (
    "feed", "people", "peers", "connections", "groups", "discussions", "notifications", "introductions", "moderation", "audit",
    "idempotency", "rights", "keys",
)  # fmt: skip
DEADLOCK = "Neo.TransientError.Transaction.DeadlockDetected"
ENTITY_NOT_FOUND = "Neo.ClientError.Statement.EntityNotFound"
DEADLOCK_TRIES = 12  # with waits that grow to about half a second


_uses: Counter[str] = Counter()


@cache
def _text(name: str) -> str:
    feature, verb = name.split("/")
    return (files("graph") / feature / "queries" / f"{verb}.cypher").read_text(encoding="utf-8")


def query(name: str) -> str:
    """The text of `<feature>/queries/<verb_noun>.cypher`, given as `feature/verb_noun`."""
    _uses[name] += 1
    return _text(name)


def named_queries() -> dict[str, str]:
    """All query texts by name."""
    root = Path(__file__).parent
    names = sorted(f"{file.parent.parent.name}/{file.stem}" for file in root.glob("*/queries/*.cypher"))
    return {name: _text(name) for name in names}


def used_queries() -> list[str]:
    """The names of the queries that this process has run, the most used first."""
    return [name for name, _ in _uses.most_common()]


def _secured(uri: str, ca_file: Path | None) -> tuple[str, dict[str, Any]]:
    """How the driver is told to check certificates: it takes authorities of one's own only beside a plain scheme."""
    scheme, _, place = uri.partition("://")
    if ca_file is None or not scheme.endswith("+s"):
        return uri, {}
    checked = {"encrypted": True, "trusted_certificates": neo4j.TrustCustomCAs(str(ca_file))}
    return f"{scheme.removesuffix('+s')}://{place}", checked


def connect(uri: str, user: str, password: str, ca_file: Path | None = None) -> neo4j.Driver:
    """A driver that fails fast: 0.5 s to connect, 0.5 s for a connection from the pool, no retries of its own.

    Args:
        ca_file: what `bolt+s://` and `neo4j+s://` are checked against; the system's authorities by default.
    """
    uri, secured = _secured(uri, ca_file)
    return neo4j.GraphDatabase.driver(
        uri,
        **secured,
        auth=(user, password),
        connection_timeout=0.5,
        connection_acquisition_timeout=0.5,
        max_transaction_retry_time=1,
        max_connection_pool_size=100,
        notifications_min_severity="OFF",
        keep_alive=True,
        user_agent="consilium-graph",
    )


def patient_driver(uri: str, user: str, password: str, ca_file: Path | None = None) -> neo4j.Driver:
    """A driver for everything but requests: the first connection to a cold Neo4j on a busy machine takes 10 s and more.

    Raises:
        EngineError: the URI is malformed.
    """
    try:
        if urlsplit(uri).scheme not in NEO4J_SCHEMES:
            raise ValueError(f"{uri} does not begin with bolt://, neo4j://, bolt+s:// or neo4j+s://")
        uri, secured = _secured(uri, ca_file)
        return neo4j.GraphDatabase.driver(
            uri,
            **secured,
            auth=(user, password),
            connection_timeout=60,
            connection_acquisition_timeout=90,
            max_transaction_retry_time=30,
            max_connection_pool_size=10,
            notifications_min_severity="OFF",
            keep_alive=True,
            user_agent="consilium-graph-patient",
        )
    except (ConfigurationError, ValueError) as error:
        raise EngineError(f"CONSILIUM_NEO4J_URI is not an address of Neo4j: {first_line(error)}") from error


def connect_patiently(
    uri: str,
    user: str,
    password: str,
    *,
    ca_file: Path | None = None,
    seconds: float = START_SECONDS,
    stopping: threading.Event | None = None,
) -> neo4j.Driver:
    """Return a patient driver once Neo4j answers.

    Args:
        stopping: ends the waiting early.

    Raises:
        EngineError: Neo4j did not answer in time, or refuses the password.
    """
    driver = patient_driver(uri, user, password, ca_file)

    def connected() -> neo4j.Driver:
        with driver.session() as session:
            session.run("RETURN 1").consume()
        return driver

    try:
        return wait_for(
            connected,
            retry=(ServiceUnavailable, SessionExpired, TransientError),
            failure=lambda error: (
                f"Neo4j at {uri} does not answer ({first_line(error)}). Start it, or correct CONSILIUM_NEO4J_URI."
            ),
            seconds=seconds,
            stopping=stopping,
        )
    except AuthError as error:
        driver.close()
        raise EngineError(
            f"Neo4j at {uri} refuses the user {user}; correct CONSILIUM_NEO4J_USER and CONSILIUM_NEO4J_PASSWORD."
        ) from error
    except BaseException:
        driver.close()
        raise


def first_line(error: BaseException) -> str:
    """The first line of what an error says, without a full stop, or its type's name."""
    text = str(getattr(error, "message", None) or error)
    return re.sub(r"\s+", " ", text.strip().split("\n")[0]).rstrip(". ")[:300] or type(error).__name__


def migrate(driver: neo4j.Driver) -> None:
    """Apply each feature's numbered migrations that have not been applied yet.

    Raises:
        EngineError: a migration fails, was changed after it had been applied, or belongs to a newer version.
    """
    here = Path(__file__).parent
    for feature in FEATURES:
        executor = Executor(driver, migrations_path=here / feature / "migrations", project=feature)
        for invalid in executor.analyze().invalid_versions:
            raise EngineError(_invalid_migration(feature, invalid.version, invalid.status))
        started: list[Migration] = []
        with _named_migration(feature, executor, started):
            executor.migrate(on_apply=started.append)
    with driver.session() as session:
        session.run("CALL db.awaitIndexes(600)").consume()


def _invalid_migration(feature: str, version: str, status: InvalidVersionStatus) -> str:
    name = f"The migration {feature}/V{version} of Neo4j"
    if status is InvalidVersionStatus.MISSED_LOCALLY:
        return f"{name} belongs to a newer version of Consilium; start that version, or restore an older backup."
    if status is InvalidVersionStatus.DIFFERENT:
        return f"{name} was changed after it had been applied; restore its file, and put the change into a new one."
    return f"{name} is missing while later ones are applied; number it after them."


@contextmanager
def _named_migration(feature: str, executor: Executor, applied: list[Migration]) -> Iterator[None]:
    """Turn what Neo4j refuses into a sentence that names the migration."""
    pending = [migration.version for migration in executor.analyze().pending_migrations]
    try:
        yield
    except (Neo4jError, ValueError) as error:
        if isinstance(error, TransientError):
            raise
        version = pending[len(applied)] if len(applied) < len(pending) else "?"
        raise EngineError(f"The migration {feature}/V{version} of Neo4j failed: {first_line(error)}.") from error


class Bookmarks(neo4j.api.BookmarkManager):
    """The newest bookmarks of a driver, so that each session sees what earlier ones wrote and read, on any member of a cluster."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: frozenset[str] = frozenset()

    def update_bookmarks(self, previous_bookmarks: Collection[str], new_bookmarks: Collection[str]) -> None:
        """See neo4j.api.BookmarkManager."""
        with self._lock:
            self._values = (self._values - frozenset(previous_bookmarks)) | frozenset(new_bookmarks)

    def get_bookmarks(self) -> Collection[str]:
        """See neo4j.api.BookmarkManager."""
        return self._values

    def forget(self) -> None:
        """Drop them: Neo4j does not know them, as after it was restored from a copy."""
        with self._lock:
            self._values = frozenset()


_BOOKMARKS: WeakKeyDictionary[neo4j.Driver, Bookmarks] = WeakKeyDictionary()
_UNKNOWN_BOOKMARK = ("BookmarkTimeout", "InvalidBookmark", "InvalidBookmarkMixture")


def bookmarks(driver: neo4j.Driver) -> Bookmarks:
    """The bookmarks of a driver's sessions."""
    return _BOOKMARKS.setdefault(driver, Bookmarks())


def session(driver: neo4j.Driver, mode: str, *, fetch_size: int = 1000) -> neo4j.Session:
    """A session that sees what this process has written and read before, on whichever member of a cluster it runs."""
    return driver.session(default_access_mode=mode, bookmark_manager=bookmarks(driver), fetch_size=fetch_size)


def begin(session: neo4j.Session, seconds: float) -> neo4j.Transaction:
    """Begin a transaction. Closing the session rolls it back, unless it was committed.

    Do not use it as a context manager. When a query fails, the driver returns the connection to its pool at once, and another
    thread may take it. Closing the transaction after that would read and write on that thread's connection: the thread would
    wait for ever, and a ResultFailedError would hide the first error (driver 6.4, `Transaction._rollback`).

    Args:
        session: open, and used for nothing else.
        seconds: after which Neo4j ends the transaction.
    """
    return session.begin_transaction(timeout=seconds)


def probing_session(driver: neo4j.Driver) -> neo4j.Session:
    """A session without bookmarks, for pings and plans: they must succeed on a Neo4j that has lost what was written."""
    return driver.session(default_access_mode=neo4j.READ_ACCESS)


def rows_of(result: neo4j.Result) -> list[Row]:
    """The rows of a result. Queries return values, maps and lists, never nodes, so that nothing in them is converted."""
    keys = result.keys()
    return [dict(zip(keys, record.values(), strict=True)) for record in result]


class Graph:
    """Runs queries within the time that the caller still waits.

    Args:
        remaining: returns the seconds left for this request.
        may_write: raises where the caller may not write now.
        wrote: is called with the position in the change feed of what was, or may have been, committed.
        committed: is called as soon as something was committed, whatever happens afterwards.
        actor: returns the id of the person who writes, when all is written; None where it is no person.
    """

    def __init__(
        self,
        driver: neo4j.Driver,
        remaining: Callable[[], float] = lambda: 2.0,
        may_write: Callable[[], None] = lambda: None,
        wrote: Callable[[int], None] = lambda _position: None,
        committed: Callable[[], None] = lambda: None,
        actor: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._driver = driver
        self._remaining = remaining
        self._may_write = may_write
        self._wrote = wrote
        self._committed = committed
        self._actor = actor

    def read(self, text: str, **parameters: Any) -> list[Row]:
        """The rows of a reading query.

        Raises:
            Unavailable: Neo4j does not answer in time.
        """

        return self._read(neo4j.READ_ACCESS, text, parameters)

    def read_latest(self, text: str, **parameters: Any) -> list[Row]:
        """The rows of a reading query on the leader of a cluster: it has every commit that was answered.

        Raises:
            Unavailable: Neo4j does not answer in time.
        """
        return self._read(neo4j.WRITE_ACCESS, text, parameters)

    def read_settled(self, text: str, **parameters: Any) -> list[Row]:
        """The rows of a reading query under the feed's lock: nothing that it reads is still being committed.

        Neo4j shows the properties of a commit a moment before its index entries. The lock is free when both are there.

        Raises:
            Unavailable: Neo4j does not answer in time.
        """

        def act(session: neo4j.Session) -> list[Row]:
            tx = begin(session, self._remaining())
            tx.run(query("feed/lock_head")).consume()  # type: ignore[arg-type]
            return rows_of(tx.run(text, parameters))  # type: ignore[arg-type]

        return self._guarded(act, neo4j.WRITE_ACCESS)

    def _read(self, mode: str, text: str, parameters: dict[str, Any]) -> list[Row]:
        def act(session: neo4j.Session) -> list[Row]:
            return rows_of(session.run(neo4j.Query(text, timeout=self._remaining()), parameters))  # type: ignore[arg-type]

        return self._guarded(act, mode)

    @property
    def remaining(self) -> float:
        """The seconds that the caller still waits."""
        return self._remaining()

    def write(self, act: Callable[[Transaction], T]) -> T:
        """Run an act in one transaction: committed when it returns, rolled back when it raises.

        The transaction ends on the server when nobody waits for it any more, so that nothing is committed after
        the caller was told that it failed. A deadlock is tried again, from the beginning. What the queries changed is
        appended to the change feed last, so that its lock is held no longer than the commit takes.

        Nothing is committed for somebody who was erased meanwhile: queries make the person who writes where there is none.

        Raises:
            Unauthenticated: who writes was erased.
            Unavailable: Neo4j does not answer in time; nothing was changed.
            OutcomeUnknown: the answer to the commit was lost.
        """

        self._may_write()

        def attempt(session: neo4j.Session) -> T:
            tx = begin(session, self._remaining())
            transaction = Transaction(tx)
            result = act(transaction)
            me = self._actor()
            if me is not None and transaction.row(query("rights/find_erased"), me=me) is not None:
                raise Unauthenticated("This account does not exist any more.")
            position = transaction.append_changes()
            try:
                self._commit(tx)
            finally:
                if position is not None:
                    self._wrote(position)  # also when it failed: the commit may have happened all the same
            return result

        return self._guarded(attempt, neo4j.WRITE_ACCESS)

    def _commit(self, tx: neo4j.Transaction) -> None:
        """Commit; a failure that Neo4j does not name as a deadlock leaves open whether it was done.

        Raises:
            OutcomeUnknown: the connection was lost, or the time was over, while the commit was under way.
        """
        try:
            tx.commit()
        except (Neo4jError, DriverError) as error:
            if isinstance(error, TransientError) and error.code == DEADLOCK:
                raise
            log().warning("neo4j_commit_unknown", error=type(error).__name__, code=getattr(error, "code", None))
            raise OutcomeUnknown("The graph database did not say whether the change was made.") from error
        self._committed()

    def _guarded(self, act: Callable[[neo4j.Session], T], mode: str) -> T:
        for attempt in range(1, DEADLOCK_TRIES + 1):
            try:
                with session(self._driver, mode) as opened:
                    return act(opened)
            except TransientError as error:
                if (error.code or "").endswith(_UNKNOWN_BOOKMARK):
                    bookmarks(self._driver).forget()
                if attempt == DEADLOCK_TRIES or error.code != DEADLOCK:
                    raise self._failed(error) from error
                time.sleep(random.uniform(0.005, 0.02) * min(2**attempt, 32))
            except (ServiceUnavailable, SessionExpired, DriverError) as error:
                raise self._failed(error) from error
            except Neo4jError as error:
                if error.code == ENTITY_NOT_FOUND and attempt < DEADLOCK_TRIES:
                    continue  # somebody whom it found was erased while it waited for their lock
                if (error.code or "").endswith(_UNKNOWN_BOOKMARK):
                    bookmarks(self._driver).forget()
                    raise self._failed(error) from error
                if "Timeout" in (error.code or "") or "TransactionTimedOut" in (error.code or ""):
                    raise self._failed(error) from error
                raise
        raise AssertionError("unreachable")

    @staticmethod
    def _failed(error: Exception) -> Unavailable:
        log().warning("neo4j_failed", error=type(error).__name__, code=getattr(error, "code", None))
        return Unavailable("The graph database cannot answer now; try again in a moment.")


class Transaction:
    """A writing transaction, as stores see it; it collects what its queries declare that they change."""

    def __init__(self, tx: neo4j.Transaction) -> None:
        self._tx = tx
        self._changes = Changes()

    def rows(self, text: str, **parameters: Any) -> list[Row]:
        """The rows of a query."""
        rows = rows_of(self._tx.run(text, parameters))  # type: ignore[arg-type]
        self._changes.note(text, parameters, rows)
        return rows

    def row(self, text: str, **parameters: Any) -> Row | None:
        """The first row of a query, or None."""
        found = self.rows(text, **parameters)
        return found[0] if found else None

    def append_changes(self) -> int | None:
        """Append what was changed to the change feed, as the last thing before the commit.

        Returns:
            the position; None where nothing was changed that anybody follows.
        """
        if not self._changes:
            return None
        (row,) = rows_of(self._tx.run(query("feed/append_entry"), self._changes.parameters()))  # type: ignore[arg-type]
        return int(row["position"])
