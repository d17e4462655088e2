"""`consilium guard`, `consilium names` and `consilium schema`."""

from __future__ import annotations

import csv
import json
import sys
from typing import IO

import click

from consilium.cli.root import main


@main.group()
def guard() -> None:
    """Try the guard for patients' privacy."""


@guard.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
def check(file: IO[str]) -> None:
    """Judge each text in FILE, one JSON object a line; prints decision and identifiers, a line each.

    An object has "text" and may have "language", a BCP 47 tag.
    """
    from kit.guard import check as judge

    failed = False
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text, language = row["text"], row.get("language")
            if not isinstance(text, str) or not isinstance(language, str | None):
                raise TypeError
        except (ValueError, KeyError, TypeError):
            click.echo(f"Line {number} is no JSON object with a text.", err=True)
            failed = True
            continue
        click.echo(json.dumps(judge(text, language=language).as_dict()))
    sys.exit(1 if failed else 0)


@main.group()
def names() -> None:
    """Try how names in registers and in profiles are compared."""


@names.command(name="compare")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
def compare_names(file: IO[str]) -> None:
    """Compare the names in each row of FILE, a CSV with the columns register and profile.

    Prints the CSV with a column `outcome`: PASS for the same name in whatever script, order and title, WARN for similar names,
    FAIL for different ones, SKIPPED for what cannot be compared.
    """
    from profiles.checks.domain import compare_names as outcome_of

    rows = csv.DictReader(file, strict=True)
    try:
        columns = [column for column in rows.fieldnames or [] if column != "outcome"]
        if missing := sorted({"register", "profile"} - set(columns)):
            raise click.ClickException(f"The file has no column {' and no column '.join(missing)}.")
        out = csv.DictWriter(sys.stdout, [*columns, "outcome"], lineterminator="\n")
        out.writeheader()
        for row in rows:
            if None in row or None in row.values():
                raise click.ClickException(f"Line {rows.line_num} has not as many columns as the first line.")
            out.writerow(row | {"outcome": outcome_of(row["register"], row["profile"])[0]})
    except (csv.Error, UnicodeDecodeError) as error:
        raise click.ClickException(f"The file cannot be read after line {rows.line_num}: {error}.") from error


@main.group(name="schema")
def schema_() -> None:
    """Look at the GraphQL schema."""


@schema_.command(name="print")
def print_schema() -> None:
    """Print the schema's text."""
    from gateway.schema import sdl

    click.echo(sdl(), nl=False)


@schema_.command(name="list-sizes")
def print_list_sizes() -> None:
    """Print how long each list may be, as docs/list-sizes.md shows it."""
    from gateway.list_sizes import as_page
    from gateway.schema import schema

    click.echo(as_page(schema()), nl=False)


@schema_.command(name="caches")
def print_client_material() -> None:
    """Print what caches of clients must know of the schema, as examples/cache/schema.json has it."""
    from gateway.caches import client_material
    from gateway.schema import schema

    click.echo(json.dumps(client_material(schema()), indent=1))


@schema_.command(name="authorities")
def print_authorities() -> None:
    """Print which authorities the catalogue has, as docs/authorities.md shows it."""
    from catalogues.authority_page import as_page

    click.echo(as_page(), nl=False)
