"""`consilium authorities`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from consilium.cli.root import console, environment, main


@main.group(name="authorities")
def authorities_() -> None:
    """Look at, add and change the authorities that give credentials."""


@authorities_.command(name="list")
@click.option("--place", help="Only those that license in this country or part of one, such as KE or US-FL.")
def list_(place: str | None) -> None:
    """Print id, kind and name of each authority."""
    from consilium.client import OperatorClient
    from consilium.importers.authorities import effective

    for one in effective(OperatorClient(environment())):
        if place is None or place.upper() in one.jurisdictions:
            click.echo(f"{one.id}\t{one.kind}\t{'' if one.active else 'inactive '}{one.name}")


@authorities_.command()
def export() -> None:
    """Print all authorities as CSV, in the form that `import` takes."""
    from consilium.client import OperatorClient
    from consilium.importers.authorities import write_csv

    write_csv(OperatorClient(environment()), sys.stdout)


@authorities_.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_(file: Path, dry_run: bool) -> None:
    """Add and change the authorities of the CSV FILE; a row with `active` no gives no credentials any more."""
    from consilium.client import OperatorClient
    from consilium.importers.authorities import import_file

    if not import_file(OperatorClient(environment()), file, console, dry_run=dry_run):
        sys.exit(1)
