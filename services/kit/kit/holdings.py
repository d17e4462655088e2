"""What is stored about people, place by place: the form in which each service declares it.

`profiles.rights.holdings` and `graph.rights.holdings` list every column, property and kind of file. The archive of one's own
data is made from those lists, `docs/privacy.md` shows them, and tests compare them with the real schemas: what is stored and
not declared fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Erasure(Enum):
    """What erasing a person does with a place."""

    DELETED = "deleted"
    UNNAMED = "kept without the person"
    KEPT = "kept"


@dataclass(frozen=True)
class Subject:
    """A row of the table in `docs/privacy.md`: one thing that is stored about people.

    Args:
        name: what it is, in words.
        kept: until when, in words; the retention table says the same where a job deletes it.
        erasure: what an erasure does with it, in words.
    """

    name: str
    kept: str
    erasure: str = "deleted"


@dataclass(frozen=True)
class Holding:
    """Some columns of a table, properties of a label (`Post`) or relationship (`:VOTED`), or a kind of file (`mail/*.eml`).

    Args:
        fields: their names; empty for a file, and for a relationship that has none.
        subject: what of a person they hold; None where they hold nothing of anybody: keys, locks and counters.
        archive: the file of the archive in which they are, by the same names; None where they are in none.
        erasure: what erasing the person does with them.
        because: why they are in no archive, or are not deleted.
    """

    place: str
    fields: tuple[str, ...]
    subject: Subject | None
    archive: str | None
    erasure: Erasure
    because: str = ""


def personal(
    place: str, fields: str, subject: Subject, *, archive: str | None = None, erasure: Erasure = Erasure.DELETED,
    because: str = "",
) -> Holding:  # fmt: skip
    """Declare what holds something of a person.

    Args:
        fields: names, separated by white space.
    """
    return Holding(place, tuple(fields.split()), subject, archive, erasure, because)


def technical(place: str, fields: str, because: str, *, erasure: Erasure = Erasure.DELETED) -> Holding:
    """Declare what tells nothing of a person that they could read: keys, hashes, locks and counters.

    Args:
        erasure: DELETED where it goes with the person or belongs to nobody.
    """
    return Holding(place, tuple(fields.split()), None, None, erasure, because)


def faults(holdings: Iterable[Holding]) -> list[str]:
    """What is wrong with declarations by themselves: a field that stands twice, or lacks its reason."""
    seen: set[tuple[str, str]] = set()
    found = []
    for holding in holdings:
        for field in holding.fields or ("",):
            if (holding.place, field) in seen:
                found.append(f"{holding.place}.{field} is declared twice")
            seen.add((holding.place, field))
        unexplained = holding.archive is None or holding.erasure is not Erasure.DELETED
        if unexplained and not holding.because:
            found.append(f"{holding.place} {' '.join(holding.fields)}: it says no reason")
        if holding.subject is None and holding.archive is not None:
            found.append(f"{holding.place} {' '.join(holding.fields)}: it is in the archive, and of nobody")
    return found


def differences(holdings: Iterable[Holding], stored: dict[str, set[str]]) -> list[str]:
    """Where declarations and a schema differ.

    Args:
        stored: the fields that there are, by place.
    """
    declared: dict[str, set[str]] = {}
    for holding in holdings:
        declared.setdefault(holding.place, set()).update(holding.fields)
    return [
        *(f"{p}.{f} is stored and not declared" for p in stored for f in sorted(stored[p] - declared.get(p, set()))),
        *(f"{place} is stored and not declared" for place in stored if place not in declared),
        *(f"{p}.{f} is declared and not stored" for p in declared for f in sorted(declared[p] - stored.get(p, set()))),
    ]


def exported(holdings: Iterable[Holding]) -> dict[str, dict[str, tuple[str, ...]]]:
    """What the archive holds: fields by place, by file."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for holding in holdings:
        if holding.archive is not None:
            places = found.setdefault(holding.archive, {})
            places[holding.place] = (*places.get(holding.place, ()), *holding.fields)
    return found


def table(services: dict[str, Iterable[Holding]]) -> str:
    """The table of `docs/privacy.md`: what is stored, where, in which file of the archive, and what an erasure does.

    Args:
        services: the declarations by the name of the store.
    """
    rows: dict[Subject, tuple[dict[str, None], dict[str, None]]] = {}
    for store, holdings in services.items():
        for holding in holdings:
            if holding.subject is not None:
                stores, files = rows.setdefault(holding.subject, ({}, {}))
                stores[store] = None
                if holding.archive is not None:
                    files[f"`{holding.archive}`"] = None
    lines = ["| what | where | in the archive | after an erasure | kept until |", "|---|---|---|---|---|"]
    lines += [
        f"| {subject.name} | {', '.join(stores)} | {', '.join(files) or 'no'} | {subject.erasure} | {subject.kept} |"
        for subject, (stores, files) in rows.items()
    ]
    return "\n".join(lines)
