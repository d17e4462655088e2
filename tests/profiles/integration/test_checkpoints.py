"""Checkpoints of the audit trail are chained, and others know the last one: whatever is cut, swapped, dropped or edited is found."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kit.settings import SettingsError
from profiles.accounts.signing import Signer, public_key_set
from profiles.audit import chain
from profiles.audit.checkpoints import (
    BEGINNING,
    CHECKPOINTS,
    KEYS,
    TYPE,
    CheckpointLog,
    Link,
    compare_links,
    key_set,
    read_checkpoints,
)
from profiles.audit.usecases import write_checkpoint
from profiles.worker import WitnessJob
from tests.kit.unit.test_kit import a_pem
from tests.support.desk import unit

COUNT = 6  # checkpoints of a trail that is tampered with, each after two entries
SIGNER, OTHER = Signer(a_pem(), "http://x"), Signer(a_pem(), "http://x")
TRUSTED = key_set(SIGNER.key_set())
TABLES = ("audit_entry", "audit_head", "audit_checkpoint")


def add(database: sa.Engine, count: int = 2) -> None:
    """Entries, each in a transaction of its own."""
    for number in range(count):
        with unit(database) as work:
            work.audit.note("test.act", actor="service:test", object=f"thing:{number}")


def sign(database: sa.Engine, log: CheckpointLog) -> None:
    """Sign the head, as the worker does."""
    with unit(database) as work:
        write_checkpoint(work.audit, log, last=0)


@dataclass
class Trail:
    """A trail with its checkpoints, what the graph service knows of them, and a copy of everything."""

    database: sa.Engine
    folder: Path
    graph: Link | None
    lines: list[bytes]
    rows: dict[str, list[Any]]

    def reset(self) -> None:
        """Put everything back."""
        self.write(self.lines)
        with self.database.begin() as connection:
            for table in TABLES:
                connection.execute(sa.text(f"TRUNCATE {table}"))
                if self.rows[table]:
                    names = ", ".join(f":{name}" for name in self.rows[table][0]._fields)
                    connection.execute(
                        sa.text(f"INSERT INTO {table} VALUES ({names})"), [row._asdict() for row in self.rows[table]]
                    )

    def write(self, lines: list[bytes]) -> None:
        """Replace the file."""
        (self.folder / CHECKPOINTS).write_bytes(b"".join(line + b"\n" for line in lines))

    def execute(self, *statements: str) -> None:
        """As somebody with the database in their hands."""
        with self.database.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))

    def problems(self) -> list[str]:
        """What `consilium audit verify` says."""
        with unit(self.database) as work:
            known = {"the database": work.audit.last_checkpoint(), "the graph service": self.graph}
            file = read_checkpoints(self.folder, TRUSTED)
            report = chain.verify(work.audit.all_entries(), head=work.audit.head(), checkpoints=file.checkpoints)
        return [*file.problems, *compare_links(file, known), *report.problems]

    def head(self) -> int:
        """The number of the last entry."""
        with unit(self.database) as work:
            found = work.audit.head()
        assert found is not None
        return found[0]


@pytest.fixture(scope="module")
def trail(database: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> Trail:
    """Twelve entries under six checkpoints."""
    folder = tmp_path_factory.mktemp("audit")
    log = CheckpointLog(folder, SIGNER)
    for _ in range(COUNT):
        add(database)
        sign(database, log)
    with database.connect() as connection:
        rows = {table: list(connection.execute(sa.text(f"SELECT * FROM {table}")).all()) for table in TABLES}
    lines = (folder / CHECKPOINTS).read_bytes().splitlines()
    assert len(lines) == COUNT
    return Trail(database, folder, read_checkpoints(folder, TRUSTED).end, lines, rows)


def forged(trail: Trail, index: int, signer: Signer) -> bytes:
    """A line with a hash of somebody's own, in the right place of the chain."""
    checkpoint = read_checkpoints(trail.folder, TRUSTED).checkpoints[index]
    assert checkpoint.before is not None
    claims = {
        "seq": checkpoint.seq, "hash": "00" * 32, "number": checkpoint.link.number, "before": checkpoint.before.digest.hex(),
    }  # fmt: skip
    return signer.sign(claims, token_type=TYPE).encode()


def old_line(signer: Signer) -> bytes:
    """A line as the release before wrote it."""
    return signer.sign({"seq": 1, "hash": "00" * 32}, token_type=TYPE).encode()


