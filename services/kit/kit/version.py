"""The version of Consilium that runs: that of the installed package, which `pyproject.toml` states."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version


@cache
def version() -> str:
    """Return the version, like `0.1.0`; `unknown` where the code runs without being installed."""
    try:
        return installed_version("consilium")
    except PackageNotFoundError:
        return "unknown"
