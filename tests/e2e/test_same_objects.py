"""An object says the same wherever it stands in an answer, so that clients that keep each object once are right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.everything import Objects, of_lists, of_node, of_viewer
from tests.support.network import group
from tests.support.stack import Stack

DOUBTFUL = "Our form shows 9434765919 below."
READ_ALONE = 2  # objects of each type, each by its id


@pytest.fixture(scope="module")
def decided(stack: Stack) -> None:
    """Two texts of Maria's that were held and published, so that she has two decisions; a third one waits."""
    maria, mod = stack.sign_in("maria"), stack.sign_in("mod")
    own = group(stack, maria)
    texts = [
        stack.change(
            "createDiscussion", "discussion { id }", maria, group=own, title="Numbers", body=DOUBTFUL,
            language="en",
        )["discussion"]["id"]
        for _ in range(3)
    ]  # fmt: skip
    waiting = "{ moderationQueue(filter: {origin: SYSTEM}, first: 100) { nodes { id subject { id } } } }"
    flags = stack.data(waiting, mod)["moderationQueue"]["nodes"]
    for flag in [one["id"] for one in flags if one["subject"] and one["subject"]["id"] in texts[:2]]:
        stack.change(
            "decideFlag", "flag { id }", mod, id=flag, action="RESTORE", facts="Nobody is named.", clause="Community guidelines, 3"
        )  # fmt: skip


def read(stack: Stack, token: str, objects: Objects, operation: str, **variables: Any) -> None:
    """Take in an answer; what the reader may not see is no answer."""
    answer = stack.run(operation, token, variables)
    if "errors" not in answer:
        objects.take(answer["data"], operation)


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize("who", ["maria", "mod", "vera", "admin"])
def test_every_list_says_of_an_object_what_its_id_says(stack: Stack, who: str) -> None:
    """All lists that the schema has, and some of the objects in them again by their ids; fields are never left out by hand."""
    token, objects = stack.sign_in(who), Objects()
    for operation in [*of_viewer(), *of_lists()]:
        read(stack, token, objects, operation)
    known: dict[str, list[str]] = {}
    for kind, own in objects.nodes():
        known.setdefault(kind, []).append(own)
    for kind, ids in known.items():
        for own in ids[:READ_ALONE]:
            for operation in of_node(kind):
                read(stack, token, objects, operation, id=own)
    print(f"{who}: {objects.compared} values of {sum(map(len, known.values()))} objects stood in several places")
    assert objects.differing == []
    assert objects.compared > 100
