"""Institutions by pages, in both directions, over HTTP on the real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from profiles.app import create_app
from tests.support.desk import unit
from tests.support.patience import PatientClient
from tests.support.settings import settings

NAMES = ["Ärztehaus", "Alte Klinik", "Klinik am Berg", "Klinik im Tal", "Spital"]


@pytest.fixture
def app(database: sa.Engine) -> Flask:
    """The profiles service on the test's database, with five institutions in one region and one in another."""
    config = replace(settings(), database_url=database.url.render_as_string(hide_password=False))
    with unit(database) as work:
        work.institutions.find_or_add_many([*((name, "LI-01") for name in NAMES), ("Klinik in Wien", "AT-9")])
    return create_app(replace(config, field_keys=((1, b"f" * 32),)))


def read(app: Flask, **body: Any) -> Any:
    """A page, as anybody reads it; the error's code where it is refused."""
    found = PatientClient(app).post("/v1/institutions/page", json={"region": "LI-01"} | body)
    assert found.json is not None
    return found.json if found.status_code == 200 else (found.status_code, found.json["code"])


def names(page: Any) -> list[str]:
    """The names on a page."""
    return [row["institution"]["name"] for row in page["rows"]]


def test_each_is_on_one_page_in_either_direction(app: Flask) -> None:
    """By name; `has_next` is about the direction that is read, and the number is that of the whole list."""
    whole = read(app, count=True)
    assert (names(whole), whole["has_next"], whole["total"], whole["at_least"]) == (
        NAMES[1::-1] + NAMES[2:],
        False,
        5,
        False,
    )
    forward = read(app, first=2)
    assert (names(forward), forward["has_next"]) == (names(whole)[:2], True)
    rest = read(app, first=3, after=forward["rows"][-1]["cursor"])
    assert (names(rest), rest["has_next"], rest.get("total")) == (names(whole)[2:], False, None)
    backward = read(app, last=2)
    assert (names(backward), backward["has_next"]) == (names(whole)[3:], True)
    middle = read(app, last=2, before=backward["rows"][0]["cursor"], after=whole["rows"][0]["cursor"])
    assert (names(middle), middle["has_next"]) == (names(whole)[1:3], False)


def test_a_text_finds_the_beginning_of_a_word(app: Flask) -> None:
    """Without accents; the count is of what was found. A cursor of another search is refused."""
    found = read(app, text="KLINIK", count=True)
    assert (names(found), found["total"]) == (["Alte Klinik", "Klinik am Berg", "Klinik im Tal"], 3)
    assert names(read(app, text="arztehaus")) == ["Ärztehaus"]
    assert names(read(app, text="klinik", region="AT")) == ["Klinik in Wien"]
    cursor = found["rows"][0]["cursor"]
    assert read(app, text="klinik", region="AT", after=cursor) == (422, "INVALID")
