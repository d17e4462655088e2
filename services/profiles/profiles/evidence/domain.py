"""What evidence may be: PDF, PNG or JPEG up to 10 MB, told by its content and not by what it is called."""

from __future__ import annotations

import re

from kit.errors import Invalid
from kit.texts import normalize

MAX_BYTES = 10_000_000
MAX_FILES = 10
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


def type_of(content: bytes) -> str | None:
    """The media type that a content has, by its beginning and its end; None for anything else."""
    tail = content[-2048:].rstrip(b"\0\r\n\t ")
    if content.startswith((b"%PDF-1.", b"%PDF-2.")):
        return "application/pdf" if b"%%EOF" in tail else None
    if content.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        return "image/png" if b"IEND\xaeB`\x82" in tail else None
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg" if tail.endswith(b"\xff\xd9") else None
    return None


def check_wanted(media_type: str, size: int) -> None:
    """Refuse an upload before it is made.

    Raises:
        Invalid: the type is not among those taken, or it would be empty or too large.
    """
    if media_type not in ENDINGS:
        raise Invalid("Evidence is a PDF, PNG or JPEG file.", field=["mediaType"])
    if not 1 <= size <= MAX_BYTES:
        raise Invalid(f"A file may have 1 to {MAX_BYTES:,} bytes.", field=["bytes"])


def check_content(content: bytes, media_type: str, size: int) -> None:
    """Refuse a content that is not what was announced.

    Raises:
        Invalid: another length, or another type by its content.
    """
    if len(content) != size:
        raise Invalid(f"The file has {len(content)} bytes; {size} were announced.")
    if type_of(content) != media_type:
        raise Invalid(f"The file is not a whole {ENDINGS[media_type].upper()} file, whatever it is called.")


def safe_name(given: str | None, media_type: str) -> str:
    """A file name to show and to save under: no paths, no control signs, the ending of its type.

    >>> safe_name("../../Urkunde Ä.exe", "application/pdf")
    'Urkunde Ä.pdf'
    """
    last = normalize("NFC", given or "").replace("\\\\", "/").replace("\\", "/").rsplit("/", 1)[-1]
    stem = re.sub(r"[^\w .()-]", "", last.rsplit(".", 1)[0]).strip(" .")[:80]
    return f"{stem or 'evidence'}.{ENDINGS[media_type]}"
