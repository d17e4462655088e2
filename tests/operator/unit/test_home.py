"""Where an installation keeps what it has chosen."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from rich.console import Console

from consilium.home import Home
from consilium.supervisor import Supervisor
from tests.support.stack import free_port


def test_engines_keep_their_ports_while_these_are_free(tmp_path: Path) -> None:
    """Both are written down in one step, so no start finds one of them only."""
    home = Home(tmp_path)
    ports = home.engine_ports()
    assert ports.keys() == {"postgres", "neo4j"}
    assert len(set(ports.values())) == 2
    assert home.engine_ports() == ports
    assert {name: home.recorded_port(name) for name in ports} == ports
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports["neo4j"]))
        taken.listen()
        again = home.engine_ports()
    assert again["postgres"] == ports["postgres"]
    assert again["neo4j"] != ports["neo4j"]


@pytest.mark.parametrize("text", ["", "[]", '{"postgres": null}', '{"postgres": 50'])
def test_a_file_of_ports_that_cannot_be_read_is_written_anew(tmp_path: Path, text: str) -> None:
    """An earlier start may have been killed while it wrote."""
    home = Home(tmp_path)
    home.run.mkdir()
    (home.run / "ports.json").write_text(text, encoding="utf-8")
    ports = home.engine_ports()
    assert json.loads((home.run / "ports.json").read_text(encoding="utf-8")) == ports


def test_what_an_earlier_version_left_readable_is_corrected(tmp_path: Path) -> None:
    """Folders and files become the owner's alone; programs stay programs, and what a link names is left alone."""
    outside = tmp_path / "outside"
    outside.write_text("x", encoding="utf-8")
    outside.chmod(0o644)
    home = Home(tmp_path / "home")
    data = home.root / "neo4j" / "data"
    data.mkdir(parents=True)
    for path, mode in ((data, 0o755), (data.parent, 0o775), (home.root, 0o755)):
        path.chmod(mode)
    for name, mode in (("store", 0o644), ("run.sh", 0o755), ("private", 0o600)):
        (data / name).touch()
        (data / name).chmod(mode)
    (data / "link").symlink_to(outside)

    home.make_private()

    found = {
        path.name: path.lstat().st_mode & 0o777 for path in (home.root, *home.root.rglob("*")) if not path.is_symlink()
    }
    assert found == {"home": 0o700, "neo4j": 0o700, "data": 0o700, "store": 0o600, "run.sh": 0o700, "private": 0o600}
    assert outside.stat().st_mode & 0o777 == 0o644


def test_a_start_corrects_the_folder_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything else is done there."""
    for name in ("GATEWAY", "PROFILES", "GRAPH"):
        monkeypatch.setenv(f"CONSILIUM_{name}_PORT", str(free_port()))
    home = Home(tmp_path / "home")
    (home.root / "mail").mkdir(parents=True)
    message = home.root / "mail" / "1.eml"
    message.touch()
    message.chmod(0o644)

    Supervisor(home, Console(quiet=True)).claim()

    assert message.stat().st_mode & 0o777 == 0o600
    assert home.root.stat().st_mode & 0o777 == 0o700
