"""What one person or address has under way is bounded; the rest waits in turn, and keeps nobody else waiting."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kit.addresses import Limits, Shares


def of(key: str, most: int = 10) -> Limits:
    """The limit of one."""
    return ((key, most),)


@pytest.fixture
def shares() -> Shares:
    """Nothing is under way."""
    return Shares()


def test_so_much_is_under_way_and_no_more(shares: Shares) -> None:
    """Of one; another is not in its way, and what ended makes room."""
    assert shares.enter(of("a"), 6, 0)
    assert shares.enter(of("a"), 4, 0)
    assert not shares.enter(of("a"), 1, 0.01)
    assert shares.enter(of("b"), 10, 0)
    shares.leave(of("a"), 4)
    assert shares.enter(of("a"), 4, 0)
    assert len(shares) == 0


def test_each_of_several_limits_holds(shares: Shares) -> None:
    """A person within an address; what one refuses is not counted for the other."""
    ada, bob = (*of("address", 10), *of("ada", 6)), (*of("address", 10), *of("bob", 6))
    assert shares.enter(ada, 5, 0)
    assert not shares.enter(ada, 2, 0.01)
    assert shares.enter(bob, 5, 0)
    assert not shares.enter(bob, 1, 0.01)
    shares.leave(ada, 5)
    assert shares.enter(bob, 1, 0)


def test_what_is_larger_than_the_limit_runs_alone(shares: Shares) -> None:
    """And not never."""
    assert shares.enter(of("a"), 50, 0)
    assert not shares.enter(of("a"), 1, 0.01)
    shares.leave(of("a"), 50)
    assert shares.enter(of("a"), 10, 0)


def test_who_waits_longest_comes_first(shares: Shares) -> None:
    """Each when there is room for it."""
    assert shares.enter(of("a"), 10, 0)
    order: list[int] = []

    def wait(number: int) -> None:
        assert shares.enter(of("a"), 10, 5)
        order.append(number)
        shares.leave(of("a"), 10)

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        while len(shares) < number + 1:
            time.sleep(0.001)
    assert shares.enter(of("b"), 10, 0)  # not kept waiting by them
    shares.leave(of("a"), 10)
    for thread in threads:
        thread.join()
    assert order == list(range(5))


def test_many_at_once_never_have_more_under_way(shares: Shares) -> None:
    """Whoever gives up in between; and nothing stays counted."""
    lock, now, most = threading.Lock(), [0], [0]

    def act(number: int) -> bool:
        amount = number % 4 + 1
        if not shares.enter(of("a"), amount, 0.02 if number % 3 else 5):
            return False
        with lock:
            now[0] += amount
            most[0] = max(most[0], now[0])
        time.sleep(0.001)
        with lock:
            now[0] -= amount
        shares.leave(of("a"), amount)
        return True

    with ThreadPoolExecutor(40) as pool:
        done = list(pool.map(act, range(600)))
    assert 5 < most[0] <= 10
    assert sum(done) > 200
    assert len(shares) == 0
    assert shares.enter(of("a"), 10, 0)
