"""Answers that wait in memory until their clients have taken them: bounded for each network address, and for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from flask import Flask, Response, g, request

from kit.addresses import Tally, address_key
from kit.errors import OutcomeUnknown, Unavailable
from kit.problems import answer_domain_error

LARGE_ANSWER_BYTES = 50_000  # below this they are not counted: the connections that wait for them are
MAX_UNREAD_BYTES, MAX_UNREAD_BYTES_OF_ADDRESS = 200_000_000, 20_000_000


@dataclass(frozen=True)
class Unread:
    """Counts the bytes of large answers from when they are made until they are sent.

    A client may take an answer as slowly as `kit.worker` lets it, and on many connections at the same time.
    """

    tally: Tally = field(default_factory=Tally)

    def add_to(self, app: Flask) -> None:
        """Count the answers of an application."""
        app.after_request(self.count)

    def count(self, response: Response) -> Response:
        """The answer, or that too many wait to be read."""
        size = 0 if response.is_streamed else response.calculate_content_length() or 0
        if size < LARGE_ANSWER_BYTES:
            return response
        address = f"address:{address_key(request.remote_addr)}"
        if not self.tally.enter(address, MAX_UNREAD_BYTES_OF_ADDRESS, size):
            return _refused()
        if not self.tally.enter("all", MAX_UNREAD_BYTES, size):
            self.tally.leave(address, size)
            return _refused()
        for key in (address, "all"):
            response.call_on_close(partial(self.tally.leave, key, size))
        return response


def _refused() -> Response:
    sentence, later = "Too many large answers wait to be read; read those first.", {"retryAfter": 5}
    if g.get("is_mutation"):
        return answer_domain_error(OutcomeUnknown(f"The change may have been made. {sentence}", extra=later))
    return answer_domain_error(Unavailable(sentence, extra=later))
