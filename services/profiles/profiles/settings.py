"""The settings of the profiles service, read once from the environment."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kit.cipher import field_keys
from kit.services import Service, read_digests
from kit.settings import Environment, SettingsError, process_settings, whole_number
from kit.urls import SERVICE_SCHEMES, read_ca_file, read_public_url, read_url
from profiles.accounts.signing import private_keys
from profiles.database_url import read_database_url

SIGN_UPS_PER_ADDRESS = 30
REGISTER_STOP_PERCENT, REGISTER_STOP_CASES, REGISTER_SHORTER_PERCENT = 10, 5, 50


@dataclass(frozen=True)
class Settings:
    """What the operator decides; secrets have no default.

    Args:
        database_url: a PostgreSQL URL for SQLAlchemy with psycopg 3.
        issuer: the public address that tokens name.
        signing_key: Ed25519 private keys in PEM; the first signs, the others are only published.
        service_digests: of the secrets that the other services sign in with; the secrets themselves are not known here.
        field_keys: (id, 32 bytes) pairs that encrypt register numbers and evidence; the first encrypts.
        index_key: 32 bytes that make the blind index of register numbers.
        policies: a folder of policies; None takes those shipped.
        ca_file: what TLS is checked against; the system's authorities by default.
        register_stop_percent: an import of a register that would open cases of more than this share of the authority's validated
            credentials needs a confirmation.
        register_stop_cases: fewer cases never need one.
        register_shorter_percent: a copy that is shorter than the one before by more than this share needs one too.
        sign_ups_per_address: sign-ups and messages that one network address causes without waiting; then one a minute.
    """

    database_url: str = field(repr=False)
    issuer: str
    signing_key: str = field(repr=False)
    service_digests: Mapping[Service, tuple[str, ...]]
    field_keys: tuple[tuple[int, bytes], ...] = field(repr=False)
    index_key: bytes = field(repr=False)
    graph_url: str
    demo: bool
    instance_name: str
    operator: str
    contact: str
    policies: Path | None
    sign_ups_per_address: int = SIGN_UPS_PER_ADDRESS
    register_stop_percent: int = REGISTER_STOP_PERCENT
    register_stop_cases: int = REGISTER_STOP_CASES
    register_shorter_percent: int = REGISTER_SHORTER_PERCENT
    ca_file: Path | None = None


def index_key(text: str) -> bytes:
    """Read the key of blind indexes.

    Raises:
        SettingsError: it is malformed.
    """
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise SettingsError("CONSILIUM_INDEX_KEY must be 32 bytes in base64.") from error
    if len(key) != 32:
        raise SettingsError(f"CONSILIUM_INDEX_KEY must be 32 bytes in base64; it has {len(key)}.")
    return key


def load(environment: Environment | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingsErrors: names each one that is missing or malformed, and what production must have.
    """
    return (environment or Environment()).all_of(_load)


def _load(env: Environment) -> Settings:
    process_settings(env)
    policies = env.text("CONSILIUM_POLICIES_DIR", "")
    return Settings(
        database_url=read_database_url(env),
        issuer=read_public_url(env),
        signing_key=env.parsed("CONSILIUM_SIGNING_KEY", private_keys("CONSILIUM_SIGNING_KEY")),
        service_digests=env.checked(read_digests),
        field_keys=env.parsed("CONSILIUM_FIELD_KEY", field_keys),
        index_key=env.parsed("CONSILIUM_INDEX_KEY", index_key),
        graph_url=read_url(env, "CONSILIUM_GRAPH_URL", "http://127.0.0.1:8002", schemes=SERVICE_SCHEMES),
        ca_file=read_ca_file(env),
        demo=not env.production and env.text("CONSILIUM_DEMO", "1") == "1",
        instance_name=env.text("CONSILIUM_NAME", "Consilium"),
        operator=env.text("CONSILIUM_OPERATOR", "An operator that has not said its name"),
        contact=env.text("CONSILIUM_CONTACT", "operator@localhost"),
        policies=Path(policies) if policies else None,
        sign_ups_per_address=env.parsed(
            "CONSILIUM_SIGN_UPS_PER_ADDRESS", whole_number("CONSILIUM_SIGN_UPS_PER_ADDRESS", least=1),
            str(SIGN_UPS_PER_ADDRESS),
        ),
        register_stop_percent=_percent(env, "CONSILIUM_REGISTER_STOP_PERCENT", REGISTER_STOP_PERCENT),
        register_stop_cases=env.parsed(
            "CONSILIUM_REGISTER_STOP_CASES", whole_number("CONSILIUM_REGISTER_STOP_CASES", least=1), str(REGISTER_STOP_CASES)
        ),
        register_shorter_percent=_percent(env, "CONSILIUM_REGISTER_SHORTER_PERCENT", REGISTER_SHORTER_PERCENT),
    )  # fmt: skip


def _percent(env: Environment, name: str, default: int) -> int:
    def parse(text: str) -> int:
        if (found := whole_number(name)(text)) > 100:
            raise SettingsError(f"{name} must be 0 to 100, not {found}.")
        return found

    return env.parsed(name, parse, str(default))
