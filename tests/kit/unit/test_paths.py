"""Paths of internal calls."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.paths import internal_path


@given(st.text(), st.text())
def test_a_segment_stays_one_segment(own: str, value: str) -> None:
    """Whatever is in it, the path has as many segments as were given, and each reads back as it was; or it is refused."""
    try:
        built = internal_path("credentials", own, "take", query={"after": value, "none": None})
    except UnicodeEncodeError:
        return  # a lone surrogate is no text
    except ValueError:
        assert own in {"", ".", ".."} or set(own) & {"/", "\\"}
        return
    parts = urlsplit(built)
    assert [unquote(segment) for segment in parts.path.split("/")] == ["", "v1", "credentials", own, "take"]
    assert parts.fragment == ""


@pytest.mark.parametrize("own", ["x/decision", "..", ".", "", "a\\b", "../me", "/"])
def test_what_is_no_segment_is_refused(own: str) -> None:
    """A server takes a quoted slash for a slash, so quoting is not enough."""
    with pytest.raises(ValueError, match="one segment"):
        internal_path("credentials", own)


def test_a_query_stays_behind_the_path() -> None:
    """A question mark in an id is part of the id."""
    assert internal_path("credentials", "x?decision=1#a b") == "/v1/credentials/x%3Fdecision%3D1%23a%20b"
    assert internal_path("registers", "recheck", query={"authority": "us-npi", "after": None}) == (
        "/v1/registers/recheck?authority=us-npi"
    )
