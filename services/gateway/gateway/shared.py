"""What the workers share in Valkey: it answers at once, or each worker goes on alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import valkey

SECONDS = 0.2


def connect(url: str, ca_file: Path | None = None) -> valkey.Valkey:
    """A client that waits at most 0.2 s; it connects when it is first used. With `rediss://` it checks who answers."""
    checked: dict[str, Any] = {}
    if url.startswith(("rediss://", "valkeys://")):
        checked = {"ssl_cert_reqs": "required", "ssl_check_hostname": True}
        checked |= {"ssl_ca_certs": str(ca_file)} if ca_file else {}
    return valkey.Valkey.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, **checked)
