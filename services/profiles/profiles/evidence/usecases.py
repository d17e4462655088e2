"""Bringing evidence in and showing it, each through an address that holds for minutes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from kit.clock import new_id
from kit.errors import Conflict, Expired, LimitReached, NotFound
from profiles.accounts.signing import Signer
from profiles.audit.store import AuditTrail
from profiles.credentials import domain as credentials_domain
from profiles.credentials.casework import evidence_end, refuse_pending
from profiles.credentials.domain import Credential
from profiles.credentials.store import CredentialStore
from profiles.evidence import domain
from profiles.evidence.store import Evidence, EvidenceStore

UPLOAD, DOWNLOAD = "evidence-upload+jwt", "evidence-download+jwt"
UPLOAD_MINUTES, DOWNLOAD_MINUTES = 15, 5


@dataclass(frozen=True)
class UploadAddress:
    """Where a document is uploaded to.

    Args:
        evidence_id: the id that the document has then.
        until: the time until which it can be uploaded.
    """

    url: str
    evidence_id: str
    until: datetime


def _check_open(credential: Credential, now: datetime) -> None:
    """Refuse documents that no verifier would look at before deciding.

    Raises:
        Conflict: the credential has ended, a verifier works on it, a decision waits for a second one, or it is validated
            and its owner has not said what changes.
    """
    if credential.status in credentials_domain.ENDED:
        raise Conflict(
            f"This credential is {credential.status}; appeal or submit it again first.",
            current_version=credential.version,
        )
    refuse_pending(credential)
    if credentials_domain.leased_to_other(credential, credential.person_id, now):
        raise Conflict(
            "A verifier is working on this case; add documents afterwards.", current_version=credential.version
        )
    on_desk = credential.desk_since is not None or credential.requested_info is not None
    if credential.status == credentials_domain.VALIDATED and not on_desk:
        raise Conflict(
            "This credential is validated; say with updateCredential what changes, and add documents then.",
            current_version=credential.version,
        )


def request_upload(
    credentials: CredentialStore,
    evidence: EvidenceStore,
    signer: Signer,
    *,
    credential_id: str,
    person_id: str,
    media_type: str,
    size: int,
    public_url: str,
    now: datetime,
    file_name: str | None = None,
) -> UploadAddress:
    """An address for one upload by PUT.

    Args:
        file_name: how the document is called; None where the upload says it. In the address, and so in logs of proxies, it stands
            encrypted.

    Raises:
        NotFound: the credential is somebody else's.
        Invalid: no such type is taken, or the file would be too large.
        Conflict: no verifier would look at a document now.
        LimitReached: it has ten documents.
    """
    credential = credentials.lock(credential_id)
    if credential is None or credential.person_id != person_id:
        raise NotFound("No credential has this id.", field=["credential"])
    domain.check_wanted(media_type, size)
    _check_open(credential, now)
    if len(evidence.of([credential_id])) >= domain.MAX_FILES:
        raise LimitReached(f"A credential may have {domain.MAX_FILES} documents.")
    until = now + timedelta(minutes=UPLOAD_MINUTES)
    own = new_id()
    claims = {
        "jti": own, "credential": credential_id, "sub": person_id, "type": media_type, "bytes": size,
        "stage": credential.stage,
        "exp": int(until.timestamp()),
    }  # fmt: skip
    if file_name is not None:
        claims["name"] = evidence.sealed_name(domain.safe_name(file_name, media_type), owner=own)
    return UploadAddress(f"{public_url}/evidence/{signer.sign(claims, token_type=UPLOAD)}", own, until)


def signed_claims(signer: Signer, token: str, token_type: str) -> dict[str, Any]:
    """What a signed address says.

    Raises:
        NotFound: it was not made here.
        Expired: its time is over.
    """
    try:
        return signer.check(token, token_type=token_type)
    except jwt.ExpiredSignatureError as error:
        raise Expired("This address has expired; ask for a new one.") from error
    except jwt.InvalidTokenError as error:
        raise NotFound("There is nothing at this address.") from error


def read_upload(signer: Signer, token: str) -> dict[str, Any]:
    """What was announced for an upload address.

    Raises:
        NotFound: the address was not made here.
        Expired: it held for 15 minutes.
    """
    return signed_claims(signer, token, UPLOAD)


def upload(
    credentials: CredentialStore,
    evidence: EvidenceStore,
    audit: AuditTrail,
    *,
    claims: dict[str, Any],
    content: bytes,
    file_name: str | None,
    now: datetime,
) -> Evidence:
    """Store a document; each address takes one, in the stage of the case for which it was made.

    Args:
        file_name: how the upload calls it; a name that was given for the address wins.

    Who has read the case before is told by its version that there is more to read.

    Raises:
        Invalid: the content is not what was announced.
        NotFound: the credential is gone.
        Conflict: the address was used, or the case has moved on since it was made.
    """
    domain.check_content(content, claims["type"], claims["bytes"])
    if "name" in claims:
        file_name = evidence.opened_name(claims["name"], owner=claims["jti"])
    credential = credentials.lock(claims["credential"])
    if credential is None:
        raise NotFound("There is nothing at this address.")
    _check_open(credential, now)
    if claims.get("stage") != credential.stage:
        raise Conflict("The case has moved on since this address was made; ask for a new one.")
    if len(evidence.of([credential.id])) >= domain.MAX_FILES:
        raise LimitReached(f"A credential may have {domain.MAX_FILES} documents.")
    waits = credential.desk_since is not None
    document = Evidence(
        claims["jti"],
        credential.id,
        domain.safe_name(file_name, claims["type"]),
        claims["type"],
        len(content),
        now,
        None if waits else evidence_end(credential, now),
    )
    if not evidence.add(document, content):
        raise Conflict("This address was used; ask for a new one.")
    credentials.change(credential)
    audit.note("evidence.add", actor=claims["sub"], object=f"credential:{credential.id}", reason=document.id)
    return document


def download_addresses(
    documents: list[Evidence], signer: Signer, *, viewer: str, public_url: str, now: datetime
) -> dict[str, str]:
    """Where this viewer can download documents for five minutes, by document."""
    exp = int((now + timedelta(minutes=DOWNLOAD_MINUTES)).timestamp())
    return {
        one.id: f"{public_url}/evidence/"
        + signer.sign({"evidence": one.id, "sub": viewer, "exp": exp}, token_type=DOWNLOAD)
        for one in documents
    }


def download(
    evidence: EvidenceStore,
    audit: AuditTrail,
    signer: Signer,
    *,
    token: str,
    sees: Callable[[str, str], bool],
    opens: bool = True,
    now: datetime,
) -> tuple[Evidence, bytes]:
    """A document; that somebody looked at it is audited, and remembered for decisions that rest on documents.

    Args:
        sees: whether a person, named first, sees a credential now: an address that is out gives nobody more rights than they have.
        opens: whether this opens the document; what is still to be rendered is opened when it could be shown (`note_opened`).

    Raises:
        NotFound: the address was not made here, the document was deleted, or whom it was made for may not see it any more.
        Expired: it held for five minutes.
    """
    claims = signed_claims(signer, token, DOWNLOAD)
    found = evidence.get(claims["evidence"])
    if found is None:
        raise NotFound("This document has been deleted.")
    if not sees(claims["sub"], found[0].credential_id):
        raise NotFound("There is nothing at this address.")
    if opens:
        evidence.note_view(found[0].id, claims["sub"], at=now)
    audit.note("evidence.view", actor=claims["sub"], object=f"credential:{found[0].credential_id}", reason=found[0].id)
    return found


def note_opened(evidence: EvidenceStore, signer: Signer, *, token: str, now: datetime) -> None:
    """Remember, for decisions that rest on documents, that somebody was shown the one behind an address."""
    claims = signed_claims(signer, token, DOWNLOAD)
    evidence.note_view(claims["evidence"], claims["sub"], at=now)
