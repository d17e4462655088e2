"""Checks of one input whose failures are told together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import marshmallow as ma
import pytest
from flask import Flask

from kit.checks import check_each, checks, errors_at
from kit.errors import (
    MAX_ERRORS,
    Conflict,
    DomainError,
    Invalid,
    RateLimited,
    SeveralErrors,
    Unavailable,
    all_errors,
    remote_error,
)
from kit.fields import Texts, Whole
from kit.problems import answer_domain_error
from kit.strict_json import StrictParser


def told(error: DomainError) -> list[tuple[str, list[str] | None]]:
    """Code and field of each failure."""
    return [(one.code, one.field) for one in all_errors(error)]


def run(*rules: DomainError | Callable[[], object], between: DomainError | None = None) -> None:
    """Runs checks, of which some fail, and fails between them at the end."""
    with checks() as check:
        for rule in rules:
            with check:
                if isinstance(rule, DomainError):
                    raise rule
                rule()
        if between is not None:
            raise between


def refused(text: str) -> str:
    """Refuses an empty text."""
    if not text:
        raise Invalid("It is empty.", field=["names"])
    return text.upper()


def test_all_failures_are_raised_at_the_end() -> None:
    """In the order of the checks; what passes is set."""
    passed: list[int] = []
    with pytest.raises(SeveralErrors) as caught:
        run(Invalid("a", field=["a"]), lambda: passed.append(1), Conflict("b", field=["b"]))
    assert passed == [1]
    assert told(caught.value) == [("INVALID", ["a"]), ("CONFLICT", ["b"])]
    assert (caught.value.code, caught.value.message, caught.value.status) == ("INVALID", "a", 422)


def test_a_failure_alone_is_raised_as_itself() -> None:
    """So that its type is what it was."""
    with pytest.raises(Conflict, match="alone"), checks() as check, check:
        raise Conflict("alone")


def test_a_failure_between_checks_is_told_with_them() -> None:
    """And ends them."""
    with pytest.raises(SeveralErrors) as caught:
        run(Invalid("a", field=["a"]), between=Invalid("b", field=["b"]))
    assert told(caught.value) == [("INVALID", ["a"]), ("INVALID", ["b"])]


@pytest.mark.parametrize("kind", [Unavailable, RateLimited])
def test_what_is_not_about_the_input_ends_the_checks(kind: type[DomainError]) -> None:
    """It is told alone."""
    with pytest.raises(kind):
        run(Invalid("a"), kind("not now"))


def test_items_are_named_by_their_index() -> None:
    """Also where lists are nested, and what passes is returned."""
    assert check_each(["a", "b"], refused, field=["names"]) == ["A", "B"]
    with pytest.raises(SeveralErrors) as caught:
        check_each([["a", ""], ["", ""]], lambda row: check_each(row, refused, field=["names"]), field=["rows"])
    fields = [["rows", "0", "names", "1"], ["rows", "1", "names", "0"], ["rows", "1", "names", "1"]]
    assert [field for _, field in told(caught.value)] == fields


def test_a_path_is_put_before_the_field() -> None:
    """Once, whether one or several failed."""
    with pytest.raises(SeveralErrors) as caught, errors_at(["outer"]):
        run(Invalid("a", field=["a"]), Invalid("b"))
    assert told(caught.value) == [("INVALID", ["outer", "a"]), ("INVALID", ["outer"])]


def test_no_more_failures_are_told_than_may() -> None:
    """What comes behind is not even looked at."""
    seen: list[int] = []

    def refuse(number: int) -> None:
        seen.append(number)
        raise Invalid("no")

    with pytest.raises(SeveralErrors) as caught:
        check_each(range(1000), refuse, field=["numbers"])
    assert len(caught.value.errors) == MAX_ERRORS == 50
    assert len(seen) == MAX_ERRORS


def test_several_failures_travel_in_a_problem_document() -> None:
    """And patients' identifiers of several texts are one list."""
    found = [Invalid(f"no {name}", field=[name], extra={"patientIdentifiers": [name]}) for name in ("a", "b")]
    app = Flask(__name__)
    with app.test_request_context():
        response = answer_domain_error(SeveralErrors([*found, Conflict("c", current_version=3)]))
    assert response.status_code == 422
    assert response.json is not None
    assert (response.json["detail"], response.json["field"]) == ("no a", ["a"])
    assert response.json["patientIdentifiers"] == ["a", "b"]
    error = remote_error(response.json, response.status_code)
    assert told(error) == [("INVALID", ["a"]), ("INVALID", ["b"]), ("CONFLICT", None)]
    assert [one.message for one in all_errors(error)] == ["no a", "no b", "c"]
    assert error.extra == {"patientIdentifiers": ["a", "b"]}
    assert all_errors(error)[2].current_version == 3


class Inner(ma.Schema):
    """A part of a body."""

    size = Whole(1, 3)


class Body(ma.Schema):
    """A body with a bit of everything."""

    name = ma.fields.String(required=True)
    tags = Texts(longest=3)
    parts = ma.fields.List(ma.fields.Nested(Inner))


def test_a_body_tells_all_that_is_wrong_with_it() -> None:
    """With the path down to the index."""
    body: dict[str, Any] = {"tags": ["abc", "abcd", 1], "parts": [{"size": 2}, {"size": 4}], "other": 1}
    with Flask(__name__).test_request_context(json=body, method="POST"), pytest.raises(SeveralErrors) as caught:
        StrictParser().parse(Body(), location="json")
    assert sorted(one.field or [] for one in caught.value.errors) == [
        ["name"], ["other"], ["parts", "1", "size"], ["tags", "1"], ["tags", "2"],
    ]  # fmt: skip
