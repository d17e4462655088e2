"""The privacy guard: what it must find, and what it must let pass; `test_guard_growth.py`: that no text ties it up."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from consilium.cli import main
from kit.guard import ALLOW, BLOCK, check, numbers
from kit.guard.views import plain
from tests.support.phi import CASES, clinical_questions, identifier_forms

CLEAN = [
    "The ESC Congress takes place in Munich on 29 August 2025; join us at booth 12.",
    "N Engl J Med 2023;388(12):1234-45, doi:10.1056/NEJMoa2212345 and PMID: 36812345.",
    "See NCT04567890 and EudraCT 2019-001234-56 for the inclusion criteria.",
    "Start metoprolol 25 mg BID, titrate to 200 mg; target HR < 70 bpm, BP 120/80 mmHg.",
    "HbA1c 8.4%, creatinine 1.23 mg/dL, eGFR 45 mL/min/1.73m2, Na 138-145, K 3.5-5.0.",
    "Ich bin Kardiologe am Klinikum Leipzig und suche Kollegen in Bayern.",
    "A 54-year-old woman with heart failure and preserved ejection fraction: which SGLT2 inhibitor would you choose?",
    "Guideline updated on 12 March 2024; the FDA approved it on May 5, 2023.",
    "Johns Hopkins Hospital and Mayo Clinic reported similar outcomes in 2021.",
    "Parkinson Disease, Alzheimer's Disease and Crohn's disease; the PREDIMED diet.",
    "In Dr. Smith's lecture on amyloidosis we learned about tafamidis 61 mg.",
    "Version 1.2.3.4 of the score; ICD-10 I50.31; LOINC 2345-7; SNOMED 84114007.",
    "Le patient de 67 ans présente une dyspnée stade III NYHA; FEVG 35 %.",
    "El paciente de 45 años con asma grave: ¿biológico?",
    "ISBN 978-3-16-148410-0; ISSN 1234-5678. ORCID 0000-0002-1694-233X.",
    "Median follow-up was 36 months (IQR 24-48); HR 0.82 (95% CI 0.71-0.94), p=0.003.",
    "Thanks, Jonas. I agree with Amina: start with amphotericin B 3 mg/kg.",
    "In unserem Zentrum wurden 2024 insgesamt 312 Eingriffe dokumentiert; Rückfragen gern hier.",
]
IDENTIFYING = [
    ("Patientin Erika Mustermann, geb. 12.08.1964, Fallnummer 2023-445566", {"NAME", "DATE", "MEDICAL_RECORD_NUMBER"}),
    ("M. Dupont, 67 ans, hospitalisé le 12/03/2024, NIR 1 84 12 76 451 089 46", {"NAME", "DATE", "NATIONAL_ID"}),
    (
        "Paciente: Juan Pérez García, NHC 123456, ingresó el 4 de mayo de 2023",
        {"NAME", "DATE", "MEDICAL_RECORD_NUMBER"},
    ),
    ("Il sig. Rossi, nato il 3/4/1950, cartella clinica n. 778899", {"NAME", "DATE", "MEDICAL_RECORD_NUMBER"}),
    ("He lives at 12 Elm Street, Springfield, IL 62704", {"ADDRESS"}),
    ("a man aged 95, phone +49 151 23456789, fax 030 1234567", {"AGE_OVER_89", "PHONE_NUMBER", "FAX_NUMBER"}),
    ("NHS number 943 476 5919", {"NATIONAL_ID"}),
]
EVASIONS = [
    "MRN １２３４５６７",
    "SSN 1 2 3 - 4 5 - 6 7 8 9",
    "M\u200bR\u200bN: 44\u200b55\u200b667",
    "call me at 0 1 5 1 2 3 4 5 6 7 8 9",
    "john.doe (at) mail (dot) com",
    "NHS 9.4.3.4.7.6.5.9.1.9",
    "MRN: ٤٤٥٥٦٦٧",
    "j\u00adane.doe@mail.example.com",
    "ＭＲＮ ４４５５６６７",
    "SSN 123\u00a0-\u00a045\u00a0-\u00a06789",
]


def test_clinical_questions_reach_the_figures() -> None:
    scores = clinical_questions()
    numbers = [kind for kind in scores.there if kind not in {"NAME", "DATE"}]
    assert scores.recall(*numbers) >= 0.97
    assert scores.recall("DATE") >= 0.9
    assert scores.recall("NAME") >= 0.8
    assert scores.stopped <= 0.03 * scores.clean


def test_forms_of_identifiers_reach_the_figures() -> None:
    scores = identifier_forms()
    assert scores.recall(*scores.there) >= 0.97
    # What has a right check digit and belongs to nobody cannot be told from what belongs to somebody.
    assert scores.stopped <= 0.1 * scores.clean


@pytest.mark.parametrize("text", CLEAN)
def test_what_identifies_nobody_passes(text: str) -> None:
    assert check(text).decision == ALLOW


def test_of_what_colleagues_write_at_most_three_in_a_hundred_are_stopped() -> None:
    """Sentences of our own, in several languages, with doses, dates of congresses, trials and codes."""
    texts = (CASES / "clean_texts.txt").read_text(encoding="utf-8").splitlines()
    stopped = [text for text in texts if check(text).decision != ALLOW]
    assert len(texts) >= 60
    assert len(stopped) <= 0.03 * len(texts), stopped


@pytest.mark.parametrize(("text", "kinds"), IDENTIFYING)
def test_what_identifies_is_refused_with_its_kinds(text: str, kinds: set[str]) -> None:
    decision = check(text)
    assert decision.decision == BLOCK
    assert {one.kind for one in decision.identifiers} == kinds


@pytest.mark.parametrize("text", EVASIONS)
def test_tricks_of_writing_do_not_help(text: str) -> None:
    assert check(text).decision != ALLOW


def test_places_are_in_code_points_of_the_text_as_sent() -> None:
    text = "🫀 ﬁne\u200b: MRN ４４\u200b５５６６７"
    (found,) = check(text).identifiers
    assert text[found.start : found.end] == "４４\u200b５５６６７"


def test_ones_own_register_number_passes() -> None:
    text = "My NPI is 1245319599."
    assert check(text).decision != ALLOW
    assert check(text, own_numbers=["1245319599"]).decision == ALLOW


@pytest.mark.parametrize("text", ["MRN 1245319599", "Insurance no. 1245319599", "Patientin Erika Mustermann"])
def test_nothing_else_passes_as_ones_own_number(text: str) -> None:
    """Whoever submits a credential says what its number is: it may be a patient's, or a name."""
    own = ["1245319599", "Erika Mustermann", "MRN 1245319599"]
    assert check(text, own_numbers=own) == check(text)
    assert check(text).decision == BLOCK


