"""A client of a service that runs in this process, for tests of what it answers and not of how fast."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.test import Client, TestResponse

from kit.skew import TIMEOUT_HEADER

SECONDS = "60"  # a request that does not say how long it waits is given two, which a busy machine takes for a first one


class PatientClient(Client):
    """States how long it waits, as the gateway does; a test of deadlines states its own."""

    def open(self, *args: Any, headers: Any = None, **options: Any) -> TestResponse:
        """The answer to a request."""
        stated = Headers(headers)
        stated.setdefault(TIMEOUT_HEADER, SECONDS)
        return super().open(*args, headers=stated, **options)
