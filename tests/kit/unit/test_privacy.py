"""The guard at a field: doubt waits where it can, and a guard that fails never lets a text through."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, g, request

from kit import guard
from kit.guard.found import UNCHECKED
from kit.privacy import Identifier, PatientIdentifier, own_numbers
from kit.texts import check_text
from kit.web import recognise_own_numbers

DOUBTFUL = "Our form shows 9434765919 below."


def test_doubt_waits_where_it_can_and_is_refused_elsewhere() -> None:
    """With kind and place in the text as it was sent, before white space was trimmed."""
    doubts: list[Identifier] = []
    assert check_text(f"  {DOUBTFUL}", field="body", longest=100, doubts=doubts) == DOUBTFUL
    assert doubts == [Identifier("body", "NATIONAL_ID", 17, 27)]
    with pytest.raises(PatientIdentifier) as caught:
        check_text(DOUBTFUL, field="message", longest=100)
    assert caught.value.extra["patientIdentifiers"] == [
        {"field": "message", "kind": "NATIONAL_ID", "start": 15, "end": 25}
    ]
    assert "9434765919" not in caught.value.message


def test_a_guard_that_fails_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or refuses, where there is nowhere to wait."""

    def broken(*_args: Any, **_given: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(guard, "check", broken)
    doubts: list[Identifier] = []
    check_text("Aspirin 100 mg", field="body", longest=100, doubts=doubts)
    assert [one.kind for one in doubts] == [UNCHECKED]
    for of_professional in (False, True):
        with pytest.raises(PatientIdentifier):
            check_text("Aspirin 100 mg", field="message", longest=100, of_professional=of_professional)


def test_ones_own_number_passes_and_only_ones_own() -> None:
    """The service says which are the writer's."""
    token = own_numbers.set(lambda texts: {text for text in texts if text == "9434765919"})
    try:
        assert check_text(DOUBTFUL, field="about", longest=100)
        with pytest.raises(PatientIdentifier):
            check_text("MRN 7654321", field="about", longest=100)
    finally:
        own_numbers.reset(token)


def test_a_note_about_a_professional_may_name_them_but_no_patient() -> None:
    """Names, dates and register numbers are theirs; a record number is nobody's but a patient's."""
    note = "Frau Müller, geb. 12.08.1964, Register 9434765919, seen on 3 May 2024."
    assert check_text(note, field="note", longest=200, of_professional=True) == note
    with pytest.raises(PatientIdentifier):
        check_text("See MRN 7654321.", field="note", longest=200, of_professional=True)


def test_own_numbers_are_known_during_a_request_and_no_longer() -> None:
    """A thread that goes on to something else knows nobody's."""
    app = Flask("test")
    recognise_own_numbers(app, lambda texts: set(texts))
    app.before_request(lambda: g.__setattr__("caller", "somebody") if "Authorization" in request.headers else None)
    app.add_url_rule("/", view_func=lambda: ",".join(own_numbers.get()(["1"])))
    before = own_numbers.get()
    with app.test_client() as client:
        assert client.get("/", headers={"Authorization": "x"}).text == "1"
        assert client.get("/").text == ""
    assert own_numbers.get() is before
