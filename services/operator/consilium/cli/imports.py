"""`consilium import`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from consilium.cli.root import console, environment, main

_DAY = (
    "the day that its name ends in, the newest day in a published list, or the day on which the file was last changed"
)
_REPLACE_NEWER = click.option("--replace-newer", is_flag=True, help="Let it take the place of a newer one.")


@main.group(name="import")
def import_() -> None:
    """Bring in people and communities."""


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Of which day the file is; the day in its name if absent."
)
def nppes(file: Path, as_of: datetime | None) -> None:
    """Import the US registry's dissemination FILE as unclaimed directory profiles."""
    from consilium.client import OperatorClient
    from consilium.importers.nppes import import_file

    import_file(OperatorClient(environment()), file, console, as_of.date() if as_of else None)


@import_.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def network(folder: Path) -> None:
    """Import an existing community from the CSV files in FOLDER."""
    from consilium.client import OperatorClient
    from consilium.importers.network import import_folder

    import_folder(OperatorClient(environment()), folder, console)


@import_.command()
@click.argument("authority")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=f"Of which day the copy is; if absent, {_DAY}.")
@click.option(
    "--format", "given", type=click.Choice(["auto", "csv", "rpps"]), default="auto", show_default=True,
    help="How FILE is written; auto tells it by the columns in its first line.",
)  # fmt: skip
@click.option("--encoding", help="The encoding of a CSV file, where it is not UTF-8, UTF-16 or Windows-1252.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option(
    "--confirm", type=click.IntRange(0), metavar="CASES", help="How many cases may be opened, as the dry run said."
)
@_REPLACE_NEWER
def register(
    authority: str,
    file: Path,
    as_of: datetime | None,
    given: str,
    encoding: str | None,
    dry_run: bool,
    confirm: int | None,
    replace_newer: bool,
) -> None:
    """Import a copy of AUTHORITY's register from FILE, and check its credentials again.

    An import that would open many cases stops and asks: look at the file, and repeat it with --confirm. A copy that is older than
    the one here is refused. See docs/desk.md.
    """
    from consilium.client import OperatorClient
    from consilium.importers.register import import_register

    import_register(
        OperatorClient(environment()),
        authority,
        file,
        as_of.date() if as_of else None,
        console,
        given=given,
        encoding=encoding,
        dry_run=dry_run,
        confirm=confirm,
        replace_newer=replace_newer,
    )


@import_.command()
@click.argument("authority")
def undo(authority: str) -> None:
    """Go back to the copy of AUTHORITY's register before, and close the cases that the last one has opened."""
    from consilium.client import OperatorClient
    from consilium.importers.register import undo_register

    undo_register(OperatorClient(environment()), authority, console)


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--source", help="The list's name; LEIE, or the file's own, if absent. The list of that name is replaced."
)
@click.option(
    "--format", "given", type=click.Choice(["auto", "csv", "leie"]), default="auto", show_default=True,
    help="How FILE is written; auto tells it by the columns in its first line.",
)  # fmt: skip
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=f"Of which day the list is; if absent, {_DAY}.")
@_REPLACE_NEWER
def sanctions(file: Path, source: str | None, given: str, as_of: datetime | None, replace_newer: bool) -> None:
    """Import a list of sanctions from FILE, and check all credentials again.

    A list that is older than the one of its name here is refused.
    """
    from consilium.client import OperatorClient
    from consilium.importers.register import import_sanctions

    import_sanctions(
        OperatorClient(environment()), file, source, as_of.date() if as_of else None, console, given=given,
        replace_newer=replace_newer,
    )  # fmt: skip
