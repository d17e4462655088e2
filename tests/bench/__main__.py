"""Runs the benchmarks, prints a table and writes JSON."""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import neo4j
import psutil
import urllib3
from rich.console import Console
from rich.table import Table

from consilium.home import Home
from gateway.ids import encode
from graph import db as graph_db
from graph.discussions.store import DiscussionReader
from graph.groups.store import GroupReader
from graph.peers.cards import plain_cards
from graph.peers.index import PeopleIndex
from graph.peers.store import PeerStore
from graph.peers.usecases import Wants, find_peers
from graph.people.store import PeopleStore
from kit import clock
from tests.bench import desk, guard, live, supernodes
from tests.bench.network import Network, build
from tests.bench.peer.growth import growth
from tests.bench.peer.run import compare
from tests.bench.peer.sides import operator
from tests.support import nppes
from tests.support.operations import PLAIN
from tests.support.stack import Stack, launch, wait_ready

console = Console()


def measure(act: Callable[[], Any], *, concurrency: int, seconds: float) -> dict[str, float]:
    """p50 and p99 in milliseconds, and operations a second, of an act that threads repeat."""
    times: list[float] = []
    end = time.perf_counter() + seconds

    def loop() -> None:
        own = []
        while time.perf_counter() < end:
            began = time.perf_counter()
            act()
            own.append(time.perf_counter() - began)
        times.extend(own)

    threads = [threading.Thread(target=loop) for _ in range(concurrency)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    ordered = sorted(times)
    return {
        "p50_ms": round(statistics.median(ordered) * 1000, 2),
        "p99_ms": round(ordered[int(len(ordered) * 0.99) - 1] * 1000, 2),
        "per_second": round(len(ordered) / spent, 1),
    }


def operations(stack: Stack, network: Network) -> dict[str, Callable[[], Any]]:
    """The named operations through GraphQL, each with random parameters."""
    token = stack.sign_in("maria")
    pool = urllib3.connectionpool.connection_from_url(stack.url, maxsize=32)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

    def ask(query: str, make: Callable[[], dict[str, Any]]) -> Callable[[], Any]:
        def act() -> Any:
            body = json.dumps({"query": query, "variables": make()}).encode()
            answer = pool.request("POST", "/graphql", body=body, headers=headers).json()
            assert "errors" not in answer, answer["errors"]
            return answer["data"]

        return act

    def wanted() -> dict[str, Any]:
        specialty, country = random.choice(network.pairs)
        return {"f": {"specialties": [specialty], "regions": [country]}}

    return {
        "Q1 peers": ask(PLAIN["Q1"], wanted),
        "Q2 peers by mutual": ask(PLAIN["Q2"], wanted),
        "Q3 group page": ask(PLAIN["Q3"], lambda: {"id": encode("Group", random.choice(network.groups))}),
        "Q4 typename": ask(PLAIN["Q4"], dict),
        "Q5 my connections": ask(PLAIN["Q5"], dict),
    }


def floors(driver: neo4j.Driver, graph: graph_db.Graph, network: Network, viewer: str) -> dict[str, Callable[[], Any]]:
    """The same use-cases without HTTP and GraphQL."""
    people, groups, discussions = PeopleStore(graph), GroupReader(graph), DiscussionReader(graph)
    today, now = "2026-11-21", clock.now()

    index = PeopleIndex(driver)

    def peers(order: str) -> Callable[[], Any]:
        def act() -> Any:
            specialty, country = random.choice(network.pairs)
            view = index.view(graph, wait=60)
            return find_peers(
                view.network, PeerStore(graph), {"specialties": [specialty], "regions": [country], "include_unclaimed": True},
                lambda ids: plain_cards(view.network, view.cards, people, ids, viewer=viewer, now=now),
                viewer=viewer, order=order, first=20, after=None, wants=Wants(count=True, reasons=False), now=now,
            )  # fmt: skip

        return act

    def group() -> Any:
        own = random.choice(network.groups)
        groups.get([own], viewer=viewer, now=now)
        groups.get([own], viewer=viewer, now=now)
        page = discussions.in_groups(
            [own], viewer=viewer, kind=None, topic=None, language=None, after=("9999", ""), first=21
        )
        rows = discussions.get([row["id"] for row in page[own]["rows"][:20]], viewer=viewer)
        people.viewer(viewer)
        return people.cards([row["author_id"] for row in rows], viewer=viewer, now=today)

    return {"Q1 peers": peers("NAME"), "Q2 peers by mutual": peers("MUTUAL_CONNECTIONS"), "Q3 group page": group}


def import_rate(stack: Stack, rows: int) -> dict[str, Any]:
    """How fast the US registry's rows come into both stores, and the importer's largest memory."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "npidata.csv"
        nppes.write(file, rows, seed=9)
        process = subprocess.Popen(
            [sys.executable, "-m", "consilium", "import", "nppes", str(file)],
            env=dict(os.environ) | stack.environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        watched, peak = psutil.Process(process.pid), 0
        while process.poll() is None:
            try:
                peak = max(peak, watched.memory_info().rss)
            except psutil.Error:
                break
            time.sleep(0.05)
        output = process.communicate()[0]
    seconds = float(re.findall(r"in ([\d.]+) s", output)[0])
    return {"rows": rows, "seconds": seconds, "rows_per_second": round(rows / seconds), "peak_mb": round(peak / 1e6)}


def desk_times(stack: Stack, home: Home, cases: int) -> dict[str, Any]:
    """The desk's times, printed."""
    found: dict[str, Any] = {
        "revocation_to_graph": desk.revocation_to_graph(stack),
        "queue": desk.queue(stack, home, cases),
        "audit": desk.audit_rate(stack, home, 200_000),
    }
    console.print(
        "A revocation shows in the graph after {p50_ms} ms (p50), {most_ms} ms at most.".format(
            **found["revocation_to_graph"]
        )
    )
    for name, times in found["queue"].items():
        console.print(
            f"The queue over {cases:,} cases, {name}: p50 {times['p50_ms']} ms, p99 {times['p99_ms']} ms a page of 20."
        )
    console.print("Verifying the audit trail: {per_second:,} entries/s over {entries:,}.".format(**found["audit"]))
    return found


@click.command()
@click.option("--people", default=10_000, help="How many people the network has.")
@click.option("--seconds", default=5.0, help="How long each measurement runs.")
@click.option("--import-rows", default=100_000, help="How many rows of the US registry to import; 0 for none.")
@click.option("--cases", default=100_000, help="How many cases the desk has.")
@click.option(
    "--peer", default=100_000, help="How many people the network has that is compared with the peer; 0 for none."
)
@click.option(
    "--growth",
    "sizes",
    default="10000,100000",
    help="Networks by whose size times are compared; 1000000 takes 40 minutes.",
)
@click.option("--out", default="bench.json", type=click.Path(path_type=Path), help="Where the JSON goes.")
def main(people: int, seconds: float, import_rows: int, cases: int, peer: int, sizes: str, out: Path) -> None:
    """Build a network, measure, print and write."""
    results: dict[str, Any] = {"people": people, "cores": os.cpu_count(), "operations": {}, "floor": {}}
    with tempfile.TemporaryDirectory(prefix="consilium-bench-") as folder:
        Path(folder).chmod(0o755)
        began = time.monotonic()
        stack = launch(Path(folder) / "home")
        try:
            wait_ready(stack, 600)
            results["first_up_seconds"] = round(time.monotonic() - began, 1)
            console.print("The first start took {first_up_seconds} s until /readyz was 200.".format(**results))
            home = Home(stack.home)
            client = operator(stack)
            console.print(f"Building a network of {people:,} people ...")
            began = time.monotonic()
            network = build(client, people)
            results["build_seconds"] = round(time.monotonic() - began, 1)
            uri = f"bolt://127.0.0.1:{home.recorded_port('neo4j')}"
            with graph_db.connect(uri, "neo4j", home.secret("neo4j_password")) as driver:
                graph = graph_db.Graph(driver, lambda: 30)
                viewer = PeopleStore(graph).by_handle(["maria-arribas"])["maria-arribas"]
                table = Table("operation", "at once", "p50 ms", "p99 ms", "a second", "floor p50 ms", "floor a second")
                beside = floors(driver, graph, network, viewer)
                for name, act in operations(stack, network).items():
                    measure(act, concurrency=4, seconds=min(2.0, seconds))  # warm
                    for concurrency in (1, 16):
                        found = measure(act, concurrency=concurrency, seconds=seconds)
                        results["operations"][f"{name} @{concurrency}"] = found
                        floor: dict[str, float] = {}
                        if name in beside:
                            floor = measure(beside[name], concurrency=concurrency, seconds=seconds)
                            results["floor"][f"{name} @{concurrency}"] = floor
                        table.add_row(
                            name, str(concurrency), *(str(found[k]) for k in ("p50_ms", "p99_ms", "per_second")),
                            str(floor.get("p50_ms", "-")), str(floor.get("per_second", "-")),
                        )  # fmt: skip
            console.print(table)
            results["guard"] = guard.scores(console)
            results["live"] = live.figures(stack, console)
            results["desk"] = desk_times(stack, home, cases)
            if import_rows:
                results["import"] = import_rate(stack, import_rows)
                console.print(
                    "Import of {rows:,} registry rows: {rows_per_second:,} rows/s into both stores, "
                    "importer at most {peak_mb} MB".format(**results["import"])
                )
        finally:
            stack.stop()
    console.print("Searching the index, in milliseconds:")
    results["index"] = supernodes.figures(console)
    if peer:
        results["peer"] = compare(console, peer)
    if sizes:
        results["growth"] = growth(console, [int(size) for size in sizes.split(",")])
    out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    console.print(f"Written to {out}.")


if __name__ == "__main__":
    main()
