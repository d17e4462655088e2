"""The settings of the gateway, read once from the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gateway.origins import read_origins
from gateway.persisted import MODES
from gateway.rates.limiter import Rates
from gateway.trusted import paths_of
from kit.services import Service, read_secret
from kit.settings import Environment, SettingsError, one_of, process_settings, whole_number
from kit.urls import SERVICE_SCHEMES, read_app_url, read_ca_file, read_optional_url, read_public_url, read_url

INTROSPECTION = ("everybody", "members", "nobody")
PERSON_POINTS = 120_000
ADDRESS_POINTS = 600_000
PERSON_CHANGES, ADDRESS_CHANGES = 600, 6_000
ADDRESS_CONNECTIONS = 200
VALKEY_SCHEMES = ("redis", "rediss", "valkey", "valkeys", "unix")


@dataclass(frozen=True)
class Settings:
    """What the operator decides.

    Args:
        introspection: who may read the schema: everybody, members (who are signed in), or nobody.
        cors_origins: whose pages may use the API, besides its own and, in development, those of this machine.
        rates: what a person, and an address, may ask for and change in a minute.
        address_connections: how many connections an address may have to a worker; any number where a proxy is in front.
        metrics_port: where metrics and the parts of `/readyz` are served; None for nowhere in production, and in development
            for whoever asks from the same machine.
        proxies: how many proxies in front add to X-Forwarded-For; none is believed otherwise.
        valkey_url: where buckets and persisted operations are shared by all workers; without it each has its own.
        shared_dir: where the workers of one host share persisted operations, when there is no Valkey.
        plans: whether queries are compiled.
        console: whether the web app is served at /.
        mail_dir: where messages are written as files, which a page shows; None in production.
        trusted_documents: manifests of trusted operations, and folders of them; trusted_mode is off, warn or enforce.
        ca_file: what https addresses of services, and rediss, are checked against; the system's authorities by default.
        secret: what the gateway signs in with, to hear what changes.
    """

    issuer: str
    profiles_url: str
    graph_url: str
    introspection: str
    cors_origins: frozenset[str]
    rates: Rates
    address_connections: int
    proxies: int
    valkey_url: str | None = field(repr=False)
    shared_dir: Path | None
    trusted_documents: tuple[Path, ...]
    trusted_mode: str
    production: bool
    plans: bool
    metrics_port: int | None
    console: bool
    secret: str = field(repr=False)
    app_url: str | None = None
    mail_dir: Path | None = None
    ca_file: Path | None = None


def load(environment: Environment | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingsErrors: names each one that is missing or malformed.
    """
    return (environment or Environment()).all_of(_load)


def _load(env: Environment) -> Settings:
    process_settings(env)
    shared = env.text("CONSILIUM_SHARED_DIR", "").strip()
    mail_dir = None if env.production else env.text("CONSILIUM_MAIL_DIR", "").strip()
    return Settings(
        issuer=read_public_url(env),
        app_url=read_app_url(env),
        profiles_url=read_url(env, "CONSILIUM_PROFILES_URL", "http://127.0.0.1:8001", schemes=SERVICE_SCHEMES),
        graph_url=read_url(env, "CONSILIUM_GRAPH_URL", "http://127.0.0.1:8002", schemes=SERVICE_SCHEMES),
        ca_file=read_ca_file(env),
        introspection=_one_of(
            env, "CONSILIUM_INTROSPECTION", INTROSPECTION, "members" if env.production else "everybody"
        ),
        cors_origins=read_origins(env),
        rates=Rates(
            person=_number(env, "CONSILIUM_PERSON_POINTS", PERSON_POINTS),
            address=_number(env, "CONSILIUM_ADDRESS_POINTS", ADDRESS_POINTS),
            person_changes=_number(env, "CONSILIUM_PERSON_CHANGES", PERSON_CHANGES),
            address_changes=_number(env, "CONSILIUM_ADDRESS_CHANGES", ADDRESS_CHANGES),
        ),
        address_connections=_number(env, "CONSILIUM_ADDRESS_CONNECTIONS", ADDRESS_CONNECTIONS),
        proxies=_number(env, "CONSILIUM_PROXIES", 0),
        valkey_url=read_optional_url(env, "VALKEY_URL", schemes=VALKEY_SCHEMES, host=False),
        shared_dir=Path(shared) if shared else None,
        trusted_documents=paths_of(env.text("CONSILIUM_TRUSTED_DOCUMENTS", "")),
        trusted_mode=_one_of(env, "CONSILIUM_TRUSTED_MODE", MODES, "off"),
        production=env.production,
        mail_dir=Path(mail_dir) if mail_dir else None,
        plans=_one_of(env, "CONSILIUM_PLANS", ("on", "off"), "on") == "on",
        console=_one_of(env, "CONSILIUM_CONSOLE", ("on", "off"), "on") == "on",
        metrics_port=env.parsed("CONSILIUM_METRICS_BIND", _metrics_port, ""),
        secret=env.checked(lambda one: read_secret(one, Service.GATEWAY)),
    )


def _metrics_port(text: str) -> int | None:
    host, _, port = text.strip().rpartition(":")
    if not host and not port:
        return None
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise SettingsError(
            f"CONSILIUM_METRICS_BIND must be an address and a port, like 127.0.0.1:9100, not {text.strip()!r}."
        )
    return int(port)


def _one_of(env: Environment, name: str, allowed: tuple[str, ...], default: str) -> str:
    return env.parsed(name, one_of(name, allowed), default)


def _number(env: Environment, name: str, default: int) -> int:
    return env.parsed(name, whole_number(name), str(default))
