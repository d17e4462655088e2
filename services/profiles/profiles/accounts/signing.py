"""Signing tokens, and the public keys that check them."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable, Iterable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from kit.clock import new_id
from kit.services import TOKEN_SECONDS, Service
from kit.settings import SettingsError
from kit.tokens import ALGORITHM, AUDIENCE, TOKEN_TYPE

ACCESS_SECONDS = 600
_PUBLIC_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----[^-]++-----END PUBLIC KEY-----")
_PEM = re.compile(r"-----BEGIN PRIVATE KEY-----[^-]++-----END PRIVATE KEY-----")


def _loaded(pem: str, setting: str) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except ValueError as error:
        raise SettingsError(f"{setting} must hold Ed25519 private keys in PEM.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(f"{setting} must hold Ed25519 private keys in PEM.")
    return key


def public_key_set(pem: str, setting: str) -> dict[str, Any]:
    """The JSON Web Key Set of public keys in PEM.

    Raises:
        SettingsError: it holds something else; names the setting.
    """
    try:
        keys = [load_pem_public_key(part.encode()) for part in _PUBLIC_PEM.findall(pem) or [pem]]
    except ValueError as error:
        raise SettingsError(f"{setting} must hold Ed25519 public keys in PEM.") from error
    found = [_jwk(key) for key in keys if isinstance(key, Ed25519PublicKey)]
    if len(found) < len(keys):
        raise SettingsError(f"{setting} must hold Ed25519 public keys in PEM.")
    return {"keys": found}


def _jwk(key: Ed25519PublicKey) -> dict[str, Any]:
    public = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(public).decode().rstrip("=")
    thumbprint = hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest()  # RFC 7638
    kid = base64.urlsafe_b64encode(thumbprint).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid, "use": "sig", "alg": ALGORITHM}


class Signer:
    """Signs with one Ed25519 key, and publishes it beside earlier ones until what they signed has ended.

    Args:
        pem: private keys; the first signs, the others are only published.
        issuer: the `iss` of every token.
        setting: where the keys come from, for messages.
    """

    def __init__(self, pem: str, issuer: str, *, setting: str = "CONSILIUM_SIGNING_KEY") -> None:
        keys = [_loaded(part, setting) for part in _PEM.findall(pem) or [pem]]
        self._key, self._issuer = keys[0], issuer
        self._jwks = [_jwk(key.public_key()) for key in keys]

    @property
    def key_id(self) -> str:
        """The id of the key that signs."""
        return str(self._jwks[0]["kid"])

    def key_set(self) -> dict[str, Any]:
        """The JSON Web Key Set that others check tokens with."""
        return {"keys": self._jwks}

    def public_pem(self) -> str:
        """The public half of the key that signs, in PEM."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, claims: dict[str, Any], *, token_type: str) -> str:
        """A JSON Web Token of any type; `iss` and `iat` are added where absent."""
        headers = {"kid": self._jwks[0]["kid"], "typ": token_type}
        full = {"iss": self._issuer, "iat": int(time.time()), **claims}
        return jwt.encode(full, self._key, algorithm=ALGORITHM, headers=headers)

    def access_token(
        self,
        subject: str,
        roles: Iterable[str],
        *,
        issued_at: float | None = None,
        seconds: int = ACCESS_SECONDS,
        **claims: Any,
    ) -> str:
        """An access token for ten minutes (RFC 9068).

        Args:
            issued_at: seconds since the epoch; now by default.
            seconds: how long it holds; less where its session ends before ten minutes have passed.
            claims: `sid`, `auth_time` and the like; `aud` where it is for less than everything.
        """
        issued = round(time.time() if issued_at is None else issued_at, 3)
        return self.sign(
            {
                "aud": AUDIENCE,
                "sub": subject,
                "iat": issued,
                "exp": int(issued) + seconds,
                "jti": new_id(),
                "roles": sorted(roles),
                **claims,
            },
            token_type=TOKEN_TYPE,
        )

    def service_token(self, service: Service) -> str:
        """A token for another part of the system."""
        return self.access_token(f"service:{service}", [])

    def check(self, token: str, *, token_type: str, audience: str | None = None) -> dict[str, Any]:
        """The claims of a token that this service signed.

        Raises:
            jwt.InvalidTokenError: it is forged, of another type, expired, or for another audience.
        """
        header = jwt.get_unverified_header(token)
        key = next((jwk for jwk in self._jwks if jwk["kid"] == header.get("kid")), None)
        if key is None or header.get("typ") != token_type:
            raise jwt.InvalidTokenError("not signed here")
        return jwt.decode(
            token, jwt.PyJWK(key), algorithms=[ALGORITHM], issuer=self._issuer, audience=audience,
            options={"verify_aud": audience is not None},
        )  # fmt: skip


def private_keys(setting: str) -> Callable[[str], str]:
    """Check keys that sign, and return them as they are written.

    Args:
        setting: where they come from, for messages.
    """

    def parse(text: str) -> str:
        Signer(text, "", setting=setting)
        return text

    return parse


class OwnToken:
    """An access token that the profiles service signs for itself, renewed while it is used."""

    def __init__(self, signer: Signer, service: Service) -> None:
        self._signer, self._service = signer, service
        self._token, self._minted_at = "", float("-inf")

    def __call__(self) -> str:
        """A token that is valid for some minutes more."""
        if time.monotonic() - self._minted_at > TOKEN_SECONDS:
            self._token, self._minted_at = self._signer.service_token(self._service), time.monotonic()
        return self._token
