"""What stands beside a discussion or post: translations, reactions, votes."""

from __future__ import annotations

from typing import Any

from gateway.batches import MAX_REFERENCES, for_siblings
from gateway.context import Context
from gateway.people.types import link_people


def extras(context: Context, root: dict[str, Any]) -> dict[str, Any] | None:
    """Read what stands beside a content; for its siblings too. None where there is nothing."""

    def load(ids: list[str]) -> Any:
        found = context.graph("POST", "/v1/contents/details", {"ids": ids})
        link_people(context, [one["author"] for row in found.values() for one in row["translations"]])
        return found

    return for_siblings(context, root, "details", load, most=MAX_REFERENCES)  # type: ignore[no-any-return]
