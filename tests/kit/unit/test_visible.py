"""Names that show something else than they hold."""

from __future__ import annotations

import pytest

from kit.errors import Invalid
from kit.texts import check_visible

HIDDEN = [
    "\u3164\u3164", "\u200b\u200b", "Jonas\u2060 Lindner", "Jonas\u202eLindner", "Jo\u00adnas", "\ufeffJonas", "Jonas\u200d Lindner",
    "J\u200donas", "Jonas\ufe0f", "\u2800\u2800", "Jonas \u2066Lindner\u2069", "\U000e0041Jonas", "\u0639\u200c", "\u200c\u0639\u0644\u06cc",
]  # fmt: skip
SEEN = [
    "José Mª Núñez", "Ω", "王小明", "O'Brien-McCarthy", "김철수", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
    "\u0d28\u0d3e\u0d30\u0d3e\u0d2f\u0d23\u0d28\u0d4d\u200d", "\u0915\u0943\u0937\u094d\u200d\u0923", "Nguyễn Thị Ánh", "שָׂרָה", "D’Angelo",
]  # fmt: skip


@pytest.mark.parametrize("text", HIDDEN)
def test_what_cannot_be_seen_is_refused(text: str) -> None:
    """With the field named."""
    with pytest.raises(Invalid, match="invisible character") as caught:
        check_visible(text, field="name")
    assert caught.value.field == ["name"]


@pytest.mark.parametrize("text", SEEN)
def test_names_of_all_scripts_pass(text: str) -> None:
    """Also those in which joiners change how a letter looks."""
    check_visible(text, field="name")


@pytest.mark.parametrize("text", ["--", "12", "✔️"[:1], "..."])
def test_a_name_has_a_letter(text: str) -> None:
    """Signs alone name nobody."""
    with pytest.raises(Invalid, match="letter"):
        check_visible(text, field="name")
