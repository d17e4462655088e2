"""HTTP: paths and introductions."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from graph.introductions import schemas, usecases
from graph.introductions.store import IntroductionReader, IntroductionWriter
from graph.notifications.store import NotificationWriter
from graph.people.store import PeopleStore
from graph.people.usecases import viewer_level
from graph.reading import people
from graph.timestamps import END_OF_TIME
from graph.wiring import graph, write_once
from kit import clock, cursors
from kit.web import ServiceBlueprint, caller

blueprint = ServiceBlueprint("introductions", __name__, description="Paths and introductions")


def _shown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return usecases.shown_introductions(rows, viewer=caller().subject, now=clock.now(), cards_of=people)


@blueprint.post("/v1/people/path")
@blueprint.arguments(schemas.Path)
def path(body: dict[str, Any]) -> Response:
    """A shortest path to somebody; null where there is none that may be shown."""
    found = usecases.find_path(
        IntroductionReader(graph()), me=caller().subject, to=body["to"], longest=body["max_length"]
    )
    if found is None:
        return jsonify(path=None)
    cards = people([step["person"] for step in found["steps"]])
    steps = [step | {"professional": cards.get(step["person"])} for step in found["steps"]]
    if any(step["person"] and not step["professional"] for step in steps):
        return jsonify(path=None)
    return jsonify(path=found | {"steps": steps})


@blueprint.post("/v1/introductions")
@blueprint.arguments(schemas.IntroductionAsk)
def ask(body: dict[str, Any]) -> tuple[Response, int]:
    """Ask a connection for an introduction."""
    me, now = caller().subject, clock.now()
    level = viewer_level(PeopleStore(graph()), me, now)
    answer = write_once(
        lambda tx: usecases.request_introduction(
            IntroductionWriter(tx), NotificationWriter(tx), me=me, my_level=level, now=now, **body
        )
    )
    return jsonify(introduction=next(iter(_shown(IntroductionReader(graph()).get([answer["id"]]))), None)), 201


@blueprint.post("/v1/introductions/<introduction_id>/answer")
@blueprint.arguments(schemas.IntroductionAnswer)
def respond(body: dict[str, Any], introduction_id: str) -> Response:
    """Forward an introduction, or decline it silently."""
    write_once(
        lambda tx: usecases.respond_to_introduction(
            IntroductionWriter(tx), NotificationWriter(tx), introduction_id=introduction_id, me=caller().subject,
            now=clock.now(), **body,
        )
    )  # fmt: skip
    return jsonify(introduction=next(iter(_shown(IntroductionReader(graph()).get([introduction_id]))), None))


@blueprint.post("/v1/introductions/read")
@blueprint.arguments(schemas.IntroductionsById)
def read(body: dict[str, Any]) -> Response:
    """One's introductions by id."""
    return jsonify(_shown(IntroductionReader(graph()).get(body["ids"])))


@blueprint.post("/v1/me/introductions/search")
@blueprint.arguments(schemas.Introductions)
def search(body: dict[str, Any]) -> Response:
    """Introductions for which one asked, or that one is asked to make or was forwarded, newest first."""
    me = caller().subject
    mark = cursors.fingerprint("introductions", me, body["direction"])
    position = cursors.position(body["after"], mark, (END_OF_TIME, ""))
    reader, sent = IntroductionReader(graph()), body["direction"] == "SENT"
    found = reader.page(me, sent=sent, after=position, first=body["first"] + 1)
    # Those of which one may not see all three people are in no page, and so are not counted.
    total = cursors.count(
        body["count"], lambda most: _shown(reader.page(me, sent=sent, after=(END_OF_TIME, ""), first=most))
    )
    shown = {row["id"]: row for row in _shown(found[: body["first"]])}
    return jsonify(
        cursors.page(
            mark, found, body["first"], sort=("created_at", "id"), name="introduction",
            show=lambda row: shown.get(row["id"]), total=total,
        )
    )  # fmt: skip
