"""Keys in Neo4j: what is encrypted with which, and which process holds which."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from graph.db import Graph, Row, Transaction, query
from graph.timestamps import stamp
from kit.cipher import FieldCipher, KeyName
from kit.clock import read_time
from kit.errors import Unavailable
from kit.keys import RECENT_SECONDS, KeyHolder
from kit.logs import log

HELD = "held texts"
FORGET = timedelta(days=1)


class FencedCipher:
    """Encrypts in a transaction that stores the cipher text, and only while the key is not retired.

    Neo4j has no foreign keys. A key is locked in the transaction instead, so that retiring it waits for what is being stored,
    and what comes later is refused.
    """

    def __init__(self, tx: Transaction, cipher: FieldCipher) -> None:
        self._tx, self._cipher = tx, cipher
        self._locked = False

    def encrypt(self, text: str | bytes, *, owner: str) -> bytes:
        """The cipher text, bound to its owner.

        Raises:
            Unavailable: the key was retired, and this process does not know.
        """
        if not self._locked:
            if self._tx.row(query("keys/use_key"), id=self._cipher.key_id) is None:
                log().critical(
                    "key_retired", sentence="This process encrypts with a key that was retired; start it again."
                )
                raise Unavailable("This cannot be stored now; the operator must start this service again.")
            self._locked = True
        return self._cipher.encrypt(text, owner=owner)

    def decrypt_bytes(self, stored: bytes, *, owner: str) -> bytes:
        """What was encrypted."""
        return self._cipher.decrypt_bytes(stored, owner=owner)


def key_of(held: str) -> int:
    """The id of the key that a held text is encrypted with, from its beginning."""
    return base64.b64decode(held[:4])[0]


def _counts(rows: Sequence[Row], ids: Sequence[int]) -> dict[str, int]:
    by_key = Counter(key_of(row["head"]) for row in rows)
    return {HELD: sum(by_key[key_id] for key_id in ids)}


def _holders(rows: Sequence[Row], now: datetime) -> list[KeyHolder]:
    return [
        KeyHolder(
            row["service"], KeyName(row["key_id"], row["fingerprint"]),
            max(0.0, (now - read_time(row["seen_at"])).total_seconds()),
        )
        for row in rows
    ]  # fmt: skip


def _since(now: datetime) -> str:
    return stamp(now - timedelta(seconds=RECENT_SECONDS))


class KeyReader:
    """Reads what is encrypted with which key."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def holders(self, *, now: datetime) -> list[KeyHolder]:
        """The processes that are there."""
        return _holders(self._graph.read_latest(query("keys/list_holders"), since=_since(now)), now)

    def counts(self, ids: Sequence[int]) -> dict[str, int]:
        """How much is encrypted with keys, by what it is."""
        return _counts(self._graph.read_settled(query("keys/list_encrypted")), ids)

    def unreadable(self, ids: Sequence[int]) -> int:
        """How much is encrypted with other keys than these."""
        rows = self._graph.read_settled(query("keys/list_encrypted"))
        return sum(key_of(row["head"]) not in ids for row in rows)


class KeyWriter:
    """Reads and writes keys in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def beat(self, process: str, service: str, key: KeyName, *, now: datetime) -> None:
        """Note that a process is there and which key it encrypts with."""
        self._tx.rows(
            query("keys/note_holder"), process=process, service=service, key_id=key.id, fingerprint=key.fingerprint,
            now=stamp(now), forget_before=stamp(now - FORGET),
        )  # fmt: skip

    def forget(self, process: str) -> None:
        """Forget a process that ends."""
        self._tx.rows(query("keys/forget_holder"), process=process)

    def lock(self, ids: Sequence[int]) -> None:
        """Lock keys: whoever is storing something encrypted with one has ended then, and whoever wants to must wait."""
        self._tx.rows(query("keys/lock_keys"), ids=list(ids))

    def holders(self, *, now: datetime) -> list[KeyHolder]:
        """The processes that are there."""
        return _holders(self._tx.rows(query("keys/list_holders"), since=_since(now)), now)

    def counts(self, ids: Sequence[int]) -> dict[str, int]:
        """How much is encrypted with keys, by what it is."""
        return _counts(self._tx.rows(query("keys/list_encrypted")), ids)

    def retire(self, ids: Sequence[int], *, now: datetime) -> int:
        """Let keys never be used again; returns how many were not retired before."""
        row = self._tx.row(query("keys/retire_keys"), ids=list(ids), at=stamp(now))
        return int(row["retired"]) if row else 0
