"""A person's rights over their own data: an archive of everything, and erasure everywhere with a receipt."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import jwt
import orjson

from kit.clock import new_id
from kit.errors import Conflict, Expired, Forbidden, Invalid, NotFound
from profiles.accounts.domain import find_email, mailbox_key, typed_key
from profiles.accounts.signing import Signer
from profiles.audit.store import AuditTrail
from profiles.checks.domain import for_owner
from profiles.rights.store import RightsStore
from profiles.unit_of_work import UnitOfWork

ARCHIVE, RECEIPT = "archive+jwt", "erasure-receipt+jwt"
ARCHIVE_HOURS = 24
EVIDENCE_FILE = "evidence.json"  # of an archive: which documents there are
FRESH_SECONDS = 300  # both need a password given within the last five minutes
RECEIPT_YEARS = 10


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z, default=str)


def require_fresh(authenticated_at: float | None, now: datetime, *, act: str) -> None:
    """Raise unless a password was given a moment ago: who finds an open session must not get or erase everything.

    Args:
        act: what needs it, as a subject of the sentence.

    Raises:
        Forbidden: the password was given more than five minutes ago.
    """
    if authenticated_at is None or now.timestamp() - authenticated_at > FRESH_SECONDS:
        raise Forbidden(f"Sign in again first: {act} needs a sign-in within the last 5 minutes.")


def export(
    held: UnitOfWork,
    signer: Signer,
    *,
    person_id: str,
    authenticated_at: float | None,
    graph: Callable[[], dict[str, Any]],
    public_url: str,
    now: datetime,
) -> tuple[str, datetime]:
    """Make an archive of all that is stored about a person: a ZIP with JSON files, to which `pieces` adds the documents.

    Args:
        graph: reads the graph service's part; raises Unavailable, and then nothing is stored.

    Returns:
        the address to fetch it from with a token of the same account, and until when it holds.

    Raises:
        Forbidden: the password was given more than five minutes ago.
        NotFound: the account does not exist any more.
    """
    require_fresh(authenticated_at, now, act="an archive")
    person, account = held.people.get(person_id), held.accounts.get(person_id)
    if person is None or account is None:
        raise NotFound("This account does not exist any more.")
    credentials = held.credentials.of_person(person_id)
    documents = held.evidence.of([credential.id for credential in credentials])
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {
            "profile.json": person.values(),
            "credentials.json": [
                asdict(replace(credential, checks=for_owner(credential), assigned_to=None))
                for credential in credentials
            ],
            EVIDENCE_FILE: [asdict(one) for one in documents],
            **held.rights.rows_of(person_id),
            **{f"graph/{name}.json": rows for name, rows in graph().items()},
        }.items():
            archive.writestr(name, _json(content))
    archive_id, until = new_id(), now + timedelta(hours=ARCHIVE_HOURS)
    held.rights.add_archive(archive_id, person_id, stored.getvalue(), expires_at=until)
    held.audit.note("rights.export", actor=person_id, object=f"person:{person_id}")
    token = signer.sign({"archive": archive_id, "exp": int(until.timestamp())}, token_type=ARCHIVE)
    return f"{public_url}/evidence/archive/{token}", until


def fetch_archive(
    rights: RightsStore, audit: AuditTrail, signer: Signer, *, token: str, person_id: str, now: datetime
) -> bytes:
    """The archive behind an address, for whom it is about, without its documents.

    Args:
        person_id: who asks.

    Raises:
        NotFound: the address was not made here, the archive is gone, or it is somebody else's; one answer for all.
        Expired: it held for a day.
    """
    try:
        claims = signer.check(token, token_type=ARCHIVE)
    except jwt.ExpiredSignatureError as error:
        raise Expired("This archive has expired; ask for a new one.") from error
    except jwt.InvalidTokenError as error:
        raise NotFound("This archive is gone; ask for a new one.") from error
    found = rights.archive(claims["archive"], now=now)
    if found is None or found[0] != person_id:
        raise NotFound("This archive is gone; ask for a new one.")
    audit.note("rights.fetch-archive", actor=found[0], object=f"person:{found[0]}")
    return found[1]


class _Written:
    """A file that only grows, from whose end is taken what was written; a ZIP can be written to one."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def pieces(files: bytes, read_document: Callable[[str], bytes | None]) -> Iterator[bytes]:
    """An archive with its documents, piece by piece: all of them may be gigabytes, and one at a time is in memory.

    Args:
        files: what `fetch_archive` returned.
        read_document: a document's content by its id; None when it is not there any more.
    """
    out = _Written()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # it needs no more than write
        with zipfile.ZipFile(io.BytesIO(files)) as made:
            for name in made.namelist():
                archive.writestr(name, made.read(name))
                yield out.taken()
            documents = orjson.loads(made.read(EVIDENCE_FILE))
        for one in documents:
            content = read_document(one["id"])
            if content is not None:
                archive.writestr(f"evidence/{one['id']}-{one['file_name']}", content)
                yield out.taken()
    yield out.taken()


