"""A decision is about what its verifier has seen: reasons, methods, versions and documents, on the real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import jwt
import pytest
import sqlalchemy as sa

from kit.clock import now
from kit.errors import Conflict, Invalid, VersionConflict
from profiles.accounts.signing import Signer
from profiles.checks.usecases import check
from profiles.credentials import domain, usecases
from profiles.credentials.domain import Credential
from profiles.desk import ending, second_verifier
from profiles.desk import usecases as desk
from profiles.evidence import usecases as evidence
from tests.kit.unit.test_kit import a_pem
from tests.profiles.integration.test_registers import PDF
from tests.support.desk import (
    NOW,
    a_person,
    confirm,
    confirm_read,
    decide,
    decide_taken,
    get,
    read,
    revoke,
    submit,
    suspend,
    take,
    unit,
    validated,
)

SIGNER = Signer(a_pem(), "http://x")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def update(database: sa.Engine, case: Credential, **changes: Any) -> Credential:
    """What the owner changes."""
    with unit(database) as work:
        return usecases.update_credential(
            work, credential_id=case.id, person_id=case.person_id, changes=changes, message="Here",
            expected_version=None, now=NOW,
        )  # fmt: skip


def ask_upload(database: sa.Engine, case: Credential) -> dict[str, Any]:
    """What an address for an upload says."""
    with unit(database) as work:
        url = evidence.request_upload(
            work.credentials, work.evidence, SIGNER, credential_id=case.id, person_id=case.person_id,
            media_type="application/pdf", size=len(PDF), public_url="http://x", now=NOW,
        ).url  # fmt: skip
    # NOW has passed, and with it the address's time, which is not what these tests are about.
    return dict(jwt.decode(url.rsplit("/", 1)[1], options={"verify_signature": False}))


def upload(database: sa.Engine, claims: dict[str, Any], *, at: Any = NOW) -> str:
    """Send a document to an address; returns its id."""
    with unit(database) as work:
        return evidence.upload(
            work.credentials, work.evidence, work.audit, claims=claims, content=PDF, file_name="Urkunde.pdf", now=at
        ).id


def open_documents(database: sa.Engine, case: str, viewer: str) -> None:
    """Download every document of a case."""
    with unit(database) as work:
        shown = evidence.download_addresses(
            work.evidence.of([case]), SIGNER, viewer=viewer, public_url="http://x", now=now()
        )
    for address in shown.values():
        with unit(database) as work:
            evidence.download(
                work.evidence, work.audit, SIGNER, token=address.rsplit("/", 1)[1], sees=lambda *_: True,
                now=NOW,
            )  # fmt: skip


def dates(database: sa.Engine, case: str) -> list[Any]:
    """When the documents of a case are deleted."""
    with unit(database) as work:
        return [one.delete_at for one in work.evidence.of([case])]


# ------------------------------------------------------------------ reasons and methods


@pytest.mark.parametrize("decision", domain.DECISIONS)
def test_a_reason_fits_its_decision(database: sa.Engine, vera: str, decision: str) -> None:
    """Every reason that does not is refused, and nothing is decided; OTHER needs a note."""
    case = submit(database, a_person(database))
    take(database, case.id, vera)
    for reason in domain.REASONS:
        if reason not in domain.REASONS_FOR[decision]:
            with pytest.raises(Invalid) as caught:
                decide_taken(database, case.id, vera, decision, reason=reason)
            assert caught.value.field == ["reason"], reason
    with pytest.raises(Invalid) as caught:
        decide_taken(database, case.id, vera, decision, reason="OTHER", note=" ")
    assert caught.value.field == ["note"]
    assert get(database, case.id).status == "IN_PROCESS"


ENDING = [ending.suspend_credential, partial(ending.revoke_credential, effective_on=None)]


@pytest.mark.parametrize("reason", ["CONFIRMED_AT_SOURCE", "CONFIRMED_BY_DOCUMENT", "INSUFFICIENT_EVIDENCE"])
@pytest.mark.parametrize("act", ENDING, ids=["suspend", "revoke"])
def test_a_suspension_and_a_revocation_have_reasons_against_it(
    database: sa.Engine, vera: str, act: Callable[..., Any], reason: str
) -> None:
    """What counts goes on counting when the reason does not fit."""
    licence = validated(database, a_person(database), vera)
    with pytest.raises(Invalid) as caught, unit(database) as work:
        act(
            work, credential_id=licence.id, verifier=vera, reason=reason, note=None, now=NOW,
            expected_version=licence.version,
        )  # fmt: skip
    assert caught.value.field == ["reason"]
    assert get(database, licence.id).status == "VALIDATED"


@pytest.mark.parametrize("act", ENDING, ids=["suspend", "revoke"])
def test_a_suspension_and_a_revocation_are_about_what_was_read(
    database: sa.Engine, vera: str, vito: str, act: Callable[..., Any]
) -> None:
    """What the owner would change since then is read first; what others have read does not count."""
    licence = validated(database, a_person(database), vera)

    def answer(version: int | None = None) -> Credential:
        with unit(database) as work:
            return act(
                work, credential_id=licence.id, verifier=vito, reason="SANCTIONED", note=None, now=NOW,
                expected_version=version,
            )  # fmt: skip

    read(database, licence.id, vera)
    with pytest.raises(Conflict, match="Read the case first"):
        answer()
    read(database, licence.id, vito)
    changed = update(database, licence, expires_on=date(2029, 1, 1))
    assert changed.version > licence.version
    for version in (None, licence.version):
        with pytest.raises(VersionConflict) as caught:
            answer(version)
        assert caught.value.current_version == changed.version
    assert get(database, licence.id).status == "VALIDATED"
    read(database, licence.id, vito)
    assert answer().status == "REQ_REVALID"


IDENTITY = {"kind": "IDENTITY", "authority": None, "number": None, "specialty": None}


@pytest.mark.parametrize(
    ("fields", "given", "field"),
    [
        ({}, {"method": "SELF_ASSERTED"}, "method"),
        ({}, {"method": "DOCUMENT"}, "method"),
        ({}, {"method": "REGISTER_SNAPSHOT"}, "method"),
        ({}, {"method": "CALL", "note": None}, "note"),
        ({}, {"method": "EMPLOYER", "note": ""}, "note"),
        ({}, {"source_url": "ftp://register"}, "sourceUrl"),
        (IDENTITY, {"source_url": None}, "sourceUrl"),
        (IDENTITY, {"reason": "CONFIRMED_BY_DOCUMENT"}, "reason"),
        ({}, {"reason": "CONFIRMED_BY_DOCUMENT", "method": "PRIMARY_SOURCE"}, "method"),
    ],
)
def test_a_method_must_be_true(
    database: sa.Engine, vera: str, fields: dict[str, Any], given: dict[str, Any], field: str
) -> None:
    """There is no validation without what it says that it rests on."""
    case = submit(database, a_person(database), **fields)
    take(database, case.id, vera)
    with pytest.raises(Invalid) as caught:
        decide_taken(database, case.id, vera, **given)
    assert caught.value.field == [field]
    assert get(database, case.id).status == "IN_PROCESS"


def test_what_a_validation_rests_on_is_recorded(database: sa.Engine, vera: str) -> None:
    """The page that was looked at, the register's own where none is named, or that somebody was called."""
    named = decide(database, submit(database, a_person(database)).id, vera)
    assert (named.method, named.source_url, named.source_as_of) == (
        "PRIMARY_SOURCE", "https://register.example/entry", NOW.date()
    )  # fmt: skip
    default = decide(database, submit(database, a_person(database)).id, vera, source_url=None)
    assert default.source_url is not None
    assert default.source_url.startswith("https://")
    called = decide(
        database, submit(database, a_person(database), **IDENTITY).id, vera, method="CALL", source_url=None,
        note="Video call with the clinic's front desk, number from its page.",
    )  # fmt: skip
    assert (called.method, called.source_url, called.source_as_of) == ("CALL", None, None)


