"""No item of a queue ends its worker or stops another: it is tried, waits, and in the end is a dead letter that admins retry."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask

from kit import cursors
from kit.clock import new_id
from kit.errors import NotFound
from kit.tokens import Caller, TokenVerifier
from kit.web import READY_SECONDS
from profiles import worker
from profiles.accounts.domain import parse_email
from profiles.app import create_app
from profiles.deadletters.domain import MAX_ATTEMPTS, MAX_MAIL_ATTEMPTS, DeadLetter
from profiles.deadletters.usecases import retry_dead_letter
from profiles.mail import delivery
from profiles.outbox.relay import deliver
from profiles.outbox.store import CHANGED, OutboxRow
from profiles.rights import retention
from profiles.scheduled_jobs import usecases as jobs
from profiles.wiring import working
from profiles.worker_settings import WorkerSettings
from tests.support.desk import CIPHER, NOW, a_person, get, mails, unit, validated
from tests.support.patience import PatientClient
from tests.support.retries import now_of, waits
from tests.support.settings import settings, worker_settings


@pytest.fixture(autouse=True)
def emptied(database: sa.Engine) -> Iterator[None]:
    """Each test has queues of its own."""
    yield
    with database.begin() as connection:
        for table in ("mail", "failed_item", "worker_heartbeat", "outbox"):
            connection.execute(sa.text(f"DELETE FROM {table}"))


@pytest.fixture
def config(tmp_path: Path) -> WorkerSettings:
    """Messages become files in a folder of the test's own."""
    return replace(worker_settings(), mail_dir=tmp_path / "mail")


def letters(database: sa.Engine, kind: str | None = None) -> list[DeadLetter]:
    """The dead letters, the last one first."""
    with unit(database) as work:
        return list(work.letters.page(kind=kind, before=None, first=100))


def make_due(database: sa.Engine) -> None:
    """As if the waits were over."""
    with database.begin() as connection:
        connection.execute(sa.text("UPDATE mail SET next_at = now()"))
        connection.execute(sa.text("UPDATE failed_item SET next_attempt_at = now()"))
        connection.execute(sa.text("UPDATE outbox SET next_attempt_at = now()"))


def sent(config: WorkerSettings) -> int:
    """How many messages went out."""
    return len(list(config.mail_dir.glob("*.eml"))) if config.mail_dir.exists() else 0


def drain(database: sa.Engine, config: WorkerSettings) -> None:
    """Work the queue off as the worker does."""
    while delivery.deliver_one(database, config):
        pass


def test_a_message_to_what_is_no_address_stops_no_other(database: sa.Engine, config: WorkerSettings) -> None:
    """The one that stopped instances for good: an account from before addresses were checked. An admin may retry it."""
    bad, good, admin = a_person(database), a_person(database), a_person(database, roles=("ADMIN",))
    with database.begin() as connection:
        connection.execute(
            sa.text("UPDATE account SET email = 'a@[x.y', email_key = 'a@[x.y' WHERE person_id = CAST(:p AS uuid)"),
            {"p": bad},
        )
    with unit(database) as work:
        work.mail.send("password-changed", person_id=bad)
    with unit(database) as work:
        work.mail.send("password-changed", person_id=good)
    with structlog.testing.capture_logs() as logs:
        drain(database, config)
    assert sent(config) == 1
    assert mails(database, good) == []
    (letter,) = letters(database)
    assert (letter.kind, letter.attempts, letter.error) == ("MAIL", 1, "ADDRESS_INVALID")
    lines = [entry for entry in logs if entry["event"] == "dead_letter"]
    assert lines == [
        {"event": "dead_letter", "kind": "MAIL", "id": letter.id, "error": "ADDRESS_INVALID", "log_level": "error"}
    ]
    assert "x.y" not in str(logs)
    with database.begin() as connection:  # the operator has corrected the address
        connection.execute(
            sa.text("UPDATE account SET email = :e, email_key = :e WHERE person_id = CAST(:p AS uuid)"),
            {"p": bad, "e": parse_email(f"{new_id()}@x.example").key},
        )
    with unit(database) as work:
        retry_dead_letter(work.letters, work.audit, letter_id=letter.id, admin=admin)
    assert letters(database) == []
    with unit(database) as work:
        (entry,) = work.audit.page(object=f"dead-letter:{letter.id}", actor=None, before=None, first=5)
    assert (entry.action, entry.reason) == ("dead-letter.retry", "MAIL")
    drain(database, config)
    assert sent(config) == 2