def erase_me(
    held: UnitOfWork,
    signer: Signer,
    *,
    person_id: str,
    confirm: str,
    authenticated_at: float | None,
    public_url: str,
    now: datetime,
) -> str:
    """Erase a person: here at once with credentials, evidence and sessions, in the graph through the outbox.

    Args:
        confirm: the person's handle, their address, or ERASE, to show that it is meant.

    Returns:
        a signed receipt; its `status` is an address that says when each part was done.

    Raises:
        Forbidden: the password was given more than five minutes ago.
        Invalid: `confirm` is something else.
        Conflict: nobody would be an admin any more.
    """
    admins = held.roles.lock_admins()
    person, account = held.people.lock(person_id), held.accounts.get(person_id)
    if person is None or account is None:
        raise NotFound("This account does not exist any more.")
    require_fresh(authenticated_at, now, act="erasing")
    words = {person.handle.casefold(), typed_key(account.email), "erase"}
    if typed_key(confirm) not in words and mailbox_key(confirm) != mailbox_key(account.email):
        raise Invalid("To erase everything, send your handle, your address, or ERASE.", field=["confirm"])
    if admins == [person_id]:
        raise Conflict("This is the last admin; make another one first.")
    return signer.sign(
        {
            "erasure": (erasure_id := erase(held, person_id, actor=person_id, now=now)),
            "erased_at": now.isoformat(),
            "exp": int((now + timedelta(days=365 * RECEIPT_YEARS)).timestamp()),
            "status": f"{public_url}/.well-known/erasures/{erasure_id}",
        },
        token_type=RECEIPT,
    )


def erase(held: UnitOfWork, person_id: str, *, actor: str, now: datetime) -> str:
    """Erase a person, with the directory profiles that became theirs; entries in the audit trail stay and name nobody.

    Returns:
        the erasure's id.
    """
    erasure_id = new_id()
    everything = [person_id, *held.directory.merged_profiles(person_id)]
    # Written while the pseudonyms are still known; who erased themselves is named by theirs.
    held.sessions.remember_erased(person_id, at=now)
    held.personal_tokens.remember_erased(person_id, at=now)
    for own in everything:
        held.audit.sum_up(own)
    held.audit.note("rights.erase", actor=actor, object=f"person:{person_id}", reason=f"erasure {erasure_id}")
    held.audit.flush()
    account = held.accounts.get(person_id)
    held.rights.add_erasure(erasure_id, at=now, has_mail=account is not None)
    if account is not None:
        mailboxes = [held.rights.mailbox_hash(account.email), *held.addresses.mailboxes(person_id)]
        if address := find_email(account.email):
            held.hiding.erase(address.key)
        held.mail.erase(account.email, mailboxes=mailboxes, erasure_id=erasure_id)
    places: list[str] = []
    for own in everything:
        places += held.people.institutions_of(own)
        held.directory.suppress(own)
        held.proofs.revoke_all(own)
        held.rights.forget_actor(own)
        held.outbox.add_erasure(own, erasure_id=erasure_id)
        conflicting = held.conflicts.of_person(own)
        held.people.delete(own)
        held.conflicts.compare_again(conflicting, now=now)
    held.institutions.drop_unused(places)
    return erasure_id
