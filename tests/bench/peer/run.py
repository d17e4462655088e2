"""Consilium beside the peers: the same network, the same answers first, then the same load, interleaved."""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import urllib.parse
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from tests.bench.peer import load, sides
from tests.bench.peer.generate import describe, generate
from tests.support.operations import own_id
from tests.support.stack import Stack, eventually, launch, wait_ready

SCRIPT = Path(__file__).with_name("post.lua")
WANTED = {"Q1": 1.1, "Q2": 1.3, "Q3": 1.3, "Q4": 0.0, "Q5": 6.0}
REQUESTS, COMPARED = 2_000, 100
_TEXTS = {"A": sides.THEIRS, "A cluster": sides.THEIRS, "P": sides.P}


def compare(console: Console, people: int, *, seconds: int = 5, repetitions: int = 3) -> dict[str, Any] | None:
    """Load both, check that they answer alike, measure, and print a table of ratios.

    Args:
        seconds: of each measurement.

    Returns:
        the figures; None where there is no wrk.
    """
    if shutil.which("wrk") is None:
        console.print("SKIPPED: needs wrk")
        return None
    os.environ.update(sides.MEMORY)
    network = generate(people)
    found: dict[str, Any] = {"network": describe(network), "same": {}, "operations": {}}
    with tempfile.TemporaryDirectory(prefix="consilium-peer-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        stack = launch(root / "home", **sides.MEMORY, **sides.BUCKETS)
        try:
            wait_ready(stack, 600)
            found["load"] = load.into_consilium(sides.operator(stack), network, lambda row: say(console, row))
            found["neo4j_mb"] = memory(stack, "neo4j_server")
            with sides.peer_engine(root) as (bolt, driver):
                load.into_peer(driver, network, lambda row: say(console, row))
                with (
                    sides.peer_database(root) as database,
                    sides.apollo(root, bolt) as alone,
                    sides.apollo(root, bolt, workers=2) as cluster,
                ):
                    load.into_postgres(database, network, lambda row: say(console, row))
                    with sides.postgraphile(root, database, workers=2) as postgraphile:
                        requests = sides.Requests(stack, network, REQUESTS)
                        eventually(lambda: searches(stack, requests), 120)
                        found["same"] = _same(stack, alone, postgraphile, requests)
                        console.print(f"Same answers, of {COMPARED}: {found['same']}")
                        targets = {
                            "consilium": stack.url + "/graphql", "A": alone, "A cluster": cluster, "P": postgraphile
                        }  # fmt: skip
                        found["operations"] = _measure(root, requests, targets, seconds, repetitions)
        finally:
            stack.stop()
    _print(console, found["operations"])
    return found


def searches(stack: Stack, requests: sides.Requests) -> bool:
    """Whether the index has taken in what was loaded."""
    body, token = requests.ours("Q1", 0)
    found = sides.ask(stack.url + "/graphql", body, token)["data"]["peers"]
    return found is not None and found["totalCount"] > 0


def say(console: Console, row: dict[str, Any]) -> None:
    """Print a rate of loading."""
    console.print("Loaded {rows:,} {what} in {seconds} s: {per_second:,} a second.".format(**row))


def memory(stack: Stack, program: str) -> int:
    """How much the largest process of a program takes, in MB."""
    assert stack.process is not None
    children = psutil.Process(stack.process.pid).children(recursive=True)
    return max(
        (round(one.memory_info().rss / 1e6) for one in children if program in " ".join(one.cmdline())), default=0
    )


def _same(stack: Stack, peer: str, postgraphile: str, requests: sides.Requests) -> dict[str, int]:
    """In how many of a hundred cases all give the same people, totals, mutual connections and texts, in the same order."""
    counts = {}
    for name in ("Q1", "Q2", "Q3"):
        equal = 0
        for number in range(COMPARED):
            body, token = requests.ours(name, number)
            mine = sides.ask(stack.url + "/graphql", body, token)["data"]
            theirs = sides.ask(peer, requests.theirs(name, number))["data"]
            if name == "Q1":
                a = mine["peers"]
                b = theirs["professionalsConnection"]
                p = sides.ask(postgraphile, requests.theirs(name, number, sides.P))["data"]["allProfessionals"]
                equal += (
                    [own_id(edge["node"]["id"]) for edge in a["edges"]] == [edge["node"]["id"] for edge in b["edges"]]
                    and [edge["node"]["id"] for edge in b["edges"]] == [node["id"] for node in p["nodes"]]
                    and a["totalCount"] == b["totalCount"] == p["totalCount"]
                    and a["pageInfo"]["hasNextPage"] == b["pageInfo"]["hasNextPage"]
                )
            elif name == "Q2":
                equal += [(own_id(e["node"]["id"]), e["mutualCount"]) for e in mine["peers"]["edges"]] == [
                    (one["id"], one["mutual"]) for one in theirs["rankedPeers"]
                ]
            else:
                group, other = mine["group"], theirs["groups"][0]
                equal += group["memberCount"] == other["memberCount"] and [
                    (one["body"], one["author"]["name"]) for one in group["discussions"]["nodes"]
                ] == [(one["text"], one["author"][0]["name"]) for one in other["posts"]]
        counts[name] = equal
    return counts


def _measure(
    root: Path, requests: sides.Requests, targets: dict[str, str], seconds: int, repetitions: int
) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, list[dict[str, float]]]] = {}
    for repetition in range(repetitions + 1):  # the first one warms
        for name in sides.OURS:
            order = [target for target in targets if target != "P" or name in sides.P]
            for target in order[repetition % len(order) :] + order[: repetition % len(order)]:
                row = measure_one(root, requests, name, targets[target], seconds, texts=_TEXTS.get(target))
                if repetition:
                    rows.setdefault(name, {}).setdefault(target, []).append(row)
    found = {}
    for name, by_target in rows.items():
        middle = {
            target: {key: statistics.median(one[key] for one in measured) for key in measured[0]}
            for target, measured in by_target.items()
        }
        ratios = [
            mine["per_second"] / max(a["per_second"], b["per_second"])
            for mine, a, b in zip(by_target["consilium"], by_target["A"], by_target["A cluster"], strict=True)
        ]
        found[name] = {**middle, "ratio": round(statistics.median(ratios), 2), "wanted": WANTED[name]}
        if "P" in by_target:
            to_p = [
                a["per_second"] / b["per_second"] for a, b in zip(by_target["consilium"], by_target["P"], strict=True)
            ]
            found[name]["ratio_to_p"] = round(statistics.median(to_p), 2)
    return found


