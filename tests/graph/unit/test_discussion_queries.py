"""Discussions are read with the same properties by every query, because one function shows them."""

from __future__ import annotations

import re
from pathlib import Path

import graph
from graph.discussions.domain import SHOWN

ROOT = Path(graph.__file__).parent
READING = re.compile(r"\bd (\{\.id, \.group_id, \.kind,[^}]*\})")


def test_every_query_reads_the_same_properties() -> None:
    """A property that one of them leaves out would make its pages fail."""
    found = {
        f"{path.parent.parent.name}/{path.stem}": frozenset(re.findall(r"\.(\w+)", read[1]))
        for path in ROOT.glob("*/queries/*.cypher")
        if (read := READING.search(path.read_text(encoding="utf-8")))
    }
    assert len(found) >= 4
    assert {
        name: properties ^ found["discussions/read_discussions"] for name, properties in found.items()
    } == dict.fromkeys(found, frozenset())
    assert set(SHOWN) - {"topic_keys"} <= found["discussions/read_discussions"]
