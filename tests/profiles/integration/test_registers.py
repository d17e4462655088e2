"""Copies of registers, lists of sanctions, directory profiles and evidence, on the real PostgreSQL."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from kit.cipher import CannotDecrypt, FieldCipher
from kit.clock import new_id
from kit.errors import Conflict, Expired, Invalid, NotFound
from profiles.accounts.signing import Signer
from profiles.directory import usecases as directory
from profiles.evidence import usecases as evidence
from profiles.evidence.domain import MAX_BYTES, safe_name, type_of
from profiles.imports.usecases import import_people
from profiles.registers import usecases as registers
from profiles.wiring import open_unit
from tests.kit.unit.test_kit import a_pem
from tests.support.desk import (
    CIPHER,
    NOW,
    a_person,
    confirm,
    decide,
    get,
    mails,
    run_item_jobs,
    submit,
    unit,
    validated,
)

SIGNER = Signer(a_pem(), "http://x")
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 40 + b"\0\0\0\0IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40 + b"\xff\xd9"


def begun(database: sa.Engine, authority: str, rows: list[dict[str, Any]], *, as_of: date = NOW.date()) -> str:
    """A copy of a register that does not count yet."""
    snapshot = new_id()
    with unit(database) as work:
        registers.begin_snapshot(work.registers, snapshot_id=snapshot, authority=authority, as_of=as_of, now=NOW)
    with unit(database) as work:
        registers.add_entries(work.registers, snapshot_id=snapshot, rows=rows)
    return snapshot


def bring(
    database: sa.Engine,
    authority: str,
    rows: list[dict[str, Any]],
    *,
    as_of: date = NOW.date(),
    expected: int | None = None,
) -> int:
    """A whole copy of a register; returns how many cases it opened."""
    snapshot = begun(database, authority, rows, as_of=as_of)
    with unit(database) as work:
        registers.activate_snapshot(work, snapshot_id=snapshot, actor="service:operator", now=NOW, expected=expected)
    while True:
        with unit(database) as work:
            found = registers.recheck_next(work, snapshot_id=snapshot, now=NOW)
        if found.rechecked_at is not None:
            return found.opened


def outcome(database: sa.Engine, credential: str) -> dict[str, str]:
    """Outcome by check."""
    return {check.name: check.outcome for check in get(database, credential).checks}


def test_a_new_copy_of_a_register_rechecks_what_was_validated(database: sa.Engine) -> None:
    """Absent, suspended or renamed stops counting and comes to the desk; unchanged stays; its owner is told."""
    vera, place = (
        a_person(database, "Vera", roles=("VERIFIER",)),
        {"authority": "no-hpr", "jurisdiction": "NO", "specialty": None},
    )
    people = {number: a_person(database, name) for number, name in (
        ("9000001", "Kari Nordmann"), ("9000002", "Ola Berg"), ("9000003", "Anne Li"), ("9000004", "Per Vik"))}  # fmt: skip
    cases = {number: validated(database, person, vera, number=number, **place).id for number, person in people.items()}
    rows = [
        {"number": "9000001", "name": "NORDMANN, KARI"},
        {"number": "9000002", "name": "Ola Berg", "standing": "SUSPENDED"},
        {"number": "9000003", "name": "Somebody Else"},
    ]
    assert bring(database, "no-hpr", rows) == 3
    found = {number: get(database, case) for number, case in cases.items()}
    assert [(c.status, c.standing) for c in found.values()] == [
        ("VALIDATED", "GOOD"), ("REQ_REVALID", "SUSPENDED"), ("REQ_REVALID", "GOOD"), ("REQ_REVALID", "UNKNOWN"),
    ]  # fmt: skip
    assert found["9000002"].desk_since == NOW
    assert found["9000002"].history[-1].reason == "REGISTER_CHANGED"
    assert mails(database, people["9000004"])[-1] == "credential-questioned"
    assert bring(database, "no-hpr", rows) == 0
    fresh = submit(database, a_person(database, "Kari Nordmann"), number="9000001", **place)
    assert outcome(database, fresh.id)["REGISTER_MATCH"] == "PASS"
    with unit(database) as work:
        stored = str(work.connection.execute(sa.text("SELECT * FROM register_entry")).all())
    assert "9000001" not in stored


def test_a_copy_counts_only_when_it_is_whole(database: sa.Engine) -> None:
    """Rows are checked one by one; an unknown authority or a day to come is refused."""
    bring(database, "dk-stps", [{"number": "AAAA1", "name": "Old Entry"}])
    snapshot = new_id()
    with unit(database) as work:
        registers.begin_snapshot(work.registers, snapshot_id=snapshot, authority="dk-stps", as_of=NOW.date(), now=NOW)
        added = registers.add_entries(
            work.registers, snapshot_id=snapshot,
            rows=[{"number": "BBBB1", "name": "New Entry"}, {"number": "x", "name": "y"}, {"number": "CCCC1"},
                  {"number": "DDDD1", "name": "n", "standing": "great"}, {"number": "EEEE1", "name": "n", "expires_on": "soon"}],
        )  # fmt: skip
        assert (added.taken, [(row.line, row.column) for row in added.refused]) == (
            1, [(3, "number"), (4, "name"), (5, "standing"), (6, "expires_on")]
        )  # fmt: skip
        assert work.registers.look_up("dk-stps", "AAAA1")[1] is not None
        assert work.registers.look_up("dk-stps", "BBBB1")[1] is None
        for given in (
            {"authority": "nobody", "as_of": NOW.date()},
            {"authority": "dk-stps", "as_of": date(2030, 1, 1)},
        ):
            with pytest.raises(Invalid):
                registers.begin_snapshot(work.registers, snapshot_id=new_id(), now=NOW, **given)
        with pytest.raises(NotFound):
            registers.add_entries(work.registers, snapshot_id=new_id(), rows=[])


def test_an_old_copy_is_an_alarm(database: sa.Engine) -> None:
    """Once a day, to every admin; and a warning at each check."""
    admin = a_person(database, "Ada", roles=("ADMIN",))
    bring(database, "pt-om", [{"number": "12345", "name": "Rui Sousa"}], as_of=NOW.date() - timedelta(days=31))
    for _ in range(2):
        with unit(database) as work:
            run_item_jobs(work, now=NOW)
    assert mails(database, admin) == ["snapshot-stale"]
    case = submit(database, a_person(database, "Rui Sousa"), authority="pt-om", number="12345", jurisdiction="PT")
    assert outcome(database, case.id)["REGISTER_MATCH"] == "WARN"


def test_a_sanction_by_number_stops_a_licence_and_one_by_name_opens_a_review(database: sa.Engine) -> None:
    """The same list again changes nothing; a new list replaces the one of its name."""
    vera, place = (
        a_person(database, "Vera", roles=("VERIFIER",)),
        {"authority": "ie-imc", "jurisdiction": "IE", "specialty": None},
    )
    by_number = validated(database, a_person(database, "Aoife Byrne"), vera, number="300001", **place)
    by_name = validated(database, a_person(database, "Niall Casey"), vera, number="300002", **place)
    rows = [
        {"name": "A. Byrne", "authority": "ie-imc", "number": "300001", "imposed_on": "2026-11-01"},
        {"name": "NIALL CASEY", "country": "IE"},
        {"name": ""},
    ]
    with unit(database) as work:
        stored, refused = registers.import_sanctions(work.registers, source="List", rows=rows, now=NOW)
        assert (stored, [row["position"] for row in refused]) == (2, [2])
        opened = registers.recheck(work, work.credentials.validated_of("ie-imc", after=None, most=50), now=NOW)
    assert opened == 2
    assert (get(database, by_number.id).status, get(database, by_number.id).history[-1].reason) == (
        "REQ_REVALID",
        "SANCTIONED",
    )
    assert (get(database, by_name.id).status, get(database, by_name.id).review_reason) == (
        "VALIDATED",
        "REGISTER_CHANGED",
    )


def sanctions(database: sa.Engine, rows: list[dict[str, Any]]) -> int:
    """A whole list of sanctions of Irish professionals; returns how many cases it opened."""
    with unit(database) as work:
        registers.import_sanctions(work.registers, source="Exclusions", rows=rows, now=NOW)
        return registers.recheck(work, work.credentials.validated_of("ie-imc", after=None, most=50), now=NOW)


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("Kowalska, Ana", "Anna Kowalska"),
        ("Иван Петров", "Ivan Petrov"),
        ("One Alpha", "Dr. Alpha One"),
        ("John A. Smith", "John Smith"),
        ("J. Smith", "John Smith"),
        ("Bill Clinton", "William Clinton"),
        ("محمد الأحمد", "Mohammed Al-Ahmad"),
        ("Wang Xiaoming", "王小明"),
        ("Yamada Taro", "山田太郎"),
    ],
)
def test_a_similar_name_in_a_list_is_shown_to_the_verifier(database: sa.Engine, listed: str, name: str) -> None:
    """In another order, script or form; a name that is not like it passes."""
    sanctions(database, [{"name": listed, "country": "PL"}])
    place = {"authority": "ie-imc", "jurisdiction": "IE", "specialty": None}
    case = submit(database, a_person(database, name), number="300003", **place)
    found = {check.name: check for check in get(database, case.id).checks}["SANCTIONS"]
    assert found.outcome == "WARN"
    assert f'"{listed}" (PL) in Exclusions' in found.detail
    assert f'"{name}"' in found.detail
    other = submit(database, a_person(database, "Siobhán Ní Dhomhnaill"), number="300004", **place)
    assert outcome(database, other.id)["SANCTIONS"] == "PASS"


def test_a_list_with_the_same_names_opens_no_case_again(database: sa.Engine) -> None:
    """A verifier has looked at them; an entry more is news."""
    vera = a_person(database, "Vera", roles=("VERIFIER",))
    case = validated(
        database, a_person(database, "Eithne Gallagher"), vera, number="300007", authority="ie-imc", jurisdiction="IE", specialty=None,
    )  # fmt: skip
    rows = [{"name": "Eithne K. Gallagher"}]
    assert sanctions(database, rows) == 1
    with unit(database) as work:
        work.connection.execute(sa.text("UPDATE credential SET review_reason = NULL WHERE id = :id"), {"id": case.id})
    assert sanctions(database, [*rows, {"name": "Somebody Else"}]) == 0
    assert sanctions(database, [*rows, {"name": "Eithna Gallagher", "country": "GB"}]) == 1


def directory_profile(database: sa.Engine, number: str, name: str) -> str:
    """What the US registry brought; returns its handle."""
    with unit(database) as work:
        found = import_people(work, (), source="nppes", now=NOW, rows=[{
            "ref": number, "name": name, "claimed": False, "regions": ["US-NY"], "specialties": ["cardiology"],
            "provenance": [{"field": "specialties", "source": "NPPES", "as_of": "2026-11-10"}],
        }])  # fmt: skip
        person = work.people.get(found.ids[number]) if number in found.ids else None
        return person.handle if person else str(found.rejected)


def claim(database: sa.Engine, person: str, handle: str, number: str):  # type: ignore[no-untyped-def]
    """Say that a profile is one's own."""
    with unit(database) as work:
        return directory.claim_profile(
            work, work.people, person_id=person, handle=handle, authority="us-npi", number=number, now=NOW
        )