def test_folding_keeps_accents_and_places() -> None:
    view = plain("é\u200bＡ１")
    assert (view.text, view.at) == ("éA1", (0, 2, 3))


def test_admins_try_texts_on_the_command_line(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "texts.jsonl"
    file.write_text('{"text": "MRN 1234567"}\n{"text": "Aspirin 100 mg"}\n[]\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["guard", "check", str(file)])
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first == {
        "decision": "block", "identifiers": [{"kind": "MEDICAL_RECORD_NUMBER", "start": 4, "end": 11}]
    }  # fmt: skip
    assert second == {"decision": "allow", "identifiers": []}
    assert "Line 3" in result.stderr
    assert result.exit_code == 1


# Published examples, by country; each stands alone here, without a word that says what it is.
NATIONAL_NUMBERS = {
    "AT": "1237 010180", "BE": "85.07.30-033 28", "BG": "7523169263", "CH": "756.9217.0769.85", "CZ": "710319/2745",
    "DE tax": "36 574 261 809", "DE pension": "15 070649 C 103", "DE health": "A123456780", "DK": "211062-5629",
    "EE": "36805280109", "ES": "54362315K", "ES foreign": "x-2482300w", "FI": "311280-888Y", "FR": "2 95 10 99 126 111 93",
    "GB": "943 476 5870", "GB insurance": "AB 12 34 56 C", "GR": "01013099997", "HR": "33392005961", "IE": "6433435F",
    "IS": "450401-3150", "IT": "RCCMNL83S18D969H", "LT": "33309240064", "LV": "161175-19997", "NO": "151086 95088",
    "PL": "44051401359", "RO": "1630615123457", "SE": "880320-0016", "SI": "0101006500006",
}  # fmt: skip


@pytest.mark.parametrize("country", NATIONAL_NUMBERS)
def test_a_national_number_is_stopped_without_a_cue(country: str) -> None:
    """By its form and check digit."""
    number = NATIONAL_NUMBERS[country]
    text = f"Bitte beachten: {number} steht auf dem Formular."
    decision = check(text)
    assert decision.decision != ALLOW
    (found,) = decision.identifiers
    assert text[found.start : found.end] == number


def test_every_check_of_a_form_can_be_loaded() -> None:
    """One that cannot would make the guard fail, and hold every text with such digits."""
    names = [how for _, _, how, _ in numbers._FORMS if isinstance(how, str)]
    assert len(names) > 25
    for name in names:
        assert numbers._valid(name)("1") is False
