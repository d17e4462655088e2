"""The privacy guard: what it finds on the development cases, and how long a text takes."""

from __future__ import annotations

import json
import random
import time
from typing import Any

from rich.console import Console
from rich.table import Table

from kit.guard import check, dates, numbers, people, views
from tests.support.growth import Run, near_misses, patterns_of
from tests.support.phi import CASES, clinical_questions, identifier_forms

LENGTH = 20_000  # of the longest text that a discussion may have


def scores(console: Console) -> dict[str, Any]:
    """Print the share found of each class, clean texts that were stopped, and the time for 20,000 characters."""
    results: dict[str, Any] = {}
    for name, found in (("clinical questions", clinical_questions()), ("forms", identifier_forms())):
        table = Table("class", "found", "of", "share", title=f"Privacy guard: {name}")
        for kind, there in found.there.items():
            table.add_row(kind, str(found.found[kind]), str(there), f"{found.recall(kind):.0%}")
        console.print(table)
        console.print(f"Stopped {found.stopped} of {found.clean} texts without identifiers.")
        results[name] = {
            "recall": {kind: round(found.recall(kind), 3) for kind in found.there},
            "stopped": found.stopped, "clean": found.clean,
        }  # fmt: skip
    results |= times(console)
    return results


def times(console: Console) -> dict[str, Any]:
    """Print the processor time for 20,000 characters: of clinical questions, and of what takes longest."""
    text = (CASES / "asq_phi_dev.jsonl").read_text(encoding="utf-8")[:LENGTH]
    usual = _milliseconds(text)
    patterns = {pattern: None for module in (dates, numbers, people, views) for pattern in patterns_of(module)}
    # Of each expression a few of the texts that it has most to do with, and those that an instance was stopped with.
    runs: list[Run] = []
    for pattern in patterns:
        near = near_misses(pattern)
        runs += random.Random(7).sample(near, min(5, len(near)))
    runs += [
        Run(case["prefix"], case["unit"], case.get("suffix", ""))
        for case in map(json.loads, (CASES / "times.jsonl").read_text(encoding="utf-8").splitlines())
    ]
    slowest, run = max(((_milliseconds(run.text(LENGTH)), run) for run in runs), key=lambda one: one[0])
    console.print(
        f"Privacy guard, processor time for {LENGTH:,} characters: {usual} ms for clinical questions, at most {slowest} ms "
        f"of {len(runs):,} texts made to take long ({run.prefix!r}, then {run.unit!r} again and again)."
    )
    return {"ms_for_20_kb": usual, "most_ms_for_20_kb": slowest}


def _milliseconds(text: str) -> float:
    spent = []
    for _ in range(3):
        began = time.thread_time()
        check(text)
        spent.append(time.thread_time() - began)
    return round(1000 * min(spent), 1)
