"""Values that the gateway cannot answer: what is empty then, what is told, and what is logged."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.context import Context, Services
from gateway.errors import INTERNAL
from gateway.execution import Engine
from gateway.schema import schema
from kit.http import CallContext
from kit.tokens import Caller

ENGINES = {"planned": Engine.of(schema()), "core": Engine.of(schema(), plans=False)}
PERSON = "3c3ee0b7-4a4c-4f3f-9a41-2ad9c39f0d0c"
NOTIFICATION: dict[str, Any] = {
    "__typename": "Notification", "event": "MENTIONED", "actor": None, "subject": None, "subject_shown": None, "subject_kind": None, "group": None,
    "created_at": "2026-11-21T08:30:00Z", "read_at": None,
}  # fmt: skip


class Answering:
    """A service that answers each path with what stands here."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {f"/v1/{path.replace('__', '/')}": answer for path, answer in answers.items()}

    def call(self, _method: str, path: str, _body: Any = None, *, context: Any = None) -> Any:
        """See ServiceClient."""
        return copy.deepcopy(self.answers[path])


def notifications(*events: Any) -> dict[str, Any]:
    """A page of notifications of these events."""
    rows = [
        {"cursor": f"c{n}", "notification": NOTIFICATION | {"id": f"{n:08d}{PERSON[8:]}", "event": event}}
        for n, event in enumerate(events)
    ]
    return {"rows": rows, "has_next": False, "total": len(rows), "unread": 0}


def run(engine: str, query: str, **answers: Any) -> tuple[Any, list[dict[str, Any]], list[Any]]:
    """Data, errors and log of a query against services with these answers."""
    service: Any = Answering(**answers)
    context = Context(Services(service, service), CallContext(), caller=Caller(PERSON, token="x"))
    with capture_logs() as logged:
        found = ENGINES[engine]
        prepared = found.prepare(query, introspection=True)
        context.fields = prepared.field_names
        result = found.run(prepared, variables=None, operation=None, context=context)
    return result.data, [error.formatted for error in result.errors or ()], logged


QUERY = "{ viewer { notifications(first: 5) { unreadCount nodes { id event } edges { cursor node { event } } } } }"


@pytest.mark.parametrize("engine", ENGINES)
def test_an_unknown_enum_value_leaves_out_one_item_with_a_warning(engine: str) -> None:
    """As an old gateway beside a new graph service meets it: the others are answered, and no error is told."""
    answer = notifications("MENTIONED", "GREETED_BY_A_NEWER_RELEASE", "CONNECTION_ACCEPTED")
    data, errors, logged = run(engine, QUERY, me__notifications__search=answer)
    page = data["viewer"]["notifications"]
    assert [node["event"] for node in page["nodes"]] == ["MENTIONED", "CONNECTION_ACCEPTED"]
    assert [edge["cursor"] for edge in page["edges"]] == ["c0", "c2"]
    assert errors == []
    assert {(one["event"], one["log_level"], one["type"], one["value"]) for one in logged} == {
        ("unknown_value", "warning", "NotificationEvent", "GREETED_BY_A_NEWER_RELEASE")
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_what_cannot_be_serialised_empties_its_item_and_is_a_masked_error(engine: str) -> None:
    """Never BAD_USER_INPUT, which would blame the client; the value is told to nobody, and not logged."""
    answer = notifications("MENTIONED", "MENTIONED", "MENTIONED")
    answer["rows"][1]["notification"]["created_at"] = None
    query = QUERY.replace("id event", "id event createdAt")
    data, errors, logged = run(engine, query, me__notifications__search=answer)
    assert len(data["viewer"]["notifications"]["nodes"]) == 2
    assert len(data["viewer"]["notifications"]["edges"]) == 3
    assert [(error["message"], error["extensions"]) for error in errors] == [
        (INTERNAL, {"code": "INTERNAL_SERVER_ERROR"})
    ]
    assert errors[0]["path"][:4] == ["viewer", "notifications", "nodes", 1]
    assert [one["event"] for one in logged] == ["resolver_failed"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_number_that_is_too_large_is_the_servers_error(engine: str) -> None:
    """graphql-core words it with the value; the client is told that something went wrong, and the log where."""
    answer = notifications() | {"unread": 123_456_789_012}
    data, errors, logged = run(engine, QUERY, me__notifications__search=answer)
    assert data["viewer"]["notifications"] is None
    assert [error["extensions"]["code"] for error in errors] == ["INTERNAL_SERVER_ERROR"]
    assert "123456789012" not in str(errors) + str(logged)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_unknown_type_leaves_out_one_item(engine: str) -> None:
    """A subject of a kind that this schema does not have yet: the notification is there, its subject is null."""
    answer = notifications("MENTIONED", "MENTIONED")
    thing = {"__typename": "Hologram", "id": PERSON}
    answer["rows"][0]["notification"] |= {"subject": PERSON, "subject_shown": thing, "subject_kind": "Hologram"}
    query = "{ viewer { notifications(first: 5) { nodes { event subject { id } } } } }"
    data, errors, logged = run(engine, query, me__notifications__search=answer)
    assert data["viewer"]["notifications"]["nodes"] == [{"event": "MENTIONED", "subject": None}] * 2
    assert errors == []
    assert [(one["type"], one["value"]) for one in logged] == [("Node", "Hologram")]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_unknown_event_has_no_sentence(engine: str) -> None:
    """Where only the sentence is selected, which is made from the event."""
    answer = notifications("MENTIONED", "GREETED_BY_A_NEWER_RELEASE")
    query = '{ viewer { notifications(first: 5) { nodes { text(language: "en") } } } }'
    data, errors, _ = run(engine, query, me__notifications__search=answer)
    assert len(data["viewer"]["notifications"]["nodes"]) == 1
    assert errors == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_wrong_argument_is_still_the_clients(engine: str) -> None:
    """Null for a page's size, by a variable that may be null."""
    query = "query($n: Int) { specialties(first: $n) { code } }"
    found = ENGINES[engine]
    prepared = found.prepare(query, introspection=True)
    service: Any = Answering()
    context = Context(Services(service, service), CallContext())
    result = found.run(prepared, variables={"n": None}, operation=None, context=context)
    assert [error.extensions["code"] for error in result.errors or ()] == ["BAD_USER_INPUT"]  # type: ignore[index]
