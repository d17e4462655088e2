"""Each screen of a product is one query within the limits, and is answered in full."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.network import answer, discuss, group, join, newcomer
from tests.support.screens import SCREENS, asked_by
from tests.support.stack import Stack

EXPECTED = {
    "administration", "connections", "desk", "discussion", "feed", "groups", "moderation", "notifications", "onboarding", "profile",
    "search",
}  # fmt: skip


@pytest.fixture(scope="module")
def discussion(stack: Stack) -> str:
    """A discussion with 20 posts by two people."""
    maria = stack.sign_in("maria")
    other, _ = newcomer(stack)
    own = group(stack, maria)
    join(stack, other, own)
    found = discuss(stack, maria, own)["id"]
    for number in range(20):
        answer(stack, (maria, other)[number % 2], found)
    return str(found)


def test_every_screen_has_its_query() -> None:
    """The table of screens is whole."""
    assert set(SCREENS) == EXPECTED


@pytest.mark.parametrize("screen", sorted(EXPECTED))
def test_a_screen_is_one_query(stack: Stack, discussion: str, screen: str) -> None:
    """Without an error, for the demo person who has the most to see."""
    text = SCREENS[screen]
    variables: dict[str, Any] = {"id": discussion} if "$id" in text else {}
    data = stack.data(text, stack.sign_in(asked_by(text)), **variables)
    assert all(found is not None for found in data.values())
    if screen == "discussion":
        posts = data["node"]["posts"]["nodes"]
        assert len(posts) == 20
        assert len({post["author"]["id"] for post in posts}) == 2
