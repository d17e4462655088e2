"""A suspended person can do only what a table lists: read why, appeal, export their data and erase it.

All of these are rights that a suspension does not take away. Everything else, also what is new, is refused, so that nothing that a
suspended person does reaches others.
"""

from __future__ import annotations

from dataclasses import dataclass

from kit.errors import Forbidden
from kit.tokens import Caller


class AccountSuspended(Forbidden):
    """The caller's account is suspended."""

    def __init__(self) -> None:
        super().__init__(
            "Your account is suspended. You can read why (viewer.suspension), appeal (appealSuspension), export your data "
            "(exportMyData) and erase it (eraseMe), and nothing else."
        )


@dataclass(frozen=True)
class SuspensionGate:
    """Holds people who are suspended to a service's table.

    Their tokens say so by their audience, and whoever does not know of it refuses them. Tokens from before the suspension are in
    the list of ended ones.

    Args:
        allowed: the endpoints that are for them.
    """

    allowed: frozenset[str] = frozenset()

    def check(self, caller: Caller, endpoint: str) -> None:
        """Refuse what is not in the table for somebody who is suspended.

        Raises:
            AccountSuspended: they are.
        """
        if caller.suspended and endpoint not in self.allowed:
            raise AccountSuspended
