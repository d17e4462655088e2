"""Texts in languages that the privacy guard does not know wait for a moderator, new ones and changed ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import neo4j
import pytest

from graph.db import Graph
from graph.discussions.usecases import authoring
from graph.discussions.usecases.access import Author
from graph.groups import usecases as groups
from graph.groups.store import GroupWriter
from graph.writing import Writing
from kit.privacy import PatientIdentifier
from tests.graph.integration.test_races import CIPHER, people

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
AGED = "Pacjent ma 45 lat"


def test_a_number_in_an_unknown_language_waits_for_a_moderator(graph: Graph, driver: neo4j.Driver) -> None:
    """A discussion, a post, and the edit of a text that was published; a translation, which cannot wait, is refused."""
    (ada,) = people(graph, 1)
    given: dict[str, Any] = {
        "name": "Choroby", "purpose": "p", "visibility": "LISTED", "join_policy": "OPEN", "member_limit": 9,
    }  # fmt: skip
    group = graph.write(
        lambda tx: groups.create_group(GroupWriter(tx), owner=ada, owner_level="IDENTITY", given=given, now=NOW)
    )["id"]

    def opened(**more: Any) -> dict[str, Any]:
        asked = {
            "group": group, "kind": "DISCUSSION", "title": "Astma", "body": "Co robicie?", "language": "pl", "topics": None,
            "sources": None, "poll_options": None, "case_details": None, "alert_details": None, "live_details": None,
        } | more  # fmt: skip
        who = Author(ada, frozenset({"MEMBER"}), "RIGHT_TO_PRACTISE")
        return graph.write(
            lambda tx: authoring.create_discussion(Writing.of(tx, CIPHER), author=who, given=asked, now=NOW)
        )

    def posted(body: str, language: str) -> dict[str, Any]:
        return graph.write(
            lambda tx: authoring.add_post(
                Writing.of(tx, CIPHER), discussion_id=plain["id"], author=ada, body=body, language=language, sources=None,
                in_reply_to=None, now=NOW,
            )
        )  # fmt: skip

    def edited(own: str, body: str) -> dict[str, Any]:
        return graph.write(
            lambda tx: authoring.edit_content(
                Writing.of(tx, CIPHER), content_id=own, label="Post", given={"body": body}, expected_version=None, me=ada,
                now=NOW,
            )
        )  # fmt: skip

    plain = opened()
    polish, english = posted("Nic szczególnego", "pl"), posted("Nothing special", "en")
    waiting = {"field": "body", "kind": "UNKNOWN_LANGUAGE", "start": 11, "end": 13}

    assert plain["doubts"] == polish["doubts"] == []
    assert opened(body=AGED)["doubts"] == [waiting]
    assert posted(AGED, "pl")["doubts"] == [waiting]
    assert posted(AGED, "en")["doubts"] == []
    assert edited(polish["id"], AGED)["doubts"] == [waiting]
    assert edited(english["id"], AGED)["doubts"] == []
    with pytest.raises(PatientIdentifier):
        graph.write(
            lambda tx: authoring.add_translation(
                Writing.of(tx, CIPHER),
                content_id=plain["id"],
                language="ja",
                title="喘息",
                body="患者は67歳",
                me=ada,
                now=NOW,
            )
        )
    with driver.session() as session:
        rows = session.run("MATCH (c:Post) WHERE c.author_id = $ada RETURN c.state AS state, count(*) AS n", ada=ada)
        assert {row["state"]: row["n"] for row in rows} == {"HELD": 2, "PUBLISHED": 2}
