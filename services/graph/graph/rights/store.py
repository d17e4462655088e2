"""Exporting and erasing people in Neo4j."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from graph.db import Graph, Row, Transaction, query
from graph.discussions import domain
from graph.discussions.store import loaded, unsealed
from graph.people.domain import Position
from graph.people.store import PeopleWriter
from graph.rights.holdings import ARCHIVE
from kit.cipher import FieldCipher


def _forget_names(tx: Transaction, ids: Sequence[str]) -> None:
    """Take people's handles out of others' texts, and them out of mentions and hosts."""
    handles: dict[str, set[str]] = {}
    fields: dict[str, Row] = {}
    for row in tx.rows(query("rights/list_naming_texts"), ids=list(ids)):
        handles.setdefault(row["id"], set()).add(row["handle"])
        fields[row["id"]] = row["fields"]
    rows = []
    for own, found in fields.items():
        changed = {
            name: text
            for name, value in found.items()
            if name != "search_text" and (text := domain.without_handles(value, handles[own])) != value
        }
        if changed:
            if found.get("search_text"):
                changed["search_text"] = domain.search_text(found | changed)
            rows.append({"id": own, "fields": changed})
    if rows:
        tx.rows(query("rights/rewrite_texts"), rows=rows)
    tx.rows(query("rights/forget_names"), ids=list(ids))


class RightsStore:
    """Reads and erases what is stored about people."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def erase(self, ids: Sequence[str], *, position: Position | None = None, ghosts: bool = False) -> int:
        """Erase people in one transaction; repeating is harmless. No group is left without an owner.

        Args:
            position: of the delivery that asks for it.
            ghosts: whether these people were not erased but are unknown to the profiles service since a restore; a
                snapshot of a later epoch brings them back.

        Returns:
            how many were there.
        """

        def act(tx: Transaction) -> int:
            tx.rows(query("rights/lock_people"), ids=list(ids))
            tx.rows(query("rights/hand_over_groups"), ids=list(ids))
            _forget_names(tx, ids)
            tx.rows(query("rights/delete_empty_groups"), ids=list(ids))
            tx.rows(query("rights/forget_people"), ids=list(ids))
            row = tx.row(
                query("rights/erase_people"), ids=list(ids), installation=position.installation if position else None,
                ghost_epoch=position.epoch if position and ghosts else None,
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
