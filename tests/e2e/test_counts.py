"""Lists say how long they are, whatever page is asked for."""

from __future__ import annotations

from typing import Any

from tests.e2e.test_verification import address, submit
from tests.support.matrix import number
from tests.support.network import group, newcomer
from tests.support.stack import Stack

COUNT = "totalCount totalCountPrecision"


def counted(connection: dict[str, Any]) -> tuple[int | None, str | None]:
    """The count of a connection, and how exact it is."""
    return connection["totalCount"], connection["totalCountPrecision"]


def test_the_badges_of_ones_own_lists_are_right_on_a_page_of_one(stack: Stack) -> None:
    """Requests, invitations, credentials and sessions; on the second page too, and null where nobody asks."""
    token, person = newcomer(stack)
    others = [newcomer(stack)[0] for _ in range(2)]
    maria = stack.sign_in("maria")
    for other in others:
        stack.change("requestConnection", "professional { id }", other, to=person)
    stack.change("inviteToGroup", "membership { id }", maria, group=group(stack, maria), professional=person)
    for _ in range(2):
        submit(stack, token, number=number())
    lists = (
        f"connectionRequests(first: 1) {{ {COUNT} pageInfo {{ endCursor }} }} invitations(first: 1) {{ {COUNT} }} "
        f"credentials(first: 1) {{ {COUNT} }} sessions(first: 1) {{ {COUNT} nodes {{ id }} }} introductions {{ {COUNT} }} "
        f"decisions {{ {COUNT} }} blocked {{ {COUNT} }}"
    )
    found = stack.data(f"{{ viewer {{ {lists} }} }}", token)["viewer"]
    assert counted(found["connectionRequests"]) == (2, "EXACT")
    assert counted(found["invitations"]) == (1, "EXACT")
    assert counted(found["credentials"]) == (2, "EXACT")
    sessions = stack.data("{ viewer { sessions(first: 100) { nodes { id } } } }", token)["viewer"]["sessions"]["nodes"]
    assert counted(found["sessions"]) == (len(sessions), "EXACT")
    for empty in ("introductions", "decisions", "blocked"):
        assert counted(found[empty]) == (0, "EXACT")
    sent = f"query($a: String) {{ viewer {{ connectionRequests(first: 1, after: $a) {{ {COUNT} nodes {{ id }} }} }} }}"
    second = stack.data(sent, token, a=found["connectionRequests"]["pageInfo"]["endCursor"])
    assert counted(second["viewer"]["connectionRequests"]) == (2, "EXACT")


def test_the_lists_of_moderators_and_admins_are_counted(stack: Stack) -> None:
    """Each says as many as it holds."""
    address_of = address()
    stack.sign_up("Zora Zähl", address_of, ["DE"])
    text = (
        f"query($t: String) {{ accounts(text: $t, first: 1) {{ {COUNT} nodes {{ id }} }} suspensions(first: 1) {{ {COUNT} }} "
        f"roleProposals(first: 1) {{ {COUNT} }} secondFactorResets(first: 1) {{ {COUNT} }} deadLetters(first: 1) {{ {COUNT} }} "
        f"registerImports(first: 1) {{ {COUNT} }} }}"
    )
    found = stack.data(text, stack.sign_in("admin"), t=address_of)
    assert counted(found["accounts"]) == (1, "EXACT")
    for connection in found.values():
        assert connection["totalCount"] is not None
        assert connection["totalCountPrecision"] == "EXACT"
    waiting = stack.data(
        f"{{ moderationQueue(first: 1) {{ {COUNT} }} all: moderationQueue(first: 100) {{ nodes {{ id }} pageInfo {{ hasNextPage }} }} }}",
        stack.sign_in("mod"),
    )
    if not waiting["all"]["pageInfo"]["hasNextPage"]:
        assert counted(waiting["moderationQueue"]) == (len(waiting["all"]["nodes"]), "EXACT")
    desk = stack.data(f"{{ verificationQueue(first: 1) {{ {COUNT} }} }}", stack.sign_in("vera"))
    assert desk["verificationQueue"]["totalCountPrecision"] == "EXACT"
