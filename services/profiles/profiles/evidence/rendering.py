"""Shows a document as an image, in a process of its own: a file that a stranger made is parsed with nothing to gain there.

The process has no secrets, no database and little memory and time. It runs this file alone, by
`python -I rendering.py MEDIA_TYPE PAGE`, reads the document from its standard input, and writes the number of pages, a line
break and a JPEG. Nothing of the document but its pixels comes through.
"""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL import Image

SECONDS = 4  # for one page
MAX_PIXELS = 4_000_000  # of what is shown
MAX_PNG_PIXELS = 25_000_000  # of a PNG, which is read as a whole
MAX_JPEG_PIXELS = 120_000_000  # of a JPEG, which is made smaller while it is read
MAX_SIDE = 2_000
MAX_PAGES = 50  # further ones are not shown
MAX_OUTPUT_BYTES = 4_000_000
MEMORY_BYTES = 512 * 1024 * 1024
MAX_AT_ONCE = 2  # of this process: each may take as much memory as it may
WAIT_SECONDS = 3  # for a place; the gateway waits longer than both together

_places = threading.BoundedSemaphore(MAX_AT_ONCE)


class CannotShow(Exception):
    """The document is broken, too large, or has no such page."""


class Busy(Exception):
    """As many documents are rendered as may be."""


@dataclass(frozen=True)
class Rendered:
    """A page as a JPEG, and how many pages the document has, at most `MAX_PAGES`."""

    pages: int
    image: bytes


def render(content: bytes, media_type: str, page: int) -> Rendered:
    """Show a page of a document, counted from 1.

    Raises:
        CannotShow: the document is broken, too large or too slow to show, or has no such page.
        Busy: too many are rendered now.
    """
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        with _in_memory() as document, _in_memory() as output:
            document.write(content)
            document.seek(0)
            _run(document, output, media_type, page)
            output.seek(0)
            pages, _, image = output.read(MAX_OUTPUT_BYTES).partition(b"\n")
    finally:
        _places.release()
    if not pages.isdigit() or not image.startswith(b"\xff\xd8\xff"):
        raise CannotShow
    return Rendered(int(pages), image)


def _in_memory() -> BinaryIO:
    """Make a file that stands on no disk, because evidence is encrypted there."""
    return os.fdopen(os.memfd_create("evidence", os.MFD_CLOEXEC), "w+b")


def _run(document: BinaryIO, output: BinaryIO, media_type: str, page: int) -> None:
    """Run the process that renders.

    Raises:
        CannotShow: it failed, or took too long.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__, media_type, str(page)],
            stdin=document, stdout=output, stderr=subprocess.DEVNULL, env={}, cwd="/", timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise CannotShow from error
    if done.returncode != 0:
        raise CannotShow


# ---------------------------------------------------------------------- inside the process


def _limit() -> None:
    """Take away what rendering does not need."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, MAX_OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (most, most))


def _page_of_pdf(content: bytes, page: int) -> tuple[int, bytes]:
    """Render a page of a PDF; forms, links and scripts in it are not looked at."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    pages = min(len(document), MAX_PAGES)
    if not 1 <= page <= pages:
        raise ValueError(page)
    found = document[page - 1]
    width, height = found.get_size()
    scale = min(2.0, MAX_SIDE / max(width, height), (MAX_PIXELS / (width * height)) ** 0.5)
    bitmap = found.render(scale=scale, may_draw_forms=False)
    return pages, _jpeg(bitmap.to_pil())


def _image(content: bytes, media_type: str, page: int) -> tuple[int, bytes]:
    """Write an image anew, so that nothing but its pixels is left: no text, no place, no camera, and nothing behind its end."""
    from PIL import Image, ImageOps

    if page != 1:
        raise ValueError(page)
    kind, most = ("PNG", MAX_PNG_PIXELS) if media_type == "image/png" else ("JPEG", MAX_JPEG_PIXELS)
    Image.MAX_IMAGE_PIXELS = most
    found = Image.open(io.BytesIO(content), formats=[kind])
    if found.width * found.height > most:
        raise ValueError(found.size)
    found.draft("RGB", (MAX_SIDE, MAX_SIDE))
    turned = ImageOps.exif_transpose(found)
    turned.thumbnail((MAX_SIDE, MAX_SIDE))
    return 1, _jpeg(turned)


def _jpeg(image: Image.Image) -> bytes:
    """Write an image as a JPEG, on white where it is transparent."""
    from PIL import Image

    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        seen = image.convert("RGBA")
        image = Image.new("RGB", seen.size, "white")
        image.paste(seen, mask=seen.getchannel("A"))
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


def main() -> None:
    """Render what comes in."""
    _limit()
    media_type, page = sys.argv[1], int(sys.argv[2])
    content = sys.stdin.buffer.read()
    pages, image = _page_of_pdf(content, page) if media_type == "application/pdf" else _image(content, media_type, page)
    sys.stdout.buffer.write(b"%d\n%b" % (pages, image))


if __name__ == "__main__":
    main()
