"""What the workers share in Valkey: it answers at once, or each worker goes on alone."""

from __future__ import annotations

import valkey

SECONDS = 0.2


def connect(url: str) -> valkey.Valkey:
    """A client that waits at most 0.2 s; it connects when it is first used."""
    return valkey.Valkey.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)
