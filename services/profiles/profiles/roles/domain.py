"""What roles there are, and what an account must have so that those beyond MEMBER count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from profiles.accounts.domain import find_email

if TYPE_CHECKING:
    from profiles.accounts.store import Account

ROLES = ("MEMBER", "VERIFIER", "MODERATOR", "ADMIN")
PRIVILEGED = frozenset({"VERIFIER", "MODERATOR", "ADMIN"})


@dataclass(frozen=True)
class RoleRequirements:
    """What an account must have so that roles beyond MEMBER count: a confirmed address and one-time passwords.

    The invented people of the demo network have neither, because everybody knows their passwords. They are the only
    exception, and everything that makes it asks `exempts`.

    Args:
        demo: whether this is a development system that has the demo network; never true in production.
    """

    demo: bool = False

    def exempts(self, account: Account) -> bool:
        """Whether an account is one of the demo network's, whose roles are not protected."""
        address = find_email(account.email) if self.demo else None
        return address is not None and address.is_demo

    def missing(self, account: Account) -> str | None:
        """What an account lacks, as a sentence; None where its roles count."""
        if self.exempts(account) or (account.confirmed and account.totp):
            return None
        if account.confirmed:
            return (
                "This account has no one-time passwords: its owner turns them on with startTotp and confirmTotp first."
            )
        if account.totp:
            return "The address of this account is not confirmed: its owner confirms it with confirmEmail first."
        return (
            "The address of this account is not confirmed, and it has no one-time passwords: its owner does both first "
            "(confirmEmail; startTotp and confirmTotp)."
        )

    def counting(self, account: Account, *, one_time_password: bool) -> list[str]:
        """The roles of an account that count in a session.

        Args:
            one_time_password: whether one was given in the session.
        """
        protected = one_time_password and self.missing(account) is None
        if protected or self.exempts(account):
            return account.roles
        return [role for role in account.roles if role not in PRIVILEGED]
