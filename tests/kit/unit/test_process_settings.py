"""What every process reads beside its own settings is parsed in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kit.settings import Environment, ProcessSettings, SettingsError, process_settings

SERVICES = Path(__file__).parents[3] / "services"


def test_they_have_defaults_and_are_read_also_from_files(tmp_path: Path) -> None:
    """As any other setting."""
    file = tmp_path / "workers"
    file.write_text("3\n", encoding="utf-8")
    assert process_settings(Environment({})) == ProcessSettings(workers=1, most_in_flight=300)
    found = process_settings(Environment({"CONSILIUM_WORKERS_FILE": str(file), "CONSILIUM_MOST_IN_FLIGHT": "5"}))
    assert found == ProcessSettings(workers=3, most_in_flight=5)


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "two", "٣", "²"])
@pytest.mark.parametrize("name", ["CONSILIUM_WORKERS", "CONSILIUM_MOST_IN_FLIGHT"])
def test_what_is_no_whole_number_from_one_is_refused(name: str, text: str) -> None:
    """By a sentence that names it; gunicorn's configuration and the service agree on what that is."""
    with pytest.raises(SettingsError, match=f"{name} must be a whole number from 1"):
        process_settings(Environment({name: text}))


def test_nothing_else_reads_them() -> None:
    """Else two places could read them differently."""
    for name in ("CONSILIUM_WORKERS", "CONSILIUM_MOST_IN_FLIGHT"):
        reading = [
            path.name for path in SERVICES.rglob("*.py")
            if re.search(rf"(?:get\(|environ\[|parsed\(\s*|text\(\s*)\"{name}\"", path.read_text(encoding="utf-8"))
        ]  # fmt: skip
        assert reading == ["settings.py"]
