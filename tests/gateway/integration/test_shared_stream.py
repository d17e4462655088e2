"""One stream for all tabs of a browser, by the SharedWorker of `examples/browser`."""

from __future__ import annotations

import pytest

from tests.gateway.integration.test_frontend import driven
from tests.support.network import group
from tests.support.stack import Stack


@pytest.mark.chromium
def test_two_tabs_share_one_stream(stack: Stack) -> None:
    """Both hear every event, once and in order, over one connection."""
    token = stack.sign_in("maria")
    found = driven(stack, "shared.mjs", token=token, group=group(stack, token))
    assert found == {"heard": [["One", "Two"], ["One", "Two"]], "streams": 1}
