"""Global ids: opaque to clients, the type and the service's own id inside (as graphql-relay writes them)."""

from __future__ import annotations

from functools import lru_cache

from graphql_relay import from_global_id, to_global_id

from kit.errors import Invalid, NotFound

LONGEST = 300


@lru_cache(100_000)
def encode(kind: str, own: str) -> str:
    """The global id of a thing."""
    return to_global_id(kind, own)


def decode(global_id: str) -> tuple[str, str] | None:
    """The type and own id in a global id, or None when it is none of ours."""
    if len(global_id) > LONGEST:
        return None
    try:
        kind, own = from_global_id(global_id)
    except (ValueError, TypeError):
        return None
    return (kind, own) if kind and own and encode(kind, own) == global_id else None


def expect(global_id: str, kind: str, field: str, *, missing: bool = False) -> str:
    """The own id of a thing that must be of one type.

    Args:
        missing: answer as if the thing did not exist.

    Raises:
        Invalid, NotFound: it is no id of this type.
    """
    found = decode(global_id)
    if found is None or found[0] != kind:
        if missing:
            raise NotFound(f"No {kind.lower()} has this id.", field=[field])
        raise Invalid(f"{field} must be the id of a {kind}.", field=[field])
    return found[1]