def measure_one(
    root: Path, requests: sides.Requests, name: str, address: str, seconds: int, *, texts: dict[str, str] | None
) -> dict[str, float]:
    """One operation at 16 connections: {per_second, p50_ms, p99_ms, requests, bad}.

    Args:
        texts: the peer's operations; None asks Consilium.
    """
    bodies = root / "bodies"
    with bodies.open("w", encoding="utf-8") as file:  # tokens hold ten minutes, so they are made anew
        for number in range(REQUESTS):
            body, token = requests.ours(name, number) if texts is None else (requests.theirs(name, number, texts), "-")
            file.write(f"{token}\t{json.dumps(body)}\n")
    return _wrk(address, bodies, seconds)


def _wrk(address: str, bodies: Path, seconds: int) -> dict[str, float]:
    parts = urllib.parse.urlsplit(address)
    done = subprocess.run(
        ["wrk", "-t1", "-c16", f"-d{seconds}s", "--timeout", "20s", "-s", str(SCRIPT), f"http://{parts.netloc}"],
        capture_output=True, text=True, check=True,
        env=dict(os.environ) | {"BODIES": str(bodies), "GRAPHQL": parts.path or "/"},
    )  # fmt: skip
    told = re.search(r"RESULT (\{.*\})", done.stdout)
    assert told is not None, done.stdout + done.stderr
    row: dict[str, float] = json.loads(told[1])
    assert row["bad"] == 0, done.stderr
    return row


def _print(console: Console, operations: dict[str, dict[str, Any]]) -> None:
    table = Table(
        "operation",
        "a second",
        "p50 ms",
        "p99 ms",
        "A a second",
        "A p99 ms",
        "A cluster a second",
        "ratio",
        "wanted",
        "P a second",
        "ratio to P",
    )
    for name, row in operations.items():
        mine, alone, cluster = row["consilium"], row["A"], row["A cluster"]
        table.add_row(
            name, *(str(round(mine[key], 1)) for key in ("per_second", "p50_ms", "p99_ms")),
            str(round(alone["per_second"], 1)), str(round(alone["p99_ms"], 1)), str(round(cluster["per_second"], 1)),
            str(row["ratio"]), str(row["wanted"]),
            str(round(row["P"]["per_second"], 1)) if "P" in row else "-", str(row.get("ratio_to_p", "-")),
        )  # fmt: skip
    console.print(table)
