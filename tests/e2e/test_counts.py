"""Lists say how long they are, whatever page is asked for."""

from __future__ import annotations

from typing import Any

from tests.e2e.test_verification import address, submit
from tests.support.matrix import number
from tests.support.network import _letters, discuss, group, newcomer
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


def test_a_page_that_is_the_whole_list_says_how_long_it_is(stack: Stack) -> None:
    """Also of lists that are not counted; where there is more, or one reads on, it is not known."""
    token, _ = newcomer(stack)
    feed = stack.data(f"{{ viewer {{ feed(first: 100) {{ {COUNT} nodes {{ id }} }} }} }}", token)["viewer"]["feed"]
    assert counted(feed) == (len(feed["nodes"]), "EXACT")
    maria, word = stack.sign_in("maria"), _letters()
    own = group(stack, maria)
    for number_of in ("one", "two"):
        discuss(stack, maria, own, title=f"{word} {number_of}")
    search = f"query($t: String, $n: Int!, $a: String) {{ discussions(filter: {{text: $t}}, first: $n, after: $a) {{ {COUNT} pageInfo {{ endCursor }} }} }}"
    assert counted(stack.data(search, maria, t=word, n=5)["discussions"]) == (2, "EXACT")
    first = stack.data(search, maria, t=word, n=1)["discussions"]
    assert counted(first) == (None, None)
    rest = stack.data(search, maria, t=word, n=5, a=first["pageInfo"]["endCursor"])["discussions"]
    assert counted(rest) == (None, None)
