"""What one request works with: the settings' collaborators, and stores on one connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import current_app, request

from kit.web import caller
from profiles.accounts.signing import Signer
from profiles.accounts.store import AccountStore
from profiles.credentials.cipher import NumberCipher
from profiles.credentials.store import CredentialStore
from profiles.idempotency.store import once
from profiles.imports.store import ImportStore
from profiles.institutions.store import InstitutionStore
from profiles.outbox.store import OutboxStore
from profiles.people.store import PersonStore
from profiles.policies.files import Policy
from profiles.settings import Settings


@dataclass(frozen=True)
class Wiring:
    """The process's collaborators."""

    settings: Settings
    engine: sa.Engine
    signer: Signer
    cipher: NumberCipher
    policies: tuple[Policy, ...]


@dataclass(frozen=True)
class Work:
    """Stores that share one connection and its transaction."""

    connection: sa.Connection
    accounts: AccountStore
    people: PersonStore
    institutions: InstitutionStore
    credentials: CredentialStore
    outbox: OutboxStore
    imports: ImportStore


def wiring() -> Wiring:
    """The collaborators of the application that serves this request."""
    return current_app.extensions["wiring"]  # type: ignore[no-any-return]


@contextmanager
def work() -> Iterator[Work]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    parts = wiring()
    with parts.engine.begin() as connection:
        yield Work(
            connection,
            AccountStore(connection),
            PersonStore(connection),
            InstitutionStore(connection),
            CredentialStore(connection, parts.cipher),
            OutboxStore(connection),
            ImportStore(connection),
        )


def once_per_key(unit: Work, request_body: Any, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run a creating act once for the request's Idempotency-Key and the signed-in caller."""
    return once(
        unit.connection,
        actor=caller().subject,
        key=request.headers.get("Idempotency-Key"),
        request=[request.path, request_body],
        act=act,
    )
