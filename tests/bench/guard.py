"""The privacy guard: what it finds on the development cases, and how long a text takes."""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console
from rich.table import Table

from kit.guard import check
from tests.support.phi import CASES, clinical_questions, identifier_forms


def scores(console: Console) -> dict[str, Any]:
    """Print the share found of each class, clean texts that were stopped, and the time for 20 KB."""
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
    text = (CASES / "asq_phi_dev.jsonl").read_text(encoding="utf-8")[:20_000]
    began = time.perf_counter()
    check(text)
    results["ms_for_20_kb"] = round(1000 * (time.perf_counter() - began))
    console.print(f"20 KB of text: {results['ms_for_20_kb']} ms.")
    return results