def test_a_document_counts_for_who_has_opened_it(database: sa.Engine, vera: str, vito: str) -> None:
    """Not where there is none, where another verifier opened it, or where only one of two was opened."""
    case = submit(database, a_person(database), **IDENTITY)
    upload(database, ask_upload(database, case))
    by_document = {"reason": "CONFIRMED_BY_DOCUMENT", "source_url": None}
    open_documents(database, case.id, vito)
    take(database, case.id, vera)
    with pytest.raises(Invalid, match=r"Urkunde\.pdf"):
        decide_taken(database, case.id, vera, **by_document)
    with unit(database) as work:
        desk.release_case(work, credential_id=case.id, verifier=vera, now=NOW)
    open_documents(database, case.id, vera)
    upload(database, ask_upload(database, case))
    take(database, case.id, vera)
    with pytest.raises(Invalid, match="Open the documents"):
        decide_taken(database, case.id, vera, **by_document)
    open_documents(database, case.id, vera)
    decided = decide_taken(database, case.id, vera, **by_document)
    assert (decided.status, decided.method) == ("VALIDATED", "DOCUMENT")


def test_the_second_verifier_opens_the_documents_too(database: sa.Engine, vera: str, vito: str) -> None:
    """Agreeing is deciding; disagreeing needs nothing."""
    number = submit(database, a_person(database)).number
    case = submit(database, a_person(database), number=number)
    upload(database, ask_upload(database, case))
    open_documents(database, case.id, vera)
    waiting = decide(database, case.id, vera, reason="CONFIRMED_BY_DOCUMENT", source_url=None)
    assert waiting.pending_decision == "VALIDATE"
    with pytest.raises(Invalid, match="Open the documents"):
        confirm(database, case.id, vito, agree=True)
    open_documents(database, case.id, vito)
    assert confirm(database, case.id, vito, agree=True).method == "DOCUMENT"


