"""Gathering what the automatic checks go by, and keeping their outcomes beside the credential."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from catalogues.authorities import authorities
from profiles.checks.domain import Facts, run
from profiles.credentials.domain import Credential
from profiles.unit_of_work import UnitOfWork


def check(stores: UnitOfWork, credential: Credential, *, now: datetime) -> Credential:
    """Run every check on a credential, and store the outcomes.

    Returns:
        the credential with its checks.
    """
    person = stores.people.get(credential.person_id)
    assert person is not None
    name = credential.holder.name if credential.holder else person.name
    authority = authorities().get(credential.authority or "")
    as_of, entry = None, None
    if authority is not None and credential.number:
        as_of, entry = stores.registers.look_up(authority.id, credential.number)
        if as_of is None:
            as_of, entry = stores.directory.look_up(authority.id, credential.number)
    # A list is looked through for the name that the credential is to let others see.
    searched_name = credential.other_name.text if credential.other_name else name
    found = stores.registers.sanctions(name=searched_name, authority=credential.authority, number=credential.number)
    facts = Facts(
        credential=credential,
        authority=authority,
        name=name,
        searched_name=searched_name,
        today=now.date(),
        snapshot_as_of=as_of,
        entry=entry,
        claimed_by=stores.credentials.claimed_by_others(credential),
        claims=stores.directory.claimed(credential.claims_person, credential.authority, credential.number)
        if credential.claims_person
        else None,
        profile_claimed_by=stores.directory.other_claims(credential.claims_person, credential.person_id)
        if credential.claims_person
        else 0,
        sanctioned_numbers=found.by_number,
        sanctioned_names=found.by_name,
        lists=found.lists,
    )
    checks = run(facts, now)
    stores.credentials.set_checks(credential.id, checks)
    return replace(credential, checks=tuple(checks))


def follow_conflicts(stores: UnitOfWork, credential: Credential, *, now: datetime) -> None:
    """Let other people's open cases with the same number or directory profile show the conflict, or show it no more.

    The number is locked before: `CredentialStore.lock` does that.
    """
    stores.conflicts.compare_again(stores.conflicts.others(credential), now=now)