def test_two_who_claim_one_profile_are_a_conflict_for_a_verifier(database: sa.Engine) -> None:
    """Both may claim; each case shows it; once one is validated the other cannot be, and the profile has become theirs."""
    vera, vito = (a_person(database, name, roles=("VERIFIER",)) for name in ("Vera", "Vito"))
    handle = directory_profile(database, "1245319599", "Grace Hopper")
    right, wrong = a_person(database, "Grace Hopper"), a_person(database, "Somebody Else")
    first, second = claim(database, right, handle, "1245319599"), claim(database, wrong, handle, "1245319599")
    assert outcome(database, second.id)["NUMBER_UNIQUE"] == "FAIL"
    assert outcome(database, second.id)["NAME_MATCH"] == "FAIL"
    assert outcome(database, first.id)["NAME_MATCH"] == "PASS"
    assert decide(database, first.id, vera).pending_decision == "VALIDATE"
    assert outcome(database, first.id)["NUMBER_UNIQUE"] == "FAIL"
    assert confirm(database, first.id, vito, agree=True).status == "VALIDATED"
    decide(database, second.id, vera)
    with pytest.raises(Conflict, match="somebody else's"):
        confirm(database, second.id, vito, agree=True)
    with unit(database) as work:
        mine, gone = work.people.get(right), work.people.by_handle(handle)
    assert [item["code"] for item in mine.specialties] == ["cardiology"]
    assert mine.provenance[0]["source"] == "NPPES"
    assert gone.hidden
    with pytest.raises(NotFound):
        claim(database, a_person(database), handle, "1245319599")


