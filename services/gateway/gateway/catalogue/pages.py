"""Pages of catalogues: as long as a menu needs, forward and backward, with the whole number of entries."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import graphene

from gateway.fields import CataloguePage
from gateway.paging import check_first, page
from kit.errors import Invalid

MAX_CATALOGUE_PAGE = 1_000
T = TypeVar("T")


@dataclass(frozen=True)
class PageArguments:
    """Which page of a list an operation asks for, as Relay says."""

    first: int | None
    after: str | None
    last: int | None
    before: str | None

    def checked(self, most: int = MAX_CATALOGUE_PAGE) -> PageArguments:
        """The same, if the sizes are those of a page.

        Raises:
            Invalid: they are not; or neither is there.
        """
        if self.last is None and self.first is None:
            raise Invalid("Say how many items to return, with first or last.", field=["first"])
        for size, name in ((self.first, "first"), (self.last, "last")):
            if size is not None:
                check_first(size, name, most)
        return self


def catalogue_page(
    connection: type[graphene.ObjectType],
    *,
    description: str,
    entries: int,
    most: int = MAX_CATALOGUE_PAGE,
    **arguments: graphene.Scalar | graphene.Enum,
) -> CataloguePage:
    """A field that answers a page of a catalogue.

    Args:
        entries: how many entries the catalogue has, so that asking for more costs no more.
        most: how many entries a page may have.
    """
    found = CataloguePage(
        connection,
        required=True,
        description=description,
        **arguments,
        first=graphene.Int(
            default_value=20,
            description=f"The number of entries to return from the beginning or from `after`, 1 to {most:,}, for example `300`.",
        ),
        after=graphene.String(description="The cursor of the entry after which a page that is read forward begins."),
        last=graphene.Int(
            description=f"The number of entries to return from the end or from `before`, 1 to {most:,}, for example `20`. It "
            "replaces `first`."
        ),
        before=graphene.String(
            description="The cursor of the entry before which a page that is read with `last` ends."
        ),
    )
    found.max_page_size = min(most, entries)
    return found


def connection_of(entries: Sequence[T], code: Callable[[T], str], wanted: PageArguments) -> dict[str, Any]:
    """A connection of a list that is there as a whole.

    Args:
        code: what no two entries share; cursors are made of it, so that they hold where the order changes.

    Raises:
        Invalid: a size is no page's, or a cursor is not of this list.
    """
    wanted.checked()
    places = (
        {_cursor(code(one)): place for place, one in enumerate(entries)}
        if wanted.after is not None or wanted.before is not None
        else {}
    )
    start = _place(wanted.after, places, "after") + 1 if wanted.after is not None else 0
    end = _place(wanted.before, places, "before") if wanted.before is not None else len(entries)
    end = max(start, end)
    if wanted.last is not None:
        start = max(start, end - wanted.last)
    elif wanted.first is not None:
        end = min(end, start + wanted.first)
    found = {
        "rows": [{"cursor": _cursor(code(one)), "entry": one} for one in entries[start:end]],
        "has_next": end < len(entries),
        "has_previous": start > 0,
        "total": len(entries),
    }
    return page(found, "entry", after=wanted.after)


def _cursor(code: str) -> str:
    return base64.urlsafe_b64encode(code.encode()).decode().rstrip("=")


def _place(cursor: str, places: dict[str, int], argument: str) -> int:
    if cursor not in places:
        raise Invalid(f"This cursor does not belong to this list; start without `{argument}`.", field=[argument])
    return places[cursor]
