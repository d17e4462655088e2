"""Pages of lists of which a reader may not see everything: nothing is lost behind what is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from kit import cursors
from kit.cursors import LOOK_AT_ONCE, MAX_LOOKS, Looked, look_through

SORT = ("name", "id")
MARK = "m"


def rows_of(count: int) -> list[dict[str, Any]]:
    """A list of so many rows."""
    return [{"name": f"{number:05}", "id": f"i{number}"} for number in range(count)]


def pages(
    count: int, first: int, shown: Callable[[int], bool], *, leave_out_late: bool = False
) -> tuple[list[int], int, int]:
    """Walk a list page by page, as a client does: what was shown, in how many pages, and how many rows were loaded."""
    loaded, found, walked, after = 0, [], 0, None
    everything = rows_of(count)

    def load(place: tuple[str, str], size: int) -> list[dict[str, Any]]:
        nonlocal loaded
        rows = [row for row in everything if (row["name"], row["id"]) > place][:size]
        loaded += len(rows)
        return rows

    def show(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if leave_out_late or shown(int(row["name"]))]

    while True:
        looked = look_through(
            load, show, start=cursors.position(after, MARK, ("", "")), wanted=first + 1, sort=SORT
        )  # fmt: skip
        page = cursors.page(
            MARK, looked, first, sort=SORT, name="thing",
            show=lambda row: row["name"] if shown(int(row["name"])) else None,
        )  # fmt: skip
        found += [int(row["thing"]) for row in page["rows"]]
        assert len(page["rows"]) <= first
        walked += 1
        if not page["has_next"]:
            return found, walked, loaded
        assert page["end"] is not None
        assert page["end"] != after
        after = page["end"]


@pytest.mark.parametrize("first", [1, 2, 20, 100])
@pytest.mark.parametrize("hidden", [0, 1, 9, 10, 11, 99, 105, 450, 2_000])
@pytest.mark.parametrize("leave_out_late", [False, True], ids=["before", "late"])
def test_what_comes_behind_rows_that_are_left_out_is_reached(hidden: int, first: int, leave_out_late: bool) -> None:
    """However many there are, and whether they are left out when they are looked through or when the page is shown."""
    found, _, _ = pages(hidden + 3, first, lambda number: number == 0 or number > hidden, leave_out_late=leave_out_late)
    assert found == [0, *range(hidden + 1, hidden + 3)]


def test_little_is_looked_at_where_everything_is_shown_and_enough_where_nothing_is() -> None:
    """A page of one costs two rows; a hundred hidden ones before the first do not empty it."""
    assert pages(1, 1, lambda _: True) == ([0], 1, 1)
    assert pages(2, 2, lambda _: True)[1:] == (1, 2)
    found, walked, _ = pages(LOOK_AT_ONCE + 1, 1, lambda number: number == LOOK_AT_ONCE)
    assert (found, walked) == ([LOOK_AT_ONCE], 1)
    most = 2 + (MAX_LOOKS - 1) * LOOK_AT_ONCE
    looked = look_through(
        lambda place, size: [row for row in rows_of(2 * most) if (row["name"], row["id"]) > place][:size],
        lambda _rows: [], start=("", ""), wanted=2, sort=SORT,
    )  # fmt: skip
    assert looked == Looked([], (f"{most - 1:05}", f"i{most - 1}"))
