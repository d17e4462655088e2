"""Starting, looking at and deleting a local installation."""

from __future__ import annotations

import sys

import click

from consilium.cli.root import console, environment, main
from kit.settings import Environment


@main.command()
def up() -> None:
    """Start engines and services; Ctrl-C stops all."""
    from consilium.home import Home
    from consilium.up import up as run

    sys.exit(run(Home.here(), console))


@main.command()
def status() -> None:
    """Print the addresses and demo sign-ins of the running system."""
    from consilium.home import Home
    from consilium.up import read_banner

    text = read_banner(Home.here())
    if text is None:
        raise click.ClickException("Consilium is not running here; start it with `make up`.")
    click.echo(text)


@main.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(yes: bool) -> None:
    """Delete all local data."""
    from consilium.home import Home
    from consilium.up import reset as delete

    home = Home.here()
    if not yes:
        click.confirm(f"Delete everything in {home.root}?", abort=True)
    delete(home)
    click.echo(f"Deleted {home.root}. `make up` starts over.")


@main.command()
@click.option("--if-empty", is_flag=True, help="Do nothing where somebody is there already, and in production.")
def seed(if_empty: bool) -> None:
    """Load the demo network into the running system."""
    from consilium.client import OperatorClient
    from consilium.seed.load import seed as load
    from consilium.seed.load import seed_if_empty

    if if_empty and Environment().production:
        click.echo("There is no demo network in production.")
        return
    if not if_empty:
        load(OperatorClient(environment()), console)
    elif not seed_if_empty(environment(), console):
        click.echo("The demo network is there already.")
        return
    click.echo("The demo network is loaded.")
