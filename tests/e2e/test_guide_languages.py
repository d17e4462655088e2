"""The page about languages and catalogues: its operations answer what it says, over HTTP, and its code runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.support.stack import Stack

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "languages.md").read_text(encoding="utf-8")
OPERATIONS = {
    re.search(r"query (\w+)", text)[1]: text  # type: ignore[index]
    for text in re.findall(r"```graphql\n(.*?)```", PAGE, flags=re.S)
}


def ask(stack: Stack, name: str, variables: Any = None) -> Any:
    """The data of an operation of the page, for a reader of the language that it names."""
    text = OPERATIONS[name]
    language = re.match(r"# Accept-Language: (\S+)\n", text)
    assert language is not None
    answer = stack.run(text, None, variables, Accept_Language=language[1])
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def told(name: str) -> Any:
    """What the page says that an operation answers."""
    return json.loads(PAGE.split(OPERATIONS[name])[1].split("```json\n")[1].split("```")[0])


def test_operations_answer_what_the_page_says(stack: Stack) -> None:
    """Of the menu of countries, the page shows the beginning."""
    for name in ("Typed", "Authorities"):
        assert ask(stack, name) == told(name)
    found = ask(stack, "Countries")
    assert len(found["regionsConnection"]["nodes"]) == found["regionsConnection"]["totalCount"] == 249
    expected = told("Countries")["regionsConnection"]
    assert found["regionsConnection"] | {"nodes": found["regionsConnection"]["nodes"][:3]} == expected


def test_the_menus_of_a_form_are_one_operation(stack: Stack) -> None:
    """Whole, and in the reader's language; the answer may be cached by whoever asks without a token."""
    found = ask(stack, "Menus")
    assert [len(part["nodes"]) > 30 for part in found.values()] == [True] * 4
    assert {"code": "ES", "name": "Spanien"} in found["regionsConnection"]["nodes"]
    assert {"tag": "es", "name": "Spanisch", "localName": "español"} in found["languages"]["nodes"]


def test_the_code_for_pages_reads_each_entry_once(stack: Stack) -> None:
    """As the page has it: of the parts of Austria, three at a time."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)
    names: dict[str, Any] = {}
    exec(code, names)  # the page's own text
    pages: list[Any] = []

    def read(name: str, variables: Any) -> Any:
        pages.append(ask(stack, name, variables))
        return pages[-1]

    found = [entry["code"] for entry in names["entries"](read, "Parts", "regionsConnection")]
    assert found == [f"AT-{number}" for number in range(1, 10)]
    assert len(pages) == 3
    assert pages[0]["regionsConnection"]["totalCount"] == 9


def test_a_code_does_where_an_id_does(stack: Stack) -> None:
    """An authority named by code finds what it finds named by id."""
    admin = stack.sign_in("vera")
    (authority,) = stack.data('{ authoritiesConnection(text: "de-kbv", first: 1) { nodes { id code } } }')[
        "authoritiesConnection"
    ]["nodes"]
    queue = "query($a: ID) { verificationQueue(filter: {authority: $a}, first: 50) { totalCount nodes { id } } }"
    answers = [stack.data(queue, admin, a=named) for named in (authority["code"], authority["id"])]
    assert answers[0] == answers[1]
    assert stack.run(queue, admin, {"a": "DE"})["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
