"""Other names beside the verified one, on the real PostgreSQL: what is shown was seen by a verifier, and never is the name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from kit.clock import new_id
from kit.errors import Conflict, DomainError, Invalid, LimitReached, VersionConflict
from profiles.accounts.signing import Signer
from profiles.credentials import usecases
from profiles.credentials.domain import Credential, proposed_fields
from profiles.credentials.kinds import KINDS
from profiles.evidence.store import Evidence
from profiles.outbox.store import CHANGED
from profiles.people.domain import MAX_OTHER_NAMES, Holder, OtherName, under_review
from profiles.people.usecases import read_profile
from profiles.proofs.usecases import check_proof, make_proof
from profiles.registers.sanctions import import_sanctions
from tests.kit.unit.test_kit import a_pem
from tests.profiles.integration.test_registers import PDF
from tests.support.desk import (
    NOW,
    a_person,
    change_profile,
    confirm,
    decide,
    decide_taken,
    get,
    level,
    mails,
    revoke,
    run_item_jobs,
    snapshot,
    submit,
    submit_name,
    suspend,
    take,
    unit,
    validated,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SIGNER = Signer(a_pem(), "http://x")


def identity(database: sa.Engine, person: str, vera: str, *, now: Any = NOW) -> Credential:
    """An identity that a verifier has validated."""
    return validated(database, person, vera, now=now, kind="IDENTITY", authority=None, number=None)


@pytest.fixture
def ada(database: sa.Engine, vera: str) -> str:
    """Somebody whose identity is verified."""
    person = a_person(database, "Ada Lovelace")
    identity(database, person, vera)
    return person


def shown(database: sa.Engine, person: str) -> list[tuple[str, str]]:
    """The other names that the graph is told of, in their order."""
    return [(one["text"], one["use"]) for one in snapshot(database, person)["other_names"]]


def told(database: sa.Engine, person: str) -> list[tuple[str, str]]:
    """The other names in the newest snapshot that waits for the graph."""
    with unit(database) as work:
        payload = work.connection.execute(
            sa.text(
                "SELECT payload FROM outbox WHERE aggregateid = :p AND type = :type "
                "ORDER BY CAST(payload ->> 'version' AS integer) DESC LIMIT 1"
            ),
            {"p": person, "type": CHANGED},
        ).scalar_one()
    return [(one["text"], one["use"]) for one in payload["other_names"]]


def update(database: sa.Engine, credential: Credential, **changes: Any) -> Credential:
    """Change one's own credential."""
    with unit(database) as work:
        return usecases.update_credential(
            work, credential_id=credential.id, person_id=credential.person_id, changes=changes, message=None,
            expected_version=None, now=NOW,
        )  # fmt: skip


def withdraw(database: sa.Engine, credential: Credential) -> None:
    """Take one's own back."""
    with unit(database) as work:
        usecases.withdraw_credential(work, credential_id=credential.id, person_id=credential.person_id, now=NOW)


def test_a_validated_name_is_shown_beside_the_verified_one_and_never_instead_of_it(
    database: sa.Engine, ada: str, vera: str
) -> None:
    """It gives no level, no licence, no place on a licence or in a proof."""
    case = submit_name(database, ada, "  Countess   Lovelace ")
    assert (case.other_name, case.holder) == (
        OtherName("Countess Lovelace", "PREFERRED"),
        Holder("Ada Lovelace", None),
    )
    assert shown(database, ada) == []
    before = snapshot(database, ada)
    decide(database, case.id, vera, now=NOW + HOUR)
    found = snapshot(database, ada)
    assert shown(database, ada) == told(database, ada) == [("Countess Lovelace", "PREFERRED")]
    assert found == before | {"other_names": found["other_names"], "version": found["version"]}
    assert (found["name"], level(database, ada)) == ("Ada Lovelace", "IDENTITY")
    with unit(database) as work:
        person = work.people.get(ada)
        assert under_review(person, work.people.standing(ada).credentials) is None
        proof = make_proof(
            work.proofs, SIGNER, snapshot=read_profile(work.people, ada), audience="a", public_url="http://x", now=NOW
        ).token
        assert check_proof(work.proofs, SIGNER, token=proof, audience="a", now=NOW)["name"] == "Ada Lovelace"
        assert "Countess" not in str(SIGNER.check(proof, token_type="verification-proof+jwt"))
    licensed = validated(database, ada, vera, now=NOW + HOUR)
    assert get(database, licensed.id).holder.name == "Ada Lovelace"
    assert [one["holder_name"] for one in snapshot(database, ada)["licences"]] == ["Ada Lovelace"]
    assert mails(database, ada).count("credential-validated") == 3
    assert get(database, case.id).next_review_on is None  # a name does not come back by itself


