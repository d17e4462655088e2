"""The README's first five minutes, pasted into a shell against a new system, as a newcomer does it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.readme import ADDRESS, PATH, blocks, paste
from tests.support.stack import Stack, launch, wait_ready

TEXT = PATH.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def new_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """What `make up` starts: engines of its own and the demo network, which no other test has touched."""
    running = launch(tmp_path_factory.mktemp("readme") / "home")
    try:
        wait_ready(running)
        yield running
    finally:
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
