"""The settings of the profiles service, read once from the environment."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path

from kit.settings import Environment, SettingsError


@dataclass(frozen=True)
class Settings:
    """What the operator decides; secrets have no default.

    Args:
        database_url: a PostgreSQL URL for SQLAlchemy with psycopg 3.
        issuer: the public address that tokens name.
        signing_key: an Ed25519 private key in PEM.
        service_secret: what the other services sign in with.
        field_key: 32 bytes that encrypt register numbers.
        index_key: 32 bytes that make the blind index of register numbers.
        policies: a folder of policies; None takes those shipped.
    """

    database_url: str = field(repr=False)
    issuer: str
    signing_key: str = field(repr=False)
    service_secret: str = field(repr=False)
    field_key: bytes = field(repr=False)
    index_key: bytes = field(repr=False)
    graph_url: str
    demo: bool
    instance_name: str
    operator: str
    contact: str
    policies: Path | None


def _key(environment: Environment, name: str) -> bytes:
    try:
        key = base64.b64decode(environment.text(name), validate=True)
    except ValueError as error:
        raise SettingsError(f"{name} must be 32 bytes in base64.") from error
    if len(key) != 32:
        raise SettingsError(f"{name} must be 32 bytes in base64; it has {len(key)}.")
    return key


def load(environment: Environment | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: one is missing or malformed, or production lacks what it must have.
    """
    env = environment or Environment()
    issuer = env.text("CONSILIUM_PUBLIC_URL", None if env.production else "http://127.0.0.1:8000")
    if env.production:
        if not issuer.startswith("https://"):
            raise SettingsError("CONSILIUM_PUBLIC_URL must be an https address in production.")
        env.text("CONSILIUM_SMTP_URL")
    policies = env.text("CONSILIUM_POLICIES_DIR", "")
    return Settings(
        database_url=env.text("CONSILIUM_DATABASE_URL"),
        issuer=issuer,
        signing_key=env.text("CONSILIUM_SIGNING_KEY"),
        service_secret=env.text("CONSILIUM_SERVICE_SECRET"),
        field_key=_key(env, "CONSILIUM_FIELD_KEY"),
        index_key=_key(env, "CONSILIUM_INDEX_KEY"),
        graph_url=env.text("CONSILIUM_GRAPH_URL", "http://127.0.0.1:8002"),
        demo=not env.production and env.text("CONSILIUM_DEMO", "1") == "1",
        instance_name=env.text("CONSILIUM_NAME", "Consilium"),
        operator=env.text("CONSILIUM_OPERATOR", "An operator that has not said its name"),
        contact=env.text("CONSILIUM_CONTACT", "operator@localhost"),
        policies=Path(policies) if policies else None,
    )