def test_a_name_of_nobody_verified_is_validated_and_shown_by_nobody(database: sa.Engine, vera: str) -> None:
    """Also where the owner's name on the profile is the very same."""
    person = a_person(database, "Eve Impostor")
    case = submit_name(database, person, "Maria García")
    take(database, case.id, vera)
    with pytest.raises(Conflict, match="first validate an identity"):
        decide_taken(database, case.id, vera)
    assert get(database, case.id).status == "IN_PROCESS"
    assert shown(database, person) == []
    assert snapshot(database, person)["name"] == "Eve Impostor"

    identity(database, person, vera)
    assert shown(database, person) == []
    assert get(database, case.id).holder == Holder("Eve Impostor", None)
    decide(database, case.id, vera)
    assert shown(database, person) == [("Maria García", "PREFERRED")]


def test_a_name_is_shown_beside_no_other_verified_name_than_its_verifier_saw(
    database: sa.Engine, ada: str, vera: str
) -> None:
    """Who becomes verified as somebody else takes no other name along until a verifier has read both."""
    case = submit_name(database, ada, "Maria García")
    decide(database, case.id, vera)
    with unit(database) as work:
        own = next(one for one in work.credentials.of_person(ada) if one.kind == "IDENTITY")
    change_profile(database, ada, name="Eugenia Smith")
    assert shown(database, ada) == [("Maria García", "PREFERRED")]  # nobody has agreed to the change
    assert get(database, own.id).proposed["holder"]["name"] == "Eugenia Smith"
    assert get(database, case.id).proposed is None
    decide(database, own.id, vera, now=NOW + HOUR)
    assert (snapshot(database, ada)["name"], shown(database, ada)) == ("Eugenia Smith", [])

    waiting = get(database, case.id)
    assert (waiting.status, waiting.review_reason, waiting.holder) == (
        "VALIDATED",
        "PROFILE_CHANGED",
        Holder("Ada Lovelace", None),
    )
    assert proposed_fields(waiting) == {"holder": Holder("Eugenia Smith", None)}
    declined = decide(database, case.id, vera, "REJECT", reason="NAME_MISMATCH", now=NOW + HOUR)
    assert (declined.status, shown(database, ada)) == ("VALIDATED", [])
    with unit(database) as work:
        assert work.people.get(ada).name == "Eugenia Smith"  # the profile is not put back for another name
    update(database, declined)
    decide(database, case.id, vera, now=NOW + HOUR)
    assert shown(database, ada) == [("Maria García", "PREFERRED")]


def test_a_name_is_not_validated_beside_a_name_that_changed_meanwhile(
    database: sa.Engine, ada: str, vera: str, vito: str
) -> None:
    """The verifier who holds the case is told by its version."""
    case = submit_name(database, ada, "Maria García")
    change_profile(database, ada, name="Eugenia Smith")
    with unit(database) as work:
        own = next(one for one in work.credentials.of_person(ada) if one.kind == "IDENTITY")
    take(database, case.id, vera)
    decide(database, own.id, vito)
    with pytest.raises(VersionConflict):
        decide_taken(database, case.id, vera)
    assert shown(database, ada) == []
    decide(database, case.id, vera)
    assert get(database, case.id).holder.name == "Eugenia Smith"


def test_a_name_follows_the_verified_one_where_a_licence_is_lost(database: sa.Engine, vera: str) -> None:
    """Suspended, the licence says no more who somebody is; the verifier who takes the name reads who it is now."""
    person = a_person(database, "Ada Lovelace")
    identity(database, person, vera)
    licensed = validated(database, person, vera)
    change_profile(database, person, name="Ada King")
    decide(database, licensed.id, vera, now=NOW + HOUR)
    case = submit_name(database, person, "Countess")
    assert case.holder == Holder("Ada King", None)
    suspend(database, licensed.id, vera, now=NOW + HOUR)
    assert snapshot(database, person)["name"] == "Ada Lovelace"
    assert take(database, case.id, vera, now=NOW + HOUR).holder == Holder("Ada Lovelace", None)
    decide_taken(database, case.id, vera, now=NOW + HOUR)
    assert shown(database, person) == [("Countess", "PREFERRED")]


