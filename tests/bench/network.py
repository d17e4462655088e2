"""A network of any size, the same for the same size: zipf over specialties and countries, locality in connections."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from catalogues.regions import COUNTRY, all_regions
from catalogues.specialties import specialties
from consilium.client import OperatorClient
from kit import ids

SOURCE = "bench"
BATCH = 1000
CONNECTIONS_EACH = 8
MEMBERSHIPS_EACH = 3


@dataclass
class Network:
    """What the operations need to know of it."""

    people: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)  # specialty, country


def build(client: OperatorClient, size: int) -> Network:
    """Store a network of `size` people with connections, groups and discussions."""
    chance = random.Random(size)
    codes = sorted(specialties())
    countries = sorted(r.code for r in all_regions().values() if r.kind == COUNTRY)[:60]
    weights = [1 / (rank + 1) for rank in range(len(codes))]
    country_weights = [1 / (rank + 1) for rank in range(len(countries))]
    network = Network()
    rows: list[dict[str, Any]] = []
    for number in range(size):
        specialty = chance.choices(codes, weights)[0]
        country = chance.choices(countries, country_weights)[0]
        rows.append(
            {
                "ref": str(number),
                "name": f"Person {number:07}",
                "specialties": [specialty],
                "regions": [country],
                "languages": [chance.choice(("en", "de", "fr", "es"))],
                "profession": "2212",
            }
        )
        network.people.append(ids.imported(SOURCE, "person", str(number)))
        network.pairs.append((specialty, country))
    for start in range(0, size, BATCH):
        client.import_people(SOURCE, rows[start : start + BATCH])
    client.wait_for_graph(3600)
    pairs = set()
    for number in range(size):
        for _ in range(CONNECTIONS_EACH):
            other = (number + chance.randint(1, 50)) % size if chance.random() < 0.7 else chance.randrange(size)
            if other != number:
                pairs.add((min(number, other), max(number, other)))
    _store(client, "connections", [{"a": network.people[a], "b": network.people[b]} for a, b in sorted(pairs)])
    groups = max(10, size // 50)
    network.groups = [ids.imported(SOURCE, "group", str(number)) for number in range(groups)]
    _store(
        client, "groups",
        [
            {"id": own, "name": f"Bench group {n}", "owner": chance.choice(network.people), "languages": ["en"]}
            for n, own in enumerate(network.groups)
        ],
    )  # fmt: skip
    _store(
        client, "memberships",
        [
            {"group": chance.choice(network.groups), "person": person}
            for person in network.people
            for _ in range(MEMBERSHIPS_EACH)
        ],
    )  # fmt: skip
    _store(
        client, "discussions",
        [
            {
                "id": ids.imported(SOURCE, "discussion", f"{g}/{n}"), "group": own, "author": chance.choice(network.people),
                "title": f"Discussion {n}", "body": "text " * 20, "language": "en",
                "created_at": f"2026-0{1 + n % 9}-{1 + n % 28:02}T08:00:00Z",
            }
            for g, own in enumerate(network.groups)
            for n in range(30)
        ],
    )  # fmt: skip
    return network


def _store(client: OperatorClient, kind: str, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 2000):
        client.import_rows(kind, rows[start : start + 2000])
