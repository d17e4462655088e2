"""Nested fields without N+1: things that came together are asked about together.

Execution is synchronous, so a nested resolver cannot wait for its siblings. Instead each thing knows them: whoever
asks first loads the field for all, and the others find the answer ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from gateway.context import Context

Thing = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Siblings:
    """The ids of things that came together.

    Each is equal to itself alone, and is part of the key under which a request remembers what was loaded for them. As long
    as the request lasts it is there, so that no later one is taken for it; the number of an object (`id`) is given again to
    another one as soon as the first is gone.
    """

    ids: dict[str, None] = field(default_factory=dict)


def together(kind: str, things: Iterable[Thing | None]) -> None:
    """Mark things of one type as siblings."""
    siblings = Siblings()
    for thing in things:
        if thing is None:
            continue
        thing["__typename"] = kind
        thing["siblings"] = siblings
        siblings.ids[thing["id"]] = None


MAX_REFERENCES = 500  # what one call to a service may name


def refer(things: list[Thing], *keys: str) -> None:
    """Let things that came together know every id that any of them names under these keys, all of one type."""
    named = dict.fromkeys(own for thing in things for key in keys if isinstance(own := thing.get(key), str))
    ids = list(named)[:MAX_REFERENCES]
    for thing in things:
        thing.setdefault("references", {}).update(dict.fromkeys(keys, ids))


def refer_lists(things: list[Thing], key: str) -> None:
    """The same for a key that names several ids in each thing."""
    named = dict.fromkeys(own for thing in things for own in thing.get(key, ()) if isinstance(own, str))
    ids = list(named)[:MAX_REFERENCES]
    for thing in things:
        thing.setdefault("references", {})[key] = ids


def referred_list(
    context: Context, thing: Thing, key: str, read: Callable[[Context, list[str]], dict[str, Any]]
) -> list[Any]:
    """The things that a thing names under a key, those that are there, in order."""
    own: list[str] = thing[key]
    if not own:
        return []
    ids: list[str] = thing.get("references", {}).get(key, [])
    wanted = ids if set(own) <= set(ids) else own
    found = context.once((read.__name__, tuple(wanted)), lambda: read(context, wanted))
    return [found[one] for one in own if one in found]


def referred(
    context: Context, thing: Thing, key: str, read: Callable[[Context, list[str]], dict[str, Any]]
) -> Any | None:
    """What a thing names under a key; read together with what those that came with it name.

    Args:
        read: returns things by id.
    """
    own = thing[key]
    if not isinstance(own, str):
        return own  # it came along, or there is none
    ids: list[str] = thing.get("references", {}).get(key, [])
    wanted = ids if own in ids else [own]
    return context.once((read.__name__, tuple(wanted)), lambda: read(context, wanted)).get(own)


def siblings_key(what: Any, thing: Thing) -> tuple[Any, Any]:
    """Where a request remembers a field of a thing and of its siblings.

    Args:
        what: names the field and its arguments; hashable.
    """
    return what, thing.get("siblings") or thing["id"]


def for_siblings(
    context: Context, thing: Thing, what: Any, load: Callable[[list[str]], dict[str, Any]], *, most: int = 100
) -> Any:
    """A field of a thing, loaded for it and its siblings in one call.

    Args:
        what: names the field and its arguments; hashable.
        load: given ids, returns the field's value by id.
        most: how many ids one call may name.
    """
    siblings: Siblings | None = thing.get("siblings")

    def load_all() -> dict[str, Any]:
        # What a thing names is `referred`; loaded like this, only the first thing would get what it names.
        assert siblings is None or thing["id"] in siblings.ids
        # The one asked for goes first, so that a list above the limit never leaves it out.
        ids = [thing["id"], *(i for i in (siblings.ids if siblings else ()) if i != thing["id"])]
        found: dict[str, Any] = {}
        for start in range(0, len(ids), most):
            found |= load(ids[start : start + most])
        return found

    return context.once(siblings_key(what, thing), load_all).get(thing["id"])
