"""Idempotency keys: what one may be, and the keys of a request's changes."""

from __future__ import annotations

from kit.idempotency import MAX_KEY_CHARACTERS, check_key, compose_key


def test_the_keys_of_two_changes_of_a_request_differ_and_stay_the_same() -> None:
    """By where their answers stand."""
    assert compose_key("k", "a") == compose_key("k", "a") == "k/a"
    assert len({compose_key("k", "a"), compose_key("k", "b"), compose_key("k/a", "b"), compose_key("k", "a_b")}) == 4


def test_a_composed_key_is_a_key_however_long_its_parts_are() -> None:
    """Both come from the client: a long one is replaced by its digest."""
    for length in (1, MAX_KEY_CHARACTERS - 2, MAX_KEY_CHARACTERS - 1, MAX_KEY_CHARACTERS):
        composed = compose_key("k" * length, "a")
        assert check_key(composed) == composed
    long = {compose_key("k" * MAX_KEY_CHARACTERS, name * 5000) for name in "ab"}
    assert len(long) == 2
    assert all(len(check_key(key)) <= MAX_KEY_CHARACTERS for key in long)