# ------------------------------------------------------------------ what was seen


def test_a_case_is_taken_before_it_is_decided(database: sa.Engine, vera: str, vito: str) -> None:
    """Also when many are decided at once, and again when the lease is over."""
    cases = [submit(database, a_person(database)) for _ in range(3)]
    for case in cases:
        with pytest.raises(Conflict, match="takeCase"):
            decide_taken(database, case.id, vera)
    take(database, cases[0].id, vera)
    with pytest.raises(Conflict, match="takeCase"):
        decide_taken(database, cases[0].id, vera, now=NOW + 16 * MINUTE)
    with pytest.raises(Conflict):
        decide_taken(database, cases[0].id, vito)
    assert decide_taken(database, cases[0].id, vera).status == "VALIDATED"
    assert [get(database, case.id).status for case in cases[1:]] == ["ATTESTED", "ATTESTED"]


def test_a_review_is_taken_before_it_is_decided(database: sa.Engine, vera: str) -> None:
    """A validated credential on the desk is a case like any other."""
    licence = validated(database, a_person(database), vera)
    update(database, licence, expires_on=date(2029, 1, 1))
    with pytest.raises(Conflict, match="takeCase"):
        decide_taken(database, licence.id, vera)
    assert decide(database, licence.id, vera).expires_on == date(2029, 1, 1)


def test_a_decision_is_about_the_version_that_was_taken(database: sa.Engine, vera: str) -> None:
    """Whatever changes the case meanwhile: the verifier reads it again."""
    case = submit(database, a_person(database))
    taken = take(database, case.id, vera)
    with unit(database) as work:
        work.credentials.change(work.credentials.lock(case.id), message="Something new")
    with pytest.raises(VersionConflict):
        decide_taken(database, case.id, vera)
    with pytest.raises(VersionConflict):
        decide_taken(database, case.id, vera, expected_version=taken.version)
    again = take(database, case.id, vera)
    assert decide_taken(database, case.id, vera, expected_version=again.version).status == "VALIDATED"


def test_a_confirmation_is_about_the_version_that_was_read(database: sa.Engine, vera: str, vito: str) -> None:
    """Suspending and revoking too."""
    licence = validated(database, a_person(database), vera)
    for act in ENDING:
        with pytest.raises(VersionConflict), unit(database) as work:
            act(
                work, credential_id=licence.id, verifier=vera, reason="SANCTIONED", note=None, now=NOW,
                expected_version=licence.version - 1,
            )  # fmt: skip
    suspended = suspend(database, licence.id, vera)
    revoked = revoke(database, licence.id, vera)

    def answer(version: int) -> Credential:
        with unit(database) as work:
            return second_verifier.confirm_decision(
                work, credential_id=licence.id, verifier=vito, agree=True, expected_version=version, now=NOW
            )

    with pytest.raises(VersionConflict):
        answer(suspended.version)  # it read the suspension, and a revocation waits
    assert answer(revoked.version).status == "REVAL_FAIL"


@pytest.mark.parametrize("agree", [True, False])
def test_a_confirmation_that_names_no_version_is_about_the_one_that_was_read(
    database: sa.Engine, vera: str, vito: str, agree: bool
) -> None:
    """By this verifier, while the decision waited; reading what waits now is enough, and what others have read counts for them."""
    licence = validated(database, a_person(database), vera)
    suspend(database, licence.id, vera)
    read(database, licence.id, a_person(database, "Another", roles=("VERIFIER",)))
    with pytest.raises(Conflict, match="Read the case first"):
        confirm_read(database, licence.id, vito, agree)
    read(database, licence.id, vito)
    waiting = revoke(database, licence.id, vera)
    with pytest.raises(VersionConflict) as caught:
        confirm_read(database, licence.id, vito, agree)
    assert caught.value.current_version == waiting.version
    assert get(database, licence.id) == waiting
    assert read(database, licence.id, vito).version == waiting.version
    assert confirm_read(database, licence.id, vito, agree).status == ("REVAL_FAIL" if agree else "VALIDATED")


