"""The command `consilium`, and what its commands share."""

from __future__ import annotations

import os

import click
from rich.console import Console

from consilium.failures import OneSentenceGroup
from kit.settings import Environment
from kit.version import version

console = Console()


@click.group(cls=OneSentenceGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="Consilium", message="%(prog)s %(version)s")
def main() -> None:
    """Run and look after a Consilium installation."""
    from kit import logs

    os.umask(0o077)  # what this or a child of it writes is nobody else's
    logs.configure("operator")


def environment() -> dict[str, str]:
    """Where the services of this installation are, and the secret of the operator's tools."""
    from consilium.client import client_settings
    from consilium.home import Home
    from kit.services import refuse_shared_secret

    home = Home.here()
    refuse_shared_secret(Environment())
    settings = home.environment()
    if settings.source("CONSILIUM_OPERATOR_SECRET") is None:
        raise click.ClickException(f"No installation is in {home.root}: start one with `make up`.")
    return client_settings(settings, home)
