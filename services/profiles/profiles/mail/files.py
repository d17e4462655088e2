"""Messages as files, where no mail server is configured: written, found by their mailbox, and deleted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import HeaderParser
from email.utils import getaddresses
from pathlib import Path

from kit.cipher import FieldCipher
from profiles.accounts.domain import mailbox_key

KEPT_DAYS = 7


def mailbox_hash(cipher: FieldCipher, address: str) -> str:
    """A keyed hash of an address, the same for every spelling of one mailbox."""
    return cipher.hashed("mailbox", mailbox_key(address)).hex()


def write_message(folder: Path, message: EmailMessage, *, kind: str, mail_id: str, now: datetime) -> None:
    """Write a message into a file of its own, which appears whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{now.strftime('%Y%m%dT%H%M%S%f')}-{kind}-{mail_id[:8]}.eml"
    part = file.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(message.as_bytes())
    part.rename(file)


def erase_mailbox(folder: Path, cipher: FieldCipher, mailbox: str) -> int:
    """Delete every message to a mailbox; returns how many there were.

    Args:
        mailbox: as `mailbox_hash` gives it.

    Raises:
        OSError: one cannot be deleted.
    """
    found = [file for file in _messages(folder) if mailbox in _mailboxes(file, cipher)]
    for file in found:
        file.unlink(missing_ok=True)
    return len(found)


def delete_older(folder: Path, before: datetime) -> int:
    """Delete messages that were written before a moment; returns how many.

    Raises:
        OSError: one cannot be deleted.
    """
    old = [file for file in _messages(folder) if file.stat().st_mtime < before.timestamp()]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _messages(folder: Path) -> Iterator[Path]:
    for pattern in ("*.eml", "*.part"):
        yield from folder.glob(pattern)


def _mailboxes(file: Path, cipher: FieldCipher) -> set[str]:
    """The mailboxes that a message is to; the parser for texts keeps letters beyond ASCII as they are."""
    with suppress(FileNotFoundError):
        head = file.read_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", errors="replace")
        recipients = HeaderParser(policy=policy.compat32).parsestr(head, headersonly=True).get_all("To", [])
        return {mailbox_hash(cipher, address) for _, address in getaddresses(list(recipients)) if address}
    return set()
