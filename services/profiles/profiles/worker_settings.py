"""The settings of the background worker, read once from the environment; it is a service of its own, with secrets of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kit.cipher import field_keys
from kit.http import READ_SECONDS, ServiceClient
from kit.services import Service, ServiceSession, read_secret
from kit.settings import Environment
from kit.urls import SERVICE_SCHEMES, read_app_url, read_ca_file, read_optional_url, read_public_url, read_url
from profiles.accounts.signing import Signer, private_keys
from profiles.database_url import read_database_url
from profiles.settings import index_key

SMTP_SCHEMES = ("smtp", "smtps")


@dataclass(frozen=True)
class WorkerSettings:
    """What the operator decides; secrets have no default.

    Args:
        database_url: a PostgreSQL URL for SQLAlchemy with psycopg 3.
        issuer: the public address, which messages name.
        app_url: the address of the app that people use, whose pages links in messages open, /confirm and others; None for the
            gateway's own.
        secret: what the worker signs in with.
        checkpoint_key: Ed25519 private keys in PEM; the first signs checkpoints of the audit trail, and nothing else does.
        field_keys: (id, 32 bytes) pairs that encrypt register numbers and evidence; the first encrypts.
        index_key: 32 bytes that make the blind index of register numbers.
        ca_file: what TLS is checked against; the system's authorities by default.
        smtp_url: `smtp://` or `smtps://` with user and password; None writes messages into files in `mail_dir`.
        audit_dir: where signed checkpoints of the audit trail are kept, outside the database.
    """

    database_url: str = field(repr=False)
    issuer: str
    secret: str = field(repr=False)
    checkpoint_key: str = field(repr=False)
    field_keys: tuple[tuple[int, bytes], ...] = field(repr=False)
    index_key: bytes = field(repr=False)
    profiles_url: str
    graph_url: str
    instance_name: str
    contact: str
    ca_file: Path | None = None
    app_url: str | None = None
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "consilium@localhost"
    mail_dir: Path = Path(".consilium/mail")
    audit_dir: Path = Path(".consilium/audit")

    def service_session(self) -> ServiceSession:
        """How the worker signs in."""
        profiles = ServiceClient("profiles", self.profiles_url, ca_file=self.ca_file)
        return ServiceSession(profiles, Service.WORKER, self.secret)

    def graph(self, read_seconds: float = READ_SECONDS) -> ServiceClient:
        """A client of the graph service."""
        return ServiceClient("graph", self.graph_url, read_seconds=read_seconds, ca_file=self.ca_file)

    def checkpoint_signer(self) -> Signer:
        """What signs checkpoints.

        Raises:
            SettingsError: the key is none.
        """
        return Signer(self.checkpoint_key, self.issuer, setting="CONSILIUM_CHECKPOINT_KEY")


def load(environment: Environment | None = None) -> WorkerSettings:
    """Read the settings.

    Raises:
        SettingsErrors: names each one that is missing or malformed, and what production must have.
    """
    return (environment or Environment()).all_of(_load)


def _load(env: Environment) -> WorkerSettings:
    return WorkerSettings(
        database_url=read_database_url(env),
        issuer=read_public_url(env),
        secret=env.checked(lambda one: read_secret(one, Service.WORKER)),
        checkpoint_key=env.parsed("CONSILIUM_CHECKPOINT_KEY", private_keys("CONSILIUM_CHECKPOINT_KEY")),
        field_keys=env.parsed("CONSILIUM_FIELD_KEY", field_keys),
        index_key=env.parsed("CONSILIUM_INDEX_KEY", index_key),
        profiles_url=read_url(env, "CONSILIUM_PROFILES_URL", "http://127.0.0.1:8001", schemes=SERVICE_SCHEMES),
        graph_url=read_url(env, "CONSILIUM_GRAPH_URL", "http://127.0.0.1:8002", schemes=SERVICE_SCHEMES),
        ca_file=read_ca_file(env),
        app_url=read_app_url(env),
        instance_name=env.text("CONSILIUM_NAME", "Consilium"),
        contact=env.text("CONSILIUM_CONTACT", "operator@localhost"),
        smtp_url=_smtp_url(env),
        mail_from=env.text("CONSILIUM_MAIL_FROM", "consilium@localhost"),
        mail_dir=Path(env.text("CONSILIUM_MAIL_DIR", ".consilium/mail")),
        audit_dir=Path(env.text("CONSILIUM_AUDIT_DIR", ".consilium/audit")),
    )


def _smtp_url(environment: Environment) -> str | None:
    read = read_url if environment.production else read_optional_url
    return read(environment, "CONSILIUM_SMTP_URL", schemes=SMTP_SCHEMES)
