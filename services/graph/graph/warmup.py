"""Compiling the plans of all named queries before somebody waits for them.

A cold Neo4j needs 0.1 to 1 s to plan a query on a quiet machine and ten times as long on a busy one, while a request waits
2 s. Neo4j keeps a plan by the query's text and its parameters' types. So queries that read are run with parameters that
find nothing, and those that write are explained. Where the engine has size hints turned on
(`internal.cypher.use_parameter_size`), it plans again for longer lists.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from graph.db import first_line, named_queries, probing_session, used_queries
from graph.discussions import properties
from graph.feed.domain import sources
from kit.engines import wait_for
from kit.logs import log

WORKERS = 2  # plans are computed on one core each
POOLED_CONNECTIONS = 8
PRIME_SECONDS = 60.0
PLAN_SECONDS = 120.0
LIST_SIZES = (1, 5, 50)  # one of each power of ten, by which size hints tell lists apart
REPLAN_GROWTH = 1.25  # Neo4j plans anew what was planned for a network of another size
NOBODY = "00000000-0000-0000-0000-000000000000"

Parameters = dict[str, Any]


def parameters_of(text: str, texts: dict[str, str], *, size: int = 1, nulls: bool = False) -> Parameters:
    """Return a value of the declared type for each parameter that a query's header names; it finds nothing.

    Args:
        texts: all queries by name; a header may say `as search_groups`.
        size: of lists of strings.
        nulls: pass null where the header allows it.
    """
    header = " ".join(line for line in text.splitlines() if line.startswith("//")).split("returns:")[0]
    samples: Parameters = {
        "LIST OF STRING": [NOBODY] * size, "LIST": [], "MAP": {}, "INTEGER": 1, "BOOLEAN": False, "STRING": NOBODY,
        "PROPERTIES": list(properties.STUB),
    }  # fmt: skip
    found: Parameters = {}
    for name in re.findall(r"\bas ([a-z_]+)", header):
        other = next((text for key, text in texts.items() if key.endswith(f"/{name}")), "")
        found |= parameters_of(other, {}, size=size, nulls=nulls)
    for match in re.finditer(r"\$([a-z_]+)", header):
        kind = re.search(r":: (LIST OF\s+STRING|[A-Z]+)( or null)?", header[match.end() :])
        name = re.sub(r"\s+", " ", kind[1]) if kind else "STRING"
        found[match[1]] = None if nulls and kind and kind[2] else samples.get(name, NOBODY)
    return found


def variants_of(text: str, texts: dict[str, str]) -> Iterator[Parameters]:
    """Return the parameters with which Neo4j plans a query differently; the most usual first."""
    usual = parameters_of(text, texts)
    yield usual
    if any(isinstance(value, list) and value for value in usual.values()):
        yield from (parameters_of(text, texts, size=size) for size in LIST_SIZES if size != 1)
    without = parameters_of(text, texts, nulls=True)
    if without != usual:
        yield without


class PlanCache:
    """Keeps the plans of all named queries in Neo4j's cache.

    Args:
        driver: a patient one.
        requests: the driver of requests, whose connections are opened before they are needed.
    """

    def __init__(self, driver: neo4j.Driver, requests: neo4j.Driver | None = None) -> None:
        self._driver, self._requests = driver, requests
        self._rest: list[str] = []
        self._planned_for: tuple[int, int] | None = None
        self._seen: tuple[int, int] | None = None

    def prepare(self) -> None:
        """Plan what requests need: all queries at the first start; after a restart of Neo4j those that were used here.

        All of them, however long that takes a busy machine: a change needs ten plans, and its deadline is over before
        a cold Neo4j has made them.

        Raises:
            Neo4jError, DriverError: Neo4j does not answer.
        """
        if self._requests is not None:
            prime(self._requests)
        first = self._planned_for is None
        size = self._size()
        if first:
            self._plan(named_queries())
        else:
            self._rest = list(named_queries())
            self._plan(used_queries(), usual_only=True)
        self._planned_for = size

    def maintain(self) -> None:
        """Plan what is left after a restart; plan everything again after the network has become larger or smaller."""
        if self._rest:
            self._plan(self._rest, beside_requests=True)
            self._rest = []
        before, self._seen = self._seen, self._size()
        # A load that goes on would make it plan again and again; what is asked meanwhile is planned as it is asked.
        if self._seen == before and not _alike(self._seen, self._planned_for):
            self._planned_for = self._seen
            self._plan(named_queries(), beside_requests=True)

    def _size(self) -> tuple[int, int]:
        """How many nodes and relationships there are, from the counts that the engine keeps."""
        with probing_session(self._driver) as session:
            nodes = session.run("MATCH (n) RETURN count(n)").single(strict=True)[0]
            links = session.run("MATCH ()-[r]->() RETURN count(r)").single(strict=True)[0]
        return int(nodes), int(links)

    def _plan(self, named: Iterable[str], *, usual_only: bool = False, beside_requests: bool = False) -> None:
        """Plan queries.

        Args:
            usual_only: with their most usual parameters, and without running any.
            beside_requests: one at a time, and half of the time, because planning takes a core from those who wait.
        """
        texts, names = named_queries(), list(named)
        began = time.monotonic()

        def plan(name: str) -> float:
            started = time.monotonic()
            variants = variants_of(texts[name], texts)
            self._plan_one(name, texts[name], next(variants), run=not usual_only)
            for parameters in () if usual_only else variants:
                self._plan_one(name, texts[name], parameters)
            took = time.monotonic() - started
            if beside_requests:
                time.sleep(took)
            return took

        with ThreadPoolExecutor(1 if beside_requests else WORKERS, thread_name_prefix="plans") as pool:
            spent = dict(zip(names, pool.map(plan, names), strict=True))
        slowest = max(spent, key=lambda name: spent[name], default=None)
        log().info(
            "queries_planned", count=len(spent), seconds=round(time.monotonic() - began, 1), slowest=slowest,
            slowest_seconds=round(spent[slowest], 1) if slowest else None,
        )  # fmt: skip

    def _plan_one(self, name: str, text: str, parameters: Parameters, *, run: bool = False) -> None:
        """Plan a query with parameters of some types.

        Args:
            run: run it as well, if it only reads: the first run takes longer, too. It finds nothing, or is given up
                after its first row.
        """
        runs = run and sources(text) is None  # those that write declare what they change
        query = neo4j.Query(text if runs else "EXPLAIN " + text, timeout=PLAN_SECONDS)  # type: ignore[arg-type]
        try:
            with probing_session(self._driver) as session:
                result = session.run(query, parameters)
                if runs:
                    result.peek()
                else:
                    result.consume()
        except DriverError:
            raise
        except Neo4jError as error:
            if error.is_retryable():
                raise
            # One query that cannot be planned must not keep the service from the others; a test plans each.
            log().warning("query_not_planned", query=name, reason=first_line(error))


def prime(driver: neo4j.Driver, connections: int = POOLED_CONNECTIONS, seconds: float = PRIME_SECONDS) -> None:
    """Open connections of a driver that is not patient itself, however long that takes a cold Neo4j.

    Raises:
        EngineError: it took longer than `seconds`.
    """

    def opened() -> None:
        sessions = [probing_session(driver) for _ in range(connections)]
        try:
            # Each holds its connection until its result is consumed, so that every session opens one of its own.
            for result in [session.run("RETURN 1") for session in sessions]:
                result.consume()
        finally:
            for session in sessions:
                session.close()

    wait_for(opened, retry=(DriverError, Neo4jError), failure=_not_primed, seconds=seconds)


def ping(driver: neo4j.Driver) -> Callable[[], object]:
    """Return a ping for `kit.engines.EngineWatch`: a connection that stays open breaks when Neo4j is restarted."""

    def once() -> None:
        with probing_session(driver) as session:
            session.run("RETURN 1").consume()

    return once


def _not_primed(error: Exception) -> str:
    return f"Neo4j takes too long to accept connections ({first_line(error)})."


def _alike(size: tuple[int, int], other: tuple[int, int] | None) -> bool:
    if other is None:
        return False
    pairs = zip(size, other, strict=True)
    return all(max(one, two) <= REPLAN_GROWTH * min(one, two) + 100 for one, two in pairs)
