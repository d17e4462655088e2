"""How names of people are compared, and looked up."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.names import Likeness, compare, search_keys
from kit.names import spelling as spelling_module
from kit.names.parsing import parse
from kit.names.tables import given_names, letters, words

DATA = Path(__file__).parents[2] / "data" / "names"
EQUAL = """
Müller, Jürgen | Juergen Mueller
Иван Петров | Ivan Petrov
Юлия Щербакова | Yulia Shcherbakova
Олександр Шевченко | Oleksandr Shevchenko
Χρήστος Μπακογιάννης | Christos Bakogiannis
王小明 | Wang Xiaoming
王小明 | Xiaoming Wang
曾国华 | Zeng Guohua
陳大文 | 陈大文
김철수 | Kim Cheol-su
김철수 | Chul-soo Kim
이영희 | Lee Young-hee
山田太郎 | Yamada Taro
やまだ たろう | Tarō Yamada
ヤマダ タロウ | Taro Yamada
محمد علي حسن | Muhammad Ali Hassan
عبد الرحمن خان | Abdul Rahman Khan
דוד כהן | David Cohen
राजेश कुमार | Rajesh Kumar
ნინო გელაშვილი | Nino Gelashvili
Đorđe Petrović | Djordje Petrovic
Þóra Guðmundsdóttir | Thora Gudmundsdottir
Jean-Luc Picard | Picard Jean Luc
O'Brien, Sinéad | Sinead OBrien
van der Berg, Jan | Jan Vanderberg
Prof. Dr. med. Hans-Peter Meier | Hanspeter Meier
MUDr. Jan Novák, Ph.D. | Jan Novak
SMITH JOHN MD | John Smith, M.D.
д-р Иван Петров | Ivan Petrov
王小明 医生 | Wang Xiaoming
김철수 박사 | 김철수
김철수선생님 | 김철수
Wang Xiaoming 王小明 | 王小明
Do Kyung-soo | Kyungsoo Do
Ma Li | Li Ma
John Smith III | Smith, John III
Anna Weber (geb. Schmidt) | Anna Weber
"""
SIMILAR = """
John A. Smith | John Smith
J. Smith | John Smith
Maria | Maria
王 | 王
Maria Garcia | Mario Garcia
Martin Schulz | Martina Schulz
Chen Li | Chen Liu
王小明 | 王晓明
王小明 | Wang Xiaohong
John Smith Jr. | John Smith Sr.
John Smith Jr. | John Smith
Bill Clinton | William Clinton
Md. Abdul Karim | Mohammed Abdul Karim
Anna Schmidt-Weber | Anna Schmidt
Muhammad Ali Hassan | Mohamed Aly Hasan
يوسف الخطيب | Youssef El Khatib
Ana Kowalska | Anna Kowalska
Ann Arose | Anna Rose
Anna Schmidt 王小明 | Anna Schmidt
Anna Schmidt 王小明 | 王小明
Anna Schmidt 王 | Anna Schmidt
Chan Tai Man 陳大文 | 陳大文
"""
DIFFERENT = """
Anna Schmidt | Boris Petrov
John Smith | Jane Smith
김철수 | Kim Young-hee
김철수 | 김영희
محمد علي حسن | Peter Huber
Иван Петров | Anna Schmidt
"""
UNKNOWN = """
陳大文 | Chan Tai Man
สมชาย ใจดี | Peter Huber
... | Anna Schmidt
"""


def pairs(text: str) -> list[tuple[str, ...]]:
    """Two names a line."""
    return [tuple(part.strip() for part in line.split(" | ")) for line in text.strip().splitlines()]


@pytest.mark.parametrize(
    ("first", "second", "likeness"),
    [
        (*pair, likeness)
        for likeness, text in zip(Likeness, (UNKNOWN, DIFFERENT, SIMILAR, EQUAL), strict=True)
        for pair in pairs(text)
    ],
)
def test_two_names_are_compared(first: str, second: str, likeness: Likeness) -> None:
    """Whichever is first: equal for a person, similar for a doubt, different for two, unknown for what has no reading."""
    assert compare(first, second) == compare(second, first) == likeness
    if likeness >= Likeness.SIMILAR:
        assert set(search_keys(first)) & set(search_keys(second))


def cases(name: str) -> list[tuple[str, str, str]]:
    """Names that were judged wrongly, with what is right."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return [(row[0], row[1], row[2]) for row in list(csv.reader(file))[1:]]


