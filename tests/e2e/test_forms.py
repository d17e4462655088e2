"""Forms: all that is wrong with an input at once, with paths down to the index."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.stack import Stack

SIX_FAULTS = {
    "name": "x", "purpose": "", "memberLimit": 1, "languages": ["zz"], "specialties": ["cardiology", "nope"], "regions": ["XX"],
}  # fmt: skip

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "forms.md").read_text(encoding="utf-8")


def paths(payload: Any) -> list[tuple[str, list[str] | None]]:
    """Code and path of each failure of a payload."""
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


def test_a_group_with_six_faults_answers_six_errors(stack: Stack) -> None:
    """Down to the index, and nothing is made."""
    ada = stack.sign_in("maria")
    count = "{ groups(first: 1) { totalCount } }"
    before = stack.data(count, ada)
    payload = stack.change("createGroup", "group { id }", ada, **SIX_FAULTS)
    assert payload["group"] is None
    assert sorted(paths(payload)) == [
        ("INVALID", ["languages", "0"]),
        ("INVALID", ["memberLimit"]),
        ("INVALID", ["name"]),
        ("INVALID", ["purpose"]),
        ("INVALID", ["regions", "0"]),
        ("INVALID", ["specialties", "1"]),
    ]
    assert stack.data(count, ada) == before


def test_a_sign_up_with_many_faults_tells_them_all(stack: Stack) -> None:
    """Also what is stored nowhere, like the password."""
    payload = stack.change(
        "signUp", "confirmationSent", None, email="nobody", password="short", name="x", regions=["DE", "XX"], profession="0",
        practiceStatus="DECEASED", acceptedPolicies=[],
    )  # fmt: skip
    assert payload["confirmationSent"] is False
    assert sorted(paths(payload)) == [
        ("INVALID", ["email"]),
        ("INVALID", ["name"]),
        ("INVALID", ["password"]),
        ("INVALID", ["practiceStatus"]),
        ("INVALID", ["profession"]),
        ("INVALID", ["regions", "1"]),
        ("POLICY_NOT_ACCEPTED", ["acceptedPolicies"]),
    ]


def test_all_wrong_ids_are_told(stack: Stack) -> None:
    """By the gateway, each with the path to it and its type."""
    payload = stack.change(
        "banFromGroup", "group { id }", stack.sign_in("maria"), group="x", professional="y", reason="z"
    )
    assert paths(payload) == [("NOT_FOUND", ["group"]), ("NOT_FOUND", ["professional"])]
    payload = stack.change(
        "updateProfile", "professional { id }", stack.sign_in("maria"),
        institutions=[{"name": "Here"}, {"institution": "x"}, {"institution": "y"}],
    )  # fmt: skip
    assert [(error["field"], error["message"]) for error in payload["userErrors"]] == [
        (["institutions", str(index), "institution"], "institution debe ser un id del tipo Institution.")
        for index in (1, 2)
    ]


def test_a_discussion_tells_what_is_wrong_in_each_part(stack: Stack) -> None:
    """In its texts, its sources and the details of its kind."""
    maria = stack.sign_in("maria")
    group = stack.data("{ viewer { groups(first: 1) { nodes { id } } } }", maria)
    payload = stack.change(
        "createDiscussion", "discussion { id }", maria, group=group["viewer"]["groups"]["nodes"][0]["id"],
        kind="POLL", title="", body="What do you use?", language="zz", topics=["ok", "x" * 61],
        sources=[{"doi": "10.1056/NEJMoa2212345"}, {"doi": "x", "pmid": "y"}], pollOptions=["one", ""],
    )  # fmt: skip
    assert sorted(path or [] for _, path in paths(payload)) == [
        ["language"], ["pollOptions", "1"], ["sources", "1", "doi"], ["sources", "1", "pmid"], ["title"], ["topics", "1"],
    ]  # fmt: skip


def test_a_key_in_the_input_has_one_effect(stack: Stack) -> None:
    """Each mutation of a request has its own, and another header beside it is refused."""
    maria, keys = stack.sign_in("maria"), [str(uuid.uuid4()), str(uuid.uuid4())]
    given = [{"name": "Keys in inputs", "purpose": "To be made once.", "idempotencyKey": key} for key in keys]
    both = " ".join(
        f"{name}: createGroup(input: ${name}) {{ group {{ id }} userErrors {{ code field }} }}" for name in ("a", "b")
    )
    twice = f"mutation($a: CreateGroupInput!, $b: CreateGroupInput!) {{ {both} }}"
    first, second = (stack.data(twice, maria, a=given[0], b=given[1]) for _ in range(2))
    assert first == second
    assert first["a"]["group"]["id"] != first["b"]["group"]["id"]
    other = stack.data(twice, maria, a=given[0] | {"purpose": "Another."}, b=given[1])
    assert (paths(other["a"]), other["b"]) == ([("IDEMPOTENCY_KEY_REUSED", None)], first["b"])
    headed = stack.run(twice, maria, {"a": given[0], "b": given[1]}, Idempotency_Key=keys[0])["data"]
    assert headed["a"] == first["a"]
    assert paths(headed["b"]) == [("INVALID", ["idempotencyKey"])]


def test_the_rules_for_passwords_are_those_that_the_service_applies(stack: Stack) -> None:
    """A password at each limit passes, and one beyond is refused."""
    rules = stack.data(
        "{ instance { passwordRules { minimumLength maximumLength minimumDistinctCharacters needsLetter refusesCommon } } }"
    )["instance"]["passwordRules"]
    assert rules == {
        "minimumLength": 12, "maximumLength": 128, "minimumDistinctCharacters": 4, "needsLetter": True, "refusesCommon": True,
    }  # fmt: skip

    def refused(password: str) -> bool:
        payload = stack.change(
            "signUp",
            "confirmationSent",
            None,
            email="x",
            password=password,
            name="Ada",
            regions=["DE"],
            acceptedPolicies=[],
        )
        return ("INVALID", ["password"]) in paths(payload)

    shortest = "vuq9" + "x" * (rules["minimumLength"] - 4)
    longest = "vuq9" + "x" * (rules["maximumLength"] - 4)
    assert [refused(one) for one in (shortest, longest)] == [False, False]
    assert [refused(one) for one in (shortest[:-1], longest + "x", "abc" * 5, "729104856372", "password1234")] == [
        True
    ] * 5


def blocks(language: str) -> list[str]:
    """The code of the guide in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, flags=re.M | re.S)


