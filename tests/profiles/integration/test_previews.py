"""Documents shown as images, by the service on the real PostgreSQL."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image

from kit import clock
from kit.clock import new_id
from profiles.accounts.signing import Signer
from profiles.app import create_app
from profiles.credentials.domain import Credential
from profiles.evidence import usecases
from profiles.evidence.usecases import DOWNLOAD_MINUTES
from tests.profiles.integration.test_registers import PDF
from tests.support.desk import a_person, submit, unit
from tests.support.settings import settings


@pytest.fixture
def vera(database: sa.Engine) -> str:
    """A verifier of the demo network, whose role counts without one-time passwords."""
    return a_person(database, "Vera", roles=("VERIFIER",), email=f"{new_id()}@demo.example")


@pytest.fixture(scope="module")
def service(database: sa.Engine) -> SimpleNamespace:
    """The service: a client, and what signs its addresses."""
    config = replace(
        settings(),
        database_url=database.url.render_as_string(hide_password=False),
        field_keys=((1, b"f" * 32),),
        demo=True,
    )
    app = create_app(config)
    return SimpleNamespace(client=app.test_client(), signer=Signer(config.signing_key, config.issuer))


def upload(database: sa.Engine, service: SimpleNamespace, case: Credential, content: bytes, media_type: str) -> int:
    """Upload a document; returns the status."""
    with unit(database) as work:
        url = usecases.request_upload(
            work.credentials, work.evidence, service.signer, credential_id=case.id, person_id=case.person_id,
            media_type=media_type, size=len(content), public_url="", now=clock.now(),
        ).url  # fmt: skip
    return int(service.client.put(url, data=content, headers={"Content-Type": media_type}).status_code)


def addresses(
    database: sa.Engine, service: SimpleNamespace, case: Credential, viewer: str, *, late: bool = False
) -> list[str]:
    """Where somebody downloads the documents of a case, oldest first."""
    now = clock.now() - timedelta(minutes=DOWNLOAD_MINUTES + 2 if late else 0)
    with unit(database) as work:
        documents = work.evidence.of([case.id])
    found = usecases.download_addresses(documents, service.signer, viewer=viewer, public_url="", now=now)
    return [found[one.id] for one in documents]


def opened(database: sa.Engine, case: Credential, viewer: str) -> int:
    """How many documents of a case somebody has opened."""
    with unit(database) as work:
        return len(work.evidence.opened_by(viewer, case.id))


def views(database: sa.Engine, case: Credential) -> int:
    """How often the audit trail says that a document of a case was viewed."""
    with unit(database) as work:
        counted = "SELECT count(*) FROM audit_entry WHERE action = 'evidence.view' AND object = :o"
        return int(work.connection.execute(sa.text(counted), {"o": f"credential:{case.id}"}).scalar_one())


def light(image: bytes) -> bool:
    """Whether an image is more white than black."""
    return int(Image.open(io.BytesIO(image)).convert("L").getpixel((50, 50))) > 128  # type: ignore[arg-type]


def test_a_page_is_shown_and_counts_as_opened_and_is_audited(
    database: sa.Engine, vera: str, service: SimpleNamespace
) -> None:
    """By its number, as a JPEG that may stand in a page of another address; what cannot be shown was not opened."""
    client: FlaskClient = service.client
    case = submit(database, a_person(database))
    pages, out = [Image.new("RGB", (300, 400), colour) for colour in ("white", "black")], io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    assert [upload(database, service, case, one, "application/pdf") for one in (out.getvalue(), PDF)] == [201, 201]
    with unit(database) as work:
        assert [one.pages for one in work.evidence.of([case.id])] == [2, None]
    paper, broken = addresses(database, service, case, vera)
    refused = client.get(f"{broken}/preview")
    assert (refused.status_code, refused.json["code"]) == (422, "INVALID")
    assert (opened(database, case, vera), views(database, case)) == (0, 1)
    for query, is_light in (("", True), ("?page=2", False)):
        shown = client.get(f"{paper}/preview{query}")
        assert (shown.status_code, shown.content_type, light(shown.data)) == (200, "image/jpeg", is_light)
        assert {name: shown.headers[name] for name in (
            "Content-Disposition", "Content-Security-Policy", "Cross-Origin-Resource-Policy", "X-Content-Type-Options", "Cache-Control",
        )} == {
            "Content-Disposition": "inline", "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "cross-origin", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
        }  # fmt: skip
    assert (opened(database, case, vera), views(database, case)) == (1, 3)
    for page in ("0", "3", "-1", "x", "9999999999"):
        assert client.get(f"{paper}/preview?page={page}").status_code == 422


def test_an_address_shows_nothing_to_who_may_not_see_it_and_ends(
    database: sa.Engine, vera: str, service: SimpleNamespace
) -> None:
    """As with downloads; and nothing of an image but its pixels comes through."""
    client: FlaskClient = service.client
    case = submit(database, a_person(database))
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (60, 40), "red").save(out, "JPEG", exif=exif)
    assert upload(database, service, case, out.getvalue(), "image/jpeg") == 201
    (own,), (strange,) = (addresses(database, service, case, who) for who in (case.person_id, a_person(database)))
    (late,) = addresses(database, service, case, vera, late=True)
    shown = client.get(f"{own}/preview")
    assert (shown.status_code, b"taken at home" in out.getvalue(), b"taken at home" in shown.data) == (200, True, False)
    assert [client.get(f"{one}/preview").status_code for one in (strange, own + "x", late)] == [404, 404, 410]