def test_a_message_waits_longer_each_time_and_is_given_up(database: sa.Engine, config: WorkerSettings) -> None:
    """While the mail server is away; the others wait alike, and none is lost."""
    away = replace(config, smtp_url="smtp://127.0.0.1:1")
    people = [a_person(database) for _ in range(2)]
    for person in people:
        with unit(database) as work:
            work.mail.send("password-changed", person_id=person)
    for wait in waits(MAX_MAIL_ATTEMPTS):
        assert letters(database) == []
        before = now_of(database)
        drain(database, away)
        after = now_of(database)
        with database.begin() as connection:
            due = connection.execute(sa.text("SELECT next_at FROM mail")).scalars().all()
        assert all(before + wait <= at <= after + wait for at in due), wait
        make_due(database)
    drain(database, away)
    assert [(letter.attempts, letter.error) for letter in letters(database, "MAIL")] == [
        (MAX_MAIL_ATTEMPTS, "ConnectionRefusedError")
    ] * 2
    drain(database, config)
    assert sent(config) == 0


def test_a_message_that_ends_its_process_is_given_up_too(
    database: sa.Engine, config: WorkerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attempts are counted before they are made, and what is sent is not sent again."""
    person = a_person(database)
    with unit(database) as work:
        work.mail.send("password-changed", person_id=person)
    tries = []

    def die(*_: Any) -> None:
        tries.append(1)
        raise SystemExit(9)

    monkeypatch.setattr(delivery, "_send", die)
    for _ in range(MAX_MAIL_ATTEMPTS):
        with pytest.raises(SystemExit):
            delivery.deliver_one(database, config)
        make_due(database)
    assert delivery.deliver_one(database, config)
    assert not delivery.deliver_one(database, config)
    assert len(tries) == MAX_MAIL_ATTEMPTS
    assert [letter.error for letter in letters(database)] == ["WORKER_ENDED"]


def test_many_workers_send_each_message_once(database: sa.Engine, config: WorkerSettings) -> None:
    """Who takes a message has it until its wait is over."""
    person = a_person(database)
    with unit(database) as work:
        work.mail.send_many("password-changed", [person] * 20)
    threads = [threading.Thread(target=drain, args=(database, config)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sent(config) == 20
    assert mails(database, person) == []


def test_what_comes_due_is_done_item_by_item(database: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One credential that cannot be expired stops none of the others; it waits, is given up, and is done when retried."""
    vera, admin = a_person(database, "Vera", roles=("VERIFIER",)), a_person(database, roles=("ADMIN",))
    after = NOW + timedelta(days=400)
    cases = [
        validated(database, a_person(database), vera, expires_on=(NOW + timedelta(days=300)).date()).id
        for _ in range(4)
    ]
    bad = sorted(cases)[1]
    original = jobs.question

    def question(work: Any, credential: Any, **given: Any) -> Any:
        if credential.id == bad:
            work.audit.note("test.half-done", actor="service:test", object=f"credential:{bad}")
            raise ZeroDivisionError
        return original(work, credential, **given)

    begin = partial(working, database, CIPHER)
    run = partial(jobs.run_item_job, begin, "expired", jobs.ITEM_JOBS["expired"], now=after)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "question", question)
        assert run() == 3
        assert [get(database, case).status == "REQ_REVALID" for case in cases] == [case != bad for case in cases]
        assert run() == 0  # it waits
        for _ in range(MAX_ATTEMPTS - 1):
            assert letters(database) == []
            make_due(database)
            run()
        make_due(database)
        assert run() == 0
    (letter,) = letters(database, "JOB")
    assert (letter.attempts, letter.error) == (MAX_ATTEMPTS, "ZeroDivisionError")
    assert run() == 0  # until an admin says so
    with unit(database) as work:
        assert work.audit.page(object=f"credential:{bad}", actor="service:test", before=None, first=5) == []
        retry_dead_letter(work.letters, work.audit, letter_id=letter.id, admin=admin)
    assert run() == 1
    assert get(database, bad).status == "REQ_REVALID"


