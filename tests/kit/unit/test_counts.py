"""Counting a list up to a bound."""

from __future__ import annotations

import pytest

from kit.cursors import Total, count


@pytest.mark.parametrize(("length", "expected"), [(0, Total(0)), (5, Total(5)), (6, Total(5, at_least=True))])
def test_a_list_is_counted_to_the_bound(length: int, expected: Total) -> None:
    """One row more than are counted tells that there are more."""
    assert count(True, lambda most: range(length)[:most], most=5) == expected


def test_nothing_is_read_where_nobody_asks() -> None:
    """The count is null then."""
    assert count(False, lambda _: pytest.fail("It was read.")) == Total()
