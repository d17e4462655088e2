"""The token in messages about a reset of a second factor, by which the person refuses it; made when it is sent."""

from __future__ import annotations

from profiles.accounts.store import AccountStore
from profiles.accounts.usecases import mail_token
from profiles.second_factor.domain import TOKEN_PURPOSE
from profiles.second_factor.store import SecondFactorStore

REFUSABLE = frozenset({"second-factor-reset-requested", "second-factor-reset-approved"})


def refusal_token(
    kind: str, person_id: str, reset_id: str, *, accounts: AccountStore, factors: SecondFactorStore
) -> str | None:
    """A token that refuses a request; the token of an earlier message works too. None where the request is over."""
    reset = factors.get(person_id)
    if reset is None or reset.id != reset_id:
        return None
    return mail_token(accounts, person_id, f"{TOKEN_PURPOSE}:{reset_id}:{kind}", until=reset.expires_at)
