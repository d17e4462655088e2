"""Answers that clients do not read take a bounded part of the gateway's memory."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, Response, g, request
from werkzeug.test import EnvironBuilder, run_wsgi_app

from gateway import limits
from gateway.unread import LARGE_ANSWER_BYTES, MAX_UNREAD_BYTES, MAX_UNREAD_BYTES_OF_ADDRESS, Unread
from kit.addresses import Tally

SIZE = 4_000_000


class Reader:
    """Clients of an application that answers as many bytes as it is asked for."""

    def __init__(self) -> None:
        self.unread = Unread()
        app = Flask("answers")
        app.add_url_rule("/", "answer", self._answer)
        self.unread.add_to(app)
        self.app = app

    @staticmethod
    def _answer() -> Response:
        g.is_mutation = "change" in request.args
        return Response(b"x" * int(request.args["size"]))

    def ask(self, address: str, size: int = SIZE, more: str = "") -> tuple[str, Any]:
        """The status of an answer, and its bytes, which are still to be read."""
        environ = EnvironBuilder(query_string=f"size={size}{more}").get_environ()
        pieces, status, _ = run_wsgi_app(self.app, environ | {"REMOTE_ADDR": address})
        return status[:3], pieces


@pytest.fixture
def reader() -> Reader:
    """Nobody reads anything yet."""
    return Reader()


def test_an_address_has_so_many_bytes_of_large_answers_to_read(reader: Reader) -> None:
    """What is above is told to come again; another address is not; what was read makes room."""
    room = MAX_UNREAD_BYTES_OF_ADDRESS // SIZE
    held = [reader.ask("192.0.2.1") for _ in range(room + 2)]
    assert [status for status, _ in held] == ["200"] * room + ["503"] * 2
    other = reader.ask("192.0.2.2")
    assert other[0] == "200"
    held[0][1].close()
    assert reader.ask("192.0.2.1")[0] == "200"
    assert reader.ask("192.0.2.1")[0] == "503"


def test_all_addresses_together_have_a_bound(reader: Reader) -> None:
    """And nothing stays counted when everything was read."""
    held = [reader.ask(f"10.0.{n // 5}.1") for n in range(60)]
    assert sum(status == "200" for status, _ in held) == MAX_UNREAD_BYTES // SIZE
    for _, pieces in held:
        pieces.close()
    assert len(reader.unread.tally) == 0


def test_small_answers_are_not_counted(reader: Reader) -> None:
    """However many: connections are bounded by themselves."""
    held = [reader.ask("192.0.2.1", LARGE_ANSWER_BYTES - 1) for _ in range(2_000)]
    assert {status for status, _ in held} == {"200"}
    assert len(reader.unread.tally) == 0


def test_of_a_change_nobody_says_that_nothing_was_changed(reader: Reader) -> None:
    """Its outcome is unknown to who does not get the answer."""
    for _ in range(MAX_UNREAD_BYTES_OF_ADDRESS // SIZE):
        reader.ask("192.0.2.1")
    codes = {}
    for name, more in (("query", ""), ("mutation", "&change=1")):
        status, pieces = reader.ask("192.0.2.1", more=more)
        assert status == "503"
        codes[name] = b"".join(pieces).split(b'"code":"')[1].split(b'"')[0]
    assert codes == {"query": b"UNAVAILABLE", "mutation": b"OUTCOME_UNKNOWN"}


def test_amounts_are_counted_as_they_come_and_go() -> None:
    """At the figure and above it."""
    tally = Tally()
    assert tally.enter("a", 10, 6)
    assert not tally.enter("a", 10, 5)
    assert tally.enter("a", 10, 4)
    assert (tally.count("a"), len(tally)) == (10, 1)
    tally.leave("a", 10)
    assert (tally.count("a"), len(tally)) == (0, 0)


def test_one_answer_is_smaller_than_what_an_address_may_have_unread() -> None:
    """Else it could never be read."""
    assert limits.MAX_ANSWER_BYTES * 4 <= MAX_UNREAD_BYTES_OF_ADDRESS