def url_for(
    database: sa.Engine, person: str, credential: str, *, size: int = len(PDF), media_type: str = "application/pdf"
) -> str:
    """The token of an upload address."""
    with unit(database) as work:
        url = evidence.request_upload(
            work.credentials, work.evidence, SIGNER, credential_id=credential, person_id=person, media_type=media_type,
            size=size, public_url="http://x", now=_now(),
        ).url  # fmt: skip
    return url.rsplit("/", 1)[1]


def _now():  # type: ignore[no-untyped-def]
    from kit import clock

    return clock.now()


def put(database: sa.Engine, token: str, content: bytes, name: str | None = "diploma.pdf"):  # type: ignore[no-untyped-def]
    """Upload."""
    with unit(database) as work:
        return evidence.upload(
            work.credentials, work.evidence, work.audit, claims=evidence.read_upload(SIGNER, token), content=content,
            file_name=name, now=_now(),
        )  # fmt: skip


def test_evidence_comes_in_encrypted_and_each_view_is_audited(database: sa.Engine) -> None:
    """An address takes one document; it is deleted 30 days after the decision."""
    vera, person = a_person(database, "Vera", roles=("VERIFIER",)), a_person(database)
    case = submit(database, person)
    token = url_for(database, person, case.id)
    document = put(database, token, PDF, "../../my diploma.exe")
    assert document.file_name == "my diploma.pdf"
    with pytest.raises(Conflict):
        put(database, token, PDF)
    with unit(database) as work:
        stored = bytes(work.connection.execute(sa.text("SELECT content FROM evidence_content")).scalar_one())
        (address,) = evidence.download_addresses(
            work.evidence.of([case.id]), SIGNER, viewer=vera, public_url="http://x", now=_now()
        ).values()
    assert b"PDF" not in stored
    with unit(database) as work:
        found, content = evidence.download(
            work.evidence, work.audit, SIGNER, token=address.rsplit("/", 1)[1], now=_now(),
            sees=lambda who, what: (who, what) == (vera, case.id),
        )  # fmt: skip
    with pytest.raises(NotFound), unit(database) as work:
        evidence.download(
            work.evidence, work.audit, SIGNER, token=address.rsplit("/", 1)[1], now=_now(),
            sees=lambda *_: False,
        )  # fmt: skip
    assert (found.id, content) == (document.id, PDF)
    with unit(database) as work:
        (entry,) = work.audit.page(
            object=f"credential:{case.id}", actor=work.audit.pseudonym_of(vera), before=None, first=9
        )
    assert (entry.action, entry.reason) == ("evidence.view", document.id)
    decide(database, case.id, vera)
    with unit(database) as work:
        assert work.evidence.of([case.id])[0].delete_at == NOW + timedelta(days=30)
        assert work.evidence.delete_ended(NOW + timedelta(days=30)) == [case.id]
        with pytest.raises(NotFound):
            evidence.download(
                work.evidence, work.audit, SIGNER, token=address.rsplit("/", 1)[1], now=_now(),
                sees=lambda *_: True,
            )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg"), (b"MZ\x90\0", None), (b"<html>%PDF-1.7%%EOF", None),
     (PDF[:-6], None), (b"GIF89a", None), (b"", None), (b"PK\x03\x04", None), (b"\xff\xd8\xff", None)],
)  # fmt: skip
def test_a_document_is_what_its_content_says(content: bytes, kind: str | None) -> None:
    """Whatever it is called."""
    assert type_of(content) == kind


