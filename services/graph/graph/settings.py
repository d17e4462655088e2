"""The settings of the graph service, read once from the environment."""

from __future__ import annotations

from dataclasses import dataclass, field

from kit.cipher import field_keys
from kit.settings import Environment


@dataclass(frozen=True)
class Settings:
    """What the operator decides.

    Args:
        neo4j_uri: `bolt://` for one server, `neo4j://` for a cluster.
        issuer: the public address that tokens name.
        profiles_url: where the keys are that check tokens.
        field_keys: (id, 32 bytes) pairs that encrypt what is held; the first encrypts.
        shared_dir: a folder of the worker processes of one host; None where there is one process.
    """

    neo4j_uri: str
    neo4j_user: str
    neo4j_password: str = field(repr=False)
    issuer: str
    profiles_url: str
    field_keys: tuple[tuple[int, bytes], ...] = field(repr=False)
    shared_dir: str | None = None


def load(environment: Environment | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: one is missing or malformed.
    """
    env = environment or Environment()
    return Settings(
        neo4j_uri=env.text("CONSILIUM_NEO4J_URI"),
        neo4j_user=env.text("CONSILIUM_NEO4J_USER", "neo4j"),
        neo4j_password=env.text("CONSILIUM_NEO4J_PASSWORD"),
        issuer=env.text("CONSILIUM_PUBLIC_URL", None if env.production else "http://127.0.0.1:8000"),
        field_keys=field_keys(env.text("CONSILIUM_FIELD_KEY")),
        shared_dir=env.text("CONSILIUM_SHARED_DIR", "") or None,
        profiles_url=env.text("CONSILIUM_PROFILES_URL", "http://127.0.0.1:8001"),
    )
