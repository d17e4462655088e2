"""What is read of the network around a person: their connections, and the groups that they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.peers.columns import Slots, among, slots
from graph.peers.network import Network
from graph.peers.order import in_order
from kit.cards import AUDIENCES, Relation

Row = dict[str, Any]


@dataclass(frozen=True)
class NetworkViewer:
    """Somebody who looks at others.

    Args:
        connections: with whom they are connected, sorted.
        groups: in which they are, sorted.
        verified: whether they have the right to practise.
    """

    network: Network
    slot: int
    connections: Slots
    groups: Slots
    verified: bool

    @classmethod
    def of(cls, network: Network, slot: int, today: int) -> NetworkViewer:
        """Somebody on a day, a proleptic ordinal."""
        return cls(
            network, slot, network.connections.row(slot), network.groups.row(slot), network.may_practise(slot, today)
        )

    def connected(self, slot: int) -> bool:
        """Whether they are connected with a person."""
        at = int(self.connections.searchsorted(slot))
        return at < len(self.connections) and int(self.connections[at]) == slot

    def co_member(self, slot: int) -> bool:
        """Whether they share a group with a person."""
        return bool(among(self.network.groups.row(slot), self.groups, max(1, len(self.network.group_ids))).any())


def groups_of(network: Network, viewer: NetworkViewer, person: int, *, after: tuple[str, str], first: int) -> Row:
    """A page of the groups that a person shows, by name; unlisted and secret ones only where the viewer is a member too.

    Args:
        after: name and id of the last one before.

    Returns:
        {rows: [{id, sort_name}], total}, one row more than `first` where there are more.
    """
    audience = AUDIENCES[int(network.column("groups_audience")[person])]
    relation = Relation(
        viewer.slot == person,
        viewer.connected(person),
        audience == "GROUPS" and viewer.co_member(person),
        viewer.verified,
    )
    if not relation.may_see(audience):
        return {"rows": [], "total": 0}
    own = set(viewer.groups.tolist())
    shown = sorted(
        (network.group_names[group] or "", network.group_ids[group])
        for group in network.groups.row(person).tolist()
        if network.group_listed[group] or group in own
    )
    rest = [{"id": one, "sort_name": name} for name, one in shown if (name, one) > after]
    return {"rows": rest[: first + 1], "total": len(shown)}


def connections_of(
    network: Network, person: int, *, after: tuple[str, str] | None, first: int
) -> tuple[list[Row], int]:
    """A page of a person's connections by name, one more than `first` where there are more, and how many they have."""
    connections = network.connections.row(person)
    return _by_name(network, connections[network.column("listed")[connections]], after=after, first=first)


def mutual_of(
    network: Network, viewer: str, person: str, today: int, *, after: tuple[str, str] | None, first: int
) -> tuple[list[Row], int]:
    """A page of the connections that two people share by name, one more than `first` where there are more, and how many.

    Args:
        viewer: who reads; sees them as far as the person shows their connections, and never those with whom there is a block.
        today: a proleptic ordinal.
    """
    me, slot = network.slot_of.get(viewer), network.slot_of.get(person)
    if me is None or slot is None or network.blocks_other(slot, me):
        return [], 0
    reader = NetworkViewer.of(network, me, today)
    audience = AUDIENCES[int(network.column("connections_audience")[slot])]
    in_group = audience == "GROUPS" and reader.co_member(slot)
    if not Relation(slot == me, reader.connected(slot), in_group, reader.verified).may_see(audience):
        return [], 0
    shared = np.intersect1d(network.connections.row(slot), reader.connections).astype(np.int32)
    shared = shared[network.column("listed")[shared]]
    blocked = network.blocks.get(me)
    if blocked:
        shared = shared[~among(shared, slots(sorted(blocked)), len(network))]
    return _by_name(network, shared, after=after, first=first)


def _by_name(network: Network, people: Slots, *, after: tuple[str, str] | None, first: int) -> tuple[list[Row], int]:
    places = in_order(
        network, people, np.zeros(len(people), np.int64), by_name=True, after=None if after is None else (0, *after),
        first=first + 1,
    )  # fmt: skip
    return [{"id": network.ids[slot], "sort_name": network.names[slot]} for _, slot in places], len(people)
