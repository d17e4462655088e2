"""A new system, from its first five minutes to its end: the README pasted into a shell, kills, and starts on old data."""

from __future__ import annotations

import re
import signal
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.support.readme import ADDRESS, PATH, blocks, paste
from tests.support.stack import Stack, eventually, launch, operate, until_available, wait_ready

PEOPLE = "{ peers(filter: {}, first: 1, orderBy: NAME) { totalCount } }"
TEXT = PATH.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def new_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """What `make up` starts: engines of its own and the demo network, which no other test has touched."""
    running = launch(tmp_path_factory.mktemp("readme") / "home")
    try:
        wait_ready(running)
        yield running
    finally:
        if running.process and running.process.poll() is None:
            running.stop()


def test_every_block_prints_what_is_printed_under_it(new_system: Stack, tmp_path: Path) -> None:
    """All of them, in their order, in one shell; nothing is put in by hand."""
    found = blocks(TEXT)
    printed = paste(found, new_system.url, tmp_path)
    assert len(printed) == len(found) > 5
    for block, answer in zip(found, printed, strict=True):
        assert answer == block.answer, block.commands
    assert list(tmp_path.iterdir()) == []


def test_nothing_has_to_be_put_in_by_hand() -> None:
    """No placeholder, and no address but the default one."""
    commands = "\n".join(block.commands for block in blocks(TEXT))
    assert not re.search(r"PUT|HERE|<[a-z]+>|…|\.\.\. ", commands.replace("... on", ""))
    assert set(re.findall(r"http://[^/\s]+", commands)) == {ADDRESS}
    assert all(block.answer for block in blocks(TEXT)[1:])


def test_nobody_else_reads_what_is_in_its_folder(new_system: Stack) -> None:
    """Data of both engines, logs, mail, checkpoints, secrets: no file or folder lets group or others read or write."""
    found = [new_system.home, *new_system.home.rglob("*")]
    names = {path.name for path in found}
    assert {"postgres", "neo4j", "log", "secrets", "checkpoints.jsonl", "neostore", "PG_VERSION"} <= names
    modes = {}
    for path in found:
        with suppress(FileNotFoundError):  # engines delete files of their own meanwhile
            modes[path] = path.lstat().st_mode
    assert [path for path, mode in modes.items() if not stat.S_ISLNK(mode) and mode & 0o066] == []
    # As root, PostgreSQL's own user passes through the home itself.
    assert [path for path, mode in modes.items() if path != found[0] and not stat.S_ISLNK(mode) and mode & 0o011] == []


def children(stack: Stack) -> list[psutil.Process]:
    """All processes below `up`."""
    assert stack.process is not None
    return psutil.Process(stack.process.pid).children(recursive=True)


def test_it_survives_killed_engines_and_its_own_end_and_stops_cleanly(new_system: Stack) -> None:
    """The rest of an installation's life, in the order in which it happens."""
    home, ports = new_system.home, {k: v for k, v in new_system.environment.items() if k.endswith("PORT")}
    maria = new_system.sign_in("maria")
    people = new_system.data(PEOPLE, maria)["peers"]["totalCount"]
    assert people > 600

    # A second one beside it says so in one line; `status` prints the banner again.
    second = operate(home, "up", **ports)
    assert second.returncode == 1
    assert "runs here already" in second.stdout
    shown = operate(home, "status", **ports)
    assert "maria@demo.example" in shown.stdout
    assert "delete" not in operate(home, "reset", "--yes", **ports).stdout.lower()

    # A killed engine is started again, with one line about it.
    output = new_system.output
    assert output is not None
    for name, text in (("Neo4j", "neo4j_server"), ("PostgreSQL", "pginstall18/bin/postgres")):
        victim = next(p for p in children(new_system) if text in " ".join(p.cmdline()))
        victim.send_signal(signal.SIGKILL)
        eventually(lambda name=name: f"{name} stopped unexpectedly" in output.read_text(), 60)
        eventually(lambda name=name: f"{name} is back." in output.read_text(), 240)
    wait_ready(new_system)
    created = until_available(
        lambda: new_system.change(
            "createGroup", "group { id }", maria, name="Kept over night", purpose="p", idempotency_key="over-night"
        )
    )
    assert created["userErrors"] == []

    # Killed without mercy, its children stay; the next start ends them, and finds the same data.
    below = children(new_system)
    assert new_system.process is not None
    new_system.process.kill()
    new_system.process.wait()
    again = launch(home)  # on other ports: on the old ones its children still answer
    new_system.process, new_system.url, new_system.environment = again.process, again.url, again.environment
    wait_ready(new_system)
    assert not [p for p in below if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    maria = new_system.sign_in("maria")
    assert new_system.data(PEOPLE, maria)["peers"]["totalCount"] == people
    kept = new_system.data('{ groups(first: 1, filter: {text: "kept over night"}) { totalCount } }', maria)
    assert kept["groups"]["totalCount"] == 1

    below = children(new_system)
    assert new_system.stop() < 15
    assert psutil.wait_procs(below, timeout=1)[1] == []
    assert operate(home, "reset", "--yes").returncode == 0
    assert not home.exists()