def test_disguised_too_large_and_foreign_documents_are_refused(database: sa.Engine) -> None:
    """With a code, and nothing stored."""
    person = a_person(database)
    case = submit(database, person)
    for size, media_type in (
        (50_000_000, "application/pdf"),
        (0, "application/pdf"),
        (10, "text/html"),
        (MAX_BYTES + 1, "image/png"),
    ):
        with pytest.raises(Invalid):
            url_for(database, person, case.id, size=size, media_type=media_type)
    with pytest.raises(NotFound):
        url_for(database, a_person(database), case.id)
    for content in (b"MZ" + PDF[2:], PNG, PDF + b"x"):
        with pytest.raises(Invalid):
            put(database, url_for(database, person, case.id), content)
    with pytest.raises(NotFound):
        evidence.read_upload(SIGNER, "x.y.z")
    with pytest.raises(NotFound):
        evidence.read_upload(SIGNER, SIGNER.access_token(person, []))
    expired = SIGNER.sign({"exp": 1}, token_type=evidence.UPLOAD)
    with pytest.raises(Expired):
        evidence.read_upload(SIGNER, expired)
    assert safe_name("..\\..\\a/b\u202e.exe", "image/png") == "b.png"
    with unit(database) as work:
        assert work.evidence.of([case.id]) == []


