"""The settings of the gateway, read once from the environment."""

from __future__ import annotations

from dataclasses import dataclass, field

from kit.settings import Environment, SettingsError


@dataclass(frozen=True)
class Settings:
    """What the operator decides.

    Args:
        service_secret: what the gateway signs in with, to hear what changes.
    """

    issuer: str
    profiles_url: str
    graph_url: str
    introspection: bool
    cors_origins: frozenset[str]
    service_secret: str = field(repr=False)


def load(environment: Environment | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: one is missing or malformed.
    """
    env = environment or Environment()
    issuer = env.text("CONSILIUM_PUBLIC_URL", None if env.production else "http://127.0.0.1:8000")
    if env.production and not issuer.startswith("https://"):
        raise SettingsError("CONSILIUM_PUBLIC_URL must be an https address in production.")
    return Settings(
        issuer=issuer,
        profiles_url=env.text("CONSILIUM_PROFILES_URL", "http://127.0.0.1:8001"),
        graph_url=env.text("CONSILIUM_GRAPH_URL", "http://127.0.0.1:8002"),
        introspection=env.text("CONSILIUM_INTROSPECTION", "0" if env.production else "1") == "1",
        cors_origins=frozenset(filter(None, env.text("CONSILIUM_CORS_ORIGINS", " ").split())),
        service_secret=env.text("CONSILIUM_SERVICE_SECRET"),
    )
