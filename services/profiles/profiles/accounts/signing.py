"""Signing access tokens, and the public keys that check them."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from kit.clock import new_id
from kit.settings import SettingsError
from kit.tokens import ALGORITHM, AUDIENCE, TOKEN_TYPE

ACCESS_SECONDS = 600


class Signer:
    """Makes access tokens with one Ed25519 key.

    Args:
        pem: the private key.
        issuer: the `iss` of every token.
    """

    def __init__(self, pem: str, issuer: str) -> None:
        try:
            key = load_pem_private_key(pem.encode(), password=None)
        except ValueError as error:
            raise SettingsError("CONSILIUM_SIGNING_KEY must be an Ed25519 private key in PEM.") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise SettingsError("CONSILIUM_SIGNING_KEY must be an Ed25519 private key in PEM.")
        self._key = key
        self._issuer = issuer
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        x = base64.urlsafe_b64encode(public).decode().rstrip("=")
        thumbprint = hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest()  # RFC 7638
        self._kid = base64.urlsafe_b64encode(thumbprint).decode().rstrip("=")
        self._jwk = {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": self._kid, "use": "sig", "alg": ALGORITHM}

    def key_set(self) -> dict[str, Any]:
        """The JSON Web Key Set that others check tokens with."""
        return {"keys": [self._jwk]}

    def access_token(self, subject: str, roles: Iterable[str], *, issued_at: float | None = None) -> str:
        """A token for ten minutes.

        Args:
            issued_at: seconds since the epoch; now by default.
        """
        issued = int(time.time() if issued_at is None else issued_at)
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": issued,
            "exp": issued + ACCESS_SECONDS,
            "jti": new_id(),
            "roles": sorted(roles),
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": self._kid, "typ": TOKEN_TYPE})

    def service_token(self, name: str) -> str:
        """A token for another part of the system."""
        return self.access_token(f"service:{name}", [])
