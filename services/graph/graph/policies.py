"""Writing waits until a policy's new edition is accepted; reading never does."""

from __future__ import annotations

import time

from kit.caches import BoundedCache
from kit.errors import PolicyNotAccepted
from kit.http import CallContext, ServiceClient
from kit.tokens import Caller, EndedTokens

MAX_ACCEPTED, MAX_ACCEPTED_BYTES = 10_000, 16_000_000


class PolicyGate:
    """Tells who has accepted the present editions.

    A token says what was accepted when it was made. Only where that is not what is asked for now, the profiles service
    is asked, and a good answer kept for that token.

    Args:
        required: knows the digest of the policies that everybody must have accepted.
        profiles: the service that knows who accepted what.
    """

    def __init__(self, required: EndedTokens, profiles: ServiceClient) -> None:
        self._required, self._profiles = required, profiles
        self._accepted: BoundedCache[tuple[str, str], bool] = BoundedCache(
            MAX_ACCEPTED, bytes=MAX_ACCEPTED_BYTES, size=lambda key, _: 300 + sum(len(part) for part in key)
        )

    def check(self, caller: Caller, request_id: str | None, *, seconds: float) -> None:
        """Refuse a person who has not accepted what must be.

        Args:
            seconds: how long there is to find out.

        Raises:
            PolicyNotAccepted: a present edition waits.
            Unavailable: the profiles service must be asked and does not answer.
        """
        required = self._required.policies
        if caller.is_service or not required or caller.policies == required:
            return
        if self._accepted.get((caller.token, required)):
            return
        context = CallContext(
            token=caller.token, request_id=request_id, deadline=time.monotonic() + seconds, patient=True
        )
        me = self._profiles.call("GET", "/v1/me", context=context)
        if me["pending_policies"]:
            raise PolicyNotAccepted("A policy has a new edition; accept it with acceptPolicies first.")
        self._accepted.put((caller.token, required), True)
