"""Groups: who gets in, who leads, who stays out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.db import Graph
from graph.groups import usecases
from graph.groups.store import GroupWriter
from graph.notifications.store import NotificationWriter
from kit.clock import new_id
from kit.errors import Conflict, Forbidden, LimitReached, NotFound, NotVerified

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
Run = Callable[[Callable[[Any], Any]], Any]


class Stores(GroupWriter):
    """A group store that carries the notifications of its transaction."""

    def __init__(self, tx: Any) -> None:
        super().__init__(tx)
        self.notifications = NotificationWriter(tx)


@pytest.fixture
def run(graph: Graph) -> Run:
    """Runs an act with the stores of a transaction of its own."""
    return lambda act: graph.write(lambda tx: act(Stores(tx)))


def made(run: Run, owner: str, **fields: Any) -> str:
    """A group's id."""
    given = {
        "name": f"Group {new_id()}", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 2,
    } | fields  # fmt: skip
    return str(
        run(lambda groups: usecases.create_group(groups, owner=owner, owner_level="IDENTITY", given=given, now=NOW))[
            "id"
        ]
    )


def joining(run: Run, group: str, person: str) -> Any:
    """What joining answers."""
    return run(
        lambda groups: usecases.join_group(
            groups, groups.notifications, group_id=group, me=person, message=None, now=NOW
        )
    )["state"]


def test_joining_twice_changes_nothing_and_a_full_group_turns_newcomers_away(run: Run) -> None:
    """The limit counts members, not tries."""
    owner, ada, bob = new_id(), new_id(), new_id()
    group = made(run, owner)
    assert joining(run, group, ada) == "ACTIVE"
    assert joining(run, group, ada) == "ACTIVE"
    with pytest.raises(LimitReached, match="full: 2"):
        joining(run, group, bob)


def test_a_group_by_request_admits_only_whom_its_owner_accepts(run: Run) -> None:
    """Asking is not being in."""
    owner, ada, bob = new_id(), new_id(), new_id()
    group = made(run, owner, join_policy="REQUEST", member_limit=10)
    assert joining(run, group, ada) == "REQUESTED"

    def respond(me: str, person: str) -> Any:
        return run(
            lambda groups: usecases.respond_to_membership(
                groups, groups.notifications, group_id=group, person=person, accept=True, me=me, now=NOW
            )
        )

    with pytest.raises(Forbidden):
        respond(ada, ada)
    with pytest.raises(NotFound):
        respond(owner, bob)
    assert respond(owner, ada)["state"] == "ACTIVE"
    assert joining(run, group, ada) == "ACTIVE"


def test_making_a_group_needs_a_verified_identity(run: Run) -> None:
    """Whoever is not verified may join groups, not make them."""
    given = {"name": "Nobody's", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 5}
    with pytest.raises(NotVerified):
        run(lambda g: usecases.create_group(g, owner=new_id(), owner_level="UNVERIFIED", given=given, now=NOW))


def test_the_last_owner_cannot_leave_others_alone(run: Run) -> None:
    """A group is never without an owner while it has members."""
    owner, ada = new_id(), new_id()
    group = made(run, owner)
    joining(run, group, ada)

    def leave(me: str) -> Any:
        return run(lambda groups: usecases.leave_group(groups, group_id=group, me=me, now=NOW))

    with pytest.raises(Conflict, match="only owner"):
        leave(owner)
    leave(ada)
    leave(ada)
    leave(owner)


def test_a_secret_group_answers_like_one_that_does_not_exist(run: Run) -> None:
    """Same error, same words."""
    group = made(run, new_id(), visibility="SECRET")
    errors = []
    for wanted in (group, new_id()):
        with pytest.raises(NotFound) as caught:
            joining(run, wanted, new_id())
        errors.append((caught.value.message, caught.value.field))
    assert errors[0] == errors[1]
