"""Reading the environment: one settings object a service, no default secrets."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path


class SettingsError(Exception):
    """A setting is missing or makes no sense; the message names it and says what to do."""


class Environment:
    """Typed reads of environment variables; a variable `X_FILE` names a file that holds `X`."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = os.environ if values is None else values
        self._read: set[str] = set()

    @property
    def read(self) -> frozenset[str]:
        """The names that were read so far; `part_for` gives a process no others."""
        return frozenset(self._read)

    def has(self, name: str) -> bool:
        """Whether a setting is there at all; asking does not count as reading it."""
        return any(self._values.get(found) for found in (name, f"{name}_FILE"))

    def text(self, name: str, default: str | None = None) -> str:
        """The value of `name`, or of the file that `name_FILE` names.

        Raises:
            SettingsError: neither is set and there is no default.
        """
        self._read.add(name)
        path = self._values.get(f"{name}_FILE")
        if path:
            try:
                return Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise SettingsError(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from error
        value = self._values.get(name) or default
        if value is None:
            raise SettingsError(f"{name} is not set. Set it, or {name}_FILE to a file that holds it.")
        return value

    @property
    def production(self) -> bool:
        """True under `CONSILIUM_ENV=production`; development is the default."""
        mode = self.text("CONSILIUM_ENV", "development")
        if mode not in {"development", "production"}:
            raise SettingsError(f"CONSILIUM_ENV must be development or production, not {mode!r}.")
        return mode == "production"


# What every process of a service reads beside its Settings: `kit.listen` and `kit.web`.
OF_EVERY_PROCESS = ("CONSILIUM_BIND", "CONSILIUM_MOST_IN_FLIGHT", "CONSILIUM_SHARED_DIR", "CONSILIUM_WORKERS")


def part_for(load: Callable[[Environment], object], values: Mapping[str, str]) -> dict[str, str]:
    """Return those of many settings that a service reads, so that its process holds no other service's secrets.

    Args:
        load: reads the service's Settings; what it asks for is what the service is given.

    Raises:
        SettingsError: `load` does.
    """
    environment = Environment(values)
    load(environment)
    part = {}
    for name in (*environment.read, *OF_EVERY_PROCESS):
        found = f"{name}_FILE" if values.get(f"{name}_FILE") else name
        if found in values:
            part[found] = values[found]
    return part
