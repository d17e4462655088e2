"""What is stored of the network in memory: people by slot, their terms, their links, and when each changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.peers.columns import Links, Posting, slots
from kit import practice
from kit.cards import AUDIENCES

NEVER_DAY, FOREVER_DAY = 0, date.max.toordinal()

_COLUMNS: dict[str, Any] = {
    "identity": np.int32, "practise": np.int32, "joined": np.int64, "changed": np.int64, "name_key": np.uint64,
    "name_rest": np.uint64,
    "listed": np.bool_, "suspended": np.bool_, "claimed": np.bool_, "country": np.int32, "connections_audience": np.int8,
    "groups_audience": np.int8, "practice_status": np.int8, "shows_to_groups": np.bool_, "changed_position": np.int64,
}  # fmt: skip


# What the column of practice statuses says, by place.
PRACTICE_STATUSES = (None, *practice.STATUSES)


def day(text: str | None) -> int:
    """A date as an ordinal; none is before every day."""
    return date.fromisoformat(text).toordinal() if text else NEVER_DAY


def microseconds(text: str | None) -> int:
    """A time in microseconds since 1970."""
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000) if text else 0


def keys_of(name: str) -> tuple[int, int]:
    """The first eight bytes of a name, and the next eight, as numbers that sort like it."""
    start = name.encode()[:16].ljust(16, b"\0")
    return int.from_bytes(start[:8], "big"), int.from_bytes(start[8:], "big")


def terms_of(
    properties: dict[str, Any], practised: Iterable[Sequence[str]], licensed: Iterable[Sequence[str]]
) -> dict[str, int]:
    """What a person is found by, each with the last day on which it holds."""
    found = {f"s:{code}": day(until) for code, until in practised}
    found |= {f"x:{code}": day(until) for code, until in licensed}
    found |= {f"r:{place}": FOREVER_DAY for place in properties.get("places") or ()}
    tags = {*(properties.get("languages") or ()), *(properties.get("language_keys") or ())}
    found |= {f"l:{tag}": FOREVER_DAY for tag in tags}
    found |= {f"i:{interest}": FOREVER_DAY for interest in properties.get("interests") or ()}
    found |= {f"w:{institution}": FOREVER_DAY for institution in properties.get("institutions") or ()}
    if properties.get("profession"):
        found[f"p:{properties['profession']}"] = FOREVER_DAY
    return found


class NetworkStorage:
    """Holds all people, by slot.

    Args:
        base: the position in the change feed at which it was read; what has not changed since has this version.
    """

    def __init__(self, base: int = 0) -> None:
        self._base = base
        self._erased_position = 0
        self.ids: list[str] = []
        self.slot_of: dict[str, int] = {}
        self.names: list[str] = []
        self.texts: list[str] = []
        self.dated: dict[int, list[tuple[int, str]]] = {}  # names that end, with their last days
        self.terms: list[tuple[str, ...]] = []
        self.postings: dict[str, Posting] = {}
        self.countries: dict[str, int] = {"": 0}
        self.group_slots: dict[str, int] = {}
        self.group_ids: list[str] = []
        self.group_names: list[str | None] = []  # None until a group is known beside its id
        self.group_listed: list[bool] = []
        self._group_positions: list[int] = []
        self.connections = Links()
        self.groups = Links()
        self.members = Links()
        self.blocks: dict[int, set[int]] = {}
        self._blocking: dict[int, set[int]] = {}
        self._columns = {name: np.zeros(1024, kind) for name, kind in _COLUMNS.items()}
        self._interned: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def column(self, name: str) -> NDArray[Any]:
        """One value for each person."""
        return self._columns[name]

    def interned(self, term: str) -> str:
        """The one copy of a term that is kept."""
        return self._interned.setdefault(term, term)

    def slot(self, person: str) -> int:
        """The slot of a person; new people get the next."""
        found = self.slot_of.get(person)
        if found is not None:
            return found
        new = self.slot_of[person] = len(self.ids)
        self.ids.append(person)
        self.names.append("")
        self.texts.append("")
        self.terms.append(())
        if new >= len(self._columns["listed"]):
            self._columns = {name: np.concatenate([old, np.zeros_like(old)]) for name, old in self._columns.items()}
        return new

    def group_slot(self, group: str) -> int:
        """The slot of a group; new groups get the next."""
        found = self.group_slots.get(group)
        if found is None:
            found = self.group_slots[group] = len(self.group_ids)
            self.group_ids.append(group)
            self.group_names.append(None)
            self.group_listed.append(False)
            self._group_positions.append(0)
        return found

    def person_version(self, person: str) -> int | None:
        """The version of a person; None where the network does not know them."""
        slot = self.slot_of.get(person)
        return None if slot is None else self.version_of(slot)

    def version_of(self, slot: int) -> int:
        """The version of the person at a slot."""
        return max(self._base, int(self._columns["changed_position"][slot]))

    def group_version(self, group: str) -> int | None:
        """The version of a group with its discussions and members; None where the network does not know it.

        An erasure changes the texts of any group, so that it gives all of them a new version.
        """
        slot = self.group_slots.get(group)
        return None if slot is None else max(self._base, self._erased_position, self._group_positions[slot])

    def change_group(self, group: str, position: int) -> None:
        """Give a group a new version."""
        slot = self.group_slot(group)
        self._group_positions[slot] = max(self._group_positions[slot], position)

    def describe_group(self, group: str, name: str, listed: bool) -> int:
        """Set what is known of a group; returns its slot."""
        slot = self.group_slot(group)
        self.group_names[slot], self.group_listed[slot] = name, listed
        return slot

    def describe(self, slot: int, properties: dict[str, Any]) -> None:
        """Set what is known of a person beside terms and links."""
        name = properties.get("sort_name") or ""
        places = properties.get("places") or ()
        country = next((place for place in places if len(place) == 2), "")
        name_key, name_rest = keys_of(name)
        self.names[slot] = name
        self.texts[slot] = f" {properties.get('search_text') or ''}"
        self.dated.pop(slot, None)
        if dated := properties.get("dated_names"):
            self.dated[slot] = [(day(text[:10]), text[10:]) for text in dated]
        for column, value in (
            ("identity", day(properties.get("identity_until"))),
            ("practise", day(properties.get("practise_until"))),
            ("joined", microseconds(properties.get("joined_at"))),
            ("changed", properties.get("changed_at") or microseconds(properties.get("joined_at")) // 1000),
            ("name_key", name_key),
            ("name_rest", name_rest),
            ("listed", (properties.get("version") or 0) > 0 and not properties.get("suspended")),
            # Who has not confirmed their address is shown to nobody either, and signed in all the same.
            ("suspended", bool(properties.get("suspended")) and not properties.get("unconfirmed")),
            ("claimed", bool(properties.get("claimed"))),
            (
                "practice_status",
                PRACTICE_STATUSES.index(
                    practice.shown_status(properties.get("practice_status"), properties.get("profession"))
                ),
            ),
            ("country", self.countries.setdefault(country, len(self.countries))),
            ("connections_audience", AUDIENCES.index(properties.get("connections_audience") or "MEMBERS")),
            ("shows_to_groups", bool(properties.get("shows_to_groups"))),
            ("groups_audience", AUDIENCES.index(properties.get("groups_audience") or "MEMBERS")),
        ):
            self._columns[column][slot] = value

    def set_terms(self, slot: int, found: dict[str, int]) -> None:
        """Replace what a person is found by."""
        for term in self.terms[slot]:
            if term not in found:
                self.postings[term].drop(slot)
        for term, until in found.items():
            self.postings.setdefault(term, Posting()).put(slot, until)
        self.terms[slot] = tuple(self.interned(term) for term in found)

    def apply(self, row: dict[str, Any], position: int) -> None:
        """Take over a person as read after a change.

        Args:
            row: {id, properties, practised, licensed, connections, groups, blocks}, ids as texts.
            position: of the change.
        """
        slot = self.slot(row["id"])
        self.describe(slot, row["properties"])
        self.set_terms(slot, terms_of(row["properties"], row["practised"], row["licensed"]))
        self._relink(slot, {self.slot(other) for other in row["connections"]}, self.connections, self.connections)
        self.set_blocks(slot, {self.slot(other) for other in row["blocks"]})
        groups = {self.group_slot(group) for group in row["groups"]}
        for group in self._relink(slot, groups, self.groups, self.members):
            self.change_group(self.group_ids[group], position)
        self._columns["changed_position"][slot] = position

    def erase(self, person: str, position: int) -> None:
        """Take a person out for good."""
        self._erased_position = max(self._erased_position, position)
        slot = self.slot_of.get(person)
        if slot is None:
            return
        nothing: dict[str, Any] = {"practised": [], "licensed": [], "connections": [], "groups": [], "blocks": []}
        for blocker in [one for one in self.blocks.get(slot, ()) if self.blocks_other(one, slot)]:
            self.set_blocks(blocker, self._blocking[blocker] - {slot})
        self.apply({"id": person, "properties": {}, **nothing}, position)

    @staticmethod
    def _relink(slot: int, wanted: set[int], links: Links, back: Links) -> set[int]:
        """Replace links from both sides; returns those that came or went."""
        before = set(links.row(slot).tolist())
        if before == wanted:
            return set()
        links.put(slot, slots(sorted(wanted)))
        for other in wanted - before:
            back.link(other, slot)
        for other in before - wanted:
            back.unlink(other, slot)
        return before ^ wanted

    def blocked_pair_with(self, person: str) -> set[str]:
        """Who and a person have blocked one another."""
        slot = self.slot_of.get(person)
        return {self.ids[other] for other in self.blocks.get(slot, ())} if slot is not None else set()

    def blocks_other(self, slot: int, other: int) -> bool:
        """Whether the one blocks the other."""
        return other in self._blocking.get(slot, ())

    def set_blocks(self, slot: int, blocked: set[int]) -> None:
        """Set whom a person blocks."""
        before = self._blocking.get(slot, set())
        self._blocking[slot] = blocked
        for other in before | blocked:
            for one, two in ((slot, other), (other, slot)):
                pairs = self.blocks.setdefault(one, set())
                if self.blocks_other(one, two) or self.blocks_other(two, one):
                    pairs.add(two)
                else:
                    pairs.discard(two)
        if not blocked:
            self._blocking.pop(slot, None)

    def is_suspended(self, person: str) -> bool:
        """Whether a person's account is suspended, as far as the network knows them."""
        slot = self.slot_of.get(person)
        return slot is not None and bool(self._columns["suspended"][slot])

    def may_practise(self, slot: int, today: int) -> bool:
        """Whether a person has the right to practise on a day."""
        return bool(min(self._columns["identity"][slot], self._columns["practise"][slot]) >= today)
