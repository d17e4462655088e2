"""Authority, profession and place of a credential fit each other; identifiers prove no licence; numbers stay as they were typed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import sqlalchemy as sa
from stdnum import luhn

from kit.cipher import FieldCipher
from kit.clock import new_id
from kit.errors import Conflict, Invalid
from profiles.credentials.domain import Credential
from profiles.directory.usecases import claim_profile
from profiles.scheduled_jobs.usecases import ITEM_JOBS
from profiles.wiring import working
from tests.profiles.integration.test_registers import directory_profile
from tests.support.desk import (
    NOW,
    a_person,
    change_profile,
    confirm,
    decide,
    get,
    level,
    mails,
    snapshot,
    submit,
    take,
    unit,
)

NPIS = iter([f"1{n:08d}{luhn.calc_check_digit(f'808401{n:08d}')}" for n in range(30_000_000, 30_000_010)])
CASES = Path(__file__).parents[2] / "data" / "verification" / "cannot_submit.csv"


def professional(database: sa.Engine, profession: str | None, name: str = "Ada Lovelace") -> str:
    """Somebody whose profile names a profession."""
    person = a_person(database, name)
    if profession is not None:
        change_profile(database, person, profession=profession)
    return person


def fits(credential: Credential) -> tuple[str, str]:
    """How the check of the authority came out."""
    return next((check.outcome, check.detail) for check in credential.checks if check.name == "AUTHORITY_FITS")


@pytest.mark.parametrize(
    ("profession", "authority", "place", "fields"),
    [
        ("2221", "gb-gmc", "GB", ("In GB, these license Nursing professionals (2221): Nursing and Midwifery Council (gb-nmc).",)),
        ("2250", "gb-gmc", "GB", ("Royal College of Veterinary Surgeons (gb-rcvs)",)),
        ("2221", "es-cgcom", "ES", ("In ES, these license Nursing professionals (2221): ",)),
        ("3252", "fr-rpps", "FR", ("The catalogue has no authority for this in FR: take `other`",)),
    ],
)  # fmt: skip
def test_a_nurse_cannot_claim_the_doctors_council(
    database: sa.Engine, profession: str, authority: str, place: str, fields: tuple[str, ...]
) -> None:
    """The error names the field and the authorities that fit; nothing is submitted."""
    person = professional(database, profession)
    with pytest.raises(Invalid) as refused:
        submit(database, person, authority=authority, jurisdiction=place, number=None if authority == "x" else
               {"gb-gmc": "7654322", "es-cgcom": "28/28/12345", "fr-rpps": "10003461034"}[authority], specialty=None)  # fmt: skip
    assert refused.value.field == ["authority"]
    assert "which is the profession in your profile" in refused.value.message
    assert all(part in refused.value.message for part in fields), refused.value.message
    with unit(database) as work:
        assert work.credentials.of_person(person) == []


def test_a_profession_at_an_unverified_authority_goes_to_the_verifier(database: sa.Engine) -> None:
    """Nobody has looked up whom the council registers."""
    found = submit(
        database,
        professional(database, "2211"),
        authority="ke-radiation",
        jurisdiction="KE",
        number="12/7",
        specialty=None,
    )
    assert fits(found)[0] == "WARN"


def test_a_profession_that_changes_later_fails_the_check(database: sa.Engine) -> None:
    """An open case follows the profile; one verifier alone does not validate it then."""
    person = professional(database, "2212")
    first, second = (a_person(database, name, roles=("VERIFIER",)) for name in ("Vera", "Vito"))
    licence = submit(database, person, authority="gb-gmc", jurisdiction="GB", number="GMC 7654322", specialty=None)
    assert fits(licence) == ("PASS", "General Medical Council registers Specialist medical practitioners (2212).")
    change_profile(database, person, profession="2221")
    assert fits(get(database, licence.id))[0] == "FAIL"
    decided = decide(database, licence.id, first)
    assert (decided.status, decided.pending_decision) == ("IN_PROCESS", "VALIDATE")
    assert confirm(database, licence.id, second, True).status == "VALIDATED"


def test_a_licence_says_the_profession_that_was_verified(database: sa.Engine) -> None:
    """As it was when it was validated."""
    person = professional(database, "2222")
    decide(
        database,
        submit(database, person, authority="gb-nmc", jurisdiction="GB", number="12a 3456b", specialty=None).id,
        new_id(),
    )
    change_profile(database, person, profession="2221")
    assert [(one["authority"], one["profession"]) for one in snapshot(database, person)["licences"]] == [
        ("gb-nmc", "2222")
    ]


def test_the_jurisdiction_must_be_the_authoritys(database: sa.Engine) -> None:
    """Also of a territory of its country, and never of a wider place."""
    person = professional(database, "2211")
    with pytest.raises(Invalid, match=r"does not license in US\. In US, these license") as refused:
        submit(database, person, authority="us-fl-bom", jurisdiction="US", number="ME12345")
    assert refused.value.field == ["jurisdiction"]
    assert submit(database, person, authority="gb-gmc", jurisdiction="JE", number="7654322").jurisdiction == "JE"


@pytest.mark.parametrize(
    ("authority", "place", "number", "names"),
    [
        ("us-npi", "US", "1234567893", "(us-"),
        ("de-kbv", "DE", "123456601", "German Medical Association"),
        ("be-inami", "BE", "1-48203-13-004", "Order of Physicians (be-ordomedic)"),
    ],
)
def test_an_identifier_is_no_licence(database: sa.Engine, authority: str, place: str, number: str, names: str) -> None:
    """As a licence it is refused with who licenses there; as an identifier it supports, and gives no right to practise."""
    person, verifier = professional(database, "2212"), new_id()
    with pytest.raises(Invalid) as refused:
        submit(database, person, authority=authority, jurisdiction=place, number=number)
    assert refused.value.field == ["credentialKind"]
    assert f"In {place}, these license Specialist medical practitioners (2212): " in refused.value.message
    assert names in refused.value.message
    decide(database, submit(database, person, kind="IDENTITY", authority=None, number=None).id, verifier)
    own = submit(database, person, kind="IDENTIFIER", authority=authority, jurisdiction=place, number=number)
    assert decide(database, own.id, verifier).status == "VALIDATED"
    assert level(database, person) == "IDENTITY"
    assert snapshot(database, person)["licences"] == []


def test_licences_of_identifiers_become_identifiers(database: sa.Engine) -> None:
    """What versions before took counts no longer: the level falls, the owner is told once, and the desk goes on with open ones."""
    verifier = new_id()
    person, other = professional(database, "2212"), professional(database, "2212")
    decide(database, submit(database, person, kind="IDENTITY", authority=None, number=None).id, verifier)
    fields = {"kind": "IDENTIFIER", "authority": "us-npi", "jurisdiction": "US"}
    npi = decide(database, submit(database, person, number=next(NPIS), **fields).id, verifier)
    waits = submit(database, other, number=next(NPIS), **fields)
    with unit(database) as work:  # as a version before has stored them
        work.connection.execute(
            sa.text("UPDATE credential SET kind = 'LICENCE' WHERE id = ANY(CAST(:ids AS uuid[]))"),
            {"ids": [npi.id, waits.id]},
        )
    assert level(database, person) == "RIGHT_TO_PRACTISE"
    before = snapshot(database, person)["version"]
    with unit(database) as work:
        job = ITEM_JOBS["identifiers"]
        items = job.take(work, NOW, 10, [])
        for item in items:
            job.act(work, item, NOW)
    assert {item.id for item in items} == {npi.id, waits.id}
    assert level(database, person) == "IDENTITY"
    assert snapshot(database, person)["version"] == before + 1
    assert [get(database, own).kind for own in (npi.id, waits.id)] == ["IDENTIFIER", "IDENTIFIER"]
    assert (get(database, npi.id).status, get(database, waits.id).status) == ("VALIDATED", "ATTESTED")
    assert mails(database, person).count("credential-identifier") == 1
    assert mails(database, other) == []
    with unit(database) as work:
        assert ITEM_JOBS["identifiers"].take(work, NOW, 10, []) == []


def test_a_claim_by_npi_gives_the_profile_and_no_right(database: sa.Engine) -> None:
    """The number that the directory has is an identifier, and claims its profile still."""
    person, verifier = professional(database, "2212", "Jo Doe"), new_id()
    number = next(NPIS)
    handle = directory_profile(database, number, "Jo Doe")
    with unit(database) as work:
        claim = claim_profile(
            work, work.people, person_id=person, handle=handle, authority="us-npi", number=f"NPI {number}", now=NOW
        )
    assert (claim.kind, claim.jurisdiction, claim.number, claim.number_typed) == (
        "IDENTIFIER", "US", number, f"NPI {number}",
    )  # fmt: skip
    decide(database, claim.id, verifier)
    decide(database, submit(database, person, kind="IDENTITY", authority=None, number=None).id, verifier)
    with unit(database) as work:
        assert len(work.directory.merged_profiles(person)) == 1
    assert level(database, person) == "IDENTITY"


def rows() -> list[dict[str, str]]:
    """People who could not submit their number."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['place']} {row['typed']}")
