"""Cards from memory, for answers that do not tell whether somebody has asked the viewer to connect.

Whether two are connected or share a group, and who has blocked whom, comes from the network as it is now; what people show
is kept as JSON for each relation that there can be, and made again when the person changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from graph.peers.neighbours import Onlooker
from graph.peers.network import Network
from graph.people.store import PeopleStore
from graph.people.usecases import read_cards
from kit import cards

MOST_KEPT = 100_000


def plain_cards(
    network: Network,
    people: PeopleStore,
    ids: Sequence[str],
    wanted: frozenset[str] = frozenset(cards.OPTIONAL),
    *,
    viewer: str,
    now: datetime,
) -> dict[str, orjson.Fragment | dict[str, Any]]:
    """People as the viewer sees them, as JSON, by id, without requests between them and the viewer.

    Who does not exist, is suspended or has blocked the viewer is not there.

    Args:
        wanted: which of the optional parts of a card.
    """
    me = network.slot_of.get(viewer)
    if me is None:
        return read_cards(people, ids, viewer=viewer, now=now)  # type: ignore[return-value]
    today = now.date()
    day = today.toordinal()
    column = network.column
    looker = Onlooker.of(network, me, day)
    found: dict[str, Any] = {}
    missing: dict[str, tuple[int, int]] = {}
    for person in dict.fromkeys(ids):
        slot = network.slot_of.get(person)
        if slot == me or slot is None:
            found |= read_cards(people, [person], viewer=viewer, now=now)
            continue
        if not column("listed")[slot] or network.blocks_other(slot, me):
            continue
        fellow = bool(column("shows_to_groups")[slot]) and looker.fellow(slot)
        relation = looker.connected(slot) + 2 * fellow + 4 * looker.verified
        kept = network.cards.get(slot)
        card = kept.get((relation, day, wanted)) if kept is not None else None
        if card is None:
            missing[person] = (slot, relation)
        else:
            found[person] = card
    if missing:
        before = network.changes
        snapshots = people.snapshots(list(missing))
        left_out = [name for name in cards.OPTIONAL if name not in wanted]
        if len(network.cards) > MOST_KEPT:
            network.cards.clear()
        for person, snapshot in snapshots.items():
            slot, relation = missing[person]
            shown = cards.card(
                snapshot, cards.Relation(False, bool(relation & 1), bool(relation & 2), bool(relation & 4)), today
            )
            for name in left_out:
                del shown[name]
            card = orjson.Fragment(orjson.dumps(shown))
            found[person] = card
            if network.changes == before:  # else what was read may be older than the network
                network.cards.setdefault(slot, {})[(relation, day, wanted)] = card
    return found