Lines = Callable[[Trail], list[bytes]]
LINES: dict[str, Lines] = {
    "as they are": lambda t: t.lines,
    "all cut": lambda t: [],
    "last cut": lambda t: t.lines[:-1],
    "three cut": lambda t: t.lines[:-3],
    "first dropped": lambda t: t.lines[1:],
    "one dropped": lambda t: t.lines[:2] + t.lines[3:],
    "swapped": lambda t: [*t.lines[:2], t.lines[3], t.lines[2], *t.lines[4:]],
    "last two swapped": lambda t: [*t.lines[:-2], t.lines[-1], t.lines[-2]],
    "repeated": lambda t: [*t.lines, t.lines[-1]],
    "one in place of another": lambda t: [*t.lines[:3], t.lines[1], *t.lines[4:]],
    "last edited": lambda t: [*t.lines[:-1], forged(t, COUNT - 1, OTHER)],
    "one edited": lambda t: [*t.lines[:2], forged(t, 2, OTHER), *t.lines[3:]],
    "a letter changed": lambda t: [t.lines[0][:-6] + b"AAAAAA", *t.lines[1:]],
    "written by the release before": lambda t: [*t.lines[:-1], old_line(OTHER)],
}
ENTRIES: dict[str, list[str]] = {
    "as they are": [],
    "last cut": ["DELETE FROM audit_entry WHERE seq > {n} - 2", "HEAD"],
    "five cut": ["DELETE FROM audit_entry WHERE seq > {n} - 5", "HEAD"],
    "cut under the head": ["DELETE FROM audit_entry WHERE seq > {n} - 2"],
    "one edited": ["UPDATE audit_entry SET reason = 'x' WHERE seq = {n} - 3"],
    "one dropped": ["DELETE FROM audit_entry WHERE seq = {n} - 3"],
    "swapped": ["UPDATE audit_entry SET seq = -1 WHERE seq = {n} - 3", "UPDATE audit_entry SET seq = {n} - 3 WHERE seq = {n} - 2",
                "UPDATE audit_entry SET seq = {n} - 2 WHERE seq = -1"],
    "all cut": ["DELETE FROM audit_entry", "UPDATE audit_head SET seq = 0, hash = sha256('')"],
}  # fmt: skip
_HEAD = "UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1)"


def tamper(trail: Trail, lines: str, entries: str) -> None:
    """Do something to both."""
    trail.write(LINES[lines](trail))
    number = trail.head()
    trail.execute(*(_HEAD if one == "HEAD" else one.format(n=number) for one in ENTRIES[entries]))


@pytest.mark.parametrize(("lines", "entries"), itertools.product(LINES, ENTRIES))
def test_whatever_is_done_to_lines_and_entries_is_found(trail: Trail, lines: str, entries: str) -> None:
    """In every combination; only what was not touched is intact."""
    trail.reset()
    assert trail.problems() == []
    tamper(trail, lines, entries)
    assert bool(trail.problems()) == ((lines, entries) != ("as they are", "as they are"))


@pytest.mark.parametrize("cut", range(1, COUNT + 1))
def test_cutting_both_with_what_the_database_knows_is_found_by_the_graph_service(trail: Trail, cut: int) -> None:
    """Somebody with PostgreSQL and the file in their hands leaves both in perfect order, for any number of checkpoints."""
    trail.reset()
    trail.write(trail.lines[:-cut])
    end = read_checkpoints(trail.folder, TRUSTED).end
    trail.execute(
        f"DELETE FROM audit_entry WHERE seq > {trail.head() - 2 * cut}",
        _HEAD if cut < COUNT else "UPDATE audit_head SET seq = 0, hash = sha256('')",
        f"UPDATE audit_checkpoint SET number = {end.number}, digest = decode('{end.digest.hex()}', 'hex')",
    )
    first = COUNT - cut + 1
    missing = f"checkpoint {first} is" if cut == 1 else f"checkpoints {first} to {COUNT} are"
    assert trail.problems() == [f"{missing} missing: the graph service knows of {COUNT}"]
    trail.graph, known = None, trail.graph
    try:
        assert trail.problems() == []  # nobody else knew
    finally:
        trail.graph = known


@pytest.mark.parametrize("more", [1, 5])
@pytest.mark.parametrize("lines", [name for name in LINES if name != "as they are"])
def test_going_on_leaves_what_was_done_to_the_lines_visible(trail: Trail, lines: str, more: int) -> None:
    """The worker that comes next follows what the database knows, and not the file that somebody left behind."""
    trail.reset()
    trail.write(LINES[lines](trail))
    for _ in range(more):
        add(trail.database)
        sign(trail.database, CheckpointLog(trail.folder, SIGNER))
    assert trail.problems()
    trail.reset()


def test_an_untouched_trail_goes_on_in_one_chain(trail: Trail) -> None:
    """By several workers in turn, each of which has read the file at another time."""
    trail.reset()
    logs = [CheckpointLog(trail.folder, SIGNER) for _ in range(3)]
    for log in (*logs, *reversed(logs)):
        add(trail.database)
        sign(trail.database, log)
    assert trail.problems() == []
    file = read_checkpoints(trail.folder, TRUSTED)
    assert [one.link.number for one in file.checkpoints] == list(range(1, COUNT + 7))
    trail.reset()


def test_a_line_that_the_database_was_not_told_of_is_no_gap(trail: Trail) -> None:
    """The worker was killed between the two; the next one goes on after it."""
    trail.reset()
    add(trail.database)
    with unit(trail.database) as work:
        head = work.audit.head()
    assert head is not None
    CheckpointLog(trail.folder, SIGNER).append(seq=head[0], entry_hash=head[1], known=trail.graph)
    assert trail.problems() == []
    add(trail.database)
    sign(trail.database, CheckpointLog(trail.folder, SIGNER))
    assert trail.problems() == []
    assert read_checkpoints(trail.folder, TRUSTED).end.number == COUNT + 2
    trail.reset()


