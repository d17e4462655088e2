"""Documents as images, by the process that renders them."""

from __future__ import annotations

import io
import subprocess
import time

import pytest
from PIL import Image, PngImagePlugin

from profiles.evidence import rendering
from profiles.evidence.rendering import MAX_SIDE, Busy, CannotShow, render

SECRET = b"taken at 52.5 N, 13.4 E"


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    """An image as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def shown(content: bytes, media_type: str, page: int = 1) -> Image.Image:
    """What a verifier sees."""
    return Image.open(io.BytesIO(render(content, media_type, page).image))


def test_an_image_is_written_anew_and_keeps_nothing_but_its_pixels() -> None:
    """Neither its texts nor what stands behind its end; transparent parts are white, and a turned photo stands upright."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    png = written(Image.new("RGBA", (60, 40), (255, 0, 0, 0)), "PNG", pnginfo=text) + b"<script>"
    assert SECRET in png
    found = render(png, "image/png", 1)
    assert (found.pages, SECRET in found.image, b"script" in found.image) == (1, False, False)
    assert shown(png, "image/png").getpixel((30, 20)) == (255, 255, 255)
    turned = Image.Exif()
    turned[0x0112] = 6  # a camera that was held upright
    jpeg = written(Image.new("RGB", (60, 40)), "JPEG", exif=turned)
    assert shown(jpeg, "image/jpeg").size == (40, 60)


def test_a_pdf_is_shown_page_by_page() -> None:
    """Each page by its number, and none that is not there."""
    pages = [Image.new("RGB", (300, 400), colour) for colour in ("blue", "green")]
    pdf = written(pages[0], "PDF", save_all=True, append_images=pages[1:])
    assert render(pdf, "application/pdf", 1).pages == 2
    colours = [shown(pdf, "application/pdf", page).getpixel((100, 100)) for page in (1, 2)]
    assert [max(range(3), key=colour.__getitem__) for colour in colours] == [2, 1]  # type: ignore[union-attr]
    for page in (0, 3):
        with pytest.raises(CannotShow):
            render(pdf, "application/pdf", page)


def test_what_is_large_is_made_small_or_refused() -> None:
    """Before its pixels are read."""
    jpeg = written(Image.new("L", (6000, 3000)), "JPEG")
    assert shown(jpeg, "image/jpeg").size == (MAX_SIDE, MAX_SIDE // 2)
    with pytest.raises(CannotShow):
        render(written(Image.new("1", (8000, 8000)), "PNG"), "image/png", 1)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nbroken\n%%EOF", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"GIF89a"])
def test_what_is_broken_is_refused(content: bytes) -> None:
    """Whatever it is called."""
    for media_type in ("application/pdf", "image/png", "image/jpeg"):
        with pytest.raises(CannotShow):
            render(content, media_type, 1)


def test_a_document_that_takes_too_long_or_too_much_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is ended, and its place is free again; who finds no place is told."""
    run = subprocess.run

    def slow(command: list[str], **options: object) -> object:
        return run([command[0], "-c", "import time; time.sleep(60)"], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(rendering, "SECONDS", 0.3)
    monkeypatch.setattr(subprocess, "run", slow)
    for _ in range(rendering.MAX_AT_ONCE + 1):
        began = time.monotonic()
        with pytest.raises(CannotShow):
            render(b"", "image/png", 1)
        assert time.monotonic() - began < 10
    monkeypatch.setattr(rendering, "WAIT_SECONDS", 0.01)
    with rendering._places, rendering._places, pytest.raises(Busy):
        render(b"", "image/png", 1)


def test_the_process_has_no_secrets_and_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given no environment, and cannot take what a machine has."""
    given: dict[str, object] = {}

    def note(command: list[str], **options: object) -> object:
        given.update(options, command=command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(subprocess, "run", note)
    with pytest.raises(CannotShow):
        render(b"x", "image/png", 1)
    assert (given["env"], given["command"][1]) == ({}, "-I")  # type: ignore[index]
    monkeypatch.undo()
    greedy = f"import sys; sys.argv = ['x']; sys.path[:0] = ['{rendering.__file__.rsplit('/', 1)[0]}']; import rendering; rendering._limit(); b'x' * 2**31"
    done = subprocess.run(["python3", "-c", greedy], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr
