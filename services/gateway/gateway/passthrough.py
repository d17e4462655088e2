"""What the profiles service answers under the public address: keys, status lists, and files behind signed addresses.

Nobody has signed in here, so each request is charged to its network address, signed addresses are checked before anything is
read or asked, and files are passed on in pieces, a few at a time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, g, request

from gateway.context import Services
from gateway.endpoint import DEADLINE_SECONDS
from gateway.rates.limiter import Limiter
from gateway.uploads import uploaded_answer
from kit.addresses import Tally, address_key
from kit.errors import DomainError, Unavailable
from kit.http import CallContext
from kit.http_pool import SourceEnded, Upload
from kit.problems import problem
from kit.tokens import KeySet, bearer, read_signed
from kit.turns import end_turn
from kit.worker import FLOW_SECONDS, MIN_RATE

MAX_EVIDENCE_BYTES = 10_000_000
MAX_REGISTER_BYTES = 20_000_000
MAX_UPLOAD_SECONDS = 300.0
MAX_DOWNLOAD_SECONDS = 600.0
UPLOAD_TYPE, DOWNLOAD_TYPE, ARCHIVE_TYPE = "evidence-upload+jwt", "evidence-download+jwt", "archive+jwt"
REGISTER_UPLOAD_TYPE = "register-upload+jwt"
# What is uploaded below which path: the type of the signed address, and how many bytes at most.
UPLOADS = {
    "/evidence/": (UPLOAD_TYPE, MAX_EVIDENCE_BYTES),
    "/registers/": (REGISTER_UPLOAD_TYPE, MAX_REGISTER_BYTES),
}
# Files that are passed on at once: of this process, of one network address, and of one person. Each may be in memory as
# a whole in the profiles service, for as long as its client takes.
MAX_FILES = 16
MAX_FILES_OF_ADDRESS = 4
MAX_UPLOADS_OF_PERSON = 2
MAX_DOWNLOADS_OF_PERSON = 4  # of an archive by itself, whose address does not name its person
# Pages of documents that are shown at once: a page of the product asks for several. Each is small, and made one after the other.
MAX_PREVIEWS, MAX_PREVIEWS_OF_PERSON = 32, 8
PREVIEW = "/preview"
# Points of the address's bucket.
POINTS = {"/.well-known/": 10, "/status-list/": 100, "/evidence/": 500, "/registers/": 500}
UPLOAD_POINTS = 2_000
# Bytes of a refused body that are read and forgotten, so that the client sees why; of one with a signed address, more.
MAX_READ_AWAY = 1_000_000
MAX_READ_AWAY_OF_KNOWN = 64_000_000
STRANGER_PAUSE = 0.05  # seconds between two pieces of it: sixty who send as fast as they can would keep a process busy
_SENT_ON = ("Content-Type", "Accept", "Content-Disposition")
_SENT_BACK = (
    "Content-Type", "Content-Length", "Cache-Control", "Content-Disposition", "ETag", "X-Content-Type-Options",
    "Content-Security-Policy", "Cross-Origin-Resource-Policy", "Retry-After",
)  # fmt: skip


@dataclass(frozen=True)
class PassThrough:
    """Passes requests on to the profiles service.

    Args:
        keys: check the signed address of an upload.
        issuer: the public address, which signed addresses name.
    """

    services: Services
    limiter: Limiter
    keys: KeySet
    issuer: str
    tally: Tally = field(default_factory=Tally)

    def add_to(self, app: Flask) -> None:
        """Add the routes; the endpoint of all is `pass_through`."""
        for prefix, methods in (
            ("/.well-known/", ["GET"]), ("/status-list/", ["GET"]), ("/evidence/", ["GET", "PUT"]), ("/registers/", ["PUT"])
        ):  # fmt: skip
            app.add_url_rule(f"{prefix}<path:rest>", "pass_through", self.answer, methods=methods)

    def answer(self, rest: str) -> Response:
        """Answer one request."""
        upload = request.method == "PUT"
        prefix = next(known for known in POINTS if request.path.startswith(known))
        self.limiter.charge(None, request.remote_addr, UPLOAD_POINTS if upload else POINTS[prefix]).require()
        if prefix not in UPLOADS:
            return self._exchange(None, DEADLINE_SECONDS)
        taken = [("files", MAX_FILES), (f"address:{address_key(request.remote_addr)}", MAX_FILES_OF_ADDRESS)]
        length = None
        if upload:
            token_type, most = UPLOADS[prefix]
            try:
                claims = read_signed(self.keys, rest, token_type=token_type, issuer=self.issuer)
            except DomainError:
                _read_away(MAX_READ_AWAY, pause=STRANGER_PAUSE)
                raise
            length = request.content_length or 0
            if length != claims.get("bytes") or not 0 < length <= most:
                _read_away(MAX_READ_AWAY_OF_KNOWN)
                return _wrong_length(length, claims.get("bytes"), most)
            taken.append((f"person:{claims.get('sub')}", MAX_UPLOADS_OF_PERSON))
        else:
            token = rest.removeprefix("archive/").removesuffix(PREVIEW)
            expected = ARCHIVE_TYPE if rest.startswith("archive/") else DOWNLOAD_TYPE
            claims = read_signed(self.keys, token, token_type=expected, issuer=self.issuer)
            taken.append((f"downloads:{claims.get('sub') or claims.get('archive')}", MAX_DOWNLOADS_OF_PERSON))
            if rest.endswith(PREVIEW):
                taken = [("previews", MAX_PREVIEWS), (f"previews:{claims.get('sub')}", MAX_PREVIEWS_OF_PERSON)]
        release = self._enter(taken)
        try:
            response = self._file(length)
        except BaseException:
            release()
            raise
        response.call_on_close(release)
        return response

    def _enter(self, taken: list[tuple[str, int]]) -> Any:
        """Take a place for a file everywhere; returns what gives them back, once."""
        entered: list[str] = []

        def release() -> None:
            while entered:
                self.tally.leave(entered.pop())

        for key, most in taken:
            if not self.tally.enter(key, most):
                release()
                if request.method == "PUT":
                    _read_away(MAX_READ_AWAY_OF_KNOWN)
                raise Unavailable(
                    "Too many files are passed on at once; try again in a moment.", extra={"retryAfter": 5}
                )
            entered.append(key)
        return release

    def _file(self, length: int | None) -> Response:
        if length is None:
            return self._exchange(None, DEADLINE_SECONDS, pieces_seconds=MAX_DOWNLOAD_SECONDS)
        seconds = min(MAX_UPLOAD_SECONDS, FLOW_SECONDS + length / MIN_RATE) + DEADLINE_SECONDS
        try:
            response = self._exchange(Upload(length, request.environ["wsgi.input"].read), seconds)
        except SourceEnded:
            return problem("INVALID", f"Fewer than {length} bytes came.", 400)
        if response.status_code == 201 and request.path.startswith("/evidence/"):
            response.set_data(uploaded_answer(response.get_data()))
        return response

    def _exchange(self, body: Upload | None, seconds: float, *, pieces_seconds: float | None = None) -> Response:
        end_turn()
        context = CallContext(
            token=bearer(request.headers.get("Authorization")), request_id=g.request_id, client=request.remote_addr,
            deadline=time.monotonic() + seconds, changes=request.method == "PUT", patient=pieces_seconds is not None,
        )  # fmt: skip
        headers = {name: value for name in _SENT_ON if (value := request.headers.get(name))}
        target = request.full_path.rstrip("?")  # the path as it came
        answer = self.services.profiles.exchange(
            request.method, target, body, context=context, headers=headers, pieces_seconds=pieces_seconds
        )
        response = Response(answer.data if answer.pieces is None else answer.pieces, status=answer.status)
        for name in _SENT_BACK:
            if name.lower() in answer.headers:
                response.headers[name] = answer.headers[name.lower()]
        return response


def _wrong_length(coming: int, announced: Any, most: int) -> Response:
    if coming > most:
        return problem("INVALID", f"A file may have at most {most:,} bytes.", 413)
    return problem("INVALID", f"The file has {coming} bytes by its Content-Length; {announced} were announced.", 422)


def _read_away(most: int, *, pause: float = 0.0) -> None:
    """Take in what a client still sends, up to a limit: else it sees its connection reset, and not our answer.

    Args:
        pause: seconds between two pieces.
    """
    end_turn()  # the client is waited for
    left = min(request.content_length or 0, most)
    while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, 65_536))):
        left -= len(piece)
        time.sleep(pause)
