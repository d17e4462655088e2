"""The migrations of the profiles service."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa

import profiles
from profiles.db import migrate

ROOT = Path(profiles.__file__).parent


def test_migrating_again_changes_nothing(database: sa.Engine) -> None:
    """Each start of the service may migrate."""
    migrate(database.url.render_as_string(hide_password=False))
    assert "person" in sa.inspect(database).get_table_names()


def test_migrations_are_numbered_without_gaps_in_the_folder_of_their_feature() -> None:
    """One chain over all features, so that the order is never in doubt."""
    found = sorted(path.name for path in ROOT.glob("*/migrations/0*.py"))
    assert [int(re.match(r"\d+", name)[0]) for name in found] == list(range(1, len(found) + 1))  # type: ignore[index]
