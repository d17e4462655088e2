"""Paths of calls from service to service: put together here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

PREFIX = "/v1"


def internal_path(*segments: str | int, query: Mapping[str, str | int | None] | None = None) -> str:
    """Return the path of an internal call, like `/v1/groups/<id>/join`.

    A server takes %2F for a slash before it looks for a route, so a segment with one cannot be made harmless by quoting.
    What came from outside is checked before it comes here (`gateway.ids`); this is the second line.

    Args:
        segments: below `/v1`; each is one segment of the path, whatever is in it.
        query: parameters behind the path; those that are None are left out.

    Raises:
        ValueError: a segment is empty, a dot, two dots, or has a slash or a backslash in it.
    """
    texts = [str(segment) for segment in segments]
    for text in texts:
        if text in {"", ".", ".."} or "/" in text or "\\" in text:
            raise ValueError("A segment of an internal path must be one segment.")
    given = {name: value for name, value in (query or {}).items() if value is not None}
    return "/".join([PREFIX, *(quote(text, safe="@:") for text in texts)]) + (f"?{urlencode(given)}" if given else "")
