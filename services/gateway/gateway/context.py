"""What one GraphQL request knows: who asks, in which language, and how to ask the services."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, TypeVar

from catalogues import languages
from gateway.ids import collecting_errors
from gateway.rates.limiter import Charge
from gateway.session_cookie import SessionCookie
from kit.clock import new_id
from kit.errors import DomainError, Invalid, Unauthenticated, combined
from kit.http import READ_BACK_SECONDS, CallContext, ServiceClient
from kit.idempotency import check_key, compose_key
from kit.sentences import Sentence
from kit.tokens import Caller

T = TypeVar("T")


class Repetition(Enum):
    """What doing a mutation a second time would do, and so whether a lost call may be sent again."""

    KEYED = "The service keeps the answer under the Idempotency-Key."
    HARMLESS = "Doing it twice is the same as doing it once, and answers the same."
    NEVER = "A second time is refused or does something else, and no key is kept for it."


@dataclass(frozen=True, eq=False)
class Siblings:
    """The ids of things that came together.

    Each is equal to itself alone, and is part of the key under which a request remembers what was loaded for them. As long
    as the request lasts it is there, so that no later one is taken for it; the number of an object (`id`) is given again to
    another one as soon as the first is gone.
    """

    ids: dict[str, None] = field(default_factory=dict)


@dataclass
class Services:
    """The two services, and the cached description of the instance."""

    profiles: ServiceClient
    graph: ServiceClient
    instance: dict[str, Any] | None = None
    instance_at: float = float("-inf")
    app_url: str | None = None  # of the app that people use, without a slash at its end


@dataclass
class Context:
    """One request. Resolvers find it as `info.context`."""

    services: Services
    call: CallContext
    caller: Caller | None = None
    token_error: DomainError | None = None
    bearer: str | None = field(
        default=None, repr=False
    )  # what came in `Authorization`, which a personal token is not called with
    accept_language: str | None = None
    agent: str | None = None
    fields: frozenset[str] = frozenset()  # the names of all fields that the operation selects
    charge: Charge | None = None
    asks_too_much: bool = False  # a service has said so
    idempotency_key: str | None = None
    session_cookie: SessionCookie | None = None  # where the page asks for one
    id_errors: list[DomainError] = field(default_factory=list)  # of the mutation that is under way
    _changes_until: float | None = None
    _made_key: str | None = None  # where the client sent none
    cache: dict[Any, Any] = field(default_factory=dict)
    # What `gateway.batches` knows of the things that came: their siblings by type and id, and the ids that they name by field.
    siblings: dict[tuple[str, str], Siblings] = field(default_factory=dict)
    references: dict[str, dict[str, None]] = field(default_factory=dict)

    def key_for(self, given: str | None) -> str:
        """The Idempotency-Key of a mutation: the client's, or a new one, so that our own retries have one effect too.

        Args:
            given: what the mutation's input says; without it the request's header counts.

        Raises:
            Invalid: the client's cannot be one, or input and header say two.
        """
        if given is None:
            if self.idempotency_key is None and self._made_key is None:
                self._made_key = new_id()
            return check_key(self.idempotency_key or self._made_key or "")
        if self.idempotency_key not in {None, given}:
            raise Invalid(
                Sentence("The header Idempotency-Key says another key; send one of them."), field=["idempotencyKey"]
            )
        return check_key(given, field=["idempotencyKey"])

    @contextmanager
    def changing(
        self, response_path: str, repetition: Repetition, key: str | None, *, validate: bool = False
    ) -> Iterator[None]:
        """Make the calls inside changes: they wait until the deadline, and a lost answer is `OutcomeUnknown`.

        What was read before is forgotten. After a change its payload has time to be read, whatever the change took; the
        next mutation of the request does not get more.

        Args:
            response_path: where the mutation's answer stands; several mutations of one request differ in it.
            key: the Idempotency-Key, where one is kept.
            validate: whether the services are to check only, and change nothing.
        """
        deadline = self.call.deadline
        self.call = replace(
            self.call,
            deadline=self._changes_until or deadline,
            changes=not validate,
            patient=validate,
            validate=validate,
            idempotency_key=compose_key(key, response_path) if key is not None and not validate else None,
            repeatable=repetition is Repetition.HARMLESS,
            agent=self.agent,
        )
        self._changes_until = self.call.deadline
        try:
            with collecting_errors() as self.id_errors:
                yield
            deadline = max(deadline or 0.0, time.monotonic() + READ_BACK_SECONDS)
        finally:
            self.call = replace(
                self.call,
                deadline=deadline,
                changes=False,
                patient=False,
                validate=False,
                idempotency_key=None,
                repeatable=False,
                agent=None,
            )
            self.id_errors = []
            self.cache.clear()

    def require_valid_ids(self) -> None:
        """Refuse to go on with a mutation of which ids are wrong; each call to a service begins with this.

        Raises:
            DomainError: all of them.
        """
        if self.id_errors:
            raise combined(self.id_errors)

    def require_caller(self) -> Caller:
        """The signed-in caller.

        Raises:
            DomainError: nobody signed in, or the token is not valid.
        """
        if self.token_error is not None:
            raise self.token_error
        if self.caller is None:
            raise Unauthenticated("Sign in first: send `Authorization: Bearer <access token>`.")
        return self.caller

    def become(self, subject: str, token: str, *, expires_at: float | None = None) -> None:
        """Act as the person who has just signed in, for what else this request selects.

        Args:
            expires_at: when the token is over, where that ends a stream.
        """
        self.caller, self.token_error = Caller(subject, token=token, expires_at=expires_at), None
        self.call = replace(self.call, token=token)
        self.cache.clear()

    def profiles(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the profiles service as the caller."""
        self.require_valid_ids()
        return self.services.profiles.call(method, path, body, context=self.call)

    def read_profiles(self, into: type[T], method: str, path: str, body: Any = None) -> T:
        """Ask the profiles service as the caller; the answer is a message, or a list of them."""
        self.require_valid_ids()
        return self.services.profiles.read(into, method, path, body, context=self.call)

    def graph(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the graph service as the caller.

        Raises:
            DomainError: nobody signed in.
        """
        self.require_caller()
        self.require_valid_ids()
        return self.services.graph.call(method, path, body, context=self.call)

    def read_graph(self, into: type[T], method: str, path: str, body: object = None) -> T:
        """Ask the graph service as the caller; the answer is a message.

        Raises:
            DomainError: nobody signed in.
        """
        self.require_caller()
        self.require_valid_ids()
        return self.services.graph.read(into, method, path, body, context=self.call)

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """The value for a key, made when first asked for in this request.

        A failure is kept too: siblings that wait for the same answer do not ask a failing service once each.
        """
        if key not in self.cache:
            try:
                self.cache[key] = make()
            except DomainError as error:
                self.cache[key] = error
        found = self.cache[key]
        if isinstance(found, DomainError):
            raise found
        return found  # type: ignore[no-any-return]

    def selects(self, field_name: str) -> bool:
        """Whether the operation selects a field of this name anywhere; to ask a service for dear things only then."""
        return field_name in self.fields

    def language(self, asked: str | None) -> str | None:
        """The language for a text: the argument's, then Accept-Language, then the viewer's first; else English."""
        if asked:
            return languages.canonical(asked)
        preferred = self.once("language", lambda: languages.preferred(self.accept_language))
        return preferred or (self._first_language() if self.caller else None)

    def _first_language(self) -> str | None:
        try:
            own = self.once("me", lambda: self.profiles("GET", "/v1/me"))["professional"]["languages"]
        except DomainError:
            return None  # a text in English is better than none
        return own[0] if own else None


def of(info: Any) -> Context:
    """The request that a resolver serves."""
    return info.context  # type: ignore[no-any-return]
