"""A part that is away empties its branch, and what was promised arrives when it is back."""

from __future__ import annotations

import os
import re
import signal

import pytest

from kit.clock import new_id
from tests.support.operations import saved
from tests.support.stack import Stack, eventually, processes


def test_profiles_change_while_graph_is_killed_and_the_projection_ends_up_equal(stack: Stack) -> None:
    """Nothing lost, nothing twice: the relay delivers what waited, and only the newest counts."""
    tokens = {n: stack.sign_up(f"Outage {n}", f"{new_id()}@x.example", ["FR"]) for n in range(5)}
    for process in processes(stack, "graph.app"):
        process.send_signal(signal.SIGKILL)
    expected = {}
    for round_number in range(4):
        for n, token in tokens.items():
            headline = f"Round {round_number} of {n}"
            changed = stack.change("updateProfile", "professional { handle version }", token, headline=headline)
            assert changed["userErrors"] == []
            expected[changed["professional"]["handle"]] = (headline, changed["professional"]["version"])
    maria = stack.sign_in("maria")

    def seen() -> dict[str, tuple[str, int]]:
        found = {}
        for handle in expected:
            answer = stack.run(
                "query($h: String!) { professional(by: {handle: $h}) { headline version } }", maria, {"h": handle}
            )
            person = (answer.get("data") or {}).get("professional")
            if person:
                found[handle] = (person["headline"], person["version"])
        return found

    assert eventually(lambda: seen() == expected, seconds=60)


def test_with_graph_away_its_branches_are_empty_and_the_rest_stands(stack: Stack) -> None:
    """The path is right, `viewer` still answers, and a mutation that was sent says OUTCOME_UNKNOWN; it is not made late."""
    maria = stack.sign_in("maria")
    workers = processes(stack, "graph.app")
    for process in workers:
        os.kill(process.pid, signal.SIGSTOP)
    try:
        answer = stack.run(
            "{ viewer { email connections { totalCount } } instance { name } groups(first: 1) { totalCount } }", maria
        )
        payload = stack.change("createGroup", "group { id }", maria, name="Never made", purpose="p", tries=1)
    finally:
        for process in workers:
            os.kill(process.pid, signal.SIGCONT)
    assert answer["data"] == {
        "viewer": {"email": "maria@demo.example", "connections": None},
        "instance": {"name": "Consilium"},
        "groups": None,
    }
    assert [(e["path"], e["extensions"]["code"]) for e in answer["errors"]] == [
        (["viewer", "connections"], "UPSTREAM_UNAVAILABLE"),
        (["groups"], "UPSTREAM_UNAVAILABLE"),
    ]
    assert payload["userErrors"][0]["code"] == "OUTCOME_UNKNOWN"
    never = '{ groups(first: 5, filter: {text: "never made"}) { totalCount } }'
    again = eventually(lambda: (stack.run(never, maria).get("data") or {}).get("groups"), 60)
    assert again["totalCount"] == 0


def test_with_profiles_away_reading_goes_on(stack: Stack) -> None:
    """Tokens are checked with the keys that are known, and `instance` is told from memory."""
    maria = stack.sign_in("maria")
    # The test before this one has stopped the graph service for seconds.
    eventually(lambda: "errors" not in stack.run("{ groups(first: 1) { totalCount } }", maria), 60)
    workers = processes(stack, "profiles.app")
    for process in workers:
        os.kill(process.pid, signal.SIGSTOP)
    try:
        answer = stack.run(
            '{ instance { name } viewer { email } peers(filter: {text: "jonas lindner"}, first: 1) { nodes { name } } }',
            maria,
        )
    finally:
        for process in workers:
            os.kill(process.pid, signal.SIGCONT)
    assert answer["data"]["instance"] == {"name": "Consilium"}
    assert answer["data"]["viewer"] is None
    assert [e["extensions"]["code"] for e in answer["errors"]] == ["UPSTREAM_UNAVAILABLE"]
    assert answer["data"]["peers"]["nodes"] == [{"name": "Jonas Lindner"}]
    assert eventually(lambda: "errors" not in stack.run("{ viewer { email } }", maria), 60)


@pytest.mark.parametrize("service", ["graph", "profiles"])
def test_no_saved_operation_loses_all_its_data_while_a_service_is_away(stack: Stack, service: str) -> None:
    """Each answers what it can, with a coded error for the rest; `viewer` is null without an error only signed out."""
    tokens = {who: stack.sign_in(who) for who in ("maria", "noel", "vera")}
    workers = processes(stack, f"{service}.app")
    for process in workers:
        os.kill(process.pid, signal.SIGSTOP)
    try:
        for name, text in saved().items():
            if "subscription" in text or "mutation" in text:
                continue
            who = re.search(r"^# as: (\w+)$", text, flags=re.M)
            answer = stack.run(text, tokens[who[1]] if who else None)
            assert answer["data"] is not None, (name, answer)
            for error in answer.get("errors", []):
                assert error["extensions"]["code"] == "UPSTREAM_UNAVAILABLE", (name, error)
            if who and "viewer" in answer["data"] and answer["data"]["viewer"] is None:
                assert ["viewer"] in [error["path"] for error in answer["errors"]], name
        assert stack.run("{ viewer { email } }") == {"data": {"viewer": None}, "extensions": {"cost": 1}}
    finally:
        for process in workers:
            os.kill(process.pid, signal.SIGCONT)
    assert eventually(
        lambda: "errors" not in stack.run("{ viewer { email feed(first: 1) { nodes { id } } } }", tokens["maria"])
    )
