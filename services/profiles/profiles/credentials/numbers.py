"""Blind indexes of register numbers, by which one is found however it is written."""

from __future__ import annotations

from catalogues.authorities import authorities, spellings
from kit.cipher import FieldCipher


def number_index(cipher: FieldCipher, authority: str | None, number: str) -> bytes:
    """The index that is stored: the same for every spelling of a number."""
    return number_indexes(cipher, authority, number)[0]


def number_indexes(cipher: FieldCipher, authority: str | None, number: str) -> list[bytes]:
    """The indexes by which a number is looked for: rows of versions before have the one of the spelling that they came in."""
    known = authorities().get(authority or "")
    written = spellings(number, known) if known else [number]
    return [cipher.index(authority or "", one) for one in written]
