"""`consilium accounts` and `consilium retention`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import click

from consilium.cli.root import environment, main


@main.group()
def accounts() -> None:
    """Look after accounts."""


@accounts.command()
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "roles", multiple=True, type=click.Choice(["admin", "verifier", "moderator", "member"]))
@click.option(
    "--jurisdiction", "jurisdictions", multiple=True, help="Where a verifier may decide; everywhere if absent."
)
@click.option("--password-file", type=click.File("r"), help="Read the password from a file, - for standard input.")
def create(
    email: str, name: str, roles: Sequence[str], jurisdictions: Sequence[str], password_file: IO[str] | None
) -> None:
    """Make an account, like the first admin's."""
    from consilium.client import OperatorClient

    if password_file is not None:
        password = password_file.read().strip()
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    person = OperatorClient(environment()).create_account(
        email=email, name=name, password=password, roles=[role.upper() for role in roles],
        jurisdictions=jurisdictions,
    )  # fmt: skip
    click.echo(f"Made the account of {name}: {person}")
    if set(roles) - {"member"}:
        click.echo("Its roles count in sessions with a one-time password: startTotp and confirmTotp turn that on.")


@main.group()
def retention() -> None:
    """Keep what is kept no longer than the retention table says."""


@retention.command()
def run() -> None:
    """Delete what the table in docs/privacy.md says, now instead of within the hour."""
    from consilium.client import OperatorClient

    done = OperatorClient(environment()).run_retention()
    for what, count in done.items():
        click.echo(f"{'failed' if count is None else f'{count:,}':>8}  {what}")
    if None in done.values():
        raise click.ClickException("Not everything could be deleted; the log of the profiles service says why.")
