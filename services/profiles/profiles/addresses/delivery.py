"""Whom messages about a change of address go to; the tokens in them are made when they are sent and stand nowhere else."""

from __future__ import annotations

from profiles.accounts.store import AccountStore
from profiles.accounts.usecases import mail_token
from profiles.addresses.domain import End, purpose
from profiles.addresses.store import AddressChangeStore

ASKING = {"email-change-new": End.NEW, "email-change-old": End.OLD}


def addressed(
    kind: str, person_id: str, change_id: str, *, accounts: AccountStore, changes: AddressChangeStore
) -> tuple[str, str, str] | None:
    """The address that one end of a change is asked at, its token, and when the change is due; None where nothing waits any more.

    A change that was replaced while its message waited is not asked about, so a token never confirms another address than
    the one that it was sent to.
    """
    account, change, end = accounts.get(person_id), changes.get(person_id), ASKING[kind]
    if account is None or change is None or change.id != change_id:
        return None
    token = mail_token(accounts, person_id, purpose(end, change_id), until=change.due_at)
    return change.email if end is End.NEW else account.email, token, f"{change.due_at:%Y-%m-%d %H:%M} UTC"
