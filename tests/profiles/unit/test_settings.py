"""Production refuses to start half configured."""

from __future__ import annotations

import pytest

from kit.settings import Environment, SettingsError
from profiles import worker_settings
from profiles.settings import load
from tests.kit.unit.test_kit import a_pem

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
GOOD = {
    "CONSILIUM_ENV": "production",
    "CONSILIUM_DATABASE_URL": "postgresql+psycopg://127.0.0.1/x",
    "CONSILIUM_SIGNING_KEY": a_pem(),
    "CONSILIUM_SERVICE_DIGESTS": " ".join(f"{service}:{'0' * 64}" for service in ("gateway", "worker", "operator")),
    "CONSILIUM_WORKER_SECRET": "w" * 24,
    "CONSILIUM_CHECKPOINT_KEY": a_pem(),
    "CONSILIUM_FIELD_KEY": KEY,
    "CONSILIUM_INDEX_KEY": KEY,
    "CONSILIUM_PUBLIC_URL": "https://consilium.example",
    "CONSILIUM_SMTP_URL": "smtp://mail.example",
}


def test_a_complete_production_has_no_demo() -> None:
    """Whatever CONSILIUM_DEMO says."""
    assert load(Environment(GOOD | {"CONSILIUM_DEMO": "1"})).demo is False


@pytest.mark.parametrize("name", [name for name in GOOD if name != "CONSILIUM_ENV"])
def test_production_names_what_is_missing(name: str) -> None:
    """One sentence that says which setting, from the service or from its worker, which has the mail server."""
    given = {key: value for key, value in GOOD.items() if key != name}
    with pytest.raises(SettingsError, match=name):
        (load(Environment(given)), worker_settings.load(Environment(given)))


def test_production_needs_https_and_real_keys() -> None:
    """A short key is refused as well as an address without encryption."""
    with pytest.raises(SettingsError, match="https"):
        load(Environment(GOOD | {"CONSILIUM_PUBLIC_URL": "http://consilium.example"}))
    with pytest.raises(SettingsError, match="32 bytes"):
        load(Environment(GOOD | {"CONSILIUM_FIELD_KEY": "c2hvcnQ="}))
