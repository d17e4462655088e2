"""What the operator imports is in the audit trail."""

from __future__ import annotations

from typing import Any

from graph.audit.store import AuditEvents
from graph.db import Graph
from graph.imports.store import ImportStore
from kit.clock import new_id
from tests.graph.integration.test_races import people

NOW = "2026-11-21T08:00:00.000000Z"


def noted(graph: Graph) -> list[tuple[Any, ...]]:
    """The imports that wait to be taken into the trail."""
    events = AuditEvents(graph).waiting()
    return [
        (one["action"], one["actor"], one["object"], one["reason"])
        for one in events
        if one["action"].startswith("import.")
    ]


def test_each_batch_that_stores_something_has_an_entry(graph: Graph) -> None:
    """With the kind and the number; whoever the rows name as author or reporter, the operator has brought them in."""
    ada, bob = sorted(people(graph, 2))
    before, store, group = len(noted(graph)), ImportStore(graph, actor="service:operator"), new_id()
    pair = [{"low": ada, "high": bob, "since": NOW}]
    groups = [
        {"owner": ada, "group": {"id": group, "handle": group, "name": "Imported", "created_at": NOW, "version": 1}}
    ]
    members = [{"group": group, "person": bob, "role": "MEMBER", "joined_at": NOW}]
    for _ in range(2):  # the second time nothing is new
        store.connections(pair)
        store.groups(groups)
        store.memberships(members)
    store.memberships([])
    assert noted(graph)[before:] == [
        ("import.connections", "service:operator", "graph", "1 connections"),
        ("import.groups", "service:operator", "graph", "1 groups"),
        ("import.memberships", "service:operator", "graph", "1 memberships"),
    ]
