"""HTTP: counts over the whole network, for admins."""

from __future__ import annotations

from flask import Response, jsonify

from graph.insights import usecases
from graph.insights.store import QUERIES, InsightStore
from graph.wiring import graph
from kit import clock
from kit.web import ServiceBlueprint, require_role

blueprint = ServiceBlueprint("insights", __name__, description="Counts over the network")


@blueprint.get(f"/v1/insights/<any({', '.join(QUERIES)}):dimension>")
def insights(dimension: str) -> Response:
    """Cells of at least ten people."""
    require_role("ADMIN")
    return jsonify(cells=usecases.cells(InsightStore(graph()), dimension, today=clock.now().date().isoformat()))
