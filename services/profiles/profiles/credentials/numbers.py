"""Blind indexes of register numbers, by which one is found however it is written."""

from __future__ import annotations

from dataclasses import dataclass

from catalogues.authorities import GENERIC, authorities, spellings
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
        register = f"{country_of(credential.jurisdiction)}/{name_key(named.name) if named else ''}"
        return cls(credential.authority, credential.number, register)

    def index(self, cipher: FieldCipher) -> bytes:
        """Return the index that is stored: the same for every spelling of the number."""
        return self.indexes(cipher)[0]

    def indexes(self, cipher: FieldCipher) -> list[bytes]:
        """Return the indexes to look for: rows of versions before have the one of the spelling that they came in."""
        known = authorities().get(self.authority or "")
        written = spellings(self.number, known) if known else [self.number]
        scope = f"{self.authority or ''}{'/' if self.register else ''}{self.register}"
        return [cipher.index(scope, one) for one in written]


def number_index(cipher: FieldCipher, authority: str | None, number: str) -> bytes:
    """The index that is stored of a number in a register of the catalogue."""
    return RegisterNumber(authority, number).index(cipher)


def number_indexes(cipher: FieldCipher, authority: str | None, number: str) -> list[bytes]:
    """The indexes by which a number in a register of the catalogue is looked for."""
    return RegisterNumber(authority, number).indexes(cipher)
