"""Access tokens: every service checks the caller's token itself (RFC 9068, `typ: at+jwt`)."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt

from kit.caches import BoundedCache
from kit.errors import DomainError, Expired, NotFound, Unauthenticated, Unavailable
from kit.http import ServiceClient
from kit.logs import log
from kit.skew import MAX_SKEW_SECONDS

ALGORITHM = "EdDSA"
TOKEN_TYPE = "at+jwt"
AUDIENCE = "consilium"
SUSPENDED_AUDIENCE = "consilium:suspended"  # of tokens of people who are suspended; see `kit.suspension`
PERSONAL_AUDIENCE = (
    "consilium:personal"  # of tokens that personal access tokens are exchanged for; see `kit.personal_tokens`
)
PERSONAL_PREFIX = "consilium_pat_"  # of personal access tokens, so that programs that look for leaked secrets know them
LEEWAY_SECONDS = MAX_SKEW_SECONDS  # the issuer's clock may differ from ours; `kit.skew` logs by how much
REFETCH_SECONDS = 10  # an unknown key id asks for the keys again, but not more often than this
KEYS_LIFETIME_SECONDS = 300


@dataclass(frozen=True)
class Caller:
    """Who calls: a person (`subject` is their id) or a service (`service:<name>`).

    Args:
        session: names the session that the token belongs to.
        authenticated_at: when a password was last given in it, in seconds since the epoch.
        policies: digest of the policies that were accepted when the token was made.
        confirmed: whether the person had confirmed their e-mail address when the token was made; False where it does not say.
        suspended: whether the account was suspended when the token was made.
        scopes: what a personal access token may do; None for a session, which may do everything.
        expires_at: when the token is over, in seconds since the epoch.
    """

    subject: str
    roles: frozenset[str] = field(default_factory=frozenset)
    token: str = field(default="", repr=False)
    session: str | None = None
    authenticated_at: float | None = None
    policies: str = ""
    confirmed: bool = False
    suspended: bool = False
    scopes: frozenset[str] | None = None
    expires_at: float | None = None

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
        self._fetched_at = self._failed_at = float("-inf")

    @classmethod
    def at(cls, profiles_url: str, ca_file: Path | None = None) -> KeySet:
        """The keys that the profiles service publishes; once some are known it is asked with little patience."""
        patient = ServiceClient("profiles", profiles_url, connections=2, ca_file=ca_file)
        quick = ServiceClient("profiles", profiles_url, connections=2, read_seconds=0.5, ca_file=ca_file)
        keys = cls(lambda: (quick if keys._keys else patient).call("GET", "/.well-known/jwks.json"))
        return keys

    def key(self, key_id: str) -> jwt.PyJWK | None:
        """The key with this id, or None when the issuer does not have it.

        Raises:
            Unavailable: no keys are known and the issuer does not answer.
        """
        known, now = key_id in self._keys, time.monotonic()
        if now - self._fetched_at < (KEYS_LIFETIME_SECONDS if known else REFETCH_SECONDS):
            return self._keys.get(key_id)
        if self._keys and now - self._failed_at < REFETCH_SECONDS:
            return self._keys.get(key_id)  # the issuer is away, and each request would wait for it
        if known and now - self._fetched_at < 2 * KEYS_LIFETIME_SECONDS:
            if self._lock.acquire(blocking=False):
                threading.Thread(target=self._refresh_beside, daemon=True).start()
            return self._keys[key_id]
        # While one asks, others go on with the key that they know.
        if self._lock.acquire(blocking=not known):
            try:
                if self._fetched_at < now:
                    self._refresh()
            finally:
                self._lock.release()
        return self._keys.get(key_id)

    def _refresh_beside(self) -> None:
        """Ask while requests go on with the keys that are known; releases the lock that its caller took."""
        try:
            self._refresh()
        except DomainError as error:
            log().warning("keys_not_read", code=error.code)
        finally:
            self._lock.release()

    def _refresh(self) -> None:
        try:
            fetched = jwt.PyJWKSet.from_dict(self._fetch())
        except Unavailable:
            self._failed_at = time.monotonic()
            if not self._keys:
                raise
        else:
            self._keys = {key.key_id: key for key in fetched.keys if key.key_id}
            self._fetched_at = time.monotonic()


ENDED_SECONDS = 2.0  # how old the list of ended tokens may be; a suspension holds everywhere within 5 s


def session_mark(session: str) -> str:
    """How a session is named in the public list of ended tokens: only who holds a token can tell that it is theirs."""
    return base64.urlsafe_b64encode(hashlib.sha256(session.encode()).digest()[:16]).decode().rstrip("=")


class EndedTokens:
    """Which access tokens have ended before their time, and which policies must be accepted now.

    Tokens live for ten minutes, and each service checks them itself. What cannot wait that long (a suspension, another
    role, signing out everywhere) stands in a short list that the issuer publishes. It is read again when it is older
    than two seconds. Where the issuer does not answer, the last list stands.

    Args:
        fetch: returns {ended: [[mark, seconds or null]], policies}; raises Unavailable.
    """

    def __init__(self, fetch: Callable[[], dict[str, Any]], *, seconds: float = ENDED_SECONDS) -> None:
        self._fetch, self._seconds = fetch, seconds
        self._lock = threading.Lock()
        self._ended: dict[str, float | None] = {}
        self._policies = ""
        self._fetched_at = float("-inf")

    @classmethod
    def at(cls, profiles_url: str, ca_file: Path | None = None) -> EndedTokens:
        """The list that the profiles service publishes; it is asked with little patience, because requests wait."""
        client = ServiceClient("profiles", profiles_url, connections=2, read_seconds=0.4, ca_file=ca_file)
        return cls(lambda: client.call("GET", "/.well-known/ended-tokens.json"))

    def _refresh(self) -> None:
        if time.monotonic() - self._fetched_at < self._seconds or not self._lock.acquire(blocking=False):
            return
        try:
            found = self._fetch()
            self._ended = dict(found["ended"])
            self._policies = found["policies"]
        except DomainError:
            pass  # tried again after the same time; until then the last list stands
        finally:
            self._fetched_at = time.monotonic()
            self._lock.release()

    def holds(self, session: str, issued_at: float) -> bool:
        """Whether a token of a session has ended."""
        self._refresh()
        mark = session_mark(session)
        if mark not in self._ended:
            return False
        before = self._ended[mark]
        return before is None or issued_at < before

    @property
    def policies(self) -> str:
        """The digest of the policies that everybody must have accepted; empty when it is not known."""
        self._refresh()
        return self._policies


MAX_TOKENS, MAX_TOKEN_BYTES, CHECKED_BYTES = 10_000, 32_000_000, 1_000


@dataclass(frozen=True)
class _Checked:
    """A token whose signature was good, with what must be looked at again each time."""

    caller: Caller
    key: jwt.PyJWK
    key_id: str
    issued: float


class TokenVerifier:
    """Checks access tokens against the issuer's keys, and against what has ended before its time."""

    def __init__(self, keys: KeySet, *, issuer: str, ended: EndedTokens | None = None) -> None:
        self._keys = keys
        self._issuer = issuer
        self._ended = ended
        self._known: BoundedCache[str, _Checked] = BoundedCache(
            MAX_TOKENS, bytes=MAX_TOKEN_BYTES, size=lambda token, _: CHECKED_BYTES + 2 * len(token)
        )

    def verify(self, token: str) -> Caller:
        """The caller that a token names.

        Raises:
            Unauthenticated: the token is malformed, forged, expired, of another type or for somebody else.
            Unavailable: the issuer's keys cannot be had.
        """
        found = self._known.get(token)
        # What a signature says does not change; what time, keys and the issuer say does.
        if (
            found is None
            or (found.caller.expires_at or 0) < time.time() - LEEWAY_SECONDS
            or self._keys.key(found.key_id) is not found.key
        ):
            found = self._checked(token)
            self._known.put(token, found)
        session = found.caller.session
        if session is not None and self._ended is not None and self._ended.holds(session, found.issued):
            raise Unauthenticated("This session has ended or its rights have changed; refresh it or sign in again.")
        return found.caller

    def _checked(self, token: str) -> _Checked:
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
                audience=[AUDIENCE, SUSPENDED_AUDIENCE, PERSONAL_AUDIENCE],
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "exp", "iat", "sub", "jti"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("The access token has expired; refresh the session or sign in again.") from error
        except (jwt.InvalidTokenError, ValueError) as error:
            raise Unauthenticated("The access token is not valid; sign in again.") from error
        roles = claims.get("roles")
        caller = Caller(
            subject=claims["sub"],
            roles=frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset(),
            token=token,
            session=claims.get("sid"),
            authenticated_at=claims.get("auth_time"),
            policies=str(claims.get("pol", "")),
            confirmed=claims.get("email_verified") is True,
            suspended=claims["aud"] not in (AUDIENCE, PERSONAL_AUDIENCE),
            scopes=frozenset(str(claims.get("scope", "")).split()) if claims["aud"] == PERSONAL_AUDIENCE else None,
            expires_at=float(claims["exp"]),
        )
        return _Checked(caller, key, str(header["kid"]), float(claims["iat"]))


def read_signed(keys: KeySet, token: str, *, token_type: str, issuer: str) -> dict[str, Any]:
    """Return the claims of a signed address, like that of an upload, checked as far as the issuer's keys can.

    Raises:
        NotFound: it is malformed, forged, or of another type.
        Expired: it was valid once.
        Unavailable: the issuer's keys cannot be had.
    """
    try:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != token_type or header.get("alg") != ALGORITHM:
            raise jwt.InvalidTokenError("of another type")
        key = keys.key(str(header.get("kid")))
        if key is None:
            raise jwt.InvalidTokenError("unknown key")
        return jwt.decode(
            token, key, algorithms=[ALGORITHM], issuer=issuer, leeway=LEEWAY_SECONDS,
            options={"verify_aud": False, "require": ["iss", "exp"]},
        )  # fmt: skip
    except jwt.ExpiredSignatureError as error:
        raise Expired("This address has expired; ask for a new one.") from error
    except (jwt.InvalidTokenError, ValueError) as error:
        raise NotFound("There is nothing at this address.") from error


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
