"""Hiding directory profiles: by whoever has the number, or by a verifier whom somebody asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from kit.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound, NotVerified
from profiles.directory import usecases as directory
from profiles.hiding import usecases
from profiles.hiding.domain import MAX_OPEN, HidingRequest
from profiles.rights import usecases as rights
from profiles.unit_of_work import UnitOfWork
from tests.profiles.integration.test_registers import directory_profile
from tests.support.desk import NOW, a_person, run_item_jobs, unit, validated
from tests.support.races import at_once, tally

NOTE = "I am the person, and my practice's page has the telephone number."
MANY = 8


def ask(work: UnitOfWork, handle: str, contact: str, number: str | None = None) -> None:
    """Ask to have a profile hidden."""
    usecases.request_hiding(
        work, handle=handle, contact=contact, note=NOTE, authority="us-npi" if number else None, number=number,
        actor="anonymous", language="de", now=NOW,
    )  # fmt: skip


def waiting(database: sa.Engine, handle: str) -> list[HidingRequest]:
    """The requests about a profile that wait, as a verifier reads them."""
    with unit(database) as work:
        return [
            one for one in work.hiding.page(open_only=True, places=None, after=None, first=99) if one.handle == handle
        ]


def hidden(database: sa.Engine, handle: str) -> bool:
    """Whether a profile is shown to nobody."""
    with unit(database) as work:
        return work.people.by_handle(handle).hidden


def sent(database: sa.Engine, address: str) -> list[tuple[str, str]]:
    """The kinds of messages that wait for an address, with their languages."""
    with unit(database) as work:
        rows = work.connection.execute(
            sa.text("SELECT kind, data ->> 'language' FROM mail WHERE address = :a ORDER BY created_at"), {"a": address}
        ).all()
    return [(row[0], row[1]) for row in rows]


def test_a_request_hides_nothing_until_a_verifier_agrees(database: sa.Engine) -> None:
    """Both addresses that asked are answered; the texts are deleted after 30 days, and imports leave the profile hidden."""
    vera, number = a_person(database, "Vera", roles=("VERIFIER",)), "1003000209"
    handle = directory_profile(database, number, "Alan Hidden")
    with unit(database) as work:
        ask(work, handle, "alan@hidden.example", number)
        ask(work, handle, "Alan@Hidden.example", number)
        ask(work, handle, "wife@hidden.example", "1003000217")
    assert hidden(database, handle) is False
    second, first = sorted(waiting(database, handle), key=lambda one: one.number_matches)  # they came at one moment
    assert [one.number_matches for one in (first, second)] == [True, False]
    with unit(database) as work:
        usecases.decide_hiding(work, request_id=first.id, verifier=vera, outcome="HIDDEN", note=None, now=NOW)
    assert (hidden(database, handle), waiting(database, handle)) == (True, [])
    for address in ("alan@hidden.example", "wife@hidden.example"):
        assert sent(database, address) == [("hiding-requested", "de"), ("hiding-done", "de")]
    directory_profile(database, number, "Alan Again")
    assert hidden(database, handle) is True
    with unit(database) as work:
        run_item_jobs(work, now=NOW + timedelta(days=31))
    with unit(database) as work:
        left = work.hiding.get(first.id)
    assert (left.outcome, left.contact, left.note, left.decided_by) == ("HIDDEN", None, None, vera)


def test_a_declined_request_says_why_and_changes_nothing(database: sa.Engine) -> None:
    """Other requests about the profile wait on, and the same address may ask again."""
    vera = a_person(database, "Vera", roles=("VERIFIER",))
    handle = directory_profile(database, "1003000225", "Alan Shown")
    with unit(database) as work:
        ask(work, handle, "stranger@shown.example")
        ask(work, handle, "alan@shown.example")
    stranger = next(one for one in waiting(database, handle) if one.contact == "stranger@shown.example")
    decision = {"request_id": stranger.id, "verifier": vera, "outcome": "DECLINED", "now": NOW}
    with unit(database) as work, pytest.raises(Invalid):
        usecases.decide_hiding(work, note=None, **decision)
    with unit(database) as work:
        usecases.decide_hiding(work, note="Please say by what we can see that it is you.", **decision)
    with unit(database) as work, pytest.raises(Conflict):
        usecases.decide_hiding(work, note="Twice", **decision)
    assert hidden(database, handle) is False
    assert [one.contact for one in waiting(database, handle)] == ["alan@shown.example"]
    assert [kind for kind, _ in sent(database, "stranger@shown.example")] == ["hiding-requested", "hiding-declined"]
    with unit(database) as work:
        ask(work, handle, "stranger@shown.example")
    assert len(waiting(database, handle)) == 2


def test_who_may_not_decide(database: sa.Engine) -> None:
    """A verifier of other places, and one who asked from their own address."""
    handle = directory_profile(database, "1003000233", "Alan Elsewhere")
    own = a_person(database, "Vito", roles=("VERIFIER",), email="vito@desk.example")
    german = a_person(database, "Vera", roles=("VERIFIER",))
    with unit(database) as work:
        work.connection.execute(
            sa.text("INSERT INTO verifier_jurisdiction (person_id, jurisdiction) VALUES (CAST(:p AS uuid), 'DE')"),
            {"p": german},
        )
        ask(work, handle, "vito@desk.example")
    (request,) = waiting(database, handle)
    for verifier in (own, german):
        with unit(database) as work, pytest.raises(Forbidden):
            usecases.decide_hiding(work, request_id=request.id, verifier=verifier, outcome="HIDDEN", note=None, now=NOW)
    assert hidden(database, handle) is False


def test_a_number_alone_hides_nothing(database: sa.Engine) -> None:
    """Numbers are public: it takes a validated credential of the number, and only of that one."""
    vera, number = a_person(database, "Vera", roles=("VERIFIER",)), "1003000241"
    handle = directory_profile(database, number, "Alan Number")
    stranger, person = a_person(database, "Stranger"), a_person(database, "Alan Number")
    given = {"handle": handle, "authority": "us-npi", "number": number}
    with unit(database) as work, pytest.raises(NotVerified):
        directory.hide_profile(work, person_id=stranger, **given)
    assert hidden(database, handle) is False
    validated(database, person, vera, kind="IDENTIFIER", authority="us-npi", number=number, jurisdiction="US")
    other = directory_profile(database, "1003000258", "Alan Other")
    with unit(database) as work, pytest.raises(NotFound):
        directory.hide_profile(work, person_id=person, **(given | {"handle": other}))
    with unit(database) as work:
        directory.hide_profile(work, person_id=person, **given)
    assert (hidden(database, handle), hidden(database, other)) == (True, False)


def test_requests_at_once_do_not_exceed_what_may_wait(database: sa.Engine) -> None:
    """The profile is locked while they are counted; one address has one request."""
    handle = directory_profile(database, "1003000266", "Alan Flooded")
    with unit(database) as work:
        for number in range(MAX_OPEN - 1):
            ask(work, handle, f"a{number}@flood.example")

    def one(number: int) -> None:
        with unit(database) as work:
            ask(work, handle, f"b{number}@flood.example")

    assert tally(at_once(MANY, one)) == {"done": 1, LimitReached.__name__: MANY - 1}
    assert len(waiting(database, handle)) == MAX_OPEN


def test_a_request_is_decided_once(database: sa.Engine) -> None:
    """Of many who decide at once one does, and one answer is sent."""
    verifiers = [a_person(database, f"Vera {n}", roles=("VERIFIER",)) for n in range(MANY)]
    handle = directory_profile(database, "1003000274", "Alan Raced")
    with unit(database) as work:
        ask(work, handle, "alan@raced.example")
    (request,) = waiting(database, handle)

    def one(number: int) -> None:
        with unit(database) as work:
            usecases.decide_hiding(
                work, request_id=request.id, verifier=verifiers[number], outcome="HIDDEN" if number % 2 else "DECLINED",
                note="Because of the number", now=NOW,
            )  # fmt: skip

    assert tally(at_once(MANY, one)) == {"done": 1, Conflict.__name__: MANY - 1}
    assert len(sent(database, "alan@raced.example")) == 2


def test_a_profile_is_restored_once(database: sa.Engine) -> None:
    """It is shown and imported again; one that has become somebody's own is not."""
    vera, number = a_person(database, "Vera", roles=("VERIFIER",)), "1003000282"
    handle = directory_profile(database, number, "Alan Restored")
    with unit(database) as work:
        ask(work, handle, "alan@restored.example")
    (request,) = waiting(database, handle)
    with unit(database) as work:
        usecases.decide_hiding(work, request_id=request.id, verifier=vera, outcome="HIDDEN", note=None, now=NOW)

    def one(_: int) -> None:
        with unit(database) as work:
            usecases.restore_profile(work, person_id=request.person_id, verifier=vera, reason="Hidden by mistake")

    assert tally(at_once(MANY, one)) == {"done": 1, NotFound.__name__: MANY - 1}
    directory_profile(database, number, "Alan M. Restored")
    with unit(database) as work:
        assert work.people.get(request.person_id).name == "Alan M. Restored"
        assert work.hiding.get(request.id).outcome == "RESTORED"
    person = a_person(database, "Alan M. Restored")
    validated(database, person, vera, kind="IDENTIFIER", authority="us-npi", number=number, jurisdiction="US")
    with unit(database) as work, pytest.raises(Conflict):
        usecases.restore_profile(work, person_id=request.person_id, verifier=vera, reason="Hidden by mistake")


def test_what_a_member_asked_for_goes_with_them(database: sa.Engine) -> None:
    """By the address of the account; the archive has it before."""
    person = a_person(database, "Ada Member", email="ada.member@hiding.example")
    handle = directory_profile(database, "1003000290", "Alan Erased")
    with unit(database) as work:
        ask(work, handle, "Ada.Member@hiding.example")
        (archived,) = work.rights.rows_of(person)["hiding_requests.json"]
    assert (archived["contact"], archived["note"]) == ("Ada.Member@hiding.example", NOTE)
    with unit(database) as work:
        rights.erase(work, person, actor=person, now=NOW)
    assert waiting(database, handle) == []