def test_what_could_not_be_submitted_comes_to_the_desk(database: sa.Engine, row: dict[str, str]) -> None:
    """To the authority that was tried, or to another one that the applicant names; the verifier sees what was typed."""
    kind = "IDENTIFIER" if row["authority"] == "be-inami" else "LICENCE"
    found = submit(
        database, a_person(database), kind=kind, authority=row["authority"] or "other", jurisdiction=row["place"],
        number=row["typed"], specialty=None,
        other_authority=None if row["authority"] else {"name": f"Authority of {row['what']}", "url": "https://council.example"},
    )  # fmt: skip
    read = get(database, found.id)
    assert read.number_typed == (None if row["typed"] == "-" else row["typed"])
    assert (read.other_authority is None) == bool(row["authority"])
    assert read.desk_since is not None
    assert {check.name for check in read.checks if check.outcome == "FAIL"} <= {"NUMBER_UNIQUE"}


def at_other(database: sa.Engine, person: str, name: str | None, place: str, number: str) -> Credential:
    """A licence of an authority that the catalogue does not have."""
    named = {"name": name, "url": None} if name else None
    return submit(database, person, authority="other", jurisdiction=place, number=number, other_authority=named)


def unique(credential: Credential) -> str:
    """How the check for the same number came out."""
    return next(check.outcome for check in credential.checks if check.name == "NUMBER_UNIQUE")


