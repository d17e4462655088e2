"""A start on a machine that has nothing yet: settings are checked before engines have ports."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from consilium.checks import check_settings
from consilium.home import Home
from consilium.supervisor import Supervisor


def test_settings_are_complete_before_the_engines_have_ports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every service's settings load from what `up` makes by itself."""
    for name in ("CONSILIUM_DATABASE_URL", "CONSILIUM_NEO4J_URI", "CONSILIUM_ENV"):
        monkeypatch.delenv(name, raising=False)
    supervisor = Supervisor(Home(tmp_path / "home"), Console())
    assert supervisor.home.recorded_port("neo4j") is None
    check_settings(supervisor.settings())
