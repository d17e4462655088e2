"""Documents that somebody made to harm who opens them."""

from __future__ import annotations

import struct
import zlib

PDF, PNG = "application/pdf", "image/png"
_PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>"
)
_FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 300 400]"


def _pdf(*objects: bytes) -> bytes:
    """A whole PDF of these objects, the first of which is its catalog."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))


def _stream(about: bytes, content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (about, len(packed), packed)


def a_pdf(
    content: bytes = b"",
    *,
    pages: int = 1,
    said: int | None = None,
    opens: bytes = b"",
    objects: tuple[bytes, ...] = (),
) -> bytes:
    """A PDF, all of whose pages are the same.

    Args:
        content: what is drawn on each page; `/X Do` draws the first of the objects.
        said: how many pages it says that it has; None for the truth.
        opens: what is done when it is opened.
    """
    count = pages if said is None else said
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % (b"/OpenAction %b" % opens if opens else b""),
        b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b"3 0 R " * pages, count),
        _PAGE, _stream(b"", content), *objects,
    )  # fmt: skip


def with_script(text: bytes) -> bytes:
    """A white page with a script that never ends."""
    return a_pdf(
        b"1 1 1 rg 0 0 300 400 re f",
        opens=b"<< /S /JavaScript /JS (while \\(true\\) { app.alert\\('%b'\\); }) >>" % text,
    )


def with_nested_forms() -> bytes:
    """Three kilobytes that draw 10 to the power of 13 rectangles."""
    depth = 12
    inside = b"/Resources << /XObject << /X %d 0 R >> >>"
    forms = [_stream(_FORM + inside % (6 + n), b"/X Do " * 10) for n in range(depth)]
    return a_pdf(b"/X Do " * 10, objects=(*forms, _stream(_FORM, b"0 0 300 400 re f")))


def greedy_pdf(megabytes: int) -> bytes:
    """Two kilobytes that take so many megabytes when they are read."""
    packer = zlib.compressobj(1)
    inner = b"".join(packer.compress(b" " * 1_000_000) for _ in range(megabytes)) + packer.flush()
    packed = zlib.compress(inner, 9)
    drawn = b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%b\nendstream" % (len(packed), packed)
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", _PAGE, drawn
    )  # fmt: skip


def greedy_png(width: int, height: int) -> bytes:
    """A kilobyte that says it is an image of so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000, 9)) + chunk(b"IEND", b"")
