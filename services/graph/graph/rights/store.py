"""Exporting and erasing people in Neo4j."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from graph.db import Graph, Row, Transaction, query
from graph.discussions import domain, properties
from graph.discussions.store import loaded, sealed, unsealed
from graph.keys.store import FencedCipher
from graph.people.domain import Position
from graph.people.store import PeopleWriter
from graph.rights.holdings import ARCHIVE
from kit.cipher import CannotDecrypt, FieldCipher
from kit.logs import log


def _forget_names(tx: Transaction, ids: Sequence[str], cipher: FencedCipher) -> None:
    """Take people's handles out of others' texts, and them out of mentions and hosts."""
    handles: dict[str, set[str]] = {}
    fields: dict[str, Row] = {}
    names = (*properties.TEXTS, "search_text", "held")
    for row in tx.rows(query("rights/list_naming_texts"), ids=list(ids), properties=names):
        handles.setdefault(row["id"], set()).update(row["handles"])
        fields[row["id"]] = dict(zip(names, row["values"], strict=True))
    rows = []
    for own, found in fields.items():
        held, search = found.pop("held"), found.pop("search_text")
        changed = _changed(found, handles[own])
        if changed and search:
            changed["search_text"] = domain.search_text(found | changed)
        if held:
            changed |= _changed_held(held, handles[own], cipher, owner=own)
        if changed:
            rows.append({"id": own, "fields": changed})
    if rows:
        tx.rows(query("rights/rewrite_texts"), rows=rows)
    tx.rows(query("rights/forget_names"), ids=list(ids))


def _changed(texts: Row, handles: Collection[str]) -> Row:
    """The texts that name one of these handles, without it."""
    without = {name: domain.without_handles(value, handles) for name, value in texts.items()}
    return {name: value for name, value in without.items() if value != texts[name]}


def _changed_held(held: str, handles: Collection[str], cipher: FencedCipher, *, owner: str) -> Row:
    """What a held text is replaced by, if it names one of these handles."""
    try:
        texts = unsealed(held, cipher, owner=owner)
    except CannotDecrypt:
        # Nobody can publish it any more, and it is deleted within a week; the erasure must not wait for that.
        log().error("held_text_unreadable", content=owner)
        return {}
    changed = _changed(texts, handles)
    return {"held": sealed(texts | changed, cipher, owner=owner)} if changed else {}


class RightsStore:
    """Reads and erases what is stored about people."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def erase(
        self, ids: Sequence[str], cipher: FieldCipher, *, position: Position | None = None, ghosts: bool = False
    ) -> int:
        """Erase people in one transaction; repeating is harmless. No group is left without an owner.

        Args:
            cipher: opens what others wrote and is held.
            position: of the delivery that asks for it.
            ghosts: whether these people were not erased but are unknown to the profiles service since a restore; a
                snapshot of a later epoch brings them back.

        Returns:
            how many were there.
        """

        def act(tx: Transaction) -> int:
            tx.rows(query("rights/lock_people"), ids=list(ids))
            tx.rows(query("rights/hand_over_groups"), ids=list(ids))
            _forget_names(tx, ids, FencedCipher(tx, cipher))
            tx.rows(query("rights/delete_empty_groups"), ids=list(ids))
            tx.rows(query("rights/forget_people"), ids=list(ids))
            row = tx.row(
                query("rights/erase_people"), ids=list(ids), installation=position.installation if position else None,
                ghost_epoch=position.epoch if position and ghosts else None, stub=properties.STUB,
            )  # fmt: skip
            PeopleWriter(tx).advance(position)
            return int(row["erased"]) if row else 0

        return self._graph.write(act)

    def export(self, me: str, cipher: FieldCipher) -> dict[str, list[Row]]:
        """All that is stored about a person, by kind; of each kind what `holdings` declares, held texts in clear.

        Args:
            cipher: opens what is held.
        """
        rows = self._graph.read(query("rights/export_person"), me=me)
        if not rows:
            return {}
        return {
            kind: [_exported(ARCHIVE[kind], one["found"], cipher) | one["beside"] for one in found]
            for kind, found in rows[0].items()
        }


def _exported(names: Collection[str], properties: Row, cipher: FieldCipher) -> Row:
    """Of something's properties those that the archive holds."""
    held = unsealed(properties["held"], cipher, owner=properties["id"]) if properties.get("held") else {}
    return {name: value for name, value in (loaded(properties) | held).items() if name in names}
