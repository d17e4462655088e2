"""A page costs a fixed number of calls between the services, whatever its size."""

from __future__ import annotations

import re
import urllib.request

import pytest

from tests.support.network import answer, discuss, group, join, newcomer
from tests.support.stack import Stack

# What the background asks for by itself.
OTHERS = re.compile(
    r'endpoint="(accounts\.jwks|sessions\.list_ended_tokens|policies\.instance|audit\.|moderation\.duties|people\.project|notifications\.take|readyz|healthz|metrics|none)'
)
GROUP_PAGE = """query($id: ID!) { group(by: {id: $id}) { name countries viewerCan members(first: 20) { nodes { state professional {
  name licences { jurisdiction } } } } discussions(first: 6) { totalCount nodes { title body author { name } mentions { name }
  reactions { reaction count } translations { title } notes { body } unreadCount resolvedBy { body } pollOptions { votes }
  posts(first: 12) { nodes { body author { name } inReplyTo { author { name } } reactions { count } notes { id }
  mentions { name } discussion { title } } } } } } }"""
FEED = """{ viewer { feed(first: 10) { nodes { title group { name memberCount } author { name verification } reactions { count }
  posts(last: 3) { nodes { body author { name } } } } } notifications(first: 20) { unreadCount nodes { text actor { name }
  subject { __typename ... on Discussion { title author { name } group { name } } } } } } }"""


def calls(stack: Stack) -> int:
    """How many requests profiles and graph have answered for somebody."""
    total = 0.0
    for name in ("PROFILES", "GRAPH"):
        port = stack.environment[f"CONSILIUM_{name}_PORT"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response:
            for line in response.read().decode().splitlines():
                if line.startswith("http_responses_total{") and not OTHERS.search(line):
                    total += float(line.rsplit(" ", 1)[1])
    return int(total)


@pytest.mark.parametrize("page", ["group", "feed"])
def test_a_page_costs_the_same_calls_whatever_its_size(stack: Stack, page: str) -> None:
    """Six discussions with twelve posts as much as two with two."""
    if not stack.environment:
        pytest.skip("the services' ports are not known")
    costs = []
    for discussions, posts in ((2, 2), (6, 12)):
        reader, _ = newcomer(stack, "Lese Ratte")
        writers = [newcomer(stack)[0] for _ in range(3)]
        own = group(stack, stack.sign_in("maria"))
        for token in (reader, *writers):
            join(stack, token, own)
        for number in range(discussions):
            opened = discuss(stack, writers[number % 3], own, title=f"T{number}")["id"]
            first = answer(stack, writers[0], opened)["id"]
            for n in range(posts - 1):
                answer(stack, writers[n % 3], opened, inReplyTo=first)
        query, given = (GROUP_PAGE, {"id": own}) if page == "group" else (FEED, {})
        stack.data(query, reader, **given)  # what is kept for a while, is now
        spent = []
        for _ in range(3):  # the least of them: something may be fetched again that is kept for a while
            before = calls(stack)
            data = stack.data(query, reader, **given)
            spent.append(calls(stack) - before)
        costs.append(min(spent))
        assert str(data).count("'body'") >= discussions * posts if page == "group" else True
    assert costs[0] == costs[1] <= 20, costs
