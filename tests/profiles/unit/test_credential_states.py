"""The legal transitions of a credential's verification."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Conflict
from profiles.credentials import domain
from profiles.credentials.domain import Credential

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
ACTS = sorted({act for _, act in domain.TRANSITIONS})


def a_credential(**fields: object) -> Credential:
    """A credential that was just submitted."""
    base = Credential(
        id="c", person_id="p", kind="LICENCE", authority="de-kbv", institution_id=None, number="123456601",
        specialty=None, jurisdiction="DE", status=domain.ATTESTED, revalidation=False, standing="UNKNOWN", method=None,
        source_url=None, issued_on=None, expires_on=None, checked_on=None, submitted_at=NOW, requested_info=None,
        taken_by=None, lease_until=None, version=1,
    )  # fmt: skip
    return replace(base, **fields)  # type: ignore[arg-type]


@given(st.lists(st.sampled_from(ACTS), max_size=30), st.booleans())
def test_a_walk_never_leaves_the_legal_states(acts: list[str], on_desk: bool) -> None:
    """Whatever is tried in whatever order: an ended case leaves its end by an appeal alone, VAL_FAIL never follows a
    validation, and what counts is never ended in one step."""
    credential, validated_once = a_credential(desk_since=NOW if on_desk else None), False
    for act in acts:
        before = credential.status
        try:
            status = domain.next_status(credential, act)
        except Conflict:
            continue
        assert (before, act) in domain.TRANSITIONS
        assert before not in domain.ENDED or act == "APPEAL"
        assert before != domain.ENTERED_IN_ERROR
        assert status in domain.STATUSES
        validated_once |= status == domain.VALIDATED
        assert not (validated_once and status == domain.VAL_FAIL)
        assert not (before == domain.VALIDATED and status in {domain.VAL_FAIL, domain.REVAL_FAIL})
        assert not (validated_once and status == domain.ATTESTED)
        credential = replace(credential, status=status, revalidation=credential.revalidation or validated_once)


def test_what_is_validated_and_not_on_the_desk_cannot_be_decided() -> None:
    """It must be brought there first; then it goes on counting while somebody looks."""
    decided = a_credential(status=domain.VALIDATED, revalidation=True)
    for act in ("TAKE", "VALIDATE", "RELEASE", "REQUEST_INFO"):
        with pytest.raises(Conflict):
            domain.next_status(decided, act)
        assert domain.next_status(replace(decided, desk_since=NOW), act) == domain.VALIDATED


def test_a_decision_on_a_decided_case_is_refused_with_its_version() -> None:
    """A verifier who comes too late learns what the case is now."""
    with pytest.raises(Conflict, match="VALIDATED") as caught:
        domain.next_status(a_credential(status=domain.VALIDATED, version=3), "REJECT")
    assert caught.value.current_version == 3


def test_a_lease_holds_others_off_until_it_ends() -> None:
    """Two verifiers never work on one case at once."""
    taken = a_credential(status=domain.IN_PROCESS, taken_by="vera", lease_until=NOW.replace(minute=15))
    assert domain.leased_to_other(taken, "vito", NOW)
    assert not domain.leased_to_other(taken, "vera", NOW)
    assert not domain.leased_to_other(taken, "vito", NOW.replace(minute=16))