def test_numbers_of_other_authorities_collide_only_within_one(database: sa.Engine) -> None:
    """By country and name, however the number and the name are written."""
    first = a_person(database)
    at_other(database, first, "Dental Council of Tuvalu", "TV", "00-12345/A")
    people = [a_person(database) for _ in range(4)]
    assert unique(at_other(database, people[0], "Medical Council of Tuvalu", "TV", "12345A")) == "PASS"
    assert unique(at_other(database, people[1], "Dental Council of Tuvalu", "NR", "12345A")) == "PASS"
    assert unique(at_other(database, people[2], None, "TV", "12345A")) == "PASS"
    assert unique(at_other(database, people[3], "the TUVALU dental council", "TV", "Reg. No. １２３４５ a")) == "FAIL"
    with pytest.raises(Conflict):
        at_other(database, first, "Tuvalu Dental Council", "TV", "12345-a")


def test_the_same_number_under_two_spellings_is_found(database: sa.Engine) -> None:
    """At an authority with a format and at one without."""
    for authority, place, one, two in (
        ("br-cfm", "BR", "CRM/SP 987654", "987654-sp"),
        ("pk-pmdc", "PK", "54321-P", "PMDC 054321p"),
    ):
        first = submit(database, a_person(database), authority=authority, jurisdiction=place, number=one)
        second = submit(database, a_person(database), authority=authority, jurisdiction=place, number=two)
        assert (unique(first), unique(second), second.number_typed) == ("PASS", "FAIL", two)


def test_what_was_typed_is_encrypted_and_follows_the_key(database: sa.Engine) -> None:
    """Like the number itself, for the owner and verifiers only."""
    found = submit(database, a_person(database), authority="br-cfm", jurisdiction="BR", number=" crm/sp\u00a0654321 ")
    assert (found.number, found.number_typed) == ("SP-654321", "crm/sp 654321")
    with database.connect() as connection:
        row = connection.execute(
            sa.text("SELECT number_cipher, number_typed_cipher, key_id FROM credential WHERE id = CAST(:id AS uuid)"),
            {"id": found.id},
        ).one()
    assert b"654321" not in bytes(row.number_typed_cipher)
    assert bytes(row.number_typed_cipher)[0] == bytes(row.number_cipher)[0] == row.key_id
    again = FieldCipher(((2, b"g" * 32), (1, b"f" * 32)), b"i" * 32)
    with working(database, again) as work:
        assert work.credentials.reencrypt(most=1000) > 0
        moved = work.credentials.get(found.id)
        assert moved is not None
        assert (moved.number, moved.number_typed) == ("SP-654321", "crm/sp 654321")
        work.connection.rollback()


def test_another_number_before_a_decision_is_kept_as_typed(database: sa.Engine) -> None:
    """The owner corrects it."""
    from profiles.credentials.usecases import update_credential

    person = a_person(database)
    found = submit(database, person, authority="br-cfm", jurisdiction="BR", number="SP 111222")
    with unit(database) as work:
        update_credential(
            work, credential_id=found.id, person_id=person, changes={"number": "CRM-RJ 111.222"}, message=None,
            expected_version=None, now=NOW,
        )  # fmt: skip
    read = get(database, found.id)
    assert (read.number, read.number_typed) == ("RJ-111222", "CRM-RJ 111.222")


def test_a_certificate_without_a_number_is_decided_by_its_document(database: sa.Engine) -> None:
    """A German licence has none; where the numbers have a known format, one is needed."""
    person = professional(database, "2212")
    found = submit(database, person, authority="de-baek", number=None)
    assert (found.number, found.number_typed) == (None, None)
    assert take(database, found.id, new_id()).status == "IN_PROCESS"
    with pytest.raises(Invalid, match="Give the number in"):
        submit(database, person, authority="gb-gmc", jurisdiction="GB", number=" - ")


def test_another_authority_is_named_for_the_generic_one_only(database: sa.Engine) -> None:
    """With a page that a verifier can open."""
    person = a_person(database)
    for authority, named, field in (
        ("de-baek", {"name": "Dental Council", "url": None}, ["otherAuthority"]),
        ("other", {"name": "Dental Council", "url": "javascript:alert(1)"}, ["otherAuthority", "url"]),
        ("other", {"name": "x", "url": None}, ["otherAuthority", "name"]),
    ):
        with pytest.raises(Invalid) as refused:
            submit(database, person, authority=authority, other_authority=named)
        assert refused.value.field == field
