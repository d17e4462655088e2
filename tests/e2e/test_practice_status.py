"""Whether people practise: trainees are found and marked, and who has retired has no right to practise."""

from __future__ import annotations

from typing import Any

from kit.clock import new_id
from tests.e2e.test_verification import level, verified
from tests.support.network import me
from tests.support.stack import Stack

FOUND = "query($f: PeerFilter!) { peers(filter: $f, first: 100) { nodes { id practiceStatus } } }"
CHANGED = "professional { practiceStatus verification }"


def found(stack: Stack, **filters: Any) -> dict[str, str | None]:
    """Whom Maria finds by a filter, each with the practice status."""
    nodes = stack.data(FOUND, stack.sign_in("maria"), f=filters)["peers"]["nodes"]
    return {node["id"]: node["practiceStatus"] for node in nodes}


def test_a_student_signs_up_and_is_found_as_a_trainee(stack: Stack) -> None:
    """Where a filter names no status, too; a filter for those who practise leaves them out."""
    token = stack.sign_up(
        "Tirza Lernend", f"{new_id()}@status.example", ["DE"], profession="2212", practiceStatus="TRAINEE"
    )
    student = me(stack, token)
    assert found(stack, text="tirza lernend") == {student: "TRAINEE"}
    assert found(stack, text="tirza lernend", practiceStatus=["TRAINEE"]) == {student: "TRAINEE"}
    assert found(stack, text="tirza lernend", practiceStatus=["PRACTISING", "RETIRED"]) == {}
    left = stack.change("updateProfile", CHANGED, token, practiceStatus=None)
    assert (left["userErrors"], left["professional"]["practiceStatus"]) == ([], "PRACTISING")  # by the profession


def test_who_retires_leaves_peers_and_the_right_to_practise(stack: Stack) -> None:
    """At once, for everybody; a filter that names RETIRED finds them, and practising again brings both back."""
    token, person, _ = verified(stack, "Ruhe Stand")
    retired = stack.change("updateProfile", CHANGED, token, practiceStatus="RETIRED")
    assert retired["userErrors"] == []
    assert retired["professional"] == {"practiceStatus": "RETIRED", "verification": "IDENTITY"}
    assert level(stack, person) == "IDENTITY"
    assert found(stack, text="ruhe stand") == {}
    assert found(stack, text="ruhe stand", practiceStatus=["RETIRED"]) == {person: "RETIRED"}
    assert found(stack, text="ruhe stand", practiceStatus=["RETIRED"], licensedIn=["DE"]) == {}
    stack.change("updateProfile", CHANGED, token, practiceStatus="PRACTISING")
    assert level(stack, person) == "RIGHT_TO_PRACTISE"
    assert found(stack, text="ruhe stand", licensedIn=["DE"]) == {person: "PRACTISING"}


def test_what_only_a_register_says_is_refused(stack: Stack) -> None:
    """Nobody says of themselves that they have died, and no search names those who have."""
    token = stack.sign_up("Selbst Aussage", f"{new_id()}@status.example", ["DE"])
    for status in ("DECEASED", "NOT_PRACTISING"):
        refused = stack.change("updateProfile", CHANGED, token, practiceStatus=status)
        assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [("INVALID", ["practiceStatus"])]
        answer = stack.run(FOUND, token, {"f": {"practiceStatus": [status]}})
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    own = stack.data("{ viewer { professional { practiceStatus } } }", token)["viewer"]["professional"]
    assert own == {"practiceStatus": None}
