"""Fields that are loaded for things that came together: each thing gets its own, and none what belongs to others."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from gateway.batches import MAX_REFERENCES, for_siblings, refer, referred, referred_list, together
from gateway.context import Context, Services
from gateway.discussions import types
from kit.errors import Unavailable
from kit.http import CallContext

FIELDS_OF_ONE_REQUEST = 200


@pytest.fixture
def context() -> Context:
    """A request that asks no service."""
    return Context(Services(profiles=None, graph=None), CallContext())  # type: ignore[arg-type]


def loaded(ids: list[str]) -> dict[str, Any]:
    """What a service would answer."""
    return {own: f"of {own}" for own in ids}


def came(context: Context, *ids: str) -> list[dict[str, Any]]:
    """Things as a service's answer holds them, with lists, whose memory Python gives to the next ones."""
    found: list[dict[str, Any]] = orjson.loads(
        orjson.dumps([{"id": own, "topics": [], "mentions": [], "labels": []} for own in ids])
    )
    together(context, "Discussion", found)
    return found


def test_things_that_are_gone_leave_nothing_to_those_that_come_after_them(context: Context) -> None:
    """As with several aliases of `node` in one operation, whose things are dropped one after the other."""
    answers = {}
    for number in range(FIELDS_OF_ONE_REQUEST):
        thing = came(context, str(number))[0]
        answers[str(number)] = for_siblings(context, thing, "details", loaded)
        del thing
    assert answers == loaded(list(answers))


def test_pages_that_came_with_groups_stay_with_them(context: Context) -> None:
    """The pages of groups that are gone are not taken for those of groups that come later without any."""
    wanted: dict[str, Any] = {
        "first": 1, "after": None, "kind": None, "topic": None, "language": None, "count": False
    }  # fmt: skip
    for number in range(FIELDS_OF_ONE_REQUEST):
        first, second = came(context, f"a{number}")[0], f"b{number}"
        row = {"cursor": "c", "discussion": came(context, f"d{number}")[0]}
        page = {"rows": [row], "has_next": False, "total": None}
        types.take_ahead(context, [{"group": first, "discussions": page}], {}, wanted)
        del first, row, page
        found = for_siblings(context, came(context, second)[0], types._key(wanted), loaded)
        assert found == f"of {second}"


def test_what_came_together_is_loaded_once(context: Context) -> None:
    """Also where a thing came twice; the one that asks first goes first."""
    asked: list[list[str]] = []

    def load(ids: list[str]) -> dict[str, Any]:
        asked.append(ids)
        return loaded(ids)

    things = came(context, "1", "2", "1", "3")
    assert [for_siblings(context, thing, "f", load) for thing in things[1:]] == ["of 2", "of 1", "of 3"]
    assert for_siblings(context, {"id": "1"}, "f", load) == "of 1"
    assert asked == [["2", "1", "3"], ["1"]]


def test_what_things_name_is_read_in_one_call(context: Context) -> None:
    """Whoever asks first reads what all of them name under the key; what is not there is None, and is not asked for again."""
    asked: list[list[str]] = []

    def read(_context: Context, ids: list[str]) -> dict[str, Any]:
        asked.append(ids)
        return {own: f"of {own}" for own in ids if own != "gone"}

    refer(context, "Post.author", ["a", "gone", None, "b", {"id": "came along"}])
    refer(context, "Post.discussion", ["other"])
    found = [referred(context, "Post.author", own, read) for own in ("b", "gone", "a", None, "b")]
    assert found == ["of b", None, "of a", None, "of b"]
    assert asked == [["b", "a", "gone"]]
    assert referred_list(context, "Post.author", ["c", "gone", "a"], read) == ["of c", "of a"]
    assert asked == [["b", "a", "gone"], ["c"]]


def test_what_many_things_name_is_read_in_calls_of_bounded_length(context: Context) -> None:
    """All of it, each once."""
    asked: list[list[str]] = []

    def read(_context: Context, ids: list[str]) -> dict[str, Any]:
        asked.append(ids)
        return loaded(ids)

    ids = [str(number) for number in range(2 * MAX_REFERENCES + 1)]
    refer(context, "Post.author", ids)
    assert [referred(context, "Post.author", own, read) for own in ids] == list(loaded(ids).values())
    assert [len(call) for call in asked] == [MAX_REFERENCES, MAX_REFERENCES, 1]


def test_a_failure_is_not_asked_for_again(context: Context) -> None:
    """Those who wait for the same answer get it too; those who ask after a change do not."""
    calls = 0

    def read(_context: Context, _ids: list[str]) -> dict[str, Any]:
        nonlocal calls
        calls += 1
        raise Unavailable("It cannot answer now.")

    refer(context, "Post.author", ["a", "b"])
    for own in ("a", "b", "a"):
        with pytest.raises(Unavailable):
            referred(context, "Post.author", own, read)
    assert calls == 1
    context.cache.clear()  # as `Context.changing` does
    assert referred(context, "Post.author", "a", lambda _context, ids: loaded(ids)) == "of a"
