"""Which texts count as register numbers of the person who writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from profiles.credentials.domain import Credential
from profiles.credentials.store import CredentialStore
from profiles.credentials.usecases import own_numbers
from tests.profiles.unit.test_credential_states import a_credential


@dataclass
class CredentialsOf:
    """A store that holds one person's credentials."""

    credentials: list[Credential]

    def of_person(self, _person_id: str) -> list[Credential]:
        """All of them."""
        return self.credentials


def test_a_number_counts_as_ones_own_only_where_its_format_is_known() -> None:
    """Where any number is taken, a patient's could be submitted as one's own, and would pass the privacy guard."""
    store = CredentialsOf(
        [
            a_credential(authority="de-kbv", number="123456601"),
            a_credential(authority="ke-nck", number="987654321"),
            a_credential(authority="other", number="555666777"),
        ]
    )
    texts = ["123 456 601", "987654321", "555666777"]
    assert own_numbers(cast(CredentialStore, store), "p", texts) == {"123 456 601"}
