"""Live events: how soon they come, and what idle followers cost ordinary queries."""

from __future__ import annotations

import statistics
import time
from typing import Any

from rich.console import Console

from tests.support.network import answer, discuss, group, join, newcomer
from tests.support.sse import Follower
from tests.support.stack import Stack

QUERY = "{ viewer { professional { id name } groups(first: 5) { nodes { name } } } }"
POSTS = "subscription($d: ID!) { postAdded(discussion: $d) { id } }"


def _queries(stack: Stack, token: str, seconds: float) -> dict[str, float]:
    times = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.perf_counter()
        stack.data(QUERY, token)
        times.append(1000 * (time.perf_counter() - began))
    return {"p50_ms": round(statistics.median(times), 1), "p99_ms": round(sorted(times)[int(len(times) * 0.99)], 1)}


def figures(stack: Stack, console: Console, *, followers: int = 500) -> dict[str, Any]:
    """Print the delay of an event, and an ordinary query's time without followers and beside many."""
    maria = stack.sign_in("maria")
    own = group(stack, maria)
    opened = discuss(stack, maria, own)["id"]
    alone = _queries(stack, maria, 5)
    people = [newcomer(stack)[0] for _ in range(followers // 20 + 1)]
    for token in people:
        join(stack, token, own)
    idle = discuss(stack, maria, own)["id"]
    streams = [
        Follower(stack, people[n // 20], POSTS, source=f"127.0.1.{1 + n // 20}", d=idle if n else opened)
        for n in range(followers)
    ]
    assert {stream.status for stream in streams} == {200}
    beside = _queries(stack, maria, 5)
    delays = []
    for _ in range(10):
        began = time.perf_counter()
        answer(stack, maria, opened)
        streams[0].data(20)
        delays.append(1000 * (time.perf_counter() - began))
    for stream in streams:
        stream.close()
    found = {
        "query_alone": alone, f"query_beside_{followers}_streams": beside, "event_delay_p50_ms": round(statistics.median(delays))
    }  # fmt: skip
    console.print(
        f"A query: p50 {alone['p50_ms']} ms, p99 {alone['p99_ms']} ms; beside {followers} idle streams "
        f"{beside['p50_ms']} and {beside['p99_ms']} ms. From posting to the event: {found['event_delay_p50_ms']} ms (p50)."
    )
    return found
