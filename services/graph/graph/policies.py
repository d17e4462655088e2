"""Writing waits until a policy's new edition is accepted; reading never does."""

from __future__ import annotations

import time

from kit.errors import PolicyNotAccepted
from kit.http import CallContext, ServiceClient
from kit.tokens import Caller, EndedTokens

MOST_KEPT = 10_000


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
        self._accepted: set[tuple[str, str]] = set()

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
        if (caller.token, required) in self._accepted:
            return
        context = CallContext(
            token=caller.token, request_id=request_id, deadline=time.monotonic() + seconds, patient=True
        )
        me = self._profiles.call("GET", "/v1/me", context=context)
        if me["pending_policies"]:
            raise PolicyNotAccepted("A policy has a new edition; accept it with acceptPolicies first.")
        if len(self._accepted) >= MOST_KEPT:
            self._accepted.clear()
        self._accepted.add((caller.token, required))