def test_retention_goes_on_past_an_account_that_cannot_be_erased(
    database: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others are erased, and every rule is applied; a rule that fails stops no other."""
    people = [a_person(database) for _ in range(3)]
    with database.begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE account SET confirmed_at = NULL, reminded_at = :at WHERE person_id = ANY(CAST(:p AS uuid[]))"
            ),
            {"p": people, "at": NOW},
        )
        connection.execute(sa.text("INSERT INTO attempt VALUES ('x', 1, :at)"), {"at": NOW})
    original = retention.erase

    def erase(held: Any, person_id: str, **given: Any) -> Any:
        if person_id == people[1]:
            raise ZeroDivisionError
        return original(held, person_id, **given)

    broken = [
        replace(rule, statement="SELECT 1/0 WHERE now() > :before") if rule.what == "sessions" else rule
        for rule in retention.RULES
    ]
    with monkeypatch.context() as patch:
        patch.setattr(retention, "erase", erase)
        patch.setattr(retention, "RULES", tuple(broken))
        done = retention.retain(partial(working, database, CIPHER), now=NOW + timedelta(days=40))
    assert (done[retention.UNCONFIRMED], done["sessions"], done["failed tries to sign in"]) == (2, None, 1)
    with unit(database) as work:
        assert [work.people.get(person) is None for person in people] == [True, False, True]
        assert work.letters.held_back(retention.RETENTION) == [people[1]]
        assert work.letters.held_back(f"{retention.RETENTION}_rules") == ["sessions"]
        assert work.connection.execute(sa.text("SELECT count(*) FROM attempt WHERE key = 'x'")).scalar_one() == 0


def test_an_act_that_cannot_be_taken_waits_and_is_given_up(database: sa.Engine) -> None:
    """A whole page of them does not keep the others from the audit trail."""
    bad = [{"id": f"bad {n}", "action": "x", "actor": "y", "object": "z", "reason": None} for n in range(3)]
    good = {"id": new_id(), "action": "flag.decide", "actor": "service:test", "object": "Post:dead", "reason": None}
    waiting = [*bad, good]
    asked: list[list[str]] = []

    class Graph:
        """Hands out two at a time, but for those that it is told to leave out."""

        def call(self, _method: str, path: str, body: Any = None, **_: Any) -> Any:
            """As the graph service does."""
            if path.endswith("/done"):
                waiting[:] = [event for event in waiting if event["id"] not in body["ids"]]
                return {}
            asked.append(body["except"])
            return {"events": [event for event in waiting if event["id"] not in body["except"]][:2]}

    take = partial(worker.take_acts, database, CIPHER, Graph(), lambda: None)  # type: ignore[arg-type]
    take()
    assert waiting == bad
    with unit(database) as work:
        assert len(work.audit.page(object="Post:dead", actor=None, before=None, first=5)) == 1
    for _ in range(MAX_ATTEMPTS - 1):
        make_due(database)
        take()
    make_due(database)
    take()
    assert [(letter.kind, letter.attempts) for letter in letters(database)] == [("GRAPH_ACT", MAX_ATTEMPTS)] * 3
    assert sorted(asked[-1]) == ["bad 0", "bad 1", "bad 2"]
    assert waiting == bad  # the acts themselves are kept


def test_what_the_graph_service_cannot_do_is_a_dead_letter_too(database: sa.Engine) -> None:
    """It reports its failures, and is told what to leave out."""
    asked: list[list[str]] = []

    class Graph:
        """Fails with one text."""

        def call(self, _method: str, _path: str, body: Any = None, **_: Any) -> Any:
            """As the graph service does."""
            asked.append(body["except"])
            failed = [] if "post-1" in body["except"] else [{"item": "post-1", "error": "KeyError"}]
            return {"held": 0, "done": ["feed"], "failed": failed}

    run = partial(worker.run_graph_jobs, database, CIPHER, Graph(), lambda: None)  # type: ignore[arg-type]
    run()
    run()
    assert asked == [[], ["post-1"]]
    for _ in range(MAX_ATTEMPTS - 1):
        make_due(database)
        run()
    assert [(letter.kind, letter.error) for letter in letters(database)] == [("JOB", "KeyError")]


def dead_row(database: sa.Engine) -> str:
    """A snapshot that the graph has refused for good."""
    row, person = new_id(), a_person(database)
    with database.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, attempts) "
                "VALUES (CAST(:id AS uuid), 'Professional', :p, :t, '{}', :n)"
            ),
            {"id": row, "p": person, "t": CHANGED, "n": MAX_ATTEMPTS - 1},
        )
    with unit(database) as work:
        assert work.outbox.postpone({row: "INVALID: Ada Lovelace has no name"}) == {row: "SNAPSHOT"}
    return row


def test_a_row_that_cannot_even_be_sent_stops_no_other() -> None:
    """Whatever is raised for it; the others are delivered, in halves."""
    rows = [OutboxRow(new_id(), new_id(), 1, "{}", CHANGED, position=n) for n in range(9)]

    class Graph:
        """Breaks at one row."""

        def put(self, _kind: str, some: list[OutboxRow], **_: Any) -> None:
            """As GraphProjection does."""
            if rows[4] in some:
                raise TypeError("not serialisable")

    outcome = deliver(rows, Graph(), state=None)  # type: ignore[arg-type]
    assert outcome.failed == {rows[4].id: "TypeError"}
    assert {row.id for row in outcome.delivered} == {row.id for row in rows} - {rows[4].id}
    assert outcome.outage is None


def test_of_many_admins_who_retry_one_letter_one_does(database: sa.Engine) -> None:
    """A row of the outbox, of which only the error's code is told."""
    row, admin = dead_row(database), a_person(database, roles=("ADMIN",))
    (letter,) = letters(database)
    assert (letter.id, letter.kind, letter.error) == (row, "SNAPSHOT", "INVALID")
    outcomes: list[str] = []

    def act() -> None:
        try:
            with unit(database) as work:
                retry_dead_letter(work.letters, work.audit, letter_id=row, admin=admin)
            outcomes.append("done")
        except NotFound:
            outcomes.append("NotFound")

    threads = [threading.Thread(target=act) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["NotFound"] * 11 + ["done"]
    with unit(database) as work:
        assert [one.attempts for one in work.outbox.take(10) if one.id == row] == [0]


@pytest.fixture
def app(database: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The service in this process; a token is `<person> <role>`."""
    monkeypatch.setattr(
        TokenVerifier,
        "verify",
        lambda _self, token: Caller(token.split()[0], frozenset(token.split()[1:]), token=token, confirmed=True),
    )
    config = replace(settings(), database_url=database.url.render_as_string(hide_password=False))
    made = create_app(replace(config, field_keys=((1, b"f" * 32),)))
    yield made
    made.extensions["end"]()


def test_admins_list_and_retry_dead_letters_and_nobody_else(database: sa.Engine, app: Flask) -> None:
    """Page by page, by kind; nothing in an answer names anybody."""
    rows = [dead_row(database) for _ in range(3)]
    admin, member = f"{a_person(database)} ADMIN", f"{a_person(database)} MEMBER"

    def ask(path: str, body: Any, token: str) -> Any:
        return PatientClient(app).post(path, json=body, headers={"Authorization": f"Bearer {token}"})

    assert ask("/v1/dead-letters/search", {}, member).status_code == 403
    assert ask(f"/v1/dead-letters/{rows[0]}/retry", {}, member).status_code == 403
    seen: list[str] = []
    after = None
    for _ in range(3):
        answer = ask("/v1/dead-letters/search", {"kind": "SNAPSHOT", "first": 1, "after": after}, admin)
        assert "Lovelace" not in answer.text
        (found,) = answer.json["rows"]
        assert set(found["dead_letter"]) == {"id", "kind", "attempts", "created_at", "dead_at", "error"}
        seen.append(found["dead_letter"]["id"])
        after = found["cursor"]
        assert answer.json["has_next"] == (len(seen) < 3)
    assert seen == rows[::-1]
    assert ask("/v1/dead-letters/search", {"kind": "MAIL"}, admin).json["rows"] == []
    forged = cursors.encode(cursors.fingerprint("dead-letters", None), ["2026-11-21T08:30:00Z", "not-a-uuid"])
    assert ask("/v1/dead-letters/search", {"after": forged}, admin).json["field"] == ["after"]
    assert ask(f"/v1/dead-letters/{rows[0]}/retry", {}, admin).status_code == 200
    assert ask(f"/v1/dead-letters/{rows[0]}/retry", {}, admin).status_code == 404
    assert ask("/v1/dead-letters/none/retry", {}, admin).status_code == 404
    assert len(letters(database)) == 2


def test_metrics_and_readiness_tell_of_dead_letters_and_of_the_worker(database: sa.Engine, app: Flask) -> None:
    """Neither decides about readiness: a worker that fails does not take the service down."""
    dead_row(database)
    app.extensions["begin"]()
    client = PatientClient(app)
    for _ in range(100):
        ready = client.get("/readyz").json
        if "worker" in ready:
            break
        threading.Event().wait(0.05)
    assert ready["worker"] == {"seen_seconds_ago": None, "failing": []}
    with unit(database) as work:
        work.letters.beat(new_id(), ["mail"])
    threading.Event().wait(READY_SECONDS + 0.1)
    ready = client.get("/readyz").json
    assert ready["dead_letters"] == {"SNAPSHOT": 1}
    assert ready["worker"]["failing"] == ["mail"]
    assert 0 <= ready["worker"]["seen_seconds_ago"] < 30
    lines = client.get("/metrics").text.splitlines()
    assert 'dead_letters{kind="SNAPSHOT"} 1.0' in lines
    assert 'dead_letters{kind="MAIL"} 0.0' in lines
    assert "worker_failing 1.0" in lines
    assert any(line.startswith("worker_seen_seconds ") for line in lines)


def test_the_heartbeat_names_what_fails_now(database: sa.Engine) -> None:
    """A job that fails is named until it succeeds."""
    failing = worker.Failing("a job")
    failing.failed(ValueError("x"))
    assert "a job" in worker.failing_now()
    failing.succeeded()
    assert "a job" not in worker.failing_now()