def test_a_name_alone_verifies_nobody(database: sa.Engine, ada: str, vera: str) -> None:
    """When the identity goes, nothing names the person any more, and a changed profile is proposed with nothing."""
    case = submit_name(database, ada, "Countess Lovelace")
    decide(database, case.id, vera)
    with unit(database) as work:
        own = next(one for one in work.credentials.of_person(ada) if one.kind == "IDENTITY")
    withdraw(database, own)
    assert shown(database, ada) == told(database, ada) == []
    change_profile(database, ada, name="Mallory")
    assert (snapshot(database, ada)["name"], level(database, ada)) == ("Mallory", "UNVERIFIED")
    assert get(database, case.id).proposed is None
    identity(database, ada, vera)
    assert (snapshot(database, ada)["name"], shown(database, ada)) == ("Mallory", [])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"other_name": None}, ["otherName"]),
        ({"other_name": {"text": " x ", "use": "FORMER"}}, ["otherName", "text"]),
        ({"other_name": {"text": "y" * 121, "use": "FORMER"}}, ["otherName", "text"]),
        ({"other_name": {"text": "Ada\u0007", "use": "FORMER"}}, ["otherName", "text"]),
        ({"authority": "de-kbv", "number": "123 456 601"}, ["authority"]),
        ({"number": "123"}, ["number"]),
        ({"institution": new_id()}, ["institution"]),
        ({"specialty": "cardiology"}, ["specialty"]),
        ({"kind": "IDENTITY"}, ["otherName"]),
        ({"kind": "DEGREE"}, ["otherName"]),
    ],
)
def test_a_name_takes_what_a_name_has_and_nothing_else(
    database: sa.Engine, ada: str, fields: dict[str, Any], field: list[str]
) -> None:
    """Each refusal names the field, and nothing is stored."""
    given = {"kind": "NAME", "authority": None, "number": None, "other_name": {"text": "Ada King", "use": "MARRIED"}}
    with pytest.raises(Invalid) as caught:
        submit(database, ada, **given | fields)
    assert caught.value.field == field
    with unit(database) as work:
        assert [one.kind for one in work.credentials.of_person(ada)] == ["IDENTITY"]


def test_only_a_name_changes_its_name(database: sa.Engine, ada: str) -> None:
    """And it never loses it."""
    case, other = submit_name(database, ada, "Ada King"), submit_name(database, ada, "Ada Byron", "FORMER")
    degree = submit(database, ada, kind="DEGREE", authority=None, number=None)
    for credential, changes, field in (
        (degree, {"other_name": {"text": "Ada King", "use": "FORMER"}}, ["otherName"]),
        (case, {"other_name": None}, ["otherName"]),
        (case, {"other_name": {"text": "", "use": "FORMER"}}, ["otherName", "text"]),
        (case, {"number": "1234"}, ["number"]),
    ):
        with pytest.raises(Invalid) as caught:
            update(database, credential, **changes)
        assert caught.value.field == field
    with pytest.raises(Conflict) as again:
        update(database, case, other_name={"text": "ada byron", "use": "FORMER"})
    assert again.value.field == ["otherName", "text"]
    assert get(database, case.id).other_name == OtherName("Ada King", "PREFERRED")
    update(database, case, other_name={"text": "Ada King-Noel", "use": "MARRIED"})
    assert get(database, case.id).other_name == OtherName("Ada King-Noel", "MARRIED")
    with pytest.raises(Conflict):
        submit_name(database, ada, "ADA BYRON", "FORMER")
    assert other.status == "ATTESTED"


def test_the_database_takes_no_name_of_another_kind(database: sa.Engine, ada: str) -> None:
    """And none that says nothing: whatever a later program forgets."""
    case = submit_name(database, ada, "Ada King")
    for change in ("kind = 'DEGREE'", "other_name = NULL"):
        with unit(database) as work, pytest.raises(sa.exc.IntegrityError):
            work.connection.execute(
                sa.text(f"UPDATE credential SET {change} WHERE id = CAST(:id AS uuid)"), {"id": case.id}
            )


def test_a_changed_name_is_shown_as_it_was_until_a_verifier_agrees(database: sa.Engine, ada: str, vera: str) -> None:
    """Old and new stand side by side meanwhile; declining keeps the old."""
    case = submit_name(database, ada, "Ada King")
    decide(database, case.id, vera)
    update(database, case, other_name={"text": "Ada Noel", "use": "MARRIED"})
    waiting = get(database, case.id)
    assert waiting.other_name == OtherName("Ada King", "PREFERRED")
    assert proposed_fields(waiting) == {"other_name": OtherName("Ada Noel", "MARRIED")}
    assert shown(database, ada) == [("Ada King", "PREFERRED")]
    decide(database, case.id, vera, "REJECT", reason="INSUFFICIENT_EVIDENCE")
    assert shown(database, ada) == [("Ada King", "PREFERRED")]
    update(database, case, other_name={"text": "Ada Noel", "use": "MARRIED"})
    decide(database, case.id, vera)
    assert shown(database, ada) == told(database, ada) == [("Ada Noel", "MARRIED")]