def test_keys_rotate_without_losing_anything(database: sa.Engine) -> None:
    """A new key stands before the old one; after encrypting again the old one is not needed."""
    case = submit(database, a_person(database), number="234567701")
    both = FieldCipher(((2, b"n" * 32), (1, b"f" * 32)), b"i" * 32)
    only = FieldCipher(((2, b"n" * 32),), b"i" * 32)
    with database.begin() as connection, pytest.raises(CannotDecrypt):
        open_unit(connection, only).credentials.get(case.id)
    with database.begin() as connection:
        work = open_unit(connection, both)
        while work.credentials.reencrypt(most=50) + work.evidence.reencrypt(most=5):
            pass
    with database.begin() as connection:
        assert open_unit(connection, only).credentials.get(case.id).number == "234567701"
        # Back again, for the tests that come after.
        work = open_unit(connection, FieldCipher(((1, b"f" * 32), (2, b"n" * 32)), b"i" * 32))
        while work.credentials.reencrypt(most=50) + work.evidence.reencrypt(most=5):
            pass
    assert CIPHER.decrypt(CIPHER.encrypt("x", owner="a"), owner="a") == "x"
    with pytest.raises(CannotDecrypt):
        CIPHER.decrypt(CIPHER.encrypt("x", owner="a"), owner="b")


def test_two_workers_do_each_item_once(database: sa.Engine) -> None:
    """What one holds the other passes over."""
    vera = a_person(database, "Vera", roles=("VERIFIER",))
    person = a_person(database)
    case = validated(database, person, vera, expires_on=date(2026, 12, 1))
    later = NOW + timedelta(days=30)
    threads = [threading.Thread(target=lambda: _run_item_jobs(database, later)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.reason for event in get(database, case.id).history].count("EXPIRED") == 1
    assert mails(database, person).count("credential-expired") == 1


def _run_item_jobs(database: sa.Engine, now) -> None:  # type: ignore[no-untyped-def]
    with unit(database) as work:
        run_item_jobs(work, now=now)
