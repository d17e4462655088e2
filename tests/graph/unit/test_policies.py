"""Writing waits until a new edition is accepted; reading never does."""

from __future__ import annotations

from typing import Any

import pytest

from graph.policies import PolicyGate
from kit.errors import PolicyNotAccepted, Unavailable
from kit.tokens import Caller, EndedTokens


class Profiles:
    """Answers what the profiles service would, and counts how often it is asked."""

    def __init__(self, pending: list[str]) -> None:
        self.pending, self.asked = pending, 0

    def call(self, _method: str, _path: str, context: Any = None) -> dict[str, Any]:
        """The caller's own account."""
        self.asked += 1
        return {"pending_policies": self.pending}


def gate(required: str, pending: list[str]) -> tuple[PolicyGate, Profiles]:
    """A gate where a digest is required."""
    profiles = Profiles(pending)
    ended = EndedTokens(lambda: {"ended": [], "policies": required}, seconds=0)
    return PolicyGate(ended, profiles), profiles  # type: ignore[arg-type]


def test_a_token_that_says_so_is_let_through_without_asking() -> None:
    """So that writing costs nothing more."""
    checked, profiles = gate("new", ["terms@2"])
    checked.check(Caller("ada", token="t", policies="new"), None, seconds=1)
    checked.check(Caller("service:worker"), None, seconds=1)
    assert profiles.asked == 0


def test_an_older_token_is_let_through_once_its_person_has_accepted() -> None:
    """Asked once a token; until then the code says what to do."""
    checked, profiles = gate("new", ["terms@2"])
    old = Caller("ada", token="t", policies="old")
    with pytest.raises(PolicyNotAccepted):
        checked.check(old, None, seconds=1)
    profiles.pending = []
    checked.check(old, None, seconds=1)
    checked.check(old, None, seconds=1)
    assert profiles.asked == 2


def test_where_nothing_is_known_nobody_is_held_up() -> None:
    """The profiles service has never answered since this one started."""

    def away() -> dict[str, Any]:
        raise Unavailable("away")

    profiles = Profiles(["terms@2"])
    PolicyGate(EndedTokens(away, seconds=0), profiles).check(Caller("ada", token="t"), None, seconds=1)  # type: ignore[arg-type]
    assert profiles.asked == 0
