"""No text ties the guard up: time grows with the length of a text and no faster, for every expression and for the whole.

Near-misses are made from the expressions themselves, so that an expression added tomorrow is tried too.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.guard import ALLOW, check, dates, numbers, people, views
from kit.guard.table import Table, beginning, spelt_out
from tests.support.growth import Run, find_all, grows_too_fast, near_misses, patterns_of

MODULES = {module.__name__: module for module in (dates, numbers, people, views)}
CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "phi" / "times.jsonl").read_text(encoding="utf-8").splitlines()
]
# What each recogniser, and what reads the text, has most to do with.
UNITS = [
    "a ", "1 ", "A", "1", "(", "Aa ", "A. ", "1-", "1.", "@", "a.", "Dr. ", "Mr Aa-", "+1 ", "de ", "\u200b", ":", "\n", "½",
    "㏂", "e\u0301", "中", "id ", "MRN is ", "ref no ", "n° ", "5 May ", "1/1/20 ", "seen 1/1/2020 ", "congress 1/1/20 ",
    "M, Aa-Aa-Aa-Aa Aa-Aa-Aa-Aa Aa-Aa-Aa-Aa ", ", Aa Aa", "m Aa ", "he ", "his wife Aa ", "lives Aa ", "Aa weg 1 ", "12 Aa ",
    "1 rue aa ", "calle Aa ", "AA1 1AA ", "a@a.aa ", "a@", "a (at) a.aa ", " @ a.aa", "ab:", "1.1.1.1 ", "aa:aa:", "10.1000/a ",
    "http://a ", "1 2 3 4 5 ", "12 345 678 ", "030 12345678 ", "call 030 ", "+49 (0)1 ", "4111 1111 1111 1111 ",
    "DE12 3456 7890 ", "943 476 5919 ", "12-34-5678-", "AB 12 34 56 C ", "A12345678", "aged 95 ", "2020;1:1 ", "0 1 ",
]  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_no_expression_takes_longer_than_its_text_is_long(module: str) -> None:
    """Doubling a near-miss doubles the time, for every expression, wherever it could go back."""
    patterns = list(dict.fromkeys(patterns_of(MODULES[module])))
    assert len(patterns) > 3
    slow = [
        f"{pattern.pattern[:100]}: {found}"
        for pattern in patterns
        for run in near_misses(pattern)
        if (found := grows_too_fast(find_all(pattern), run, longest=4_000))
    ]
    assert slow == []


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_takes_longer_than_it_is_long(unit: str) -> None:
    assert grows_too_fast(check, Run("", unit, "!"), longest=20_000) is None


@pytest.mark.parametrize("case", CASES, ids=[case["unit"] for case in CASES])
def test_what_stopped_an_instance_is_read_at_once(case: dict[str, object]) -> None:
    """94 characters did in a connection request; each further `is ` doubled the time."""
    run = Run(str(case["prefix"]), str(case["unit"]), str(case.get("suffix", "")))
    assert grows_too_fast(check, run, longest=20_000) is None


@pytest.mark.parametrize(
    ("expression", "unit"),
    [
        (r"MRN(?:\s*(?:is|was)\b|[\s:#]*)*\s*\d", "is "),  # what it was
        (r"patient\s*(?:x)?[,:]?\s+y", " "),
        (r"(?:a+)+b", "a"),
        (r"\s+$", " "),
    ],
)
def test_the_measure_finds_what_grows(expression: str, unit: str) -> None:
    """Near-misses of expressions that are known to be quadratic or exponential are found by it."""
    pattern = re.compile(expression)
    assert any(grows_too_fast(find_all(pattern), run, longest=4_000) for run in near_misses(pattern))
    assert any(unit in run.unit for run in near_misses(pattern))


def test_what_is_too_much_to_look_at_is_held() -> None:
    """Numbers whose check digits are computed, and signs that become several, are bounded; beyond that there is doubt."""
    many = "".join(f"{number:09d} " for number in range(100_000_000, 100_000_400))
    assert check(many).decision != ALLOW
    assert check("½" * 3_000).decision != ALLOW
    assert check("½" * 1_000).decision == ALLOW
    assert "UNCHECKED" in {one.kind for one in check("½" * 3_000).identifiers}


@pytest.mark.parametrize("form", dict.fromkeys(form for _, form, _, _ in numbers._FORMS))
@settings(max_examples=20)
@given(data=st.data())
def test_no_form_of_a_number_is_passed_over(form: str, data: st.DataObject) -> None:
    """Where any form begins is found first, by one expression; it must find all that one of them would match."""
    number = data.draw(st.from_regex(form, fullmatch=True, alphabet=st.characters(max_codepoint=0x7E)))
    assert any(numbers._ANY_FORM.finditer(f"see {number}"))


def test_an_expression_is_tried_where_it_can_begin() -> None:
    """A table looks at words by their first letters: each alternative names them, or the table cannot be made."""
    assert spelt_out("(?:big )?cat|(?:my|a) dog") == ["big cat", "cat", "my dog", "a dog"]
    begins = [beginning(one) for one in ("Señora?", "s[ée]curité", "Ab?c", r"D\.O", r"y/?o", "m", "Str")]
    assert begins == ["se", "s", "a", "d ", "y", "m ", "st"]
    with pytest.raises(ValueError, match="does not begin with a letter"):
        beginning(r"\d+")
    tables = [value for module in MODULES.values() for value in vars(module).values() if isinstance(value, Table)]
    assert len(tables) > 8


def test_a_service_goes_on_while_a_long_text_is_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest texts in parts, of which none takes most of the time; short ones in one go."""
    marks: list[float] = []
    monkeypatch.setattr(time, "sleep", lambda _seconds: marks.append(time.thread_time()))
    began = time.thread_time()
    check("Which dose do you give? " * 833)
    parts = [end - begin for begin, end in zip([began, *marks], [*marks, time.thread_time()], strict=True)]
    assert len(parts) > 5
    assert max(parts) < 0.6 * sum(parts)
    marks.clear()
    check("Which dose do you give? " * 80)
    assert marks == []
