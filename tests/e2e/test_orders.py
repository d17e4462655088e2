"""Orders of groups, and discussions by author."""

from __future__ import annotations

from tests.support.network import _letters, discuss, group, join, me, newcomer
from tests.support.stack import Stack

GROUPS = (
    "query($t: String!, $o: GroupOrder!, $a: String) { groups(filter: {text: $t}, orderBy: $o, first: 1, after: $a) "
    "{ nodes { name } pageInfo { hasNextPage endCursor } } }"
)
BY_AUTHOR = (
    "query($p: ID!, $t: String, $a: String) { discussions(filter: {author: $p, text: $t}, first: 1, after: $a) "
    "{ nodes { id } pageInfo { hasNextPage endCursor } } }"
)


def listed(stack: Stack, token: str, word: str, order: str) -> list[str]:
    """The names of groups with a word, read page by page."""
    names: list[str] = []
    after = None
    while True:
        page = stack.data(GROUPS, token, t=word, o=order, a=after)["groups"]
        names += [node["name"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return names
        after = page["pageInfo"]["endCursor"]


def test_groups_are_listed_in_each_order(stack: Stack) -> None:
    """By name, by members and by age, on pages of one; a secret group is in none."""
    maria, word = stack.sign_in("maria"), _letters()
    first, second, third = (group(stack, maria, name=f"{word} {letter}") for letter in "bac")
    others = [newcomer(stack)[0] for _ in range(2)]
    for other in others:
        assert join(stack, other, second) == "ACTIVE"
    assert join(stack, others[0], third) == "ACTIVE"
    group(stack, maria, name=f"{word} d", visibility="SECRET")
    reader = others[1]
    assert listed(stack, reader, word, "NAME") == [f"{word} {letter}" for letter in "abc"]
    assert listed(stack, reader, word, "MEMBERS") == [f"{word} {letter}" for letter in "acb"]
    assert listed(stack, reader, word, "NEWEST") == [f"{word} {letter}" for letter in "cab"]
    assert first


def test_a_cursor_belongs_to_its_order(stack: Stack) -> None:
    """One of another order is refused, and does not begin somewhere else."""
    maria, word = stack.sign_in("maria"), _letters()
    for letter in "ab":
        group(stack, maria, name=f"{word} {letter}")
    page = stack.data(GROUPS, maria, t=word, o="NEWEST")["groups"]["pageInfo"]
    answer = stack.run(GROUPS, maria, {"t": word, "o": "MEMBERS", "a": page["endCursor"]})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


def test_discussions_are_found_by_their_author(stack: Stack) -> None:
    """As far as one reads them; nothing of somebody who has blocked the reader, and nothing in groups that one may not read."""
    maria = stack.sign_in("maria")
    author, author_id = newcomer(stack)
    reader, reader_id = newcomer(stack)
    shown, secret = group(stack, maria), group(stack, maria)
    for one in (shown, secret):
        join(stack, author, one)
    stack.change("updateGroup", "group { id }", maria, id=secret, visibility="SECRET")
    word = _letters()
    old = discuss(stack, author, shown, title=f"First {word}")["id"]
    discuss(stack, maria, shown, title=f"Another {word}")
    hidden = discuss(stack, author, secret, title=f"Second {word}")["id"]
    new = discuss(stack, author, shown, title=f"Third {word}")["id"]

    def found(token: str, text: str | None = None) -> list[str]:
        ids: list[str] = []
        after = None
        while True:
            page = stack.data(BY_AUTHOR, token, p=author_id, t=text, a=after)["discussions"]
            ids += [node["id"] for node in page["nodes"]]
            if not page["pageInfo"]["hasNextPage"]:
                return ids
            after = page["pageInfo"]["endCursor"]

    assert found(reader) == found(reader, word) == [new, old]
    assert found(author) == [new, hidden, old]
    stack.change("blockProfessional", "professional { id }", author, professional=reader_id)
    assert found(reader) == found(reader, word) == []
    assert me(stack, reader) == reader_id
