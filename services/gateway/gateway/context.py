"""What one GraphQL request knows: who asks, in which language, and how to ask the services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from catalogues import languages
from gateway.rates.limiter import Charge
from kit.errors import DomainError, Unauthenticated
from kit.http import CallContext, ServiceClient
from kit.tokens import Caller

T = TypeVar("T")


@dataclass
class Services:
    """The two services, and the cached description of the instance."""

    profiles: ServiceClient
    graph: ServiceClient
    instance: dict[str, Any] | None = None
    instance_at: float = float("-inf")


@dataclass
class Context:
    """One request. Resolvers find it as `info.context`."""

    services: Services
    call: CallContext
    caller: Caller | None = None
    token_error: DomainError | None = None
    accept_language: str | None = None
    query: str = ""
    charge: Charge | None = None
    cache: dict[Any, Any] = field(default_factory=dict)

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

    def become(self, subject: str, token: str) -> None:
        """Act as the person who has just signed in, for what else this request selects."""
        self.caller, self.token_error = Caller(subject, token=token), None
        self.call = replace(self.call, token=token)
        self.cache.clear()

    def profiles(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the profiles service as the caller."""
        return self.services.profiles.call(method, path, body, context=self.call)

    def graph(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the graph service as the caller.

        Raises:
            DomainError: nobody signed in.
        """
        self.require_caller()
        return self.services.graph.call(method, path, body, context=self.call)

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

    def mentions(self, field_name: str) -> bool:
        """Whether the operation's text names a field at all; to ask a service for dear things only then."""
        return field_name in self.query

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
