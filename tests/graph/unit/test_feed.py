"""The change feed: what queries declare, the position that processes share, and pages of what was added."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.feed.domain import Changes, MalformedHeader, sources
from graph.feed.position import SharedPosition
from graph.timestamps import stamp, stamp_after

QUERY = """// Does something.
// params:  $me, $rows, $group
// returns: rows {heir}
// feed:    person $me, $rows[].person, =heir; group $group.id;
//          added =groups[]
MATCH (n) SET n.x = 1
"""


def test_a_header_says_where_the_ids_are() -> None:
    """In parameters, parts of them, lists, and columns of the result; each once, and null is nothing."""
    changes = Changes()
    parameters = {"me": "ada", "rows": [{"person": "bob"}, {"person": None}, {"person": "ada"}], "group": {"id": "g"}}
    changes.note(QUERY, parameters, [{"heir": "eve", "groups": ["x", "y"]}, {"heir": None, "groups": None}])
    assert changes.parameters() == {
        "people": ["ada", "bob", "eve"], "erased": [], "groups": ["g"], "contents": ["x", "y"], "added": ["x", "y"],
        "notifications": [],
    }  # fmt: skip


def test_nothing_needs_a_reason_and_a_typing_error_is_found() -> None:
    """A query that says nothing at all is told from one that says `nothing`."""
    assert sources("// feed:    nothing: it takes locks\nMATCH (n)") == ()
    assert sources("MATCH (n) SET n.x = 1") is None
    for wrong in ("persons $me", "person me", "person $me.", "nothing"):
        with pytest.raises(MalformedHeader):
            sources(f"// feed:    {wrong}\nMATCH (n)")


def test_processes_of_a_host_share_one_position_that_only_rises(tmp_path: Path) -> None:
    """The first makes the file, and all have the host's id."""
    own = SharedPosition.at(str(tmp_path))
    own.advance(7)
    code = (
        "import sys; from graph.feed.position import SharedPosition; p = SharedPosition.at(sys.argv[1]);"
        "print(p.host, p.read()); p.advance(12); p.advance(9)"
    )
    shown = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == [own.host, "7"]
    assert own.read() == 12
    assert SharedPosition.at(None).host != own.host


def test_processes_at_once_lose_no_advance(tmp_path: Path) -> None:
    """Each raises the position a hundred times to numbers of its own; the highest of all stands at the end."""
    code = (
        "import sys; from graph.feed.position import SharedPosition; p = SharedPosition.at(sys.argv[1]);"
        "[p.advance(n * 8 + int(sys.argv[2])) for n in range(100)]"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(number)]) for number in range(8)]
    assert {process.wait(60) for process in running} == {0}
    assert SharedPosition.at(str(tmp_path)).read() == 99 * 8 + 7


def test_a_position_is_lowered_only_by_who_knows_what_it_was(tmp_path: Path) -> None:
    """Not when somebody has raised it meanwhile."""
    own = SharedPosition.at(str(tmp_path))
    own.advance(5)
    own.lower(4, 1)
    assert own.read() == 5
    own.lower(5, 3)
    assert own.read() == 3


def test_a_time_under_a_lock_sorts_after_the_one_before() -> None:
    """Whatever the clock of the process says: what is committed later comes later."""
    now = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
    assert stamp_after(now, None) == stamp_after(now, "2026-11-26T07:59:59.999999Z") == stamp(now)
    assert stamp_after(now, stamp(now)) == "2026-11-26T08:00:00.000001Z"
    assert stamp_after(now, "2026-11-26T08:00:01.999999Z") == "2026-11-26T08:00:02.000000Z"
