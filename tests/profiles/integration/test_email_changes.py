"""Changing the address of an account, on the real PostgreSQL: confirmed at both ends, or in time, and by nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kit.clock import new_id, now
from kit.errors import Conflict, Expired, Invalid, InvalidCredentials
from profiles import db
from profiles.accounts import recovery, usecases
from profiles.accounts.domain import parse_email
from profiles.addresses.domain import WAIT_DAYS, End, purpose
from profiles.addresses.usecases import confirm_change, finish_due, refuse_change, request_change
from profiles.mail.delivery import deliver_one
from profiles.mail.files import mailbox_hash
from profiles.rights.usecases import FRESH_SECONDS, erase
from profiles.scheduled_jobs.usecases import ITEM_JOBS, run_item_job
from profiles.wiring import working
from tests.profiles.integration.test_accounts import (
    HASH,
    PASSWORD,
    address,
    claims,
    confirmed,
    sessions,
    sign_in,
    sign_up,
    token_for,
)
from tests.profiles.integration.test_sessions import app as app  # noqa: PLC0414  (a fixture)
from tests.support.desk import CIPHER, NOW, mails, unit
from tests.support.patience import PatientClient
from tests.support.races import at_once, tally
from tests.support.settings import worker_settings

MANY = 16
LATER = NOW + timedelta(days=WAIT_DAYS)


def ask(database: sa.Engine, person: str, new: str, *, at: datetime = NOW) -> str:
    """Ask for another address; returns the id of the change."""
    with unit(database) as work:
        request_change(work, person_id=person, new=parse_email(new), now=at)
        change = work.addresses.get(person)
    assert change is not None
    return change.id


def token(database: sa.Engine, person: str, end: End, change: str, *, until: datetime = LATER) -> str:
    """A token as the mailbox at one end is sent it."""
    with unit(database) as work:
        return usecases.mail_token(work.accounts, person, purpose(end, change), until=until)


def confirm(database: sa.Engine, given: str, *, at: datetime = NOW) -> bool:
    """Present a token."""
    with unit(database) as work:
        return confirm_change(work, token=given, now=at)


def email_of(database: sa.Engine, person: str) -> str:
    """The address of an account now."""
    with unit(database) as work:
        return str(work.accounts.get(person).email)


def finish(database: sa.Engine, at: datetime) -> None:
    """What the worker does by the clock."""
    run_item_job(lambda: working(database, CIPHER), "email_changes", ITEM_JOBS["email_changes"], now=at)


@pytest.fixture
def sent(database: sa.Engine, tmp_path: Path) -> Callable[[], list[tuple[str, str, str | None]]]:
    """Sends what waits; returns it as (kind, address, token)."""
    with unit(database) as work:
        work.connection.execute(sa.text("DELETE FROM mail"))
    config = replace(worker_settings(), mail_dir=tmp_path, field_keys=((1, b"f" * 32),))

    def deliver() -> list[tuple[str, str, str | None]]:
        while deliver_one(database, config):
            pass
        found = []
        for file in sorted(tmp_path.glob("*.eml")):
            text = file.read_text(encoding="utf-8")
            kind = re.sub(r"^\w+?-(.*)-\w{8}\.eml$", r"\1", file.name)
            tokens = re.findall(r"^[\w-]{43}$", text, flags=re.M)
            to = re.search(r"^To: (.*)$", text, flags=re.M)
            assert to is not None
            found.append((kind, to[1], tokens[0] if tokens else None))
            file.unlink()
        return found

    return deliver


def test_an_address_changes_when_both_ends_have_confirmed(database: sa.Engine, sent: Any) -> None:
    """Each by the token that it was sent; until then the old one signs in, and afterwards only the new one."""
    old, new = address(), address()
    person = confirmed(database, old).person_id
    sent()
    ask(database, person, new)
    asked = {kind: (to, given) for kind, to, given in sent()}
    assert {kind: to for kind, (to, _) in asked.items()} == {"email-change-old": old, "email-change-new": new}
    assert confirm(database, asked["email-change-new"][1]) is False
    assert sign_in(database, old).person_id == person
    with pytest.raises(InvalidCredentials):
        sign_in(database, new)
    reset = token_for(database, person, "RESET")
    assert confirm(database, asked["email-change-old"][1]) is True
    assert sign_in(database, new).person_id == person
    with pytest.raises(InvalidCredentials):
        sign_in(database, old)
    assert sorted((kind, to) for kind, to, _ in sent()) == sorted([("email-changed", old), ("email-changed", new)])
    with pytest.raises(InvalidCredentials), unit(database) as work:  # what the old mailbox was sent before
        recovery.reset_password(sessions(work), token=reset, password_hash=HASH, now=NOW)
    for _, given in asked.values():
        with pytest.raises(InvalidCredentials):
            confirm(database, given)


def test_the_old_mailbox_refuses_and_everybody_is_signed_out(database: sa.Engine, sent: Any) -> None:
    """Also when the new one has confirmed; the change is never made, and no token works any more."""
    old, new = address(), address()
    session = confirmed(database, old)
    person = session.person_id
    sent()
    ask(database, person, new)
    asked = {kind: given for kind, _, given in sent()}
    confirm(database, asked["email-change-new"])
    with pytest.raises(InvalidCredentials), unit(database) as work:  # it is not the old mailbox's
        refuse_change(work, token=asked["email-change-new"], now=NOW)
    with unit(database) as work:
        refuse_change(work, token=asked["email-change-old"], now=NOW)
        assert work.sessions.ended(since=NOW - timedelta(minutes=1)).count((claims(session)["sid"], None)) == 1
        assert work.addresses.get(person) is None
    assert [kind for kind, to, _ in sent() if to == old] == ["email-change-refused"]
    for given in asked.values():
        with pytest.raises(InvalidCredentials):
            confirm(database, given)
    finish(database, LATER + timedelta(days=1))
    assert email_of(database, person) == old


def test_a_lost_mailbox_is_waited_for(database: sa.Engine) -> None:
    """Seven days, and not a second less, and only where the new mailbox has confirmed."""
    old, new, lost = address(), address(), address()
    person, other = confirmed(database, old).person_id, confirmed(database, lost).person_id
    confirm(database, token(database, person, End.NEW, ask(database, person, new)))
    confirm(database, token(database, other, End.OLD, ask(database, other, address())))
    finish(database, LATER - timedelta(seconds=1))
    assert (email_of(database, person), email_of(database, other)) == (old, lost)
    finish(database, LATER)
    assert (email_of(database, person), email_of(database, other)) == (new, lost)
    with unit(database) as work:
        assert (work.addresses.get(person), work.addresses.get(other)) == (None, None)
    assert mails(database, person)[-2:] == ["email-changed", "email-changed"]


def test_a_token_holds_as_long_as_its_change_waits(database: sa.Engine) -> None:
    """Then nothing can be confirmed or refused with it."""
    person = confirmed(database, address()).person_id
    given = token(database, person, End.OLD, ask(database, person, address()))
    with pytest.raises(Expired):
        confirm(database, given, at=LATER)
    with pytest.raises(Expired), unit(database) as work:
        refuse_change(work, token=given, now=LATER)


def test_a_new_password_ends_what_was_asked_for_with_the_one_before(database: sa.Engine) -> None:
    """Whoever learned the old password may have asked; time does not make that change either."""
    old = address()
    session = confirmed(database, old)
    person = session.person_id
    confirm(database, token(database, person, End.NEW, ask(database, person, address())))
    with unit(database) as work:
        recovery.change_password(
            work, person_id=person, session=claims(session)["sid"], password_hash=HASH,
            now=NOW,
        )  # fmt: skip
    finish(database, LATER)
    assert email_of(database, person) == old


def test_nobody_learns_from_a_change_who_has_an_account(database: sa.Engine, sent: Any) -> None:
    """What is stored and answered is the same; the owner gets a message, and no token to confirm with."""
    mine, theirs, free = address(), address(), address()
    person, owner = confirmed(database, mine).person_id, confirmed(database, theirs).person_id
    sent()
    ask(database, person, free)
    with unit(database) as work:
        unknown = replace(work.addresses.get(person), id="", email="")
    sent()
    ask(database, person, theirs.upper())
    with unit(database) as work:
        assert replace(work.addresses.get(person), id="", email="") == unknown
    messages = sent()
    assert sorted((kind, to) for kind, to, _ in messages) == sorted(
        [("email-change-old", mine), ("email-change-known", theirs)]
    )
    assert [given for kind, _, given in messages if kind == "email-change-known"] == [None]
    finish(database, LATER)
    assert (email_of(database, person), email_of(database, owner)) == (mine, theirs)


def test_a_token_never_confirms_another_change_than_its_own(database: sa.Engine, sent: Any) -> None:
    """Neither one that was sent, nor one whose message still waited when the change was replaced."""
    person = confirmed(database, address()).person_id
    sent()
    first, second, third = address(), address(), address()
    ask(database, person, first)
    (early,) = [given for _, to, given in sent() if to == first]
    ask(database, person, second)
    ask(database, person, third)
    messages = sent()
    assert [to for kind, to, _ in messages if kind == "email-change-new"] == [third]
    with pytest.raises(InvalidCredentials):
        confirm(database, early)
    stale = token(database, person, End.NEW, new_id())
    with pytest.raises(InvalidCredentials):
        confirm(database, stale)


def test_only_another_address_can_be_asked_for_and_only_from_a_confirmed_one(database: sa.Engine) -> None:
    """In whatever spelling."""
    mine = address()
    person = confirmed(database, mine).person_id
    with pytest.raises(Invalid) as caught:
        ask(database, person, mine.upper())
    assert caught.value.field == ["newEmail"]
    with pytest.raises(Conflict):
        ask(database, sign_up(database, address()).person_id, address())


def test_a_change_needs_a_recent_sign_in_and_the_password(database: sa.Engine, app: Any) -> None:
    """And the audit trail has no address of what was asked, refused, confirmed and made."""
    old, new = address(), address()
    person = confirmed(database, old).person_id
    signer = app.extensions["wiring"].signer

    def post(path: str, body: Any, *, ago: float = 0) -> tuple[int, str | None]:
        given = signer.access_token(
            person, ["MEMBER"], sid=new_id(), auth_time=now().timestamp() - ago, email_verified=True
        )
        answer = PatientClient(app).post(path, json=body, headers={"Authorization": f"Bearer {given}"})
        return answer.status_code, answer.json["code"] if answer.status_code >= 400 else None  # type: ignore[index]

    path = "/v1/me/email-change"
    assert post(path, {"email": new, "password": PASSWORD}, ago=FRESH_SECONDS + 1) == (403, "FORBIDDEN")
    assert post(path, {"email": new, "password": "not the password"}) == (401, "INVALID_CREDENTIALS")
    assert post(path, {"email": "a@[x", "password": PASSWORD}) == (422, "INVALID")
    with unit(database) as work:
        assert work.addresses.get(person) is None
    assert post(path, {"email": new, "password": PASSWORD}) == (204, None)
    with unit(database) as work:
        change = work.addresses.get(person).id
    for end in End:
        given = token(database, person, end, change, until=now() + timedelta(hours=1))
        answer = PatientClient(app).post("/v1/email-changes/confirmation", json={"token": given})
        assert (answer.status_code, answer.json) == (200, {"changed": end is End.OLD})
    with unit(database) as work:
        alias = work.audit.pseudonym_of(person)
        rows = work.connection.execute(
            sa.text(
                "SELECT e.action, r.reason FROM audit_entry e LEFT JOIN audit_reason r USING (seq) "
                "WHERE e.object = :a AND e.action LIKE '%email%' ORDER BY seq"
            ),
            {"a": alias},
        ).all()
        trail = str(
            work.connection.execute(sa.text("SELECT * FROM audit_entry e LEFT JOIN audit_reason USING (seq)")).all()
        )
    assert [tuple(row) for row in rows] == [
        ("account.request-email-change.refused", "FORBIDDEN"),
        ("account.request-email-change.refused", "INVALID_CREDENTIALS"),
        ("account.request-email-change", None),
        ("account.confirm-email-change", "NEW"),
        ("account.confirm-email-change", "OLD"),
        ("account.change-email", None),
    ]
    assert old not in trail
    assert new not in trail


def test_an_erasure_finds_the_messages_to_every_mailbox_that_an_account_had(
    database: sa.Engine, tmp_path: Path
) -> None:
    """To the former one, the present one, and the one that was asked for; others' messages stay."""
    former, present, asked, other = address(), address(), address(), address()
    person = confirmed(database, former).person_id
    somebody = confirmed(database, other).person_id
    with unit(database) as work:
        work.mail.send("totp-disabled", person_id=somebody)
    change = ask(database, person, present)
    for end in End:
        confirm(database, token(database, person, end, change))
    ask(database, person, asked)
    config = replace(worker_settings(), mail_dir=tmp_path, field_keys=((1, b"f" * 32),))
    while deliver_one(database, config):
        pass

    def found() -> set[str]:
        texts = [file.read_text(encoding="utf-8") for file in tmp_path.glob("*.eml")]
        return {own for own in (former, present, asked, other) if any(own in text for text in texts)}

    assert found() == {former, present, asked, other}
    with unit(database) as work:
        erasure = erase(work, person, actor=person, now=NOW)
    while deliver_one(database, config):
        pass
    assert found() == {other}
    with unit(database) as work:
        assert work.rights.erasure(erasure)["mail_erased_at"] is not None


