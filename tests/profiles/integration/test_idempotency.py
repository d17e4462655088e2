"""One effect for a request that is sent again, on the real PostgreSQL."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from kit.errors import IdempotencyKeyReused, Invalid
from profiles.idempotency.store import once


def test_32_repetitions_at_once_have_one_effect_and_one_answer(database: sa.Engine) -> None:
    """The first to insert the key makes the change; the others wait for it and get its answer."""
    effects: list[int] = []
    answers: list[dict[str, int]] = []

    def act() -> dict[str, int]:
        effects.append(1)
        return {"n": len(effects)}

    def ask() -> None:
        with database.begin() as connection:
            answers.append(once(connection, actor="ada", key="k", request={"a": 1}, act=act))

    threads = [threading.Thread(target=ask) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert effects == [1]
    assert answers == [{"n": 1}] * 32


def test_another_request_under_the_same_key_is_refused(database: sa.Engine) -> None:
    """A key stands for one request only; of another actor it is another key."""
    with database.begin() as connection:
        once(connection, actor="ada", key="other", request=1, act=lambda: {"x": 1})
        with pytest.raises(IdempotencyKeyReused):
            once(connection, actor="ada", key="other", request=2, act=lambda: {"x": 2})
        assert once(connection, actor="bob", key="other", request=2, act=lambda: {"x": 3}) == {"x": 3}


def test_a_failed_request_leaves_its_key_free(database: sa.Engine) -> None:
    """What was rolled back did not happen, and may be sent again."""

    def fail() -> dict[str, int]:
        raise Invalid("no")

    with pytest.raises(Invalid), database.begin() as connection:
        once(connection, actor="ada", key="again", request=1, act=fail)
    with database.begin() as connection:
        assert once(connection, actor="ada", key="again", request=1, act=lambda: {"ok": 1}) == {"ok": 1}