@pytest.fixture
def check() -> Callable[..., dict[str, list[str]]]:
    """The client of the guide, as it stands there."""
    (code,) = blocks("python")
    names: dict[str, Any] = {}
    exec(compile(code, "docs/guide/forms.md", "exec"), names)  # noqa: S102  # the guide's own
    return names["check"]  # type: ignore[no-any-return]


def test_the_guide_checks_a_form(stack: Stack, check: Callable[..., dict[str, list[str]]]) -> None:
    """Its input has the faults that it says, each with a sentence, and none when they are mended."""
    maria, (given,) = stack.sign_in("maria"), [json.loads(one) for one in blocks("json")]
    url = f"{stack.url}/graphql"
    assert given == SIX_FAULTS
    wrong = check(url, "createGroup", given, maria)
    assert sorted(wrong) == ["languages.0", "memberLimit", "name", "purpose", "regions.0", "specialties.1"]
    assert wrong["memberLimit"] == ["memberLimit must be 2 to 5000."]
    mended = {
        "name": "Checked",
        "purpose": "To see.",
        "languages": ["de"],
        "specialties": ["cardiology"],
        "regions": ["DE"],
    }
    assert check(url, "createGroup", mended, maria) == {}
    assert (
        stack.data('{ groups(first: 5, filter: {text: "Checked"}) { nodes { name } } }', maria)["groups"]["nodes"] == []
    )


def test_the_queries_of_the_guide_are_answered(stack: Stack) -> None:
    """As they stand there."""
    made, rules = blocks("graphql")
    assert len(paths(stack.data(made, stack.sign_in("maria"), input=SIX_FAULTS)["createGroup"])) == 6
    assert stack.data(rules)["instance"]["passwordRules"]["minimumLength"] == 12


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "memberLimit muss 2 bis 5000 sein."),
        ("es-MX", "memberLimit debe ser de 2 a 5000."),
        ("fr", "memberLimit doit être de 2 à 5000."),
        ("it", "memberLimit deve essere da 2 a 5000."),
        ("pt-BR", "memberLimit tem de ser de 2 a 5000."),
        ("nl", "memberLimit must be 2 to 5000."),
    ],
)
def test_errors_are_in_the_readers_language(
    stack: Stack, check: Callable[..., dict[str, list[str]]], language: str, sentence: str
) -> None:
    """By Accept-Language, or else in English; the paths are the same."""
    wrong = check(f"{stack.url}/graphql", "createGroup", SIX_FAULTS, stack.sign_in("maria"), language)
    assert sorted(wrong) == ["languages.0", "memberLimit", "name", "purpose", "regions.0", "specialties.1"]
    assert wrong["memberLimit"] == [sentence]


def test_without_a_header_the_language_is_the_readers_own(stack: Stack) -> None:
    """The first of the profile; what the gateway finds is worded so too."""
    maria = stack.sign_in("maria")
    languages = stack.data("{ viewer { professional { languages } } }", maria)["viewer"]["professional"]["languages"]
    assert languages[0] == "es"
    payload = stack.change("joinGroup", "group { id }", maria, group="x")
    assert [error["message"] for error in payload["userErrors"]] == ["Ningún objeto de tipo group tiene este id."]
