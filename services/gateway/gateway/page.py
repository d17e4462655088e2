"""GraphiQL at /graphiql for browsers, in development: built files of this package, and nothing from anywhere else."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, send_from_directory

FOLDER = Path(__file__).parent / "page"
# The editor writes styles into the page; scripts, workers, fonts and addresses are its own origin's only.
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ENDPOINTS = ("page", "page_asset")


def add_page(app: Flask) -> None:
    """Serve the page and its files."""

    @app.get("/graphiql")
    def page() -> Response:
        response = send_from_directory(FOLDER, "index.html", max_age=0)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.get("/graphiql/assets/<path:name>")
    def page_asset(name: str) -> Response:
        # The names carry a hash of the content.
        response = send_from_directory(FOLDER / "assets", name, max_age=31_536_000)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
