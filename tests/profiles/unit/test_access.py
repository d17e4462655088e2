"""Who reads which credentials, in one place."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from profiles.credentials.access import Reader, may_work_in, reader


def case(jurisdiction: str, owner: str = "owner") -> Any:
    """A credential, as far as rights go by it."""
    return SimpleNamespace(jurisdiction=jurisdiction, person_id=owner)


def accounts(*limits: str, roles: Iterable[str] = ("VERIFIER",)) -> Any:
    """A store that has one account with these limits and roles."""
    return SimpleNamespace(get=lambda _: SimpleNamespace(jurisdictions=list(limits), roles=tuple(roles)))


@pytest.mark.parametrize(
    ("roles", "limits", "jurisdiction", "sees"),
    [
        ({"MEMBER"}, (), "IE", False), ({"MODERATOR"}, (), "IE", False), ({"VERIFIER"}, (), "IE", True),
        ({"VERIFIER"}, ("DE",), "IE", False), ({"VERIFIER"}, ("DE",), "DE", True), ({"VERIFIER"}, ("DE",), "DE-BY", True),
        ({"VERIFIER"}, ("DE-BY",), "DE", False), ({"VERIFIER"}, ("M49:155",), "DE", True),
        ({"ADMIN"}, ("DE",), "IE", True), ({"ADMIN", "VERIFIER"}, ("DE",), "IE", True),
    ],
)  # fmt: skip
def test_a_reader_sees_what_their_role_and_limits_say(
    roles: set[str], limits: tuple[str, ...], jurisdiction: str, sees: bool
) -> None:
    """The same for a single case and for the list."""
    who = reader(accounts(*limits), "me", roles)
    assert who.sees(case(jurisdiction)) is sees
    if who.at_desk:
        listed = who.places(None)
        assert (listed is None or jurisdiction in listed) is sees


def test_whose_role_was_taken_a_moment_ago_has_no_limits_and_sees_nothing() -> None:
    """Their token still names the role, and an account without limits is one that may decide everywhere."""
    who = reader(accounts(roles=("MEMBER",)), "me", {"MEMBER", "VERIFIER"})
    assert not who.at_desk
    assert not who.sees(case("IE"))


def test_ones_own_is_seen_as_its_owner_sees_it() -> None:
    """Also by a verifier and an admin: they do not see what checks have found out about others."""
    for who in (Reader("me", True, ()), Reader("me", False, ()), Reader("me", True, ("DE",))):
        assert who.sees(case("IE", "me"))
        assert not who.works_on(case("IE", "me"))


def test_a_list_is_what_was_asked_for_within_the_limits() -> None:
    assert Reader("me", True, ("DE",)).places({"IE", "DE-BY"}) == ["DE-BY"]
    assert Reader("me", True, ("DE",)).places({"IE"}) == []
    assert Reader("me", True, ()).places(None) is None
    assert may_work_in([], "IE")
