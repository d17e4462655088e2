"""The settings of the background worker, read once from the environment; it is a service of its own, with secrets of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kit.cipher import field_keys
from kit.http import ServiceClient
from kit.services import Service, ServiceSession, read_secret
from kit.settings import Environment
from profiles.accounts.signing import Signer
from profiles.settings import key, public_url


@dataclass(frozen=True)
class WorkerSettings:
    """What the operator decides; secrets have no default.

    Args:
        database_url: a PostgreSQL URL for SQLAlchemy with psycopg 3.
        issuer: the public address, which messages name.
        secret: what the worker signs in with.
        checkpoint_key: Ed25519 private keys in PEM; the first signs checkpoints of the audit trail, and nothing else does.
        field_keys: (id, 32 bytes) pairs that encrypt register numbers and evidence; the first encrypts.
        index_key: 32 bytes that make the blind index of register numbers.
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
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "consilium@localhost"
    mail_dir: Path = Path(".consilium/mail")
    audit_dir: Path = Path(".consilium/audit")

    def session(self) -> ServiceSession:
        """How the worker signs in."""
        return ServiceSession(ServiceClient("profiles", self.profiles_url), Service.WORKER, self.secret)

    def checkpoint_signer(self) -> Signer:
        """What signs checkpoints.

        Raises:
            SettingsError: the key is none.
        """
        return Signer(self.checkpoint_key, self.issuer, setting="CONSILIUM_CHECKPOINT_KEY")


def load(environment: Environment | None = None) -> WorkerSettings:
    """Read the settings.

    Raises:
        SettingsError: one is missing or malformed, or production lacks what it must have.
    """
    env = environment or Environment()
    return WorkerSettings(
        database_url=env.text("CONSILIUM_DATABASE_URL"),
        issuer=public_url(env),
        secret=read_secret(env, Service.WORKER),
        checkpoint_key=env.text("CONSILIUM_CHECKPOINT_KEY"),
        field_keys=field_keys(env.text("CONSILIUM_FIELD_KEY")),
        index_key=key(env, "CONSILIUM_INDEX_KEY"),
        profiles_url=env.text("CONSILIUM_PROFILES_URL", "http://127.0.0.1:8001"),
        graph_url=env.text("CONSILIUM_GRAPH_URL", "http://127.0.0.1:8002"),
        instance_name=env.text("CONSILIUM_NAME", "Consilium"),
        contact=env.text("CONSILIUM_CONTACT", "operator@localhost"),
        smtp_url=env.text("CONSILIUM_SMTP_URL", None if env.production else "") or None,
        mail_from=env.text("CONSILIUM_MAIL_FROM", "consilium@localhost"),
        mail_dir=Path(env.text("CONSILIUM_MAIL_DIR", ".consilium/mail")),
        audit_dir=Path(env.text("CONSILIUM_AUDIT_DIR", ".consilium/audit")),
    )
