"""Another handle, on the real PostgreSQL: bounded, unique for ever, and nothing else changes with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from kit.clock import new_id
from kit.confirmation import AddressNotConfirmed
from kit.errors import Conflict, Invalid, LimitReached
from profiles.accounts.domain import parse_email
from profiles.people.usecases import read_profile, update_profile
from profiles.rights.usecases import erase
from tests.profiles.integration.test_accounts import address, sign_up
from tests.profiles.integration.test_races import MANY, race
from tests.profiles.integration.test_races import racing as racing  # noqa: PLC0414  (a fixture)
from tests.support.desk import NOW, a_person, change_profile, get, snapshot, unit, validated

DAY = timedelta(days=1)


def fresh(word: str = "ada") -> str:
    """A handle that nobody has."""
    return f"{word}-{new_id().replace('-', '')[-12:]}"


def trail(database: sa.Engine, person: str) -> list[tuple[str, str | None]]:
    """What the audit trail says about somebody."""
    with unit(database) as work:
        rows = work.connection.execute(
            sa.text(
                "SELECT e.action, coalesce(e.reason, r.reason) FROM audit_entry e JOIN audit_pseudonym n ON e.object = n.pseudonym "
                "LEFT JOIN audit_reason r ON r.seq = e.seq WHERE n.person_id = CAST(:p AS uuid) ORDER BY e.seq"
            ),
            {"p": person},
        )
        return [tuple(row) for row in rows]


def test_a_handle_is_changed_and_the_one_before_leads_to_the_person(database: sa.Engine) -> None:
    """Both stand in the next snapshot; the trail says that it was changed, and not from what to what."""
    person = a_person(database)
    before, first, second = snapshot(database, person), fresh(), fresh("ada-king")
    change_profile(database, person, handle=first.upper())
    found = change_profile(database, person, handle=second, now=NOW + DAY)
    assert (found["handle"], found["former_handles"]) == (second, sorted([before["handle"], first]))
    assert found["version"] == before["version"] + 2
    same = {"handle", "former_handles", "version"}
    assert {k: v for k, v in found.items() if k not in same} == {k: v for k, v in before.items() if k not in same}
    assert trail(database, person) == [("profile.change-handle", None)] * 2


def test_the_same_handle_is_no_change(database: sa.Engine) -> None:
    """Nothing is counted, published or noted."""
    person = a_person(database)
    change_profile(database, person, handle=person)
    assert (snapshot(database, person)["version"], trail(database, person)) == (1, [])


@pytest.mark.parametrize(
    "handle",
    [None, "", "ab", "x" * 49, "ada_l", "-ada", "ada-", "ada--l", "ada l", "@ada", "ädä", "ada\u200bl", "a.b.c"],
)
def test_a_handle_has_the_form_of_a_mention(database: sa.Engine, handle: str | None) -> None:
    """Else no text could mention it; the error names the field, and nothing changes."""
    person = a_person(database)
    with pytest.raises(Invalid) as caught:
        change_profile(database, person, handle=handle, headline="New")
    assert caught.value.field == ["handle"]
    assert (snapshot(database, person)["handle"], snapshot(database, person)["headline"]) == (person, None)


def test_nobody_gets_a_handle_that_somebody_else_has_or_had(database: sa.Engine) -> None:
    """Present, given up, or of somebody who was erased: one answer for all. One's own can be had again."""
    ada, bo, gone = (a_person(database) for _ in range(3))
    given_up, erased = fresh(), fresh("gone")
    change_profile(database, gone, handle=erased)
    change_profile(database, ada, handle=given_up)
    change_profile(database, ada, handle=fresh())
    with unit(database) as work:
        erase(work, gone, actor=gone, now=NOW)
    messages = set()
    for taken in (ada, given_up, gone, erased, snapshot(database, ada)["handle"]):
        with pytest.raises(Conflict) as caught:
            change_profile(database, bo, handle=taken)
        assert caught.value.field == ["handle"]
        messages.add(caught.value.message)
    assert len(messages) == 1
    back = change_profile(database, ada, handle=given_up, now=NOW + DAY)
    assert (back["handle"], given_up in back["former_handles"], ada in back["former_handles"]) == (
        given_up,
        False,
        True,
    )
    with unit(database) as work:  # a sign-up with such a name does not get it either
        other = work.people.add(
            person_id=new_id(),
            handles=[ada, given_up, erased, "free-" + new_id()],
            name="Ada",
            claimed=True,
            created_at=NOW,
        )
    assert other.startswith("free-")


def test_three_changes_within_a_year(database: sa.Engine) -> None:
    """Going back counts too."""
    person = a_person(database)
    for number in range(3):
        change_profile(database, person, handle=fresh(), now=NOW + number * DAY)
    with pytest.raises(LimitReached) as caught:
        change_profile(database, person, handle=person, now=NOW + 364 * DAY)
    assert caught.value.field == ["handle"]
    change_profile(database, person, handle=person, now=NOW + 365 * DAY)
    with pytest.raises(LimitReached):
        change_profile(database, person, handle=fresh(), now=NOW + 365 * DAY)


def test_who_has_not_confirmed_the_address_takes_no_handle(database: sa.Engine) -> None:
    """An account is made in a second, and a handle is given once for ever."""
    person = sign_up(database, address()).person_id
    with pytest.raises(AddressNotConfirmed) as caught:
        change_profile(database, person, handle=fresh())
    assert caught.value.field == ["handle"]


def test_nothing_about_verification_changes(database: sa.Engine) -> None:
    """No case comes to the desk; the licence says what it said."""
    vera = a_person(database, roles=("VERIFIER",))
    person = a_person(database)
    licence = validated(database, person, vera)
    before = snapshot(database, person)
    after = change_profile(database, person, handle=fresh())
    assert get(database, licence.id) == licence
    for field in ("name", "licences", "identity", "specialties", "profession"):
        assert after[field] == before[field]


def test_of_many_who_want_one_handle_one_gets_it(racing: sa.Engine) -> None:
    """Whoever had it before it was written down too."""
    wanted = fresh()
    people = [a_person(racing) for _ in range(MANY)]

    def act(work: Any, n: int) -> Any:
        return update_profile(
            work.people, work.institutions, work.outbox, work, person_id=people[n], changes={"handle": wanted},
            expected_version=None, now=NOW,
        )  # fmt: skip

    assert race(racing, act) == {"done": 1, "Conflict": MANY - 1}
    with unit(racing) as work:
        assert [read_profile(work.people, one)["handle"] for one in people].count(wanted) == 1
        work.connection.execute(sa.text("DELETE FROM used_handle"))
    assert race(racing, lambda work, n: act(work, (n + 1) % MANY)).keys() <= {"done", "Conflict"}
    with unit(racing) as work:
        assert [read_profile(work.people, one)["handle"] for one in people].count(wanted) == 1


def test_of_many_changes_of_one_person_three_are_made(racing: sa.Engine) -> None:
    """They are counted under the lock of the person."""
    person = a_person(racing)
    found = race(
        racing,
        lambda work, n: update_profile(
            work.people, work.institutions, work.outbox, work, person_id=person, changes={"handle": fresh()},
            expected_version=None, now=NOW + n * timedelta(seconds=1),
        ),
    )  # fmt: skip
    assert found == {"done": 3, "LimitReached": MANY - 3}


def test_handles_are_of_people_with_and_without_an_account(database: sa.Engine) -> None:
    """The address of an account is not touched."""
    email = address()
    person = a_person(database, email=email)
    change_profile(database, person, handle=fresh())
    with unit(database) as work:
        assert work.accounts.get(person).email == parse_email(email).text