def test_an_erasure_finds_the_messages_to_mailboxes_of_changes_that_were_never_made(database: sa.Engine) -> None:
    """Replaced, refused, and waiting."""
    person, asked = confirmed(database, address()).person_id, [address() for _ in range(3)]
    ask(database, person, asked[0])
    change = ask(database, person, asked[1])
    with unit(database) as work:
        refuse_change(work, token=token(database, person, End.OLD, change), now=NOW)
    ask(database, person, asked[2])
    with unit(database) as work:
        assert {mailbox_hash(CIPHER, one) for one in asked} <= set(work.addresses.mailboxes(person))


@pytest.fixture(scope="module")
def racing(database: sa.Engine) -> Iterator[sa.Engine]:
    """Connections for all threads at once, that wait for a lock as long as a busy machine makes them."""
    engine = db.connect(database.url.render_as_string(hide_password=False), pool_size=MANY)
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("SET lock_timeout = '60s'"))
    yield engine
    engine.dispose()


def test_an_address_that_many_accounts_want_goes_to_one(racing: sa.Engine) -> None:
    """Whether they change to it or sign up with it; all others are refused and keep their own."""
    wanted = address()
    people = [confirmed(racing, address()).person_id for _ in range(MANY // 2)]
    newcomers = [sign_up(racing, wanted).person_id for _ in range(MANY - len(people))]
    tokens = []
    for person in people:
        change = ask(racing, person, wanted)
        confirm(racing, token(racing, person, End.OLD, change))
        tokens.append(token(racing, person, End.NEW, change))

    def act(number: int) -> Any:
        if number < len(tokens):
            return confirm(racing, tokens[number])
        with unit(racing) as work:
            if not work.accounts.confirm(newcomers[number - len(tokens)], at=NOW):
                raise Conflict("Another account has confirmed it.")
        return None

    results = at_once(MANY, act)
    assert tally(results) == {"done": 1, "Conflict": MANY - 1}
    with unit(racing) as work:
        rows = work.connection.execute(
            sa.text("SELECT count(*) FROM account WHERE email = :e AND confirmed_at IS NOT NULL"), {"e": wanted}
        )
        assert rows.scalar_one() == 1


def test_of_many_changes_that_one_person_asks_for_one_waits(racing: sa.Engine) -> None:
    """And only its own tokens work."""
    person = confirmed(racing, address()).person_id
    wanted = [address() for _ in range(MANY)]
    ids = at_once(MANY, lambda number: ask(racing, person, wanted[number]))
    with unit(racing) as work:
        change = work.addresses.get(person)
        rows = work.connection.execute(
            sa.text("SELECT count(*) FROM email_change WHERE person_id = CAST(:p AS uuid)"), {"p": person}
        )
        assert rows.scalar_one() == 1
    assert change.id in ids
    assert change.email in wanted


def test_a_change_is_made_or_refused_and_never_both(racing: sa.Engine) -> None:
    """By the last confirmation, the refusal and workers whose time has come, all at once."""
    for _ in range(4):
        old, new = address(), address()
        person = confirmed(racing, old).person_id
        change = ask(racing, person, new)
        confirm(racing, token(racing, person, End.NEW, change))
        given = token(racing, person, End.OLD, change)

        def act(number: int, *, given: str = given, person: str = person) -> Any:
            with unit(racing) as work:
                if number == 0:
                    return refuse_change(work, token=given, now=NOW)
                if number == 1:
                    return confirm_change(work, token=given, now=NOW)
                return finish_due(work, person, now=LATER)

        results = at_once(8, act)
        refused = results[0] is None
        assert email_of(racing, person) == (old if refused else new)
        assert mails(racing, person).count("email-change-refused") == int(refused)
        assert mails(racing, person).count("email-changed") == (0 if refused else 2)
