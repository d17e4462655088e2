"""Settings of the profiles service, connected to nothing."""

from __future__ import annotations

from pathlib import Path

from profiles.settings import Settings
from tests.kit.unit.test_kit import a_pem


def settings() -> Settings:
    """As an operator would give them."""
    return Settings(
        database_url="postgresql+psycopg://127.0.0.1:1/x", issuer="http://x", signing_key=a_pem(), service_secret="s" * 24,
        field_keys=((1, b"k" * 32),), index_key=b"i" * 32, graph_url="http://127.0.0.1:1", demo=False, instance_name="n",
        operator="o", contact="c", policies=None, mail_dir=Path("mail"),
    )  # fmt: skip
