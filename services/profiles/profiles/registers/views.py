"""HTTP: copies of registers, for the operator's tools and for admins; and what everybody may know about authorities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, jsonify, request

from contracts.messages import Page
from contracts.messages import of as message
from contracts.registers import (
    AddedRows,
    RegisterFileRow,
    RegisterImport,
    RegisterImportRow,
    RegisterUpload,
    UndoneImport,
)
from kit import clock, cursors
from kit.delimited import Refusal
from kit.errors import NotFound
from kit.web import ServiceBlueprint, require_service
from profiles.registers import ending, files, schemas, usecases
from profiles.registers.domain import WAITING, Preview, Snapshot, Threshold
from profiles.registers.sanctions import import_sanctions
from profiles.registers.store import RegisterStore
from profiles.unit_of_work import UnitOfWork
from profiles.wiring import attempt, once_per_key, require, wiring, work

blueprint = ServiceBlueprint("registers", __name__, description="Copies of registers, and lists of sanctions")
MAX_BATCH_BYTES = 64_000_000
WAITING_DAYS, MIN_CASES = 180, 5


@blueprint.before_request
def _allow_batches() -> None:
    if request.path.startswith("/v1/registers") or request.path.startswith("/v1/sanctions"):
        request.max_content_length = MAX_BATCH_BYTES
    elif request.endpoint == "registers.upload":
        request.max_content_length = files.MAX_BYTES + 1


def threshold() -> Threshold:
    """When an import stops and asks, by the settings."""
    settings = wiring().settings
    return Threshold(
        settings.register_stop_percent, settings.register_stop_cases, settings.register_shorter_percent
    )  # fmt: skip


def shown(registers: RegisterStore, snapshot: Snapshot) -> RegisterImport:
    """An import as it is answered."""
    objection = None
    if snapshot.state == WAITING and snapshot.validated is not None:
        before = registers.active(snapshot.authority)
        objection = Preview(
            snapshot.validated, snapshot.would_open or 0, snapshot.would_stop or 0, snapshot.zeros_lost or 0, snapshot.entries,
            before.entries if before else None,
        ).objection(threshold())  # fmt: skip
    return message(RegisterImport, snapshot, objection=objection)


def shown_now(unit: UnitOfWork, snapshot_id: str) -> RegisterImport:
    """An import as it is now.

    Raises:
        NotFound: there is none.
    """
    found = unit.registers.get(snapshot_id)
    if found is None:
        raise NotFound("There is no such import of a register.", field=["id"])
    return shown(unit.registers, found)


def undone(unit: UnitOfWork, authority: str, *, actor: str, snapshot_id: str | None = None) -> UndoneImport:
    """Undo the copy that counts, and say what counts now."""
    found, former = ending.undo_import(
        unit, authority=authority, actor=actor, now=clock.now(), snapshot_id=snapshot_id
    )  # fmt: skip
    return message(UndoneImport, found, back_to=former.as_of if former else None)


@blueprint.put("/v1/registers")
@blueprint.arguments(schemas.Begin)
@blueprint.response(204)
def begin(body: dict[str, Any]) -> None:
    """Begin a copy."""
    require_service()
    with work() as unit:
        usecases.begin_snapshot(
            unit.registers, snapshot_id=body["id"], authority=body["authority"], as_of=body["as_of"],
            replace_newer=body["replace_newer"], now=clock.now(),
        )  # fmt: skip


@blueprint.put("/v1/registers/<snapshot_id>/entries")
@blueprint.arguments(schemas.Entries)
def add_entries(body: dict[str, Any], snapshot_id: str) -> Response:
    """Add rows to a copy."""
    require_service()
    with work() as unit:
        added = usecases.add_entries(
            unit.registers, snapshot_id=snapshot_id, rows=body["rows"],
            refused=[Refusal(**line) for line in body["refused"]],
        )  # fmt: skip
    return jsonify(
        AddedRows(
            taken=added.taken,
            refused=[message(RegisterFileRow, one) for one in added.refused],
            doubtful=[message(RegisterFileRow, one) for one in added.doubtful],
        )
    )


@blueprint.post("/v1/registers/<snapshot_id>/preview")
def preview(snapshot_id: str) -> Response:
    """Say what a copy would do if it counted."""
    require_service()
    with work() as unit:
        usecases.preview_snapshot(unit, snapshot_id=snapshot_id, now=clock.now())
        return jsonify(shown_now(unit, snapshot_id))


@blueprint.post("/v1/registers/<snapshot_id>/activate")
@blueprint.arguments(schemas.Activation)
def activate(body: dict[str, int | None], snapshot_id: str) -> Response:
    """Let a copy count."""
    actor = require_service().subject
    with work() as unit:
        usecases.activate_snapshot(
            unit,
            snapshot_id=snapshot_id,
            actor=actor,
            now=clock.now(),
            threshold=threshold(),
            expected=body["expected_cases"],
        )
        return jsonify(shown_now(unit, snapshot_id))


@blueprint.post("/v1/registers/<snapshot_id>/discard")
@blueprint.response(204)
def discard(snapshot_id: str) -> None:
    """Give up a copy that does not count yet."""
    require_service()
    with work() as unit:
        ending.discard_snapshot(unit, snapshot_id=snapshot_id)


@blueprint.post("/v1/registers/<snapshot_id>/recheck")
def recheck_next(snapshot_id: str) -> Response:
    """Check the next validated credentials again with a copy that counts."""
    require_service()
    with work() as unit:
        found = usecases.recheck_next(unit, snapshot_id=snapshot_id, now=clock.now())
        return jsonify(shown(unit.registers, found))


@blueprint.post("/v1/registers/undo")
@blueprint.arguments(schemas.Undo)
def undo(body: dict[str, str]) -> Response:
    """Let the copy before count again."""
    actor = require_service().subject
    with work() as unit:
        return jsonify(undone(unit, body["authority"], actor=actor))


@blueprint.post("/v1/registers/<snapshot_id>/restore")
def restore_next(snapshot_id: str) -> Response:
    """Close the next cases that an undone copy had opened."""
    require_service()
    with work() as unit:
        restored, more = ending.restore_next(unit, snapshot_id=snapshot_id, now=clock.now())
    return jsonify(restored=restored, more=more)


@blueprint.post("/v1/registers/recheck")
def recheck() -> Response:
    """Check the next validated credentials again; `last` is where to go on."""
    require_service()
    after = request.args.get("after")
    with work() as unit:
        found = unit.credentials.validated(after=after, most=usecases.RECHECK_BATCH)
        opened = usecases.recheck(unit, found, now=clock.now())
    return jsonify(checked=len(found), opened=opened, last=found[-1].id if found else None)


@blueprint.put("/v1/sanctions")
@blueprint.arguments(schemas.Sanctions)
def sanctions(body: dict[str, Any]) -> Response:
    """Replace a list of sanctions."""
    actor = require_service().subject
    with work() as unit:
        stored, refused = import_sanctions(
            unit.registers, source=body["source"], as_of=body["as_of"], rows=body["rows"],
            replace_newer=body["replace_newer"], now=clock.now(),
        )  # fmt: skip
        unit.audit.note(
            "sanctions.import", actor=actor, object=f"sanctions:{body['source']}",
            reason=f"{stored} entries of {body['as_of']}",
        )  # fmt: skip
    return jsonify(stored=stored, rejected=refused)


# ---------------------------------------------------------------------- for admins


@blueprint.post("/v1/register-imports")
@blueprint.arguments(schemas.RegisterUploadRequest)
def request_upload(body: dict[str, Any]) -> tuple[Response, int]:
    """Begin an import, and answer an address for its file."""
    with attempt("register.upload", f"authority:{body['authority']}"):
        admin = require("ADMIN").subject
        with work() as unit:
            own = clock.new_id()
            url, until = files.request_upload(
                unit, wiring().signer, snapshot_id=own, authority=body["authority"], as_of=body["as_of"], size=body["bytes"],
                replace_newer=bool(body["replace_newer"]), admin=admin, public_url=wiring().settings.issuer, now=clock.now(),
            )  # fmt: skip
            return jsonify(RegisterUpload(upload_url=url, expires_at=until, register_import=shown_now(unit, own))), 201


@blueprint.put("/registers/<token>")
def upload(token: str) -> tuple[Response, int]:
    """Upload the file of an import; the address is the permission. What the file would do is answered to admins alone."""
    own, size = files.announced(wiring().signer, token)
    files.read_file(work, snapshot_id=own, content=request.get_data(), size=size, now=clock.now())
    return jsonify(bytes=size), 201


@blueprint.post("/v1/register-imports/search")
@blueprint.arguments(schemas.ImportListing)
def search(body: dict[str, Any]) -> Response:
    """Imports, the newest first."""
    mark = cursors.fingerprint("register-imports", body["authority"])
    before = cursors.moment_after(body["after"], mark)
    with attempt("register.list", "registers"):
        require("ADMIN")
    with work() as unit:
        total = cursors.count(
            body["count"], lambda most: unit.registers.page(body["authority"], before=None, first=most)
        )
        found = unit.registers.page(body["authority"], before=before, first=body["first"] + 1)
        rows = [
            RegisterImportRow(
                register_import=shown(unit.registers, row),
                cursor=cursors.encode(mark, [row.imported_at.isoformat(), row.id]),
            )
            for row in found[: body["first"]]
        ]
    return jsonify(Page(rows=rows, has_next=len(found) > len(rows), total=total.number, at_least=total.at_least))


@blueprint.get("/v1/register-imports/<snapshot_id>")
def show(snapshot_id: str) -> Response:
    """Show an import."""
    with attempt("register.read", f"register:{snapshot_id}"):
        require("ADMIN")
    with work() as unit:
        return jsonify(shown_now(unit, snapshot_id))


@blueprint.post("/v1/register-imports/<snapshot_id>/activation")
@blueprint.arguments(schemas.Activation)
def confirm_import(body: dict[str, int | None], snapshot_id: str) -> Response:
    """Let a copy count."""
    with attempt("register.import", f"register:{snapshot_id}"):
        admin = require("ADMIN").subject
        with work() as unit:

            def act() -> dict[str, str]:
                usecases.activate_snapshot(
                    unit, snapshot_id=snapshot_id, actor=admin, now=clock.now(), threshold=threshold(),
                    expected=body["expected_cases"],
                )  # fmt: skip
                return {"id": snapshot_id}

            return jsonify(shown_now(unit, once_per_key(unit, body, act)["id"]))


@blueprint.post("/v1/register-imports/<snapshot_id>/undo")
def undo_import(snapshot_id: str) -> Response:
    """Undo a copy that counts."""
    with attempt("register.undo", f"register:{snapshot_id}"):
        admin = require("ADMIN").subject
        with work() as unit:

            def act() -> dict[str, str]:
                authority = shown_now(unit, snapshot_id).authority
                undone(unit, authority, actor=admin, snapshot_id=snapshot_id)
                return {"id": snapshot_id}

            return jsonify(shown_now(unit, once_per_key(unit, None, act)["id"]))


@blueprint.get("/v1/authorities/statistics")
def statistics() -> Response:
    """As of when each register's copy is, and how many hours cases of each authority usually wait (p50, p90)."""
    with work() as unit:
        snapshots = unit.registers.snapshots()
        waiting = unit.credentials.waiting_times(since=clock.now() - timedelta(days=WAITING_DAYS), fewest=MIN_CASES)
    return jsonify(
        {
            own: {
                "snapshot_as_of": snapshots.get(own),
                "waiting_hours_p50": waiting[own][0] if own in waiting else None,
                "waiting_hours_p90": waiting[own][1] if own in waiting else None,
            }
            for own in snapshots.keys() | waiting.keys()
        }
    )
