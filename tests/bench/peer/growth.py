"""How the operations' times grow with the network: the same requests against ever larger ones."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.peer import load, run, sides
from tests.bench.peer.generate import generate
from tests.support.stack import eventually, launch, wait_ready

# From the second largest to the largest network, p50 may grow by so many times.
ALLOWED = {"Q1": 1.2, "Q2": 2.0, "Q3": 1.2, "Q5": 1.2}
LARGE, MEMORY_OF_LARGE = 300_000, {"CONSILIUM_NEO4J_HEAP": "4g", "CONSILIUM_NEO4J_PAGECACHE": "4g"}


def growth(console: Console, sizes: Sequence[int], *, seconds: int = 5) -> dict[str, Any] | None:
    """Load a network of each size, measure at 16 connections, and print p50 with its growth.

    Returns:
        {size: {load, neo4j_mb, graph_mb, operations}}; None where there is no wrk.
    """
    if shutil.which("wrk") is None:
        console.print("SKIPPED: needs wrk")
        return None
    found = {size: _measured(console, size, seconds) for size in sizes}
    table = Table("operation", *(f"p50 ms, {size:,}" for size in sizes), "growth", "allowed")
    for name, allowed in ALLOWED.items():
        times = [found[size]["operations"][name]["p50_ms"] for size in sizes]
        last = f"{times[-1] / times[-2]:.2f}" if len(times) > 1 else "-"
        table.add_row(name, *(f"{time:.1f}" for time in times), last, str(allowed))
    console.print(table)
    return {str(size): row for size, row in found.items()}


def _measured(console: Console, size: int, seconds: int) -> dict[str, Any]:
    memory = MEMORY_OF_LARGE if size > LARGE else sides.MEMORY
    os.environ.update(memory)
    network = generate(size)
    with tempfile.TemporaryDirectory(prefix="consilium-growth-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        stack = launch(root / "home", **memory, **sides.BUCKETS)
        try:
            wait_ready(stack, 600)
            rates = load.into_consilium(sides.operator(stack), network, lambda row: run.say(console, row))
            requests = sides.Requests(stack, network, run.REQUESTS)
            eventually(lambda: run.searches(stack, requests), 600)
            operations = {}
            for name in ALLOWED:
                for _ in range(2):  # the first one warms
                    operations[name] = run.measure_one(
                        root, requests, name, stack.url + "/graphql", seconds, texts=None
                    )
            return {
                "load": rates, "neo4j_mb": run.memory(stack, "neo4j_server"), "graph_mb": run.memory(stack, "graph.app"),
                "operations": operations,
            }  # fmt: skip
        finally:
            stack.stop()
