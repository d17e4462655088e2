"""HTTP: evidence. The gateway passes `/evidence/…` through to here; the address itself is the permission."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, jsonify, request
from werkzeug.http import parse_options_header

from contracts.credentials import EvidenceUpload, UploadedEvidence
from kit import clock
from kit.errors import Invalid, Unavailable
from kit.web import ServiceBlueprint
from profiles.credentials.access import reader
from profiles.evidence import domain, rendering, schemas, usecases
from profiles.unit_of_work import UnitOfWork
from profiles.wiring import attempt, wiring, work, writer

blueprint = ServiceBlueprint("evidence", __name__, description="Evidence of applicants")


@blueprint.before_request
def _allow_files() -> None:
    if request.endpoint == "evidence.upload":
        request.max_content_length = domain.MAX_BYTES + 1


@blueprint.post("/v1/me/credentials/<credential_id>/evidence")
@blueprint.arguments(schemas.UploadRequest)
def request_upload(body: dict[str, Any], credential_id: str) -> tuple[Response, int]:
    """Ask for an address to upload to."""
    parts = wiring()
    with attempt("evidence.request", f"credential:{credential_id}"), work() as unit:
        made = usecases.request_upload(
            unit.credentials, unit.evidence, parts.signer, credential_id=credential_id, person_id=writer(unit),
            media_type=body["media_type"], size=body["bytes"], file_name=body["file_name"],
            public_url=parts.settings.issuer, now=clock.now(),
        )  # fmt: skip
    return jsonify(EvidenceUpload(upload_url=made.url, expires_at=made.until, evidence_id=made.evidence_id)), 201


@blueprint.put("/evidence/<token>")
def upload(token: str) -> tuple[Response, int]:
    """Upload a document; its name was given when the address was asked for, or comes from Content-Disposition."""
    claims = usecases.read_upload(wiring().signer, token)
    content = request.get_data()
    _, options = parse_options_header(request.headers.get("Content-Disposition", ""))
    with work() as unit:
        document = usecases.upload(
            unit.credentials, unit.evidence, unit.audit, claims=claims, content=content,
            file_name=options.get("filename"), now=clock.now(),
        )  # fmt: skip
    # Afterwards, because it takes time: an address that was used makes nobody render anything.
    pages = _pages(content, document.media_type)
    if pages is not None:
        with work(counts_as_change=False) as unit:
            unit.evidence.set_pages(document.id, pages)
    answer = UploadedEvidence(
        id=document.id, file_name=document.file_name, media_type=document.media_type, bytes=document.bytes
    )
    return jsonify(answer), 201


def _pages(content: bytes, media_type: str) -> int | None:
    """How many pages of a document can be shown; None where it cannot be shown, or too much else is being shown."""
    try:
        return rendering.render(content, media_type, 1).pages
    except (rendering.CannotShow, rendering.Busy):
        return None


def _sees(unit: UnitOfWork, person: str, credential_id: str) -> bool:
    """Whether a person sees a credential now, with the roles that count in a session with a one-time password."""
    account, credential = unit.accounts.get(person), unit.credentials.get(credential_id)
    if account is None or account.suspended or credential is None:
        return False
    roles = wiring().role_requirements.counting(account, one_time_password=True)
    return reader(unit.accounts, person, roles).sees(credential)


@blueprint.get("/evidence/<token>")
def download(token: str) -> Response:
    """Download a document; never shown inside a page."""
    with work() as unit:
        document, content = usecases.download(
            unit.evidence, unit.audit, wiring().signer, token=token, sees=lambda who, what: _sees(unit, who, what),
            now=clock.now(),
        )  # fmt: skip
    response = Response(content, mimetype=document.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(document.file_name)}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/evidence/<token>/preview")
def preview(token: str) -> Response:
    """Show a page of a document as an image, for an `<img>` of a page of the product; `?page=2` shows another than the first.

    Raises:
        Invalid: the document cannot be shown, or has no such page.
    """
    given = request.args.get("page", "1")
    page = int(given) if given.isascii() and given.isdigit() and len(given) <= 3 else 0
    with work() as unit:
        document, content = usecases.download(
            unit.evidence, unit.audit, wiring().signer, token=token, sees=lambda who, what: _sees(unit, who, what),
            opens=False, now=clock.now(),
        )  # fmt: skip
    try:
        shown = rendering.render(content, document.media_type, page)
    except rendering.Busy as error:
        raise Unavailable("Too many documents are being shown; try again in a moment.") from error
    except rendering.CannotShow as error:
        raise Invalid("This page cannot be shown as an image; download the document.", field=["page"]) from error
    with work(counts_as_change=False) as unit:
        usecases.note_opened(unit.evidence, wiring().signer, token=token, now=clock.now())
    response = Response(shown.image, mimetype="image/jpeg")
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    # The page that shows it may have another address; the token in the address is the permission.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
