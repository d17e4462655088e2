"""Blind indexes of register numbers, by which one is found however it is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalogues.authorities import GENERIC, authorities, normalise_number, spellings
from catalogues.regions import country_of
from catalogues.register_numbers import name_key
from kit.cipher import FieldCipher
from profiles.credentials.domain import Credential


@dataclass(frozen=True)
class RegisterNumber:
    """A number in the register in which it is one.

    Args:
        authority: the authority's id.
        number: the normalised number.
        register: what tells the registers of one authority apart: those of authorities that the catalogue does not have, by
            country and name. Empty of all others.
    """

    authority: str | None
    number: str
    register: str = ""

    @classmethod
    def of(cls, credential: Credential) -> RegisterNumber | None:
        """Return the number of a credential; None where it has none."""
        if not credential.number:
            return None
        if credential.authority != GENERIC:
            return cls(credential.authority, credential.number)
        named = credential.other_authority
        return cls(
            credential.authority,
            credential.number,
            other_register(credential.jurisdiction, named.name if named else None),
        )

    def index(self, cipher: FieldCipher) -> bytes:
        """Return the index that is stored: the same for every spelling of the number."""
        return self.indexes(cipher)[0]

    def indexes(self, cipher: FieldCipher) -> list[bytes]:
        """Return the indexes to look for: rows of versions before have the one of the spelling that they came in."""
        known = authorities().get(self.authority or "")
        written = spellings(self.number, known) if known else [self.number]
        scope = f"{self.authority or ''}{'/' if self.register else ''}{self.register}"
        return [cipher.index(scope, one) for one in written]


def other_register(jurisdiction: str, name: str | None) -> str:
    """What tells the register of an authority that the catalogue does not have from others: its country and its name."""
    return f"{country_of(jurisdiction)}/{name_key(name) if name else ''}"


def number_index(cipher: FieldCipher, authority: str | None, number: str) -> bytes:
    """The index that is stored of a number in a register of the catalogue."""
    return RegisterNumber(authority, number).index(cipher)


def number_indexes(cipher: FieldCipher, authority: str | None, number: str) -> list[bytes]:
    """The indexes by which a number in a register of the catalogue is looked for."""
    return RegisterNumber(authority, number).indexes(cipher)


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


def search_indexes(
    cipher: FieldCipher, authority: str | None, typed: str, *, registers: Iterable[str] = ()
) -> list[bytes]:
    """The indexes of a number as somebody types it: with one authority, or with each that could have given it.

    Args:
        registers: those of authorities that the catalogue does not have, as in `RegisterNumber`.
    """
    known = [one for one in authorities().values() if authority is None or one.id == authority]
    own = [] if authority is not None else number_indexes(cipher, None, typed.strip())
    found = [*own, *(index for one in known for index in number_indexes(cipher, one.id, normalise_number(typed, one)))]
    if authority in {None, GENERIC}:
        number = normalise_number(typed, authorities()[GENERIC])
        for register in registers:
            found += RegisterNumber(GENERIC, number, register).indexes(cipher)
    return found
