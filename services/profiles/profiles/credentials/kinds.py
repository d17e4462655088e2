"""Kinds of credentials: what each says, takes and counts for. A new kind is a row here, and every rule by kind reads it."""

from __future__ import annotations

from dataclasses import dataclass

from catalogues.messages import Message

LICENCE, IDENTITY, NAME, IDENTIFIER = "LICENCE", "IDENTITY", "NAME", "IDENTIFIER"


@dataclass(frozen=True)
class Kind:
    """What is particular to a kind of credential.

    Args:
        words: what it is called in messages.
        naming_rank: how strongly it says who its owner is, 0 first; a changed profile goes to a verifier with the first that
            is validated. None where it says nothing about that.
        proves_specialty: whether its specialty is shown as verified.
        may_prove_identity: whether a document of it that has the owner's name can say who the owner is.
        needs_authority: whether an authority must have given it.
        takes_source: whether it may name an authority or an institution.
        takes_number: whether it may have a number that is of no register.
        has_review: whether it comes back to the desk at intervals.
        has_other_name: whether it says a name beside the verified one, and nothing else.
        methods: by which it may be validated; None means all.
    """

    words: Message
    naming_rank: int | None
    proves_specialty: bool = False
    may_prove_identity: bool = False
    needs_authority: bool = False
    takes_source: bool = True
    takes_number: bool = True
    has_review: bool = True
    has_other_name: bool = False
    methods: frozenset[str] | None = None


KINDS = {
    LICENCE: Kind(
        Message("CredentialKind.LICENCE", "licence"), naming_rank=0, proves_specialty=True, may_prove_identity=True,
        needs_authority=True,
    ),
    # An employer is no authority on a specialty, and a degree is from before one.
    "SPECIALIST_CERTIFICATE": Kind(
        Message("CredentialKind.SPECIALIST_CERTIFICATE", "specialist certificate"), naming_rank=2, proves_specialty=True
    ),
    "DEGREE": Kind(Message("CredentialKind.DEGREE", "degree"), naming_rank=2),
    "EMPLOYMENT": Kind(Message("CredentialKind.EMPLOYMENT", "employment"), naming_rank=2),
    # An identity says nothing about medicine. Numbers of passports and identity cards are not collected.
    IDENTITY: Kind(Message("CredentialKind.IDENTITY", "identity"), naming_rank=1, takes_number=False, has_review=False),
    # A number of an insurer or a directory says who somebody is in a list, and neither that they may practise nor who they are.
    IDENTIFIER: Kind(Message("CredentialKind.IDENTIFIER", "identifier"), naming_rank=None, needs_authority=True),
    NAME: Kind(
        Message("CredentialKind.NAME", "another name"), naming_rank=None, takes_source=False, takes_number=False,
        has_review=False, has_other_name=True, methods=frozenset({"DOCUMENT", "PRIMARY_SOURCE"}),
    ),
}  # fmt: skip
# Of several credentials that say who somebody is, one of these is believed before the others.
IDENTIFYING_RANK = 1


def kind_of(name: str) -> Kind:
    """The kind of this name; one that only a later version knows counts for nothing here."""
    return KINDS.get(name) or Kind(Message("CredentialKind", name.replace("_", " ").lower()), naming_rank=None)