def test_a_name_is_validated_by_a_document_that_was_opened_or_at_a_source_with_a_link(
    database: sa.Engine, ada: str, vera: str
) -> None:
    """A call or an employer says nothing about what a document shows."""
    case = submit_name(database, ada, "Ada King")
    take(database, case.id, vera)
    for fields, field in (
        ({"reason": "CONFIRMED_BY_DOCUMENT"}, "reason"),  # there is none
        ({"source_url": None}, "sourceUrl"),
        ({"method": "CALL"}, "method"),
        ({"method": "EMPLOYER"}, "method"),
        ({"method": "REGISTER_SNAPSHOT"}, "method"),
        ({"reason": "OTHER", "method": "CALL"}, "method"),
        ({"reason": "OTHER", "source_url": None}, "sourceUrl"),
    ):
        with pytest.raises(Invalid) as caught:
            decide_taken(database, case.id, vera, **fields)
        assert caught.value.field == [field], fields
    with unit(database) as work:
        document = Evidence(new_id(), case.id, "marriage.pdf", "application/pdf", len(PDF), NOW, None)
        work.evidence.add(document, PDF)
    with pytest.raises(Invalid, match="Open the documents first"):
        decide_taken(database, case.id, vera, reason="CONFIRMED_BY_DOCUMENT")
    with unit(database) as work:
        work.evidence.note_view(document.id, vera, at=NOW)
    decided = decide_taken(database, case.id, vera, reason="CONFIRMED_BY_DOCUMENT", source_url=None)
    assert (decided.status, decided.method) == ("VALIDATED", "DOCUMENT")


@pytest.mark.parametrize("way", ["withdrawn", "suspended", "revoked", "expired"])
def test_a_name_that_counts_no_more_is_shown_no_more(
    database: sa.Engine, ada: str, vera: str, vito: str, way: str
) -> None:
    """From the very next snapshot; what comes back is shown again."""
    case = submit_name(database, ada, "Ada King", expires_on=NOW.date())
    decide(database, case.id, vera)
    assert told(database, ada) == [("Ada King", "PREFERRED")]
    if way == "withdrawn":
        withdraw(database, case)
    elif way == "suspended":
        suspend(database, case.id, vera)
        assert told(database, ada) == []
        confirm(database, case.id, vito, agree=False)
        assert told(database, ada) == [("Ada King", "PREFERRED")]
        suspend(database, case.id, vito)
    elif way == "revoked":
        revoke(database, case.id, vera)
        confirm(database, case.id, vito, agree=True)
    else:
        with unit(database) as work:
            run_item_jobs(work, now=NOW + DAY)
        assert get(database, case.id).standing == "LAPSED"
        assert mails(database, ada)[-1] == "credential-expired"
    assert shown(database, ada) == told(database, ada) == []
    assert snapshot(database, ada)["name"] == "Ada Lovelace"


def test_a_name_on_a_list_of_sanctions_is_told_to_the_verifier(database: sa.Engine, ada: str, vera: str) -> None:
    """A list that knows a person by a former name is looked through for it."""
    with unit(database) as work:
        import_sanctions(work.registers, source="list", as_of=NOW.date(), rows=[{"name": "Ada Byron"}], now=NOW)
    outcome = {one.name: one.outcome for one in submit_name(database, ada, "Ada Byron", "FORMER").checks}
    assert outcome["SANCTIONS"] == "WARN"
    outcome = {one.name: one.outcome for one in submit_name(database, ada, "Ada King").checks}
    assert outcome["SANCTIONS"] == "PASS"
    with unit(database) as work:
        import_sanctions(work.registers, source="list", as_of=NOW.date(), rows=[], now=NOW)


def test_a_person_has_at_most_ten_names(database: sa.Engine, ada: str, vera: str) -> None:
    """Newest first; one that was rejected does not come back by an appeal while others have taken its place."""
    rejected = submit_name(database, ada, "Name Rejected")
    decide(database, rejected.id, vera, "REJECT", reason="INSUFFICIENT_EVIDENCE")
    cases = [submit_name(database, ada, f"Name Number{chr(97 + n)}", "FORMER") for n in range(MAX_OTHER_NAMES)]
    with pytest.raises(LimitReached, match="10 other names"):
        submit_name(database, ada, "One More")

    def appeal() -> Credential:
        with unit(database) as work:
            return usecases.appeal_credential(
                work, credential_id=rejected.id, person_id=ada, statement="The document says so.", now=NOW
            )

    with pytest.raises(LimitReached):
        appeal()
    for number, case in enumerate(cases):
        decide(database, case.id, vera, now=NOW + timedelta(minutes=number))
    assert shown(database, ada) == [(f"Name Number{chr(97 + n)}", "FORMER") for n in reversed(range(10))]
    withdraw(database, cases[0])
    assert appeal().status == "ATTESTED"
    assert len(shown(database, ada)) == 9


