"""Apollo Client in front of a gateway that runs trusted documents only."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support import node
from tests.support.gateways import AWAY
from tests.support.served import served


def test_a_client_does_not_send_in_vain_what_is_not_trusted_and_goes_on_once_it_is(tmp_path: Path) -> None:
    """One request for an id that no manifest has, without the text; one after the manifest came, and no restart between."""
    folder = node.installed(node.ROOT / "tests" / "node")
    settings = {"CONSILIUM_TRUSTED_DOCUMENTS": str(tmp_path), "CONSILIUM_TRUSTED_MODE": "enforce"}
    with served("gateway.app:create_app()", **AWAY | settings) as gateway:
        done = node.run("node", "apollo.mjs", f"http://127.0.0.1:{gateway.port}", str(tmp_path), cwd=folder, seconds=60)
    assert done.returncode == 0, done.stderr[-2000:]
    request = {"text": False, "client": "a page"}
    assert json.loads(done.stdout) == {
        "before": "PERSISTED_QUERY_NOT_IN_LIST", "requestsBefore": [request], "after": 1, "requestsAfter": [request],
    }  # fmt: skip