@pytest.mark.parametrize(("registered", "name", "are"), cases("match.csv"))
def test_one_person_never_fails_and_two_never_pass(registered: str, name: str, are: str) -> None:
    """What is left to look at is similar."""
    likeness = compare(registered, name)
    assert likeness != (Likeness.DIFFERENT if are == "same" else Likeness.EQUAL)


@pytest.mark.parametrize(("listed", "name", "expected"), cases("sanctions.csv"))
def test_a_listed_name_is_found_and_never_passes(listed: str, name: str, expected: str) -> None:
    """In another order or script, and with an initial."""
    assert expected in {"listed", "similar"}
    assert compare(listed, name) >= Likeness.SIMILAR
    assert set(search_keys(listed)) & set(search_keys(name))


NAMES = st.text(
    st.one_of(st.sampled_from("abcdeé -.,'()Jr"), st.sampled_from("ивањ άβγ 王明김철 محمد דכ やま राज 田")), max_size=60
)


@given(NAMES, NAMES)
def test_the_order_of_two_names_does_not_matter(first: str, second: str) -> None:
    """Nor is there a text that cannot be compared with itself."""
    assert compare(first, second) == compare(second, first)
    assert compare(first, first) != Likeness.DIFFERENT


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ا" * 200, "a" * 200),
        ("محمد " * 40, "mohammed " * 22),
        ("ий" * 30 + " " + "ий" * 30, "iy" * 40 + " " + "yi" * 20),
        ("وويي" * 10 + " وويي" * 30, "uoiey" * 8 + " uioey" * 30),
        ("김" * 200, "kim " * 50),
        ("a " * 100, "a " * 100),
    ],
)
def test_no_name_takes_long_to_compare(first: str, second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spellings are compared step by step, and there are at most so many steps."""
    steps = 0

    class Counted(set):  # type: ignore[type-arg]
        def add(self, state: object) -> None:
            nonlocal steps
            steps += 1
            super().add(state)

    monkeypatch.setattr(spelling_module, "set_of_states", Counted)
    compare(first, second)
    assert steps < 100_000


def test_names_that_differ_beyond_the_limit_are_not_equal() -> None:
    """What was cut off was not compared."""
    long = " ".join(f"na{letter}" for letter in "bcdfghjklmnp")
    assert compare(f"{long} Anna", f"{long} Boris") == Likeness.SIMILAR
    assert compare("Anna " + "b" * 41 + "c", "Anna " + "b" * 41 + "d") == Likeness.SIMILAR


def test_a_title_is_no_name_and_a_name_no_title() -> None:
    """Degrees stand behind a comma or in capitals; what is left without two words is a name after all."""
    for name, kept in (
        ("Dr. Do", "dr do"), ("Smith, John, MD, FACC", "smith john"), ("Ma, Yo-Yo", "ma yo yo"), ("J.R. Smith", "j r smith"),
        ("Frau Dr. Anna Do", "anna do"), ("JOHN DO SMITH", "john do smith"), ("Anna Schmidt PhD", "anna schmidt"),
    ):  # fmt: skip
        assert " ".join(word.text for word in parse(name).words) == kept


def test_the_tables_hold_together() -> None:
    """Each letter stands once, readings are Latin letters, and the words of a script are of that script."""
    for table in letters().values():
        for readings in table.values():
            assert all(text.isascii() and (text.isalpha() or not text) for text in readings.all)
            assert len(set(readings.all)) == len(readings.all)
    for script, table_of_words in words().items():
        for word, readings_of_word in table_of_words.items():
            assert parse(f"{word} {word}").words[0].script == script
            assert all(text.isascii() and text.isalpha() for text in readings_of_word)
    assert all(len(word) > 1 for word in given_names())
