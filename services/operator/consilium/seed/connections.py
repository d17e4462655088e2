"""The demo network's connections: a small world, most inside a specialty or a country, some bridging."""

from __future__ import annotations

import random
from typing import Any

from consilium.seed.people import DemoPerson


def connections(people: list[DemoPerson], ids: dict[str, str]) -> list[dict[str, Any]]:
    """Undirected pairs, each once.

    Args:
        ids: the person's id by reference.
    """
    chance = random.Random(7)
    by_specialty: dict[str, list[DemoPerson]] = {}
    by_country: dict[str, list[DemoPerson]] = {}
    # Noel is new here and knows nobody; the desk's people keep out of the network.
    members = [p for p in people if p.row["ref"] not in {"noel", "vera", "vito", "mod", "admin"}]
    for person in members:
        by_specialty.setdefault(person.specialty, []).append(person)
        by_country.setdefault(person.country, []).append(person)
    pairs: dict[tuple[str, str], str] = {}
    named = {"maria", "jonas"}
    for person in members:
        pools = ((by_specialty[person.specialty], 4), (by_country[person.country], 3), (members, 1))
        for pool, most in pools:
            for other in chance.sample(pool, min(len(pool), chance.randint(1, most))):
                refs = {person.row["ref"], other.row["ref"]}
                # The first five minutes of the README let María ask Jonas.
                if len(refs) == 2 and refs != named:
                    low, high = sorted((ids[person.row["ref"]], ids[other.row["ref"]]))
                    since = f"{chance.randint(2023, 2026)}-0{chance.randint(1, 9)}-{chance.randint(1, 28):02}"
                    pairs.setdefault((low, high), since)
    return [{"a": low, "b": high, "since": since} for (low, high), since in pairs.items()]
