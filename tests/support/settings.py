"""Settings of the profiles service and of its worker, connected to nothing."""

from __future__ import annotations

from pathlib import Path

from kit.services import SIGNING_IN, digest_of
from profiles.settings import Settings
from profiles.worker_settings import WorkerSettings
from tests.kit.unit.test_kit import a_pem

SECRETS = {service: f"{service}-" + "s" * 24 for service in SIGNING_IN}
DIGESTS = {service: (digest_of(secret),) for service, secret in SECRETS.items()}


def settings() -> Settings:
    """As an operator would give them."""
    return Settings(
        database_url="postgresql+psycopg://127.0.0.1:1/x", issuer="http://x", signing_key=a_pem(), service_digests=DIGESTS,
        field_keys=((1, b"k" * 32),), index_key=b"i" * 32, graph_url="http://127.0.0.1:1", demo=False, instance_name="n",
        operator="o", contact="c", policies=None,
    )  # fmt: skip


def worker_settings() -> WorkerSettings:
    """The same for the worker."""
    return WorkerSettings(
        database_url="postgresql+psycopg://127.0.0.1:1/x", issuer="http://x", secret="worker-" + "s" * 24,
        checkpoint_key=a_pem(), field_keys=((1, b"k" * 32),), index_key=b"i" * 32, profiles_url="http://127.0.0.1:1",
        graph_url="http://127.0.0.1:1", instance_name="n", contact="c", mail_dir=Path("mail"),
    )  # fmt: skip
