"""Access tokens: every service checks the caller's token itself (RFC 9068, `typ: at+jwt`)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt

from kit.errors import Unauthenticated, Unavailable

ALGORITHM = "EdDSA"
TOKEN_TYPE = "at+jwt"
AUDIENCE = "consilium"
LEEWAY_SECONDS = 2
REFETCH_SECONDS = 10  # an unknown key id asks for the keys again, but not more often than this
KEYS_LIFETIME_SECONDS = 300


@dataclass(frozen=True)
class Caller:
    """Who calls: a person (`subject` is their id) or a service (`service:<name>`)."""

    subject: str
    roles: frozenset[str] = field(default_factory=frozenset)
    token: str = field(default="", repr=False)

    @property
    def is_service(self) -> bool:
        """True for a token that a service signed in for."""
        return self.subject.startswith("service:")


class KeySet:
    """The public keys of the issuer, fetched when needed and kept for a while.

    Args:
        fetch: returns a JSON Web Key Set as a dict; raises Unavailable.
    """

    def __init__(self, fetch: Callable[[], dict[str, Any]]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")

    def key(self, key_id: str) -> jwt.PyJWK | None:
        """The key with this id, or None when the issuer does not have it.

        Raises:
            Unavailable: no keys are known and the issuer does not answer.
        """
        age = time.monotonic() - self._fetched_at
        if (key_id in self._keys and age < KEYS_LIFETIME_SECONDS) or (
            key_id not in self._keys and age < REFETCH_SECONDS
        ):
            return self._keys.get(key_id)
        with self._lock:
            if time.monotonic() - self._fetched_at >= min(age, REFETCH_SECONDS):
                try:
                    found = jwt.PyJWKSet.from_dict(self._fetch())
                except Unavailable:
                    if not self._keys:
                        raise
                else:
                    self._keys = {key.key_id: key for key in found.keys if key.key_id}
                    self._fetched_at = time.monotonic()
        return self._keys.get(key_id)


class TokenVerifier:
    """Checks access tokens against the issuer's keys."""

    def __init__(self, keys: KeySet, *, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer

    def verify(self, token: str) -> Caller:
        """The caller that a token names.

        Raises:
            Unauthenticated: the token is malformed, forged, expired, of another type or for somebody else.
            Unavailable: the issuer's keys cannot be had.
        """
        try:
            header = jwt.get_unverified_header(token)
            if header.get("typ") != TOKEN_TYPE or header.get("alg") != ALGORITHM:
                raise jwt.InvalidTokenError("not an access token")
            key = self._keys.key(str(header.get("kid")))
            if key is None:
                raise jwt.InvalidTokenError("unknown key")
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "exp", "iat", "sub", "jti"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("The access token has expired; refresh the session or sign in again.") from error
        except (jwt.InvalidTokenError, ValueError) as error:
            raise Unauthenticated("The access token is not valid; sign in again.") from error
        roles = claims.get("roles")
        return Caller(
            subject=claims["sub"],
            roles=frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset(),
            token=token,
        )


def bearer(header: str | None) -> str | None:
    """The token in an Authorization header, or None when there is no header.

    Raises:
        Unauthenticated: the header holds something else.
    """
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("The Authorization header must read `Bearer <access token>`.")
    return token.strip()
