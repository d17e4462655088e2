"""What one request works with: the settings' collaborators, and stores on one connection."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import current_app, request

from catalogues.languages import preferred
from contracts.accounts import PasswordRules
from kit import clock
from kit.cipher import FieldCipher
from kit.errors import DomainError, InvalidCredentials, OutcomeUnknown, Unavailable
from kit.http import ServiceClient
from kit.logs import log
from kit.snapshots import Snapshot
from kit.tokens import Caller
from kit.validation import Validated, validating
from kit.web import caller, note_commit, remaining_seconds, require_role
from profiles.accounts.limiter import Act, Limiter, Refusals
from profiles.accounts.passwords import password_rules
from profiles.accounts.signing import Signer
from profiles.authorities.usecases import refresh
from profiles.idempotency.store import once
from profiles.keys.store import key_was_retired
from profiles.outbox.relay import HEAD_START_SECONDS, PUSH_SECONDS, Relay
from profiles.people.usecases import publish
from profiles.policies.files import Policy
from profiles.policies.usecases import require_policies
from profiles.proofs.usecases import revoke_lost
from profiles.roles.domain import PRIVILEGED, RoleRequirements
from profiles.sessions.domain import describe_client
from profiles.sessions.usecases import SessionContext
from profiles.settings import Settings
from profiles.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Wiring:
    """The process's collaborators."""

    settings: Settings
    engine: sa.Engine
    signer: Signer
    cipher: FieldCipher
    policies: tuple[Policy, ...]
    graph: ServiceClient
    relay: Relay
    refusals: Refusals = field(default_factory=Refusals)

    @property
    def password_rules(self) -> PasswordRules:
        """What a new password must be here."""
        return password_rules()

    @property
    def role_requirements(self) -> RoleRequirements:
        """What an account must have here so that roles beyond MEMBER count."""
        return RoleRequirements(demo=self.settings.demo)


# What is left of a request's time after a push, to answer.
ANSWER_SECONDS = 0.25


def publish_person(unit: UnitOfWork, person_id: str) -> Snapshot:
    """Count a person's version up and queue their snapshot, in the transaction of the change.

    Proofs of what does not hold any more are revoked with it.
    """
    unit.people.change(person_id, {})
    snapshot = publish(unit.people, unit.outbox, person_id)
    revoke_lost(unit.proofs, snapshot)
    return snapshot


def open_unit(
    connection: sa.Connection,
    cipher: FieldCipher,
    requirements: RoleRequirements = RoleRequirements(),
    *,
    head_start_seconds: float = 0,
) -> UnitOfWork:
    """The stores on a connection; what they change stands when its transaction is committed."""
    return UnitOfWork(connection, cipher, publish_person, requirements, head_start_seconds=head_start_seconds)


@contextmanager
def working(
    engine: sa.Engine,
    cipher: FieldCipher,
    requirements: RoleRequirements = RoleRequirements(),
    *,
    head_start_seconds: float = 0,
) -> Iterator[UnitOfWork]:
    """One transaction: committed when the block ends, rolled back when it raises.

    It begins with a look at whether operators have changed authorities, so that all of it goes by what is stored.
    What was noted for the audit trail is chained last, because that takes the chain's lock.

    Raises:
        OutcomeUnknown: the answer to the commit was lost.
        Unavailable: something was to be stored encrypted with a key that was retired.
    """
    with engine.connect() as connection:
        with _rolled_back_on_error(connection):
            unit = open_unit(connection, cipher, requirements, head_start_seconds=head_start_seconds)
            refresh(unit.authorities)
            yield unit
            unit.audit.flush()
        try:
            connection.commit()
        except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
            log().warning("commit_unknown", error=type(error.orig).__name__)
            raise OutcomeUnknown("The database did not say whether the change was made.") from error


