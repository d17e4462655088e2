"""What a search for people answers beside them."""

from __future__ import annotations

from contracts.messages import Message


class FacetValue(Message, frozen=True, kw_only=True):
    """How many people a value of a filter would find."""

    value: str
    count: int


class Facet(Message, frozen=True, kw_only=True):
    """The values of one filter.

    Args:
        left_out: how many values there are beside these.
    """

    values: list[FacetValue]
    left_out: int = 0
