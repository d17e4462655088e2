"""Addresses of pages in the operator's app, and times in one form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from gateway.context import Context, Services
from gateway.execution import Engine
from gateway.ids import encode
from gateway.scalars import DateTime
from gateway.schema import schema
from kit.http import CallContext
from kit.tokens import Caller
from tests.gateway.unit.test_completion import PERSON, Answering

OTHER = "0e7a51ce-6f9c-4b0e-8d1b-1a4f1e1f2a3b"
ANSWERS: dict[str, Any] = {
    "people": [{"id": OTHER, "handle": "ada-b"}],
    "groups__read": {"groups": [{"group": {"id": OTHER, "handle": "heart"}, "discussions": None}], "authors": {}},
    "discussions__read": [{"id": OTHER}],
    "posts__read": [{"id": OTHER, "author": None, "discussion": OTHER, "in_reply_to": None}],
}


@pytest.mark.parametrize("app", [None, "https://app.example/x"])
@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("Professional", "people/ada-b"),
        ("Group", "groups/heart"),
        ("Discussion", f"discussions/{encode('Discussion', OTHER).replace('=', '%3D')}"),
        ("Post", f"posts/{encode('Post', OTHER).replace('=', '%3D')}"),
    ],
)
def test_a_thing_has_the_address_of_its_page_in_the_app(kind: str, page: str, app: str | None) -> None:
    """Null where the operator has named no app."""
    service: Any = Answering(**ANSWERS)
    context = Context(Services(service, service, app_url=app), CallContext(), caller=Caller(PERSON, token="x"))
    engine = Engine.of(schema())
    prepared = engine.prepare(
        f'{{ node(id: "{encode(kind, OTHER)}") {{ ... on {kind} {{ url }} }} }}', introspection=False
    )
    context.fields = prepared.field_names
    result = engine.run(prepared, variables=None, operation=None, context=context)
    assert result.errors is None
    assert result.data == {"node": {"url": f"{app}/{page}" if app else None}}
    assert prepared.optional_parts is not None
    assert "handle" in prepared.optional_parts  # what `url` is made of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-21T08:30:00Z", "2026-11-21T08:30:00.000000Z"),
        ("2026-11-21T08:30:00.123456Z", "2026-11-21T08:30:00.123456Z"),
        ("2026-11-21T08:30:00.1+00:00", "2026-11-21T08:30:00.100000Z"),
        ("2026-11-21T09:30:00+01:00", "2026-11-21T08:30:00.000000Z"),
        (datetime(2026, 11, 21, 8, 30, tzinfo=UTC), "2026-11-21T08:30:00.000000Z"),
        (datetime(2026, 11, 21, 3, 30, tzinfo=timezone(timedelta(hours=-5))), "2026-11-21T08:30:00.000000Z"),
    ],
)
def test_a_time_is_answered_in_one_form(value: Any, expected: str) -> None:
    """In UTC with six digits of the second, whoever wrote it down."""
    assert DateTime.serialize(value) == expected
