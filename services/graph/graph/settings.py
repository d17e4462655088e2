"""The settings of the graph service, read once from the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kit.cipher import field_keys
from kit.settings import Environment, process_settings
from kit.urls import SERVICE_SCHEMES, read_ca_file, read_public_url, read_url

# `+ssc` is left out: it believes any certificate.
NEO4J_SCHEMES = ("bolt", "neo4j", "bolt+s", "neo4j+s")


@dataclass(frozen=True)
class Settings:
    """What the operator decides.

    Args:
        neo4j_uri: `bolt://` for one server, `neo4j://` for a cluster; `bolt+s://` and `neo4j+s://` are TLS.
        issuer: the public address that tokens name.
        profiles_url: where the keys are that check tokens.
        field_keys: (id, 32 bytes) pairs that encrypt what is held; the first encrypts.
        shared_dir: a folder of the worker processes of one host; None where there is one process.
        ca_file: what TLS is checked against; the system's authorities by default.
    """

    neo4j_uri: str
    neo4j_user: str
    neo4j_password: str = field(repr=False)
    issuer: str
    profiles_url: str
    field_keys: tuple[tuple[int, bytes], ...] = field(repr=False)
    shared_dir: str | None = None
    ca_file: Path | None = None


@dataclass(frozen=True)
class Neo4jAccess:
    """Where Neo4j is and how to sign in, for those who need nothing else of the graph service's settings.

    Args:
        ca_file: what TLS is checked against; the system's authorities by default.
    """

    uri: str
    user: str
    password: str = field(repr=False)
    ca_file: Path | None = None


def read_neo4j_access(environment: Environment) -> Neo4jAccess:
    """How to reach Neo4j.

    Raises:
        SettingsError: a setting is missing or malformed.
    """
    return Neo4jAccess(
        uri=read_url(environment, "CONSILIUM_NEO4J_URI", schemes=NEO4J_SCHEMES),
        user=environment.text("CONSILIUM_NEO4J_USER", "neo4j"),
        password=environment.text("CONSILIUM_NEO4J_PASSWORD"),
        ca_file=read_ca_file(environment),
    )


def load(environment: Environment | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingsErrors: names each one that is missing or malformed.
    """
    return (environment or Environment()).all_of(_load)


def _load(env: Environment) -> Settings:
    process_settings(env)
    neo4j = read_neo4j_access(env)
    return Settings(
        neo4j_uri=neo4j.uri,
        neo4j_user=neo4j.user,
        neo4j_password=neo4j.password,
        issuer=read_public_url(env),
        field_keys=env.parsed("CONSILIUM_FIELD_KEY", field_keys),
        shared_dir=env.text("CONSILIUM_SHARED_DIR", "") or None,
        profiles_url=read_url(env, "CONSILIUM_PROFILES_URL", "http://127.0.0.1:8001", schemes=SERVICE_SCHEMES),
        ca_file=neo4j.ca_file,
    )
