"""Scores the privacy guard on the development cases in tests/data/phi."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kit.guard import ALLOW, check

CASES = Path(__file__).parents[1] / "data" / "phi"
# Places of care are no identifiers as such, and addresses on the web are sources.
NOT_IDENTIFIERS = {"GEOGRAPHIC_LOCATION", "url"}


@dataclass
class Scores:
    """How many identifiers of each class there are and were found, and how many clean texts were stopped."""

    there: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    clean: int = 0
    stopped: int = 0

    def recall(self, *kinds: str) -> float:
        """The share that was found of these classes."""
        return sum(self.found[kind] for kind in kinds) / sum(self.there[kind] for kind in kinds)


def _lines(name: str) -> Iterator[dict]:  # type: ignore[type-arg]
    with (CASES / name).open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _count(scores: Scores, text: str, wanted: list[tuple[str, int, int]]) -> None:
    decision = check(text)
    for kind, start, end in wanted:
        if kind in NOT_IDENTIFIERS:
            continue
        scores.there[kind] += 1
        scores.found[kind] += any(one.start < end and start < one.end for one in decision.identifiers)
    if not wanted:
        scores.clean += 1
        scores.stopped += decision.decision != ALLOW


def clinical_questions() -> Scores:
    """Questions of clinicians, with identifiers and without (asq_phi_dev.jsonl)."""
    scores = Scores()
    for case in _lines("asq_phi_dev.jsonl"):
        text = case["query"]
        places = [(one["identifier_type"], text.find(one["value"]), len(one["value"])) for one in case["phi"]]
        _count(scores, text, [(kind, at, at + length) for kind, at, length in places if at >= 0])
    return scores


def identifier_forms() -> Scores:
    """Forms of identifiers, and what only looks like one (identifier_cases_dev.jsonl)."""
    scores = Scores()
    for case in _lines("identifier_cases_dev.jsonl"):
        spans = (case["spans"] or [[0, len(case["text"])]]) if case["expected_len"] else []
        _count(scores, case["text"], [(case["recognizer"], *span) for span in spans])
    return scores
