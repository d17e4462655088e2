"""Bringing a copy of a register in through an address that takes one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from io import BytesIO

from kit.delimited import Refusal, Row, read_table
from kit.errors import Conflict, Invalid
from profiles.accounts.signing import Signer
from profiles.evidence.usecases import signed_claims
from profiles.registers.access import unfinished
from profiles.registers.domain import COLUMNS, READING, UPLOADING
from profiles.registers.usecases import add_entries, begin_snapshot, fail_import, preview_snapshot
from profiles.unit_of_work import UnitOfWork

UPLOAD = "register-upload+jwt"
UPLOAD_MINUTES = 15
MAX_BYTES = 20_000_000
BATCH = 1000
NEEDED = ("number", "name")


def request_upload(
    work: UnitOfWork,
    signer: Signer,
    *,
    snapshot_id: str,
    authority: str,
    as_of: date,
    size: int,
    replace_newer: bool,
    admin: str,
    public_url: str,
    now: datetime,
) -> tuple[str, datetime]:
    """Begin an import, and make an address for its file.

    Returns:
        the address, and until when it holds.

    Raises:
        Invalid: unknown authority, a day in the future, or the file would be empty or too large.
        Conflict: it is older than the copy that counts, and `replace_newer` does not ask for that.
    """
    if not 1 <= size <= MAX_BYTES:
        raise Invalid(
            f"A file may have 1 to {MAX_BYTES:,} bytes; import a larger one with `consilium import register`.",
            field=["bytes"],
        )
    begin_snapshot(
        work.registers, snapshot_id=snapshot_id, authority=authority, as_of=as_of, replace_newer=replace_newer, now=now,
        phase=UPLOADING,
    )  # fmt: skip
    work.audit.note("register.upload", actor=admin, object=f"authority:{authority}", reason=snapshot_id)
    until = now + timedelta(minutes=UPLOAD_MINUTES)
    claims = {"jti": snapshot_id, "sub": admin, "bytes": size, "exp": int(until.timestamp())}
    return f"{public_url}/registers/{signer.sign(claims, token_type=UPLOAD)}", until


def announced(signer: Signer, token: str) -> tuple[str, int]:
    """The import that an address belongs to, and how many bytes its file has.

    Raises:
        NotFound: the address was not made here.
        Expired: it held for 15 minutes.
    """
    claims = signed_claims(signer, token, UPLOAD)
    return str(claims["jti"]), int(claims["bytes"])


def read_file(
    begin: Callable[[], AbstractContextManager[UnitOfWork]],
    *,
    snapshot_id: str,
    content: bytes,
    size: int,
    now: datetime,
) -> None:
    """Read a file into its copy, some rows in each transaction, so that others see how far it is; then say what it would do.

    What cannot be read ends the import, with the reason.

    Args:
        begin: begins a transaction.

    Raises:
        Invalid: it cannot be read, or is not as long as was announced.
        Conflict: the address was used, or a newer import has begun.
    """
    with begin() as work:
        snapshot = unfinished(work.registers, snapshot_id)
        if snapshot.state != UPLOADING:
            raise Conflict("This address was used; ask for a new one.")
        if len(content) != size:
            raise Invalid(f"The file has {len(content)} bytes; {size} were announced.")
        work.registers.change(snapshot, phase=READING)
    try:
        table = read_table(BytesIO(content))
        if missing := [name for name in NEEDED if name not in table.columns]:
            raise Invalid(
                f"It has no column {missing[0]!r} in its first line. Read as {table.encoding} with a {table.delimiter} between "
                f"columns, it has: {', '.join(table.columns)[:300]}."
            )
        with begin() as work:
            work.registers.change(unfinished(work.registers, snapshot_id), encoding=table.encoding)
        batch: list[Row | Refusal] = []
        for row in table.rows:
            batch.append(row)
            if len(batch) == BATCH:
                _add(begin, snapshot_id, batch)
                batch = []
        _add(begin, snapshot_id, batch)
    except Invalid as error:
        with begin() as work:
            fail_import(work.registers, snapshot_id=snapshot_id, reason=error.message)
        raise
    with begin() as work:
        preview_snapshot(work, snapshot_id=snapshot_id, now=now)


def _add(
    begin: Callable[[], AbstractContextManager[UnitOfWork]], snapshot_id: str, batch: Sequence[Row | Refusal]
) -> None:
    rows = [
        {"line": row.line} | {name: row.cells.get(name) for name in COLUMNS} for row in batch if isinstance(row, Row)
    ]
    with begin() as work:
        refused = [row for row in batch if isinstance(row, Refusal)]
        add_entries(work.registers, snapshot_id=snapshot_id, rows=rows, refused=refused)
