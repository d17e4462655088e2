"""An appeal is decided by another moderator who is a second pair of eyes, on the real Neo4j."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from graph.db import Graph
from graph.moderation import usecases as moderation
from graph.moderation.store import ModerationReader
from graph.timestamps import stamp
from graph.writing import Writing
from kit.errors import Forbidden, SecondPersonRequired, Unavailable
from tests.graph.integration.test_races import CIPHER, NOW, discussion_of, group_of, people

REASONS = {"facts": "It is an advertisement.", "clause": "Guideline 4", "label": None, "until": None}


def report(graph: Graph, subject: str, reporter: str) -> str:
    """A flag."""
    return str(
        graph.write(
            lambda tx: moderation.flag(
                Writing.of(tx, CIPHER), subject=subject, reason="SPAM", detail=None, me=reporter, now=NOW
            )
        )["id"]
    )


def decide(graph: Graph, flag: str, me: str, second_pair: moderation.SecondPair, action: str = "HIDE") -> str:
    """Decide about a flag; returns the decision."""
    return str(
        graph.write(
            lambda tx: moderation.decide_flag(
                Writing.of(tx, CIPHER), flag_id=flag, action=action, me=me, second_pair=second_pair, now=NOW, **REASONS
            )
        )["decision"]
    )


def take(graph: Graph, flag: str, me: str, second_pair: moderation.SecondPair) -> Any:
    """Take a flag."""
    return graph.write(
        lambda tx: moderation.take_flag(Writing.of(tx, CIPHER), flag_id=flag, me=me, second_pair=second_pair, now=NOW)
    )


def appealed(graph: Graph, owner: str, reporter: str, first: str) -> tuple[str, str]:
    """A text and the flag on it that is appealed against the first moderator's decision."""
    own = discussion_of(graph, owner, group_of(graph, owner))
    flag = report(graph, own, reporter)
    decision = decide(graph, flag, first, never, "NONE")
    (stored,) = ModerationReader(graph).decisions([decision])
    graph.write(
        lambda tx: moderation.appeal_decision(
            Writing.of(tx, CIPHER), decision_id=decision, decision=stored, statement="It is an advertisement.", me=reporter,
            now=NOW,
        )
    )  # fmt: skip
    return own, flag


def never(_decisions: Sequence[Any]) -> bool:
    """Nobody is asked where nothing is appealed."""
    raise AssertionError


@pytest.mark.parametrize("act", [take, decide])
def test_an_appeal_goes_to_an_independent_moderator(graph: Graph, act: Callable[..., Any]) -> None:
    """Also a later report on the same text, which would take the appeal's end into their hands; other texts are open to all."""
    owner, reporter, other, first, puppet = people(graph, 5)
    text, flag = appealed(graph, owner, reporter, first)
    later = report(graph, text, other)
    asked: list[Any] = []

    def made_together(decisions: Sequence[Any]) -> bool:
        asked.extend(decisions)
        return False

    for one in (flag, later):
        with pytest.raises(SecondPersonRequired):
            act(graph, one, puppet, made_together)
        with pytest.raises(Forbidden):
            act(graph, one, first, made_together)
    assert asked == [{"by": first, "at": stamp(NOW)}] * 2
    act(graph, report(graph, discussion_of(graph, owner, group_of(graph, owner)), other), puppet, never)
    act(graph, flag, puppet, lambda decisions: len(decisions) == 1)


def test_an_appeal_waits_where_nobody_knows_who_made_its_moderators(graph: Graph) -> None:
    """What cannot be asked is not decided, and the appeal goes on waiting."""
    owner, reporter, first, second = people(graph, 4)
    _, flag = appealed(graph, owner, reporter, first)

    def away(_decisions: Sequence[Any]) -> bool:
        raise Unavailable("away")

    with pytest.raises(Unavailable):
        decide(graph, flag, second, away)
    ((row, _),) = ModerationReader(graph).flags([flag])
    assert (row["status"], row["decided_by"]) == ("APPEALED", [first])
    decide(graph, flag, second, lambda _: True)