@contextmanager
def _rolled_back_on_error(connection: sa.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        connection.rollback()
        if key_was_retired(error):
            log().critical("key_retired", sentence="This process encrypts with a key that was retired; start it again.")
            raise Unavailable("This cannot be stored now; the operator must start this service again.") from error
        raise


def wiring() -> Wiring:
    """The collaborators of the application that serves this request."""
    return current_app.extensions["wiring"]  # type: ignore[no-any-return]


@contextmanager
def work(*, counts_as_change: bool = True) -> Iterator[UnitOfWork]:
    """One transaction for this request.

    Nothing is committed when nobody waits for the answer any more, so that nothing is changed after the caller was told
    that it failed.

    After the commit, what it queued for the graph is delivered before the request is answered: a suspension, a revoked
    licence or a hidden field must not be read stale once the write is answered. Where the graph does not answer in time,
    the write stands and the relay delivers later.

    Args:
        counts_as_change: False for bookkeeping (counted tries, refusals in the audit trail), after which one can still say
            that nothing was changed.

    Raises:
        Unavailable: the caller's time is over; nothing was changed.
        Validated: the request was to be checked only, and the transaction has changed something; it is rolled back.
        OutcomeUnknown: the answer to the commit was lost.
    """
    parts = wiring()
    try:
        with working(
            parts.engine, parts.cipher, parts.role_requirements, head_start_seconds=HEAD_START_SECONDS
        ) as unit:
            yield unit
            if counts_as_change and remaining_seconds() <= 0:
                raise Unavailable("The time for this request is over; nothing was changed.")
            if validating():
                raise _Undone(ends=counts_as_change and unit.has_written())
    except _Undone as undone:
        if undone.ends:
            raise Validated from None
        return
    if counts_as_change:
        note_commit()
    if unit.outbox.people:
        seconds = min(PUSH_SECONDS, remaining_seconds() - ANSWER_SECONDS)
        parts.relay.push(unit.outbox.people, seconds=seconds)


class _Undone(Exception):
    """Rolls a transaction back without a failure, where a request is to be checked only.

    Args:
        ends: whether the request ends with it, because what follows would run on what is not there.
    """

    def __init__(self, *, ends: bool) -> None:
        super().__init__()
        self.ends = ends


@contextmanager
def attempt(action: str, about: str) -> Iterator[None]:
    """Audit a refusal of what is tried inside: it changed nothing, and is remembered all the same.

    Args:
        action: what is tried, as the trail would name it.
        about: the object, like `credential:<id>`.
    """
    try:
        yield
    except (Unavailable, OutcomeUnknown):
        raise
    except DomainError as error:
        with work(counts_as_change=False) as unit:
            me = caller()
            unit.audit.note_refusal(
                action, actor=me.subject, object=about[:100], reason=error.code, now=clock.now(),
                with_role=bool(me.roles & PRIVILEGED),
            )  # fmt: skip
        raise


def require(*roles: str) -> Caller:
    """The caller, if they hold one of the roles in this session.

    Raises:
        Forbidden: they hold none; roles beyond MEMBER count only where a one-time password was given.
    """
    return require_role(*roles)


def writer(unit: UnitOfWork) -> str:
    """The caller's id, if they may write.

    Raises:
        PolicyNotAccepted: a policy's present edition waits.
    """
    require_policies(unit.accepted, wiring().policies, caller().subject)
    return caller().subject


def client_address() -> str | None:
    """The address that asks, as the gateway saw it; IPv6 by its /64, because one client has all of that."""
    given = request.headers.get("X-Client-Address")
    try:
        address = ipaddress.ip_address(given or "")
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address), 64), strict=False).network_address)
    return str(address)


def client_language() -> str | None:
    """The language that the client asks for, if it is one that there is."""
    return preferred(request.headers.get("Accept-Language"))


def client_hash() -> str:
    """A keyed digest of the client's address, for the audit trail."""
    client = client_address()
    return wiring().cipher.hashed("client", client).hex()[:16] if client else "unknown"


def sessions(unit: UnitOfWork) -> SessionContext:
    """What opening a session needs."""
    parts, client = wiring(), client_address()
    return SessionContext(
        unit, parts.signer, parts.policies, parts.cipher.hashed("client", client) if client else None,
        describe_client(request.headers.get("X-Client-Agent")),
    )  # fmt: skip


def limits(unit: UnitOfWork) -> Limiter:
    """How often acts may be tried, counted in a transaction."""
    parts = wiring()
    return Limiter(unit, clock.now(), parts.settings.sign_ups_per_address)


@contextmanager
def counted() -> Iterator[Limiter]:
    """Count tries in a transaction of their own, committed before what is tried is done."""
    with work(counts_as_change=False) as unit:
        yield limits(unit)


@contextmanager
def tries_of_tokens() -> Iterator[None]:
    """Count a wrong token for the network address; a right one is never refused, whatever others there have tried.

    Who guesses tokens of 256 bits finds none, so that only what the tries cost is bounded.

    Raises:
        RateLimited: the token is wrong, as too many were before.
    """
    try:
        yield
    except InvalidCredentials as error:
        if error.field == ["token"] and not validating():
            with counted() as limiter:
                limiter.charge(Act.TOKEN, client_address())
        raise


def once_per_key(unit: UnitOfWork, request_body: Any, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run an act once for the request's Idempotency-Key and the signed-in caller.

    What it answers is stored with the key, so that it should hold ids, and no text of anybody's. Every route of a mutation
    that is not harmless to repeat runs in here; `tests/contract/test_repetition.py` checks that.
    """
    return once(
        unit.connection,
        actor=caller().subject,
        key=request.headers.get("Idempotency-Key"),
        request=[request.method, request.path, request_body],
        act=act,
    )
