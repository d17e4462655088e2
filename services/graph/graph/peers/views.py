"""HTTP: finding peers, and suggestions."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from graph.peers import schemas, usecases
from graph.peers.store import PeerStore, PeerWriter
from graph.people.store import PeopleStore
from graph.people.usecases import read_cards
from graph.reading import mentions, people
from graph.timestamps import stamp
from graph.wiring import graph, view
from kit import clock, requested_fields
from kit.errors import NotFound
from kit.web import ServiceBlueprint, caller

blueprint = ServiceBlueprint("peers", __name__, description="Finding peers")


@blueprint.post("/v1/peers")
@blueprint.arguments(schemas.Peers)
def peers(body: dict[str, Any]) -> Response:
    """Peers by filter."""
    return jsonify(
        usecases.find_peers(
            view().network,
            PeerStore(graph()),
            body["filter"],
            people,
            viewer=caller().subject,
            order=body["order"],
            first=body["first"],
            after=body["after"],
            wants=usecases.Wants(
                **{name: body[name] for name in ("count", "facets", "mutual", "reasons")},
                cursors=mentions(requested_fields.CURSOR),
            ),
            now=clock.now(),
        )
    )


@blueprint.post("/v1/me/suggestions/search")
@blueprint.arguments(schemas.Suggestions)
def suggestions(body: dict[str, Any]) -> Response:
    """People whom the caller may want to know."""
    return jsonify(
        usecases.suggest(
            view().network,
            PeerStore(graph()),
            people,
            viewer=caller().subject,
            first=body["first"],
            after=body["after"],
            facets=body["facets"],
            now=clock.now(),
        )
    )


@blueprint.put("/v1/me/suggestions/<person_id>/dismissed")
def dismiss(person_id: str) -> Response:
    """Suggest somebody to the caller no more."""
    now, me = clock.now(), caller().subject
    card = read_cards(PeopleStore(graph()), [person_id], viewer=me, now=now).get(person_id)
    if card is None or person_id == me:
        raise NotFound("There is no such person.", field=["professional"])
    graph().write(lambda tx: PeerWriter(tx).dismiss(me, person_id, now=stamp(now)))
    return jsonify(professional=card)
