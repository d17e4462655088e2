"""Messages go out in their reader's language, each kind in each language; what a verifier decides is told in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
import sqlalchemy as sa

from kit import clock
from profiles.accounts.domain import parse_email
from profiles.addresses.delivery import ASKING
from profiles.credentials.casework import question
from profiles.mail.delivery import CONFIRMING, deliver_one
from profiles.mail.domain import TEXTS, write
from profiles.mail.texts import MAILS
from profiles.second_factor.delivery import REFUSABLE
from profiles.verification.domain import missing
from profiles.verification.usecases import Files, read_steps, say_missing
from tests.profiles.unit.test_mail import DATA
from tests.support.desk import (
    NOW,
    a_person,
    confirm,
    decide,
    get,
    revoke,
    run_item_jobs,
    submit,
    suspend,
    unit,
    validated,
)
from tests.support.settings import worker_settings

# Sent while something waits, with a token of its own; tests of addresses and second factors send them.
OF_A_REQUEST = {*ASKING, *REFUSABLE}
Sent = Callable[[], dict[str, tuple[str, str]]]


@pytest.fixture
def sent(database: sa.Engine, tmp_path: Path) -> Sent:
    """Sends what waits; returns subject and text by kind, the newest of each."""
    with unit(database) as work:
        work.connection.execute(sa.text("DELETE FROM mail"))
    config = replace(worker_settings(), mail_dir=tmp_path, field_keys=((1, b"f" * 32),))

    def deliver() -> dict[str, tuple[str, str]]:
        while deliver_one(database, config):
            pass
        found = {}
        for file in sorted(tmp_path.glob("*.eml")):
            message = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
            found[re.sub(r"^\w+?-(.*)-\w{8}\.eml$", r"\1", file.name)] = (
                message["Subject"],
                message.get_content().replace("\r\n", "\n"),
            )
            file.unlink()
        return found

    return deliver


def a_reader(database: sa.Engine, language: str) -> str:
    """Somebody who speaks a language that has no translation, and then one that has."""
    person = a_person(database)
    with unit(database) as work:
        work.people.change(person, {"languages": ["hu", f"{language}-XK"]})
    return person


def still_missing(database: sa.Engine, person: str, language: str) -> str:
    """What the steps of somebody say is missing today."""
    with unit(database) as work:
        today = clock.now().date()
        found = read_steps(Files(work.accounts, work.people, work.credentials, work.evidence), person, today)
        assert missing(found)
        return say_missing(found, language=language, today=today)


@pytest.mark.parametrize("language", TEXTS.languages)
def test_every_kind_goes_out_in_the_recipients_language(database: sa.Engine, sent: Sent, language: str) -> None:
    """Whoever gets it and whatever is in it; an address that nobody has confirmed gets what asks for that."""
    person, newcomer = a_reader(database, language), a_reader(database, language)
    email = f"{newcomer}@new.example"
    with unit(database) as work:
        work.connection.execute(sa.text("DELETE FROM account WHERE person_id = CAST(:p AS uuid)"), {"p": newcomer})
        work.accounts.add(
            person_id=newcomer, email=parse_email(email), password_hash=None, created_at=NOW, confirmed=False
        )
        for kind in MAILS.keys() - OF_A_REQUEST:
            if kind == "password-reset":
                work.mail.send(kind, address=email)
            else:
                data = {name: value for name, value in DATA.items() if name != "instance"}
                work.mail.send(kind, person_id=newcomer if kind in CONFIRMING else person, **data | {"language": None})
    found = sent()
    assert found.keys() == MAILS.keys() - OF_A_REQUEST
    for kind, (subject, text) in found.items():
        assert subject.endswith(f": {TEXTS.text(MAILS[kind].subject, language)}")
        if "token" not in MAILS[kind].text.english:
            data = DATA | {"instance": subject.partition(": ")[0], "missing": still_missing(database, person, language)}
            assert text == write(kind, data, language=language)[1]


@pytest.mark.parametrize("language", TEXTS.languages)
def test_what_is_decided_about_a_credential_is_told_in_the_owners_language(
    database: sa.Engine, sent: Sent, vera: str, vito: str, language: str
) -> None:
    """By the acts themselves: decisions, what a second verifier answers, a changed register, and the last day."""
    person = a_reader(database, language)
    decide(database, submit(database, person).id, vera, "REJECT", reason="NUMBER_NOT_FOUND", note="Nota bene.")
    decide(database, submit(database, person).id, vera, "REQUEST_INFO", note="Quo vadis?")
    restored, revoked, changed = (validated(database, person, vera) for _ in range(3))
    suspend(database, restored.id, vera)
    confirm(database, restored.id, vito, agree=False)
    revoke(database, revoked.id, vito)
    confirm(database, revoked.id, vera, agree=True)
    with unit(database) as work:
        question(
            work, get(database, changed.id), reason="REGISTER_CHANGED", standing="UNKNOWN", actor="service:desk",
            now=NOW,
        )  # fmt: skip
    validated(database, person, vera, expires_on=date(2026, 12, 21))
    for day in (0, 31):
        with unit(database) as work:
            run_item_jobs(work, now=NOW + timedelta(days=day))
    found = sent()
    about = {"credential": {"kind": "LICENCE", "jurisdiction": "DE", "authority": "de-baek"}}
    until = date(2027, 1, 20)
    expected = {
        "credential-validated": {},
        "credential-rejected": {"reason": "NUMBER_NOT_FOUND", "note": "Nota bene."},
        "info-requested": {"note": "Quo vadis?"},
        "credential-suspended": {"reason": "SANCTIONED"},
        "credential-restored": {},
        "credential-revoked": {"reason": "SANCTIONED"},
        "revocation-confirmed": {"reason": "SANCTIONED"},
        "credential-questioned": {"reason": "REGISTER_CHANGED"},
        "credential-expiring": {"expires": "2026-12-21", "days": 30},
        "credential-expired": {"expires": "2026-12-21"},
    }
    assert found.keys() >= expected.keys()
    paragraph = still_missing(database, person, language)
    for kind, data in expected.items():
        subject, text = found[kind]
        given = {"instance": subject.partition(": ")[0], "note": "", "appeal": until, "until": ""} | about | data
        given |= {"missing": paragraph}
        assert (subject, text) == write(kind, given, language=language)


def test_the_mail_about_a_verified_licence_says_what_is_missing(database: sa.Engine, sent: Sent, vera: str) -> None:
    """And the next one, that nothing is; somebody who is verified reads nothing of it when something else is decided."""
    person = a_person(database)
    validated(database, person, vera)
    assert sent()["credential-validated"][1].endswith(
        "is verified.\n\nStill missing until you are verified: Identity. Submit an identity, and add a document that shows your name, "
        "for example a passport or a staff card.\n"
    )
    decide(database, submit(database, person, kind="IDENTITY", authority=None, number=None).id, vera)
    assert sent()["credential-validated"][1].endswith("is verified.\n\nNothing is missing: you are verified.\n")
    decide(database, submit(database, person).id, vera, "REQUEST_INFO", note="Quo vadis?")
    assert sent()["info-requested"][1].endswith("Quo vadis?\n\nSign in to answer, and to add documents.\n")
