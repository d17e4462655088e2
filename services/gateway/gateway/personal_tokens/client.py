"""Personal access tokens, exchanged for access tokens of some minutes, which the services check by themselves."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field

from contracts.personal_tokens import ExchangedToken
from kit.caches import BoundedCache
from kit.http import CallContext, ServiceClient
from kit.tokens import PERSONAL_PREFIX

MAX_EXCHANGED, MAX_EXCHANGED_BYTES, EXCHANGED_BYTES = 5_000, 8_000_000, 1_500
EARLY_SECONDS = 60.0  # before its end that an access token is exchanged again


def is_personal(token: str) -> bool:
    """Whether a token of a request is a personal one."""
    return token.startswith(PERSONAL_PREFIX)


@dataclass(frozen=True)
class PersonalTokens:
    """Exchanges them. What was exchanged is remembered under a hash, so that no token stays in memory.

    Args:
        profiles: gives out access tokens.
    """

    profiles: ServiceClient
    _exchanged: BoundedCache[bytes, tuple[str, float]] = field(
        default_factory=lambda: BoundedCache(
            MAX_EXCHANGED, bytes=MAX_EXCHANGED_BYTES, size=lambda _, found: EXCHANGED_BYTES
        )
    )

    def known(self, token: str) -> str | None:
        """The access token that a token was exchanged for a moment ago."""
        found = self._exchanged.get(_key(token))
        return found[0] if found is not None and time.monotonic() < found[1] else None

    def exchange(self, token: str, call: CallContext) -> str:
        """An access token for a personal one.

        Raises:
            DomainError: the token is not valid, has expired or was revoked, or its owner is suspended.
        """
        found = self.profiles.read(
            ExchangedToken, "POST", "/v1/personal-access-tokens/exchange", {"token": token[:200]}, context=call
        )
        # Near the token's own end, when an access token holds less than a minute, it is exchanged each time.
        self._exchanged.put(_key(token), (found.access_token, time.monotonic() + found.expires_in - EARLY_SECONDS))
        return found.access_token


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
