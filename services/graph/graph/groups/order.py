"""Finding groups, in one of the orders in which they can be listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from graph.db import Row
from graph.groups.eligibility import eligible, policy_of
from graph.groups.store import GroupCriteria, GroupReader
from graph.timestamps import END_OF_TIME
from kit.cursors import Looked, look_through

SEARCH_LOOKS = 10


@dataclass(frozen=True)
class Order:
    """An order of groups.

    Args:
        sort: the two fields by which the list is sorted.
        start: the place before the first group.
    """

    sort: tuple[str, str]
    start: tuple[str, str]


NAME = "NAME"
ORDERS = {
    NAME: Order(("sort_name", "id"), ("", "")),
    "MEMBERS": Order(("sort_key", "id"), (END_OF_TIME, "")),
    "NEWEST": Order(("sort_key", "id"), (END_OF_TIME, "")),
}


def search_groups(
    groups: GroupReader, criteria: GroupCriteria, order: str, *, after: tuple[str, str], first: int, now: datetime
) -> Looked:
    """A page of groups.

    Of those open to the viewer some 1,000 are looked through, because a credential policy is judged when it is read.

    Args:
        order: one of ORDERS.

    Returns:
        rows with what the order sorts by, as many as `first` and some more.
    """

    def load(place: tuple[str, str], size: int) -> list[Row]:
        if order == NAME:
            return groups.search(criteria, after=place, first=size)
        return groups.search_by(order, criteria, after=place, first=size)

    if not criteria.open:
        return Looked(load(after, first))
    snapshot = groups.snapshot(criteria.viewer)

    def may_join(rows: Sequence[Row]) -> list[Row]:
        policies = [(row, policy_of(row["group"])) for row in rows]
        return [row for row, policy in policies if policy is None or eligible(policy, snapshot, now.date())]

    return look_through(load, may_join, start=after, wanted=first, sort=ORDERS[order].sort, looks=SEARCH_LOOKS)
