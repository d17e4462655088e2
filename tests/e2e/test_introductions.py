"""A way to somebody, and asking the person on it."""

from __future__ import annotations

import itertools

import pytest

from tests.e2e.test_verification import submit
from tests.support.casework import decide
from tests.support.network import codes, group, join, me, newcomer, told
from tests.support.stack import Stack

PATH = "query($id: ID!, $n: Int!) { professional(by: {id: $id}) { path(maxLength: $n) { length steps { redactedAs professional { id } } } } }"
SHOWN = "introduction { id introductionState message from { id } to { id } via { id } }"


def connect(stack: Stack, one: str, other: str) -> None:
    """Connect two people."""
    target = me(stack, other)
    asked = stack.change("requestConnection", "connectionRequest { id }", one, to=target)["connectionRequest"]
    done = stack.change("respondToConnection", "professional { connection }", other, request=asked["id"], accept=True)
    assert done["professional"]["connection"] == "CONNECTED"


@pytest.fixture(scope="module")
def chain(stack: Stack) -> list[tuple[str, str]]:
    """Four people, each connected to the next: token and id."""
    people = [newcomer(stack, f"Kette {n}", ("NO",)) for n in range(4)]
    for (one, _), (other, _) in itertools.pairwise(people):
        connect(stack, one, other)
    return people


def test_a_path_names_ones_own_connection_and_who_opted_in(stack: Stack, chain: list[tuple[str, str]]) -> None:
    """Others are described; who hides is not walked through, and that looks as if there were no way."""
    (ada, _), (_, bob), (carl, carl_id), (_, dora) = chain
    found = stack.data(PATH, ada, id=dora, n=4)["professional"]["path"]
    assert found == {
        "length": 3,
        "steps": [
            {"redactedAs": None, "professional": {"id": bob}},
            {"redactedAs": "a colleague in Norway", "professional": None},
            {"redactedAs": None, "professional": {"id": dora}},
        ],
    }
    own = group(stack, stack.sign_in("maria"), name="Nordlicht")
    join(stack, ada, own), join(stack, carl, own)
    assert (
        stack.data(PATH, ada, id=dora, n=4)["professional"]["path"]["steps"][1]["redactedAs"]
        == "a colleague in your group Nordlicht"
    )
    opted = stack.change("setPathOptIn", "viewer { pathOptIn }", carl, value=True)
    assert opted["viewer"]["pathOptIn"] is True
    named = lambda: stack.data(PATH, ada, id=dora, n=4)["professional"]["path"]["steps"][1]["professional"]  # noqa: E731
    assert named() == {"id": carl_id}
    assert stack.data(PATH, ada, id=dora, n=2)["professional"]["path"] is None
    assert stack.run(PATH, ada, {"id": dora, "n": 9})["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    stack.change("setVisibility", "viewer { email }", carl, field="CONNECTIONS", audience="NOBODY")
    assert stack.data(PATH, ada, id=dora, n=4)["professional"]["path"] is None
    stack.change("setVisibility", "viewer { email }", carl, field="CONNECTIONS", audience="MEMBERS")


def test_an_introduction_is_forwarded_or_declined_silently(stack: Stack, chain: list[tuple[str, str]]) -> None:
    """It needs a verified identity and a common connection; who asked does not learn of a refusal."""
    (ada, ada_id), (bob, bob_id), (carl, carl_id), (_, dora_id) = chain

    def ask(**given):
        return stack.change("requestIntroduction", SHOWN, ada, to=carl_id, message="We share a registry.", **given)  # noqa: E731

    assert codes(ask()) == ["NOT_VERIFIED"]
    case = submit(
        stack, ada, credentialKind="IDENTITY", authority=None, number=None, specialty=None, jurisdiction="NO"
    )["id"]
    decide(stack, stack.sign_in("vera"), case)
    asked = ask()["introduction"]
    assert (asked["via"]["id"], asked["introductionState"]) == (bob_id, "PENDING")
    assert ask()["introduction"]["id"] == asked["id"]
    assert codes(stack.change("requestIntroduction", SHOWN, ada, to=dora_id, message="Hello")) == ["NOT_FOUND"]
    assert codes(stack.change("requestIntroduction", SHOWN, ada, to=bob_id, message="Hello")) == ["CONFLICT"]
    assert codes(ask(via=dora_id)) == []  # the one that waits
    (notice,) = told(stack, bob, "INTRODUCTION_REQUESTED")
    assert notice["subject"] == {"__typename": "Introduction", "id": asked["id"]}
    assert codes(stack.change("respondToIntroduction", SHOWN, carl, id=asked["id"], forward=True)) == ["NOT_FOUND"]
    stack.change("respondToIntroduction", SHOWN, bob, id=asked["id"], forward=True, message="You should meet.")
    received = "{ viewer { introductions { nodes { id introductionState from { id } } } } }"
    assert stack.data(received, carl)["viewer"]["introductions"]["nodes"] == [
        {"id": asked["id"], "introductionState": "FORWARDED", "from": {"id": ada_id}}
    ]
    second = stack.change("requestIntroduction", SHOWN, ada, to=carl_id, message="Once more.")["introduction"]
    stack.change("respondToIntroduction", SHOWN, bob, id=second["id"], forward=False)
    sent = stack.data("{ viewer { introductions(direction: SENT) { nodes { id introductionState } } } }", ada)["viewer"]
    assert sent["introductions"]["nodes"][0] == {"id": second["id"], "introductionState": "PENDING"}
    assert second["id"] not in str(stack.data(received, carl))
    stack.change("blockProfessional", "professional { id }", carl, professional=ada_id)
    assert codes(ask()) == ["NOT_FOUND"]
    assert (
        stack.data("{ viewer { introductions(direction: SENT) { nodes { id } } } }", ada)["viewer"]["introductions"][
            "nodes"
        ]
        == []
    )


@pytest.mark.parametrize(
    "by", ["COUNTRY", "SPECIALTY", "PROFESSION", "LEVEL", "LANGUAGE", "CROSS_BORDER_CONNECTIONS", "CROSS_BORDER_GROUPS", "FIRST_REPLY_HOURS"]
)  # fmt: skip
def test_insights_count_and_tell_of_nobody(stack: Stack, by: str) -> None:
    """Cells of at least ten, the largest first."""
    query = 'query($by: InsightDimension!) { insights(by: $by) { value label(language: "en") count } }'
    cells = stack.data(query, stack.sign_in("admin"), by=by)["insights"]
    counts = [cell["count"] for cell in cells]
    assert counts
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] >= 10
    if by == "COUNTRY":
        assert next(cell["label"] for cell in cells if cell["value"] == "DE") == "Germany"