def test_lines_of_the_release_before_keep_their_place(database: sa.Engine, tmp_path: Path) -> None:
    """They verify with the keys beside them, the first chained line covers all of them, and none can be dropped then."""
    before = Signer(a_pem(), "http://x")
    (tmp_path / KEYS).write_text(json.dumps(before.key_set()))
    lines = []
    with unit(database) as work:
        work.audit.note_checkpoint(BEGINNING)
    for _ in range(3):
        add(database)
        with unit(database) as work:
            head = work.audit.head()
        assert head is not None
        lines.append(before.sign({"seq": head[0], "hash": head[1].hex()}, token_type=TYPE).encode())
    file = tmp_path / CHECKPOINTS
    file.write_bytes(b"\n".join(lines) + b"\n")
    old = read_checkpoints(tmp_path, TRUSTED)
    assert ([one.seq for one in old.checkpoints], old.problems) == ([head[0] - 4, head[0] - 2, head[0]], ())
    add(database)
    sign(database, CheckpointLog(tmp_path, SIGNER))
    found = read_checkpoints(tmp_path, TRUSTED)
    assert ([one.link.number for one in found.checkpoints], found.problems) == ([1, 2, 3, 4], ())
    whole = file.read_bytes().splitlines()
    for dropped in range(3):
        file.write_bytes(b"".join(line + b"\n" for number, line in enumerate(whole) if number != dropped))
        assert read_checkpoints(tmp_path, TRUSTED).problems


def test_a_chained_line_needs_a_key_that_was_named_beforehand(database: sa.Engine, tmp_path: Path) -> None:
    """Keys that lie beside the lines are whoever's wrote there."""
    with unit(database) as work:
        work.audit.note_checkpoint(BEGINNING)
    add(database)
    sign(database, CheckpointLog(tmp_path, OTHER))
    assert read_checkpoints(tmp_path).problems == ()
    assert read_checkpoints(tmp_path, TRUSTED).problems == (
        f"the checkpoint in line 1 of {tmp_path / CHECKPOINTS} is not signed by a known key",
    )
    both = key_set(SIGNER.key_set()) | key_set(OTHER.key_set())
    assert read_checkpoints(tmp_path, both).problems == ()


def test_the_public_half_is_enough_to_verify() -> None:
    """As the command line prints it; anything else is refused with the setting's name."""
    assert public_key_set(SIGNER.public_pem(), "X") == SIGNER.key_set()
    assert public_key_set(SIGNER.public_pem() + OTHER.public_pem(), "X")["keys"] == [
        *SIGNER.key_set()["keys"], *OTHER.key_set()["keys"],
    ]  # fmt: skip
    for wrong in ("", "pem", a_pem()):
        with pytest.raises(SettingsError, match="CONSILIUM_CHECKPOINT_PUBLIC_KEY must hold Ed25519 public keys"):
            public_key_set(wrong, "CONSILIUM_CHECKPOINT_PUBLIC_KEY")


class Graph:
    """Stands for the graph service: remembers a checkpoint in the place of the one that is expected, as its query does."""

    def __init__(self) -> None:
        self.known: dict[str, Any] | None = None

    def call(self, method: str, _path: str, body: Any, **_: Any) -> Any:
        """Read, or put."""
        if method == "GET":
            return {"checkpoint": self.known}
        if body["expected"] != self.known:
            return {"taken": False}
        self.known = {"number": body["number"], "digest": body["digest"]}
        return {"taken": True}


def test_the_graph_service_is_told_the_last_checkpoint_and_keeps_what_the_file_has_lost(trail: Trail) -> None:
    """It is never told to forget one: cutting lines leaves it with what was there."""
    trail.reset()
    graph, log = Graph(), CheckpointLog(trail.folder, SIGNER)
    job = WitnessJob(log, trail.database, graph, lambda: "token")  # type: ignore[arg-type]
    job.act()
    assert trail.graph is not None
    told = {"number": COUNT, "digest": trail.graph.digest.hex()}
    assert graph.known == told
    for _ in range(2):
        add(trail.database)
        sign(trail.database, log)
    job.act()  # it was away for one of them
    assert graph.known is not None
    assert graph.known["number"] == COUNT + 2
    kept = dict(graph.known)
    trail.reset()  # a cut of lines, entries and what the database knows
    cut_log = CheckpointLog(trail.folder, SIGNER)
    for _ in range(5):
        add(trail.database)
        sign(trail.database, cut_log)
        WitnessJob(cut_log, trail.database, graph, lambda: "token").act()  # type: ignore[arg-type]
    assert graph.known == kept
    link = Link(kept["number"], bytes.fromhex(kept["digest"]))
    file = read_checkpoints(trail.folder, TRUSTED)
    assert file.end.number > link.number
    assert compare_links(file, {"the graph service": link}) == [
        f"checkpoint {link.number} is not the one that the graph service knows"
    ]
    trail.reset()
