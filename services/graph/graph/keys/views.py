"""HTTP: the keys that encrypt what is held, for the operator's tools."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from flask import Response, current_app, jsonify

from graph.db import Row, Transaction
from graph.keys import usecases
from graph.keys.store import KeyReader, KeyWriter, key_of
from graph.moderation.store import ModerationReader
from graph.moderation.usecases import reencrypt_held
from graph.wiring import graph, writing
from kit import clock, key_schemas
from kit.cipher import FieldCipher
from kit.keys import name_of, require_all_current, require_current
from kit.web import ServiceBlueprint, require_service

blueprint = ServiceBlueprint("keys", __name__, description="The keys that encrypt what is held")


def _cipher() -> FieldCipher:
    found: FieldCipher = current_app.extensions["cipher"]
    return found


@blueprint.get("/v1/keys")
def show() -> Response:
    """The keys that this process holds, the present one first; which process uses which; and what is encrypted with old ones.

    `unreadable` is how much is encrypted with keys that this process does not hold.
    """
    require_service()
    names, reader = _cipher().names, KeyReader(graph())
    return jsonify(
        keys=[asdict(name) for name in names],
        holders=[asdict(holder) for holder in reader.holders(now=clock.now())],
        counts=reader.counts([name.id for name in names[1:]]),
        unreadable=reader.unreadable([name.id for name in names]),
    )


def _reencrypt(row: Row, tx: Transaction) -> None:
    reencrypt_held(writing(tx), row, now=clock.now())


@blueprint.post("/v1/keys/reencrypt")
@blueprint.arguments(key_schemas.Reencrypt)
def reencrypt(body: Row) -> Response:
    """Encrypt again, with the present key, what is held and encrypted with an old one."""
    require_service()
    current, present = name_of(body["current"]), _cipher().name
    require_current(usecases.SERVICE, present, current)
    require_all_current(KeyReader(graph()).holders(now=clock.now()), current)
    rows = [row for row in ModerationReader(graph()).held() if key_of(row["held"]) in _cipher().old_ids]
    for row in rows:
        graph().write(partial(_reencrypt, row))
    return jsonify(done=len(rows))


@blueprint.post("/v1/keys/retire")
@blueprint.arguments(key_schemas.Retire)
def retire(body: Row) -> Response:
    """Retire old keys, unless something is encrypted with one or a process still encrypts with one."""
    require_service()
    current, old = name_of(body["current"]), [name_of(key) for key in body["old"]]
    present = _cipher().name
    retired = graph().write(
        lambda tx: usecases.retire(KeyWriter(tx), present=present, current=current, old=old, now=clock.now())
    )
    return jsonify(retired=retired)
