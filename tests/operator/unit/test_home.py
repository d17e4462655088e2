"""Where an installation keeps what it has chosen."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from consilium.home import Home


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
