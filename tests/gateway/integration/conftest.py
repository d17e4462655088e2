"""Gateways in this process, with settings of their own, in front of the running services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client

from consilium.home import Home
from gateway import settings
from gateway.app import create_app
from kit.settings import Environment
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def gateway(stack: Stack) -> Callable[..., Client]:
    """Makes a client of a gateway with these variables in its environment."""
    home = Home(stack.home)
    base = {
        "CONSILIUM_PUBLIC_URL": stack.url,
        "CONSILIUM_PROFILES_URL": f"http://127.0.0.1:{stack.environment['CONSILIUM_PROFILES_PORT']}",
        "CONSILIUM_GRAPH_URL": f"http://127.0.0.1:{stack.environment['CONSILIUM_GRAPH_PORT']}",
        "CONSILIUM_GATEWAY_SECRET": home.secret("gateway_secret"),
    }

    def make(**variables: Any) -> Client:
        return Client(create_app(settings.load(Environment(base | variables))))

    return make
