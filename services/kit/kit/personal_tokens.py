"""A personal access token does what a table lists for its scopes, and nothing else: it may lie in a program's configuration.

Its access tokens say so by their audience, and whoever does not know of it refuses them.
"""

from __future__ import annotations

from dataclasses import dataclass

from kit.errors import Forbidden
from kit.tokens import Caller

READ, WRITE = "READ", "WRITE"


class ScopeMissing(Forbidden):
    """A personal access token may not do this."""


@dataclass(frozen=True)
class PersonalTokenGate:
    """Holds personal access tokens to a service's tables.

    Args:
        reading: the endpoints that need READ.
        writing: the endpoints that need WRITE.
    """

    reading: frozenset[str] = frozenset()
    writing: frozenset[str] = frozenset()

    def check(self, caller: Caller, endpoint: str) -> None:
        """Refuse what the scopes of a personal access token do not name; a session has none, and may do everything.

        Raises:
            ScopeMissing: they do not.
        """
        if caller.scopes is None:
            return
        if endpoint in self.writing:
            if WRITE not in caller.scopes:
                raise ScopeMissing("This personal access token is for reading; changes need the scope WRITE.")
        elif endpoint not in self.reading:
            raise ScopeMissing("This needs a sign-in: no personal access token may do it.")
        elif READ not in caller.scopes:
            raise ScopeMissing("This personal access token has not the scope READ.")
