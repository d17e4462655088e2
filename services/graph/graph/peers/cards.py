"""Cards from memory, for answers that do not tell whether somebody has asked the viewer to connect.

Whether two are connected or share a group, and who has blocked whom, comes from the network as it is now; what people show
is cached as JSON for each relation that there can be, under the version of the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from cachetools import LRUCache

from graph.peers.neighbours import NetworkViewer
from graph.peers.network import Network
from graph.people.store import PeopleStore
from graph.people.usecases import read_cards
from kit import cards

MAX_CARD_BYTES, CARD_BYTES = 250_000_000, 500  # a card counts its JSON and so many bytes beside
# A person's id, the viewer's relation (1 connected + 2 in a common group + 4 verified), the day, and the optional parts.
CardKey = tuple[str, int, int, frozenset[str]]


class CardCache:
    """The JSON of cards, bounded by bytes; the longest unused go first."""

    def __init__(self) -> None:
        self._cards: LRUCache[CardKey, tuple[int, bytes]] = LRUCache(
            MAX_CARD_BYTES, getsizeof=lambda entry: CARD_BYTES + len(entry[1])
        )

    def get(self, key: CardKey, version: int) -> bytes | None:
        """The card of a person at a version, where it is cached."""
        entry = self._cards.get(key)
        return entry[1] if entry is not None and entry[0] == version else None

    def put(self, key: CardKey, version: int, card: bytes) -> None:
        """Cache a card that was read when the person had this version."""
        self._cards[key] = version, card

    def __len__(self) -> int:
        return len(self._cards)


def plain_cards(
    network: Network,
    cache: CardCache,
    people: PeopleStore,
    ids: Sequence[str],
    wanted: frozenset[str] = frozenset(cards.OPTIONAL),
    *,
    viewer: str,
    now: datetime,
) -> dict[str, orjson.Fragment | dict[str, Any]]:
    """People as the viewer sees them, as JSON, by id, without requests between them and the viewer.

    Leaves out people who do not exist, are suspended or have blocked the viewer.

    Args:
        wanted: which of the optional parts of a card.
    """
    me = network.slot_of.get(viewer)
    if me is None:
        return read_cards(people, ids, viewer=viewer, now=now)  # type: ignore[return-value]
    today = now.date()
    day = today.toordinal()
    column = network.column
    network_viewer = NetworkViewer.of(network, me, day)
    shown: dict[str, Any] = {}
    missing: dict[str, tuple[int, int]] = {}
    for person in dict.fromkeys(ids):
        slot = network.slot_of.get(person)
        if slot == me or slot is None:
            shown |= read_cards(people, [person], viewer=viewer, now=now)
            continue
        if not column("listed")[slot] or network.blocks_other(slot, me):
            continue
        co_member = bool(column("shows_to_groups")[slot]) and network_viewer.co_member(slot)
        relation = network_viewer.connected(slot) + 2 * co_member + 4 * network_viewer.verified
        version = network.version_of(slot)
        card = cache.get((person, relation, day, wanted), version)
        if card is None:
            missing[person] = (version, relation)
        else:
            shown[person] = orjson.Fragment(card)
    if missing:
        snapshots = people.snapshots(list(missing))
        left_out = [name for name in cards.OPTIONAL if name not in wanted]
        for person, snapshot in snapshots.items():
            version, relation = missing[person]
            full = cards.card(
                snapshot, cards.Relation(False, bool(relation & 1), bool(relation & 2), bool(relation & 4)), today
            )
            for name in left_out:
                del full[name]
            card = orjson.dumps(full)
            cache.put((person, relation, day, wanted), version, card)
            shown[person] = orjson.Fragment(card)
    return shown
