"""What is encrypted at rest (register numbers, evidence, secrets of one-time passwords), and keyed blind indexes.

AES-256-GCM. Each cipher text begins with the id of its key, so that a new key can stand beside the old ones: the first
key encrypts, all decrypt, and `consilium keys reencrypt` moves everything to the first.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.settings import SettingsError

_NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The key is not among those configured, or the text was changed or moved."""


@dataclass(frozen=True)
class KeyName:
    """What may be shown of a key: its id, and a digest that tells it from another key with the same id."""

    id: int
    fingerprint: str

    @classmethod
    def of(cls, key_id: int, key: bytes) -> KeyName:
        """Name a key."""
        return cls(key_id, keyed_hash(key, "key", "fingerprint").hex()[:12])

    def __str__(self) -> str:
        return f"{self.id} ({self.fingerprint})"


def keyed_hash(key: bytes, kind: str, value: str) -> bytes:
    """The same bytes for the same value of a kind, and of no use without the key."""
    return hmac.new(key, f"{kind}\n{value}".encode(), hashlib.sha256).digest()


def reference_index(key: bytes, source: str, ref: str) -> bytes:
    """The blind index of what a source calls a person: a register's number, for one."""
    return keyed_hash(key, f"ref:{source}", ref)


def field_keys(text: str) -> tuple[tuple[int, bytes], ...]:
    """Keys as `id:base64`, separated by white space; one without an id has the id 1.

    Raises:
        SettingsError: one is malformed, or an id stands twice.
    """
    found: dict[int, bytes] = {}
    for part in text.split():
        head, _, value = part.rpartition(":")
        try:
            own, key = int(head or "1"), base64.b64decode(value, validate=True)
        except ValueError as error:
            raise SettingsError("CONSILIUM_FIELD_KEY must hold keys as id:base64.") from error
        if len(key) != 32 or not 1 <= own <= 255 or own in found:
            raise SettingsError("CONSILIUM_FIELD_KEY must hold keys of 32 bytes in base64, with ids of their own.")
        found[own] = key
    if not found:
        raise SettingsError("CONSILIUM_FIELD_KEY must hold a key of 32 bytes in base64.")
    return tuple(found.items())


class FieldCipher:
    """Encrypts fields and makes blind indexes.

    Args:
        keys: (id from 1 to 255, 32 bytes) pairs; the first encrypts.
        index_key: 32 bytes, another one.

    Whatever stores a cipher text stores its key's id where a key that is in use cannot be retired: a column with a foreign
    key to `field_key` in PostgreSQL, `graph.keys.store.FencedCipher` in Neo4j.
    """

    def __init__(self, keys: Sequence[tuple[int, bytes]], index_key: bytes) -> None:
        self.key_id = keys[0][0]
        self.names = tuple(KeyName.of(key_id, key) for key_id, key in keys)
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys}
        self._index_key = index_key

    @property
    def name(self) -> KeyName:
        """The name of the key that encrypts."""
        return self.names[0]

    @property
    def old_ids(self) -> list[int]:
        """The ids of the keys that decrypt only."""
        return [name.id for name in self.names[1:]]

    def encrypt(self, text: str | bytes, *, owner: str) -> bytes:
        """The cipher text, bound to its owner (an id) so that it cannot be moved to another."""
        plain = text.encode() if isinstance(text, str) else text
        nonce = os.urandom(_NONCE_BYTES)
        return bytes([self.key_id]) + nonce + self._ciphers[self.key_id].encrypt(nonce, plain, owner.encode())

    def decrypt_bytes(self, stored: bytes, *, owner: str) -> bytes:
        """What was encrypted.

        Raises:
            CannotDecrypt: the key is missing, or the text was changed or moved.
        """
        cipher = self._ciphers.get(stored[0])
        if cipher is None:
            raise CannotDecrypt(f"no key with id {stored[0]} is configured")
        nonce, text = stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, text, owner.encode())
        except InvalidTag as error:
            raise CannotDecrypt("the cipher text was changed or moved") from error

    def decrypt(self, stored: bytes, *, owner: str) -> str:
        """The text that was encrypted."""
        return self.decrypt_bytes(stored, owner=owner).decode()

    def index(self, authority: str, number: str) -> bytes:
        """The blind index of a register number."""
        return hmac.new(self._index_key, f"{authority}\n{number}".encode(), hashlib.sha256).digest()

    def reference(self, source: str, ref: str) -> bytes:
        """The blind index of what a source calls a person."""
        return reference_index(self._index_key, source, ref)

    def hashed(self, kind: str, value: str) -> bytes:
        """A keyed hash of an address, for audit and back-off."""
        return keyed_hash(self._index_key, kind, value)
