"""The settings of all services, checked before anything is started."""

from __future__ import annotations

from collections.abc import Callable

from gateway import settings as gateway_settings
from graph import settings as graph_settings
from kit.services import SIGNING_IN, read_secret
from kit.settings import Environment, SettingsError, SettingsErrors
from profiles import settings as profiles_settings
from profiles import worker_settings

# What reads the settings of each service; what it reads is what the service's process is given.
SETTINGS: dict[str, Callable[[Environment], object]] = {
    "gateway": gateway_settings.load,
    "graph": graph_settings.load,
    "profiles": profiles_settings.load,
    "worker": worker_settings.load,
}


def check_settings(settings: Environment) -> None:
    """Refuse settings that a service, or the operator's tools, would refuse.

    Raises:
        SettingsErrors: names everything that is missing or malformed, of all services.
    """
    problems: list[str] = []
    for load in SETTINGS.values():
        try:
            load(settings)
        except SettingsErrors as error:
            problems += error.problems
    for service in SIGNING_IN:
        try:
            read_secret(settings, service)
        except SettingsError as error:
            problems.append(str(error))
    if problems:
        raise SettingsErrors(problems)
