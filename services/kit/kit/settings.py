"""Reading the environment: one settings object a service, no default secrets."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from kit.logs import log

T = TypeVar("T")


class SettingsError(Exception):
    """A setting is missing or makes no sense; the message names it and says what to do."""


class SettingsErrors(SettingsError):
    """Everything that is wrong with the settings."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__(" ".join(self.problems))


@dataclass(frozen=True)
class Source:
    """A setting and where it comes from: the file `path`, or the variable itself."""

    variable: str
    value: str = field(repr=False)
    path: Path | None

    def __str__(self) -> str:
        return str(self.path) if self.path else f"the variable {self.variable}"


class Environment:
    """Typed reads of environment variables; a variable `X_FILE` names a file that holds `X`.

    Services and the operator's tools read all settings here, so that both mean the same ones.

    Args:
        values: the variables; those of this process by default.
        files: where a setting lies that is not set.
    """

    def __init__(self, values: Mapping[str, str] | None = None, *, files: Mapping[str, Path] | None = None) -> None:
        self._values = os.environ if values is None else values
        self._files = files or {}
        self._problems: list[str] | None = None
        self._read: set[str] = set()

    @property
    def read(self) -> frozenset[str]:
        """The names that were read so far; `part_for` gives a process no others."""
        return frozenset(self._read)

    def has(self, name: str) -> bool:
        """Whether a setting is there at all; asking does not count as reading it."""
        return any(self._values.get(found) for found in (name, f"{name}_FILE"))

    def source(self, name: str) -> Source | None:
        """A setting with the place that it comes from; None where it is not set.

        Raises:
            SettingsError: a file that should hold it cannot be read.
        """
        named = self._values.get(f"{name}_FILE")
        path = Path(named) if named else None
        if path is None and not self._values.get(name) and name in self._files and self._files[name].exists():
            path = self._files[name]
        if path is None:
            value = self._values.get(name)
            return Source(name, value, None) if value else None
        try:
            return Source(name, path.read_text(encoding="utf-8").strip(), path)
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise SettingsError(f"{name}_FILE names {path}, which cannot be read: {why}.") from error

    def expected(self, name: str) -> str:
        """Where a setting is looked for, for messages."""
        beside = f", and {self._files[name]} does not exist" if name in self._files else ""
        return f"neither {name} nor {name}_FILE is set{beside}"

    def text(self, name: str, default: str | None = None) -> str:
        """The value of `name`, or of the file that `name_FILE` names; inside `all_of` "" where that fails.

        Raises:
            SettingsError: neither is set and there is no default.
        """
        self._read.add(name)
        try:
            found = self.source(name)
            value = found.value if found and found.value else default
            if value is None:
                raise SettingsError(f"{name} is not set. Set it, or {name}_FILE to a file that holds it.")
            return value
        except SettingsError as error:
            if self._problems is None:
                raise
            self._problems.append(str(error))
            return ""

    def parsed(self, name: str, parse: Callable[[str], T], default: str | None = None) -> T:
        """What a function makes of a setting; inside `all_of` None where that fails, which nobody sees.

        Args:
            parse: raises SettingsError where the text makes no sense.

        Raises:
            SettingsError: it is not set, or makes no sense.
        """
        before = None if self._problems is None else len(self._problems)
        text = self.text(name, default)
        if before is not None and self._problems is not None and len(self._problems) > before:
            return cast(T, None)
        try:
            return parse(text)
        except SettingsError as error:
            if self._problems is None:
                raise
            self._problems.append(str(error))
            return cast(T, None)

    def checked(self, read: Callable[[Environment], T]) -> T:
        """What a function reads from the settings; inside `all_of` None where that fails, which nobody sees.

        Args:
            read: raises SettingsError where something is missing or makes no sense.
        """
        if self._problems is None:
            return read(self)
        alone = Environment(self._values, files=self._files)
        alone._read = self._read
        try:
            return read(alone)
        except SettingsError as error:
            self._problems.append(str(error))
            return cast(T, None)

    def all_of(self, load: Callable[[Environment], T]) -> T:
        """Load settings, and name everything that is wrong with them at once.

        Raises:
            SettingsErrors: something is.
        """
        gathering = Environment(self._values, files=self._files)
        gathering._problems, gathering._read = [], self._read
        loaded = load(gathering)
        if gathering._problems:
            raise SettingsErrors(gathering._problems)
        return loaded

    @property
    def production(self) -> bool:
        """True under `CONSILIUM_ENV=production`; development is the default."""
        return self.parsed("CONSILIUM_ENV", _mode, "development") != "development"


def _mode(text: str) -> str:
    if text not in {"development", "production"}:
        raise SettingsError(f"CONSILIUM_ENV must be development or production, not {text!r}.")
    return text


def one_of(name: str, allowed: Sequence[str]) -> Callable[[str], str]:
    """Parse one of some words."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise SettingsError(f"{name} must be one of {', '.join(allowed)}, not {text!r}.")
        return text

    return parse


def whole_number(name: str, *, least: int = 0) -> Callable[[str], int]:
    """Parse a whole number."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or int(text) < least:
            raise SettingsError(f"{name} must be a whole number{f' from {least}' if least else ''}, not {text!r}.")
        return int(text)

    return parse


APP_LOAD_ERROR = 4  # on which gunicorn ends instead of starting a worker again


def load_or_end(load: Callable[[], T]) -> T:
    """Load the settings of a service that starts; where something is wrong, log it, a line each, and end the process."""
    try:
        return load()
    except SettingsError as error:
        for problem in error.problems if isinstance(error, SettingsErrors) else (str(error),):
            log().critical("setting_refused", sentence=problem)
        raise SystemExit(APP_LOAD_ERROR) from None


@dataclass(frozen=True)
class ProcessSettings:
    """What every service's process reads beside its own settings.

    Args:
        workers: gunicorn's worker processes.
        most_in_flight: requests that one of them answers at once; more wait in vain for two cores.
    """

    workers: int = 1
    most_in_flight: int = 300


def process_settings(environment: Environment) -> ProcessSettings:
    """Read them; this is the only place that does.

    Raises:
        SettingsError: one is malformed.
    """
    return ProcessSettings(
        environment.parsed(
            "CONSILIUM_WORKERS", whole_number("CONSILIUM_WORKERS", least=1), str(ProcessSettings.workers)
        ),
        environment.parsed(
            "CONSILIUM_MOST_IN_FLIGHT",
            whole_number("CONSILIUM_MOST_IN_FLIGHT", least=1),
            str(ProcessSettings.most_in_flight),
        ),
    )


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
