"""Nested fields without N+1: things that came together are asked about together.

Execution is synchronous, so a nested resolver cannot wait for its siblings. Instead the request remembers which things came
together, and which ids they named: whoever asks first loads the field for all, and the others find the answer ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from gateway.context import Context, Siblings
from kit.errors import DomainError

Thing = dict[str, Any]
Read = Callable[[Context, list[str]], dict[str, Any]]

MAX_REFERENCES = 500  # what one call to a service may name


def together(context: Context, kind: str, things: Iterable[Thing | None]) -> None:
    """Mark things of one type as siblings."""
    siblings = Siblings()
    for thing in things:
        if thing is None:
            continue
        thing["__typename"] = kind
        context.siblings[kind, thing["id"]] = siblings
        siblings.ids[thing["id"]] = None


def refer(context: Context, key: str, ids: Iterable[Any]) -> None:
    """Remember ids that an answer names under a key; what is no id (nothing, or the thing itself) is passed over.

    Args:
        key: names the field, like `Credential.people`; whoever reads one of its ids reads the others with it.
    """
    context.references.setdefault(key, {}).update((own, None) for own in ids if isinstance(own, str))


def referred(context: Context, key: str, own: Any, read: Read) -> Any | None:
    """The thing with an id, read together with the others that were named under the same key.

    Args:
        own: the id; anything else came along, or there is none, and is returned as it is.
        read: returns things by id.
    """
    if not isinstance(own, str):
        return own
    found = context.once(("referred", key), dict[str, Any])
    if own not in found:
        named = context.references.get(key, {})
        waiting = [own, *islice((one for one in named if one != own), MAX_REFERENCES - 1)]
        for one in waiting:
            named.pop(one, None)
        try:
            things = read(context, waiting)
            found.update((one, things.get(one)) for one in waiting)
        except DomainError as error:  # others who wait for the same answer do not ask a failing service once each
            found.update((one, error) for one in waiting)
    thing = found[own]
    if isinstance(thing, DomainError):
        raise thing
    return thing


def referred_list(context: Context, key: str, ids: list[str], read: Read) -> list[Any]:
    """The things with these ids, those that are there, in order."""
    found = (referred(context, key, own, read) for own in ids)
    return [thing for thing in found if thing is not None]


def siblings_key(context: Context, what: Any, thing: Thing) -> tuple[Any, Any]:
    """Where a request remembers a field of a thing and of its siblings.

    Args:
        what: names the field and its arguments; hashable.
    """
    return what, _siblings(context, thing) or thing["id"]


def _siblings(context: Context, thing: Thing) -> Siblings | None:
    return context.siblings.get((thing.get("__typename", ""), thing["id"]))


def for_siblings(
    context: Context, thing: Thing, what: Any, load: Callable[[list[str]], dict[str, Any]], *, most: int = 100
) -> Any:
    """A field of a thing, loaded for it and its siblings in one call.

    Args:
        what: names the field and its arguments; hashable.
        load: given ids, returns the field's value by id.
        most: how many ids one call may name.
    """
    siblings = _siblings(context, thing)

    def load_all() -> dict[str, Any]:
        # The one asked for goes first, so that a list above the limit never leaves it out.
        ids = [thing["id"], *(i for i in (siblings.ids if siblings else ()) if i != thing["id"])]
        found: dict[str, Any] = {}
        for start in range(0, len(ids), most):
            found |= load(ids[start : start + most])
        return found

    return context.once(siblings_key(context, what, thing), load_all).get(thing["id"])
