"""The page for applicants says what the code does: its steps, documents, reasons and numbers."""

from __future__ import annotations

import re

import pytest

from catalogues.authorities import EVIDENCE
from catalogues.reasons import DECISION_REASONS
from profiles.accounts.usecases import CONFIRM_HOURS
from profiles.credentials import casework, domain
from profiles.credentials.kinds import KINDS
from profiles.credentials.usecases import MAX_OPEN_CREDENTIALS
from profiles.evidence import domain as evidence
from profiles.rights.retention import RULES
from profiles.scheduled_jobs.usecases import REMINDER_DAYS
from profiles.verification import domain as verification
from profiles.verification.texts import TITLES
from profiles.verification.usecases import MIN_CASES, USUAL_DAYS
from tests.architecture.test_architecture import ROOT

TEXT = (ROOT / "docs" / "getting-verified.md").read_text(encoding="utf-8")
ONE_LINE = re.sub(r"\s+", " ", TEXT)
# What an applicant can do something about; the others are for verifiers, or say what the applicant knows.
EXPLAINED = ("NUMBER_NOT_FOUND", "NAME_MISMATCH", "EXPIRED", "INSUFFICIENT_EVIDENCE", "DUPLICATE")


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, without its head."""
    part = TEXT.partition(f"{heading}\n")[2].partition("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_the_steps_are_those_of_the_ladder() -> None:
    """By their titles, in their order."""
    assert [row[0] for row in table("## The three steps")] == [
        f"{place}. {TITLES[kind].english}" for place, kind in enumerate(verification.LADDER, 1)
    ]


def test_the_documents_are_those_that_usually_prove_a_registration() -> None:
    """One row for each kind of authority, in the words of the catalogue."""
    rows = table("## What you need")
    assert len(rows) == len(EVIDENCE)
    for (_, document), expected in zip(rows, EVIDENCE.values(), strict=True):
        assert document.startswith(re.split("[;:]", expected)[0]), expected


def test_the_reasons_are_said_as_in_mails() -> None:
    """Of a refusal."""
    said = {row[0] for row in table("## If it is refused")}
    assert said == {DECISION_REASONS[code].english for code in EXPLAINED}
    assert set(EXPLAINED) <= domain.REASONS_FOR["REJECT"]


def test_every_kind_of_credential_is_named() -> None:
    """In the words of the mails."""
    for name, kind in KINDS.items():
        assert kind.words.english in ONE_LINE, name


@pytest.mark.parametrize(
    "sentence",
    [
        f"The link works for {CONFIRM_HOURS} hours",
        f"at most {evidence.MAX_BYTES // 1_000_000} MB",
        f"at most {evidence.MAX_FILES} documents",
        f"at most {MAX_OPEN_CREDENTIALS} credentials",
        f"fewer than {MIN_CASES} such cases were decided in the last {USUAL_DAYS} days",
        f"another one has to agree within {domain.PENDING_DAYS} days",
        f"deleted {casework.UNANSWERED_DAYS} days after a question",
        f"You have {domain.APPEAL_DAYS} days to appeal",
        "{}, {} and {} days before the last day".format(*REMINDER_DAYS),
        f"for {domain.SUSPENSION_HOURS} hours",
        f"deleted {casework.EVIDENCE_DAYS} days after the decision",
        f"{domain.APPEAL_DAYS + casework.APPEALABLE_DAYS} days after a refusal",
        f"deleted after {next(one.days for one in RULES if one.what == 'rejected and withdrawn credentials') // 365} years",
    ],
)
def test_numbers_are_those_of_the_code(sentence: str) -> None:
    """Each in its sentence."""
    assert sentence in ONE_LINE


def test_the_types_of_documents_are_those_that_are_taken() -> None:
    """And no others."""
    assert {f"image/{kind.lower()}" if kind != "PDF" else "application/pdf" for kind in ("PDF", "PNG", "JPEG")} == set(
        evidence.ENDINGS
    )
    assert "PDF, PNG or JPEG files" in ONE_LINE


def test_the_page_names_no_part_of_the_api() -> None:
    """It is for people who have never seen one: no code, no enum's value, no operation."""
    assert "`" not in TEXT
    assert not re.search(r"\b[A-Z]{4,}_|GraphQL|mutation|\bAPI\b|\b[a-z]+[A-Z][a-z]+\b", TEXT)
    assert "docs/getting-verified.md" in (ROOT / "README.md").read_text(encoding="utf-8")
