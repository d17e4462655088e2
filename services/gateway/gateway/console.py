"""The web app at /: built files of this package, which use the public API and nothing from anywhere else."""

from __future__ import annotations

import secrets
from pathlib import Path

from flask import Flask, Response, send_from_directory

FOLDER = Path(__file__).parent / "console_page"
DOCUMENTS = Path(__file__).parent / "console_documents.json"  # the operations that the app sends, by their hash
ENDPOINTS = ("console", "console_file")
# The first parts of the app's addresses, as its routes name them.
PLACES = ("welcome", "sign-in", "find", "people", "groups", "discussions", "network", "notifications")
_NONCE = "{{nonce}}"


def policy(nonce: str) -> str:
    """What the page may load: its own files. What writes HTML into it goes through DOMPurify, or the browser refuses it."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types dompurify default"
    )


def add_console(app: Flask) -> None:
    """Serve the app under each of its addresses, and its files."""
    page = (FOLDER / "index.html").read_text(encoding="utf-8")

    def console(**_part: str) -> Response:
        nonce = secrets.token_urlsafe(16)
        response = Response(page.replace(_NONCE, nonce), mimetype="text/html")
        response.headers["Content-Security-Policy"] = policy(nonce)
        response.headers["Cache-Control"] = "no-store"
        return response

    def console_file(name: str) -> Response:
        # The names of assets carry a hash of the content.
        response = send_from_directory(FOLDER, name, max_age=3600)
        if name.startswith("assets/"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.add_url_rule("/", "console", console, methods=["GET"])
    for place in PLACES:
        app.add_url_rule("/" + place, "console", console, methods=["GET"])
        app.add_url_rule("/" + place + "/<part>", "console", console, methods=["GET"])
    app.add_url_rule("/console/<path:name>", "console_file", console_file, methods=["GET"])