def test_other_credentials_do_not_come_back_by_an_appeal_beyond_their_bound(database: sa.Engine, vera: str) -> None:
    """What ended counts no more, so that others may take its place."""
    person = a_person(database)
    first = submit(database, person)
    decide(database, first.id, vera, "REJECT")
    for _ in range(usecases.MAX_OPEN_CREDENTIALS):
        submit(database, person)
    with unit(database) as work, pytest.raises(LimitReached):
        usecases.appeal_credential(
            work, credential_id=first.id, person_id=person, statement="The register has me.", now=NOW
        )


def test_a_second_verifier_validates_a_name_beside_the_name_that_is_verified_then(
    database: sa.Engine, ada: str, vera: str, vito: str
) -> None:
    """What the first one saw is not enough."""
    case = submit_name(database, ada, "Ada King")
    decide(database, case.id, vera)
    suspend(database, case.id, vera)
    confirm(database, case.id, vito, agree=True)
    assert decide(database, case.id, vera).pending_decision == "VALIDATE"
    with unit(database) as work:
        own = next(one for one in work.credentials.of_person(ada) if one.kind == "IDENTITY")
    suspend(database, own.id, vera)
    with pytest.raises(Conflict, match="first validate an identity"):
        confirm(database, case.id, vito, agree=True)
    confirm(database, own.id, vito, agree=False)
    confirm(database, case.id, vito, agree=True)
    assert shown(database, ada) == [("Ada King", "PREFERRED")]


def test_every_kind_says_what_it_counts_for(database: sa.Engine, vera: str) -> None:
    """Validated alone, each gives just what its row says; a kind that is added is tried here by itself."""
    for name, kind in KINDS.items():
        person = a_person(database, "Ada Lovelace")
        if kind.naming_rank is None:
            identity(database, person, vera)
        given: dict[str, Any] = {} if kind.needs_authority else {"authority": None, "number": None}
        if name == "IDENTIFIER":
            given = {"authority": "us-npi", "number": "1003000126", "jurisdiction": "US"}
        if kind.has_other_name:
            given["other_name"] = {"text": "Ada King", "use": "PREFERRED"}
        case = validated(database, person, vera, kind=name, **given)
        change_profile(database, person, name="Grace Hopper")
        found = snapshot(database, person)
        assert found["name"] == "Ada Lovelace", name
        assert (get(database, case.id).proposed is None) == (kind.naming_rank is None), name
        assert bool(found["other_names"]) == kind.has_other_name, name
        assert (get(database, case.id).next_review_on is not None) == kind.has_review, name
        assert bool(found["licences"]) == (name == "LICENCE"), name
        proven = [item["code"] for item in found["specialties"] if item["verified"]]
        assert bool(proven) == (kind.proves_specialty and case.specialty is not None), name
        if not kind.takes_number:
            with pytest.raises(DomainError):
                submit(database, person, kind=name, **given | {"number": "123"})


def test_an_admin_finds_an_account_by_every_name_that_others_see(database: sa.Engine, vera: str) -> None:
    """Also where the profile says another one by now."""
    names = [f"Name {new_id()}" for _ in range(3)]
    person = a_person(database, names[0])
    identity(database, person, vera)
    case = submit_name(database, person, names[1])

    def finds() -> list[bool]:
        with unit(database) as work:
            return [
                [one.person_id for one in work.accounts.search(text=name.upper(), role=None, after=None, first=5)]
                == [person]
                for name in names
            ]

    assert finds() == [True, False, False]
    decide(database, case.id, vera)
    change_profile(database, person, name=names[2])
    assert finds() == [True, True, True]
    withdraw(database, case)
    assert finds() == [True, False, True]


def test_a_verifier_reads_verified_and_declared_name_beside_the_other_one(
    database: sa.Engine, ada: str, vera: str
) -> None:
    """In one statement each for a page of cases."""
    change_profile(database, ada, name="Eugenia Smith")
    stranger = a_person(database, "Nobody Verified")
    with unit(database) as work:
        assert work.people.names_of([ada, stranger, ada]) == {
            ada: ("Eugenia Smith", "Ada Lovelace"),
            stranger: ("Nobody Verified", None),
        }
