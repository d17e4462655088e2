"""Texts in languages that the guard does not know: what may be a number, a date or an age in them is doubtful."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from consilium.cli import main
from kit.guard import ALLOW, HOLD, LANGUAGES, check, is_known
from kit.privacy import Identifier, PatientIdentifier, doubts_of_language, written_in
from kit.texts import check_text

# Of the given cases: named patients, which no word of a known language tells from anything else.
UNKNOWN = [
    ("uk", "пацієнт Іван Шевченко, 67 років"), ("hi", "रोगी राम शर्मा उम्र 67"), ("bn", "রোগী রহিম উদ্দিন, বয়স ৬৭"), ("ja", "患者 山田太郎、67歳、男性"),
    ("zh", "患者王小明，男，67岁"), ("zh", "患者王小明，男，六十七岁"), ("ka", "პაციენტი გიორგი ბერიძე, 67 წლის"), ("fa", "بیمار رضا احمدی، ۶۷ ساله"),
    ("ru", "номер истории болезни 1234567"), ("ar", "رقم الملف ١٢٣٤٥٦٧"), ("el", "ασθενής Γιώργος, 67 ετών"), ("ko", "환자 김철수, 67세"),
    ("th", "ผู้ป่วย สมชาย อายุ ๖๗ ปี"), ("he", "המטופל משה כהן, בן 67"),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "text"), UNKNOWN)
def test_a_number_in_another_script_is_doubtful(tag: str, text: str) -> None:
    """Whatever the text is said to be in."""
    assert not is_known(tag)
    for language in (tag, "en", None):
        decision = check(text, language=language)
        assert decision.decision == HOLD
        assert any(text[one.start : one.end].isnumeric() for one in decision.identifiers)


@pytest.mark.parametrize("text", ["Пациент с астмой, что вы посоветуете?", "一般的患者，建议吗？", "Pacjent z astmą"])
def test_without_a_number_it_passes(text: str) -> None:
    assert check(text, language="pl").decision == ALLOW


def test_a_known_script_is_judged_by_what_the_text_is_said_to_be_in() -> None:
    text = "Pacjent ma 45 lat"
    assert check(text, language="pl").decision == HOLD
    assert check(text).decision == ALLOW  # nobody says which language it is
    assert all(
        check("Start 25 mg BID", language=tag).decision == ALLOW for tag in (*LANGUAGES, "pt-BR", "de-CH", "EN-us")
    )


@pytest.mark.parametrize(
    "text", ["TNF-α and IL-1β at 5 mg, 3 μg", "ΔΨm fell by 40 %; γδ T cells 12 %", "Ångström 5, Łódź 2024, ℃ 37"]
)
def test_symbols_are_no_other_script(text: str) -> None:
    assert check(text, language="en").decision == ALLOW


def test_doubt_waits_where_it_can_and_the_refusal_says_why() -> None:
    doubts: list[Identifier] = []
    with written_in("pl"):
        check_text("Pacjent ma 45 lat", field="body", longest=100, doubts=doubts)
        with pytest.raises(PatientIdentifier, match="does not know this language"):
            check_text("Pacjent ma 45 lat", field="message", longest=100)
        check_text("Lekarz od 2010", field="note", longest=100, of_professional=True)
    assert doubts == [Identifier("body", "UNKNOWN_LANGUAGE", 11, 13)]
    assert check_text("Pacjent ma 45 lat", field="body", longest=100)  # said of nothing outside


def test_a_language_that_is_learned_later_adds_its_doubts_once() -> None:
    found = doubts_of_language("Pacjent ma 45 lat", field="body", language="pl", known=[])
    assert found == [Identifier("body", "UNKNOWN_LANGUAGE", 11, 13)]
    assert doubts_of_language("Pacjent ma 45 lat", field="body", language="pl", known=found) == []
    assert doubts_of_language("Paciente de 45 años", field="body", language="es", known=[]) == []


def test_the_command_takes_the_language(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "texts.jsonl"
    file.write_text('{"text": "Pacjent 45 lat", "language": "pl"}\n{"text": "x", "language": 1}\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["guard", "check", str(file)])
    assert json.loads(result.stdout)["decision"] == "hold"
    assert "Line 2" in result.stderr
