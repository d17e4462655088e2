"""Every query is understood by the engine, and none scans the network where it should not."""

from __future__ import annotations

import re
from pathlib import Path

import neo4j
import pytest

import graph as graph_package
from graph.db import named_queries
from graph.peers.store import PeerStore
from graph.people.domain import search_words
from graph.warmup import parameters_of

ROOT = Path(graph_package.__file__).parent
FILES = sorted(ROOT.glob("*/queries/*.cypher"))
# Searches without an anchor walk all groups by name, and the index of people is built from everything; all else starts
# from an index.
SCANS = {
    "groups/search_groups",
    "groups/search_groups_by",
    "groups/count_groups",
    "peers/list_people",
    "peers/list_groups",
}


def operators(plan: dict[str, object]) -> list[str]:
    """The names of a plan's operators."""
    children = plan.get("children") or []
    assert isinstance(children, list)
    return [str(plan["operatorType"]), *(name for child in children for name in operators(child))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_a_query_file_has_a_header_and_a_plan_without_a_label_scan(path: Path, driver: neo4j.Driver) -> None:
    """The header states parameters and what is returned; the plan starts from an index."""
    text = path.read_text(encoding="utf-8")
    assert re.match(r"// [A-Z].*\n// params:  .*\n(//.*\n)*// returns: ", text), "the header is missing"
    name = f"{path.parent.parent.name}/{path.stem}"
    names = set(re.findall(r"\$([a-z_]+)", re.sub(r"(^|  )//.*$", "", text, flags=re.M)))
    given = parameters_of(text, named_queries())
    missing = names - given.keys()
    assert not missing, f"the header does not declare {missing}"
    with driver.session() as session:
        summary = session.run("EXPLAIN " + text, given).consume()
    assert summary.plan is not None
    used = operators(summary.plan)
    scans = [op for op in used if "LabelScan" in op or "AllNodesScan" in op]
    assert name in SCANS or not scans, f"{name} scans: {used}"


def test_every_query_file_is_used() -> None:
    """A file that no store names is dead."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("**/*.py"))
    unused = [p.name for p in FILES if f'"{p.parent.parent.name}/{p.stem}"' not in code]
    assert unused == []


def test_lucene_syntax_in_a_search_text_is_inert(graph) -> None:  # type: ignore[no-untyped-def]
    """Whatever people type is searched for and never read as a query language."""
    peers = PeerStore(graph)
    for text in ("/", "a:b", "-x", "a OR b", "*", '"', "(", "[1 TO 2]", "\\", "~", "a^2", "&&", "!", "  .  ", "AND"):
        peers.matching(search_words(text))
