"""Requests that are to be checked only: everything is tried, and nothing that it changes is kept.

The gateway sends such a request for a mutation with `validate: true`. The services do what they would do, in the same
transactions, and roll each of them back. The first one that has changed something ends the request, so that nothing behind it
runs on what is not there.
"""

from __future__ import annotations

from flask import Response, has_request_context, request

VALIDATE_HEADER = "Consilium-Validate"
VALIDATED_HEADER = "Consilium-Validated"


class Validated(Exception):
    """Ends what is checked only: no check has failed, and nothing was changed. It is no failure."""


def validating() -> bool:
    """Whether the request that is served is to be checked only."""
    return has_request_context() and VALIDATE_HEADER in request.headers


def end_validation() -> None:
    """End the request here, if it is to be checked only.

    Raises:
        Validated: it is.
    """
    if validating():
        raise Validated


def answer_validated(_end: Validated) -> Response:
    """What a service answers when no check has failed."""
    return Response(status=204, headers={VALIDATED_HEADER: "true"})
