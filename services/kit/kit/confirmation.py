"""Who has not confirmed their e-mail address does only what a table lists; everything else, also what is new, is refused.

An address that nobody has confirmed may be somebody else's, and an account is made in a second. So nothing that such an
account does reaches other people or the desk.
"""

from __future__ import annotations

from collections.abc import Callable

from kit.caches import BoundedCache
from kit.errors import Forbidden
from kit.tokens import Caller

MAX_CONFIRMED, MAX_CONFIRMED_BYTES = 10_000, 16_000_000


class AddressNotConfirmed(Forbidden):
    """The caller has not confirmed the account's e-mail address."""

    def __init__(self, *, field: list[str] | None = None) -> None:
        super().__init__(
            "Confirm your e-mail address first: follow the message that you were sent, or have another one sent with "
            "resendConfirmation.",
            field=field,
        )


class ConfirmationGate:
    """Holds people who have not confirmed their address to a service's table.

    A token says whether the address was confirmed when the token was made. Only where it does not say so, `ask` is called,
    and a good answer kept for that token: whoever confirms goes on with the tokens that they have, from the next request on.

    Args:
        allowed: the endpoints that are for everybody who is signed in.
        ask: tells whether the caller has confirmed the address by now; raises Unavailable.
    """

    def __init__(self, allowed: frozenset[str], ask: Callable[[Caller], bool]) -> None:
        self.allowed = allowed
        self._ask = ask
        self._confirmed: BoundedCache[str, bool] = BoundedCache(
            MAX_CONFIRMED, bytes=MAX_CONFIRMED_BYTES, size=lambda token, _: 200 + len(token)
        )

    def check(self, caller: Caller, endpoint: str) -> None:
        """Refuse what is not in the table for somebody who has not confirmed their address.

        Raises:
            AddressNotConfirmed: they have not.
            Unavailable: whoever knows it by now does not answer.
        """
        if endpoint not in self.allowed and not self.has_confirmed(caller):
            raise AddressNotConfirmed

    def has_confirmed(self, caller: Caller) -> bool:
        """Whether a caller has confirmed the address; services have none.

        Raises:
            Unavailable: whoever knows it by now does not answer.
        """
        if caller.is_service or caller.confirmed or self._confirmed.get(caller.token):
            return True
        confirmed = self._ask(caller)
        if confirmed:
            self._confirmed.put(caller.token, True)
        return confirmed
