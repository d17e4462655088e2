"""Blind indexes of register numbers, by which one is found however it is written."""

from __future__ import annotations

from catalogues.authorities import authorities, normalise_number, spellings
from kit.cipher import FieldCipher


def number_index(cipher: FieldCipher, authority: str | None, number: str) -> bytes:
    """The index that is stored: the same for every spelling of a number."""
    return number_indexes(cipher, authority, number)[0]


def number_indexes(cipher: FieldCipher, authority: str | None, number: str) -> list[bytes]:
    """The indexes by which a number is looked for: rows of versions before have the one of the spelling that they came in."""
    known = authorities().get(authority or "")
    written = spellings(number, known) if known else [number]
    return [cipher.index(authority or "", one) for one in written]


MAX_ZEROS = 6


def other_zero_indexes(cipher: FieldCipher, authority: str, number: str) -> list[bytes]:
    """The indexes of a number with more or fewer zeros before it, as a spreadsheet may leave it in a register's file.

    None where the form of the authority's numbers is known: then zeros are part of that form, or do not count.
    """
    known = authorities().get(authority)
    if known is None or known.pattern is not None or not number.isdigit():
        return []
    bare = number.lstrip("0") or "0"
    written = [bare.rjust(length, "0") for length in range(len(bare), len(bare) + MAX_ZEROS + 1)]
    return [cipher.index(authority, one) for one in written if one != number]


def search_indexes(cipher: FieldCipher, authority: str | None, typed: str) -> list[bytes]:
    """The indexes of a number as somebody types it: with one authority, or with each that could have given it."""
    known = [one for one in authorities().values() if authority is None or one.id == authority]
    own = [] if authority is not None else number_indexes(cipher, None, typed.strip())
    return [*own, *(index for one in known for index in number_indexes(cipher, one.id, normalise_number(typed, one)))]
