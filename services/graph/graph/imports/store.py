"""Importing connections, groups and discussions in batches, one statement a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.audit.store import AuditWriter
from graph.db import Graph, Transaction, query
from graph.discussions.store import naming
from kit import clock
from kit.clock import new_id


class ImportStore:
    """Writes batches; each is one transaction, with an entry for the audit trail.

    Args:
        actor: who imports, like `service:operator`.
    """

    def __init__(self, graph: Graph, *, actor: str) -> None:
        self._graph = graph
        self._actor = actor

    def known(self, **ids: Sequence[str]) -> dict[str, set[str]]:
        """Which of these people, groups, discussions and posts exist."""
        wanted = {kind: list(ids.get(kind, ())) for kind in ("people", "groups", "discussions", "posts")}
        row = self._graph.read(query("imports/find_known"), **wanted)[0]
        return {kind: set(found) for kind, found in row.items()}

    def _run(self, name: str, rows: Sequence[dict[str, Any]], *, named: Sequence[dict[str, Any]] = ()) -> int:
        if not rows:
            return 0

        def act(tx: Transaction) -> int:
            row = tx.row(query(name), rows=list(rows), run=new_id())
            if named:
                tx.rows(query("discussions/name_people"), rows=list(named))
            stored = int(row["stored"]) if row else 0
            if stored:
                kind = name.removeprefix("imports/import_")
                AuditWriter(tx).note(
                    f"import.{kind}", actor=self._actor, object="graph", reason=f"{stored} {kind}", now=clock.now()
                )
            return stored

        return self._graph.write(act)

    def connections(self, rows: Sequence[dict[str, Any]]) -> int:
        """Connect pairs; returns how many are new."""
        return self._run("imports/import_connections", rows)

    def groups(self, rows: Sequence[dict[str, Any]]) -> int:
        """Create groups; returns how many are new."""
        return self._run("imports/import_groups", rows)

    def memberships(self, rows: Sequence[dict[str, Any]]) -> int:
        """Make people members; returns how many are new."""
        return self._run("imports/import_memberships", rows)

    def discussions(self, rows: Sequence[dict[str, Any]]) -> int:
        """Open discussions; returns how many are new."""
        named = [one for row in rows for one in naming(row["discussion"]["id"], row["discussion"])]
        return self._run("imports/import_discussions", rows, named=named)

    def posts(self, rows: Sequence[dict[str, Any]]) -> int:
        """Add posts; returns how many are new."""
        named = [one for row in rows for one in naming(row["post"]["id"], row["post"])]
        return self._run("imports/import_posts", rows, named=named)

    def reactions(self, rows: Sequence[dict[str, Any]]) -> int:
        """Add reactions; returns how many are new."""
        return self._run("imports/import_reactions", rows)

    def votes(self, rows: Sequence[dict[str, Any]]) -> int:
        """Add votes; returns how many are new."""
        return self._run("imports/import_votes", rows)

    def translations(self, rows: Sequence[dict[str, Any]]) -> int:
        """Add translations; returns how many are new."""
        named = [one for row in rows for one in naming(row["subject"], row["translation"])]
        return self._run("imports/import_translations", rows, named=named)

    def notes(self, rows: Sequence[dict[str, Any]]) -> int:
        """Add context notes with their ratings; returns how many are new."""
        return self._run("imports/import_notes", rows)

    def flags(self, rows: Sequence[dict[str, Any]]) -> int:
        """Add reports; returns how many are new."""
        return self._run("imports/import_flags", rows)
