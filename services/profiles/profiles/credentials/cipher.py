"""Register numbers at rest: AES-256-GCM, and a keyed blind index to find one without decrypting all."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_ID = b"\x01"  # stored before each cipher text, so that a later key can stand beside this one
_NONCE_BYTES = 12


class NumberCipher:
    """Encrypts register numbers.

    Args:
        field_key: 32 bytes.
        index_key: 32 bytes, another one.
    """

    def __init__(self, field_key: bytes, index_key: bytes) -> None:
        self._aead = AESGCM(field_key)
        self._index_key = index_key

    def encrypt(self, number: str, *, owner: str) -> bytes:
        """The cipher text, bound to its credential so that it cannot be moved to another."""
        nonce = os.urandom(_NONCE_BYTES)
        return _KEY_ID + nonce + self._aead.encrypt(nonce, number.encode(), owner.encode())

    def decrypt(self, stored: bytes, *, owner: str) -> str:
        """The number in clear."""
        nonce, text = stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
        return self._aead.decrypt(nonce, text, owner.encode()).decode()

    def index(self, authority: str, number: str) -> bytes:
        """The same bytes for the same number of the same authority, and of no use without the key."""
        return hmac.new(self._index_key, f"{authority}\n{number}".encode(), hashlib.sha256).digest()
