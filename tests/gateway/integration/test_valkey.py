"""Buckets and texts that workers share: the same behaviour as in one process, on a real Valkey."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.waiting_utils import wait_for_logs

from gateway.persisted import SharedTexts
from gateway.rates.buckets import WINDOW_SECONDS, SharedBuckets
from kit.clock import new_id

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A Valkey's address."""
    with DockerContainer("valkey/valkey:8-bookworm").with_exposed_ports(6379) as container:
        wait_for_logs(container, "Ready to accept connections", timeout=30)
        yield f"redis://{container.get_container_host_ip()}:{container.get_exposed_port(6379)}"


def test_four_workers_give_together_what_one_would(address: str) -> None:
    """Within 5 % of the limit and of what came back meanwhile."""
    key, limit, given = new_id(), 6000, [0, 0, 0, 0]
    began = time.monotonic()

    def work(number: int) -> None:
        buckets = SharedBuckets(address)
        while time.monotonic() - began < 4:
            given[number] += 5 * buckets.take(key, limit, 5).allowed

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = limit + limit / WINDOW_SECONDS * (time.monotonic() - began)
    assert expected * 0.95 <= sum(given) <= expected * 1.05


def test_a_text_that_one_worker_learns_all_know(address: str) -> None:
    """By its hash."""
    one, other = SharedTexts(address), SharedTexts(address)
    assert other.get("abc") is None
    one.put("abc", "{ __typename }")
    assert other.get("abc") == "{ __typename }"


def test_without_valkey_each_worker_has_its_own() -> None:
    """Limits still hold, one worker at a time."""
    buckets = SharedBuckets("redis://127.0.0.1:1")
    assert [buckets.take("a", 10, 5).allowed for _ in range(3)] == [True, True, False]
    assert SharedTexts("redis://127.0.0.1:1").get("abc") is None
