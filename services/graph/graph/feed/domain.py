"""What a transaction changed, as the headers of its queries declare it.

Each query that writes has a line `// feed:    KIND SOURCE[, SOURCE]; KIND SOURCE`, or `// feed:    nothing: WHY`. A SOURCE is
a parameter (`$person`), a part of one (`$group.id`, `$rows[].person`) or a column of the result (`=heir`, `=groups[]`).
`graph.db.Transaction` collects the ids when a query has run, and `graph.db.Graph.write` appends them to the feed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

# person: who they are, their connections, blocks or places in groups. group: its properties or members.
# content: a discussion or post. added: one that is new or was released. notification: one that is new.
KINDS = ("person", "erased", "group", "content", "added", "notification")
NOTHING = "nothing"
_HEADER = re.compile(r"^// feed: {1,20}(?P<first>[^\n]++)\n(?P<rest>(?:// {2,60}[^\n]++\n)*+)", re.MULTILINE)
_SOURCE = re.compile(r"(?P<origin>[$=])(?P<path>[a-z_]++(?:\[\])?(?:\.[a-z_]++(?:\[\])?)*+)")


class MalformedHeader(Exception):
    """The feed line of a query cannot be read; the message says why."""


@dataclass(frozen=True)
class Source:
    """Where the ids of one kind come from.

    Args:
        kind: one of KINDS.
        of_result: whether they are in a column of the result; else in a parameter.
        path: names, one below the other; `[]` goes into each element of a list.
    """

    kind: str
    of_result: bool
    path: tuple[str, ...]

    def ids(self, parameters: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """The ids that a query changed."""
        for start in rows if self.of_result else (parameters,):
            yield from _walk(start, self.path)


def _walk(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if value is None:
        return
    if not path:
        yield value
        return
    step, rest = path[0], path[1:]
    if step == "[]":
        for element in value:
            yield from _walk(element, rest)
    else:
        yield from _walk(value.get(step), rest)


@cache
def sources(text: str) -> tuple[Source, ...] | None:
    """The sources that a query's header declares; none where it says `nothing`, None where it has no feed line.

    Raises:
        MalformedHeader: the line cannot be read.
    """
    header = _HEADER.search(text)
    if header is None:
        return None
    declared = " ".join([header["first"], *(line[2:].strip() for line in header["rest"].splitlines())])
    if declared.startswith(f"{NOTHING}: "):
        return ()
    found = []
    for clause in declared.split(";"):
        kind, _, places = clause.strip().partition(" ")
        if kind not in KINDS:
            raise MalformedHeader(f"{kind!r} is not one of {', '.join(KINDS)}.")
        for place in places.split(","):
            match = _SOURCE.fullmatch(place.strip())
            if match is None:
                raise MalformedHeader(f"{place.strip()!r} is no source of ids.")
            path = tuple(re.findall(r"\[\]|[a-z_]+", match["path"]))
            found.append(Source(kind, match["origin"] == "=", path))
    return tuple(found)


@dataclass
class Changes:
    """The ids of what a transaction has changed so far, each once, by kind."""

    ids: dict[str, dict[str, None]] = field(default_factory=lambda: {kind: {} for kind in KINDS})

    def note(self, text: str, parameters: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
        """Take in what a query that has run declares."""
        for source in sources(text) or ():
            self.ids[source.kind].update(dict.fromkeys(source.ids(parameters, rows)))

    def __bool__(self) -> bool:
        return any(self.ids.values())

    def parameters(self) -> dict[str, list[str]]:
        """The parameters of `feed/append_entry`."""
        contents = self.ids["content"] | self.ids["added"]
        return {
            "people": list(self.ids["person"]), "erased": list(self.ids["erased"]), "groups": list(self.ids["group"]),
            "contents": list(contents), "added": list(self.ids["added"]),
            "notifications": list(self.ids["notification"]),
        }  # fmt: skip