def test_nothing_changes_while_a_decision_waits(database: sa.Engine, vera: str, vito: str) -> None:
    """No date, no specialty, no document, also with an address from before; what is confirmed is what was decided."""
    licence = validated(database, a_person(database), vera, expires_on=date(2028, 1, 1))
    update(database, licence, expires_on=date(2029, 1, 1))
    address = ask_upload(database, licence)
    submit(database, a_person(database), number=licence.number)
    taken = take(database, licence.id, vera)
    with unit(database) as work:
        check(work, taken, now=NOW)
    assert decide_taken(database, licence.id, vera).pending_decision == "VALIDATE"
    for act in (
        lambda: update(database, licence, expires_on=date(2099, 12, 31), specialty="neurosurgery"),
        lambda: update(database, licence),
        lambda: ask_upload(database, licence),
        lambda: upload(database, address),
    ):
        with pytest.raises(Conflict):
            act()
    final = confirm(database, licence.id, vito, agree=True)
    assert (final.status, final.expires_on, final.specialty) == ("VALIDATED", date(2029, 1, 1), "cardiology")
    assert dates(database, licence.id) == []


# ------------------------------------------------------------------ documents


def test_no_document_comes_while_a_verifier_works(database: sa.Engine, vera: str) -> None:
    """And an address from before is dead, also when the verifier has given the case back."""
    case = submit(database, a_person(database))
    address = ask_upload(database, case)
    take(database, case.id, vera)
    for act in (lambda: ask_upload(database, case), lambda: upload(database, address)):
        with pytest.raises(Conflict, match="working"):
            act()
    with unit(database) as work:
        desk.release_case(work, credential_id=case.id, verifier=vera, now=NOW)
    with pytest.raises(Conflict, match="moved on"):
        upload(database, address)
    upload(database, ask_upload(database, case))
    assert len(dates(database, case.id)) == 1


def test_several_addresses_of_one_state_take_a_document_each(database: sa.Engine) -> None:
    """A document makes a new version of the case, and no new state."""
    case = submit(database, a_person(database))
    addresses = [ask_upload(database, case) for _ in range(3)]
    for address in addresses:
        upload(database, address)
    assert get(database, case.id).version == case.version + 3
    assert dates(database, case.id) == [None, None, None]


def test_no_document_is_kept_for_ever(database: sa.Engine, vera: str, vito: str) -> None:
    """A day comes with the decision, with a question that is not answered, and with what comes while nobody waits."""
    person = a_person(database)
    case = submit(database, person)
    address = ask_upload(database, case)
    upload(database, ask_upload(database, case))
    decide(database, case.id, vera, "REQUEST_INFO", note="Please send more.")
    assert dates(database, case.id) == [NOW + 180 * DAY]
    with pytest.raises(Conflict, match="moved on"):
        upload(database, address)
    late = ask_upload(database, case)  # to answer with
    upload(database, late)
    assert sorted(dates(database, case.id)) == [NOW + 30 * DAY, NOW + 180 * DAY]
    update(database, case)
    assert dates(database, case.id) == [None, None]
    decide(database, case.id, vera)
    assert dates(database, case.id) == [NOW + 30 * DAY, NOW + 30 * DAY]
    for act in (lambda: ask_upload(database, case), lambda: upload(database, late)):
        with pytest.raises(Conflict):
            act()
    suspend(database, case.id, vera)
    confirm(database, case.id, vito, agree=True)
    upload(database, ask_upload(database, case), at=NOW + DAY)
    assert dates(database, case.id) == [NOW + 74 * DAY] * 3  # 14 days after the last day of an appeal


def test_evidence_is_there_while_a_rejection_can_be_appealed(database: sa.Engine, vera: str) -> None:
    """The second verifier needs something to look at."""
    person = a_person(database)
    case = submit(database, person)
    upload(database, ask_upload(database, case))
    rejected = decide(database, case.id, vera, "REJECT")
    assert rejected.appeal_until == NOW + 60 * DAY
    assert dates(database, case.id) == [NOW + 74 * DAY]
    with unit(database) as work:
        usecases.appeal_credential(
            work, credential_id=case.id, person_id=person, statement="It is in the register.", now=NOW
        )
    assert dates(database, case.id) == [None]
