"""Fields that are loaded for things that came together: each thing gets its own, and none what belongs to others."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from gateway.batches import for_siblings, together
from gateway.context import Context, Services
from gateway.discussions import types
from kit.http import CallContext

FIELDS_OF_ONE_REQUEST = 200


@pytest.fixture
def context() -> Context:
    """A request that asks no service."""
    return Context(Services(profiles=None, graph=None), CallContext())  # type: ignore[arg-type]


def loaded(ids: list[str]) -> dict[str, Any]:
    """What a service would answer."""
    return {own: f"of {own}" for own in ids}


def came(*ids: str) -> list[dict[str, Any]]:
    """Things as a service's answer holds them, with lists, whose memory Python gives to the next ones."""
    found: list[dict[str, Any]] = orjson.loads(
        orjson.dumps([{"id": own, "topics": [], "mentions": [], "labels": []} for own in ids])
    )
    together("Discussion", found)
    return found


def test_things_that_are_gone_leave_nothing_to_those_that_come_after_them(context: Context) -> None:
    """As with several aliases of `node` in one operation, whose things are dropped one after the other."""
    answers = {}
    for number in range(FIELDS_OF_ONE_REQUEST):
        thing = came(str(number))[0]
        answers[str(number)] = for_siblings(context, thing, "details", loaded)
        del thing
    assert answers == loaded(list(answers))


def test_pages_that_came_with_groups_stay_with_them(context: Context) -> None:
    """The pages of groups that are gone are not taken for those of groups that come later without any."""
    wanted: dict[str, Any] = {
        "first": 1, "after": None, "kind": None, "topic": None, "language": None, "count": False
    }  # fmt: skip
    for number in range(FIELDS_OF_ONE_REQUEST):
        first, second = came(f"a{number}")[0], f"b{number}"
        row = {"cursor": "c", "discussion": came(f"d{number}")[0]}
        page = {"rows": [row], "has_next": False, "total": None}
        types.take_ahead(context, [{"group": first, "discussions": page}], {}, wanted)
        del first, row, page
        found = for_siblings(context, came(second)[0], types._key(wanted), loaded)
        assert found == f"of {second}"


def test_what_came_together_is_loaded_once(context: Context) -> None:
    """Also where a thing came twice; the one that asks first goes first."""
    asked: list[list[str]] = []

    def load(ids: list[str]) -> dict[str, Any]:
        asked.append(ids)
        return loaded(ids)

    things = came("1", "2", "1", "3")
    assert [for_siblings(context, thing, "f", load) for thing in things[1:]] == ["of 2", "of 1", "of 3"]
    assert for_siblings(context, {"id": "1"}, "f", load) == "of 1"
    assert asked == [["2", "1", "3"], ["1"]]


def test_what_a_thing_names_is_not_loaded_as_if_it_were_the_thing(context: Context) -> None:
    """Of several that name something each, all but the first would be answered nothing."""
    for thing in came("1", "2"):
        with pytest.raises(AssertionError):
            for_siblings(context, {**thing, "id": f"what {thing['id']} names"}, "subject", loaded)
