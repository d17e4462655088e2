"""Gateways in this process, in front of services that do not answer: what they refuse by themselves needs nobody else."""

from __future__ import annotations

from typing import Any

from werkzeug.test import Client

from gateway import settings
from gateway.app import create_app
from kit.settings import Environment

AWAY = {
    "CONSILIUM_PROFILES_URL": "http://127.0.0.1:1",
    "CONSILIUM_GRAPH_URL": "http://127.0.0.1:1",
    "CONSILIUM_GATEWAY_SECRET": "g" * 24,
}
PRODUCTION = {"CONSILIUM_ENV": "production", "CONSILIUM_PUBLIC_URL": "https://consilium.example"}


def lonely_gateway(**variables: Any) -> Client:
    """Return a client of a gateway with these variables in its environment."""
    return Client(create_app(settings.load(Environment(AWAY | variables))))
