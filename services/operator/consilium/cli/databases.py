"""Schemas, secrets and the projection of an installation."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click

from consilium.cli.root import console, environment, main
from kit.settings import Environment


@main.command()
@click.option("--wait", "seconds", default=60, show_default=True, help="How long to wait for the engines, in seconds.")
def migrate(seconds: int) -> None:
    """Bring both databases' schemas up to date."""
    from graph import db as graph_db
    from graph.settings import Neo4jAccess, read_neo4j_access
    from profiles import db as profiles_db
    from profiles.database_url import read_database_url
    from profiles.settings import index_key

    def load(env: Environment) -> tuple[str, bytes, str, Neo4jAccess]:
        return (
            read_database_url(env), env.parsed("CONSILIUM_INDEX_KEY", index_key),
            env.text("CONSILIUM_SERVICE_DATABASE_PASSWORD", ""), read_neo4j_access(env),
        )  # fmt: skip

    url, key, password, neo4j = Environment().all_of(load)
    profiles_db.wait_for_answer(url, seconds=seconds)
    with graph_db.connect_patiently(
        neo4j.uri, neo4j.user, neo4j.password, ca_file=neo4j.ca_file, seconds=seconds
    ) as driver:
        profiles_db.migrate(url, index_key=key)
        if password:
            profiles_db.grant_service_role(url, password)
        graph_db.migrate(driver)
    click.echo("Both schemas are up to date.")


@main.command(name="secrets")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--for-containers", is_flag=True,
    help="Give each container below $CONSILIUM_SECRETS_DELIVERY its own, and check the settings of all services.",
)  # fmt: skip
@click.option(
    "--give", "given", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder that is to belong to the services' user.",
)  # fmt: skip
def write_secrets(folder: Path, for_containers: bool, given: Sequence[Path]) -> None:
    """Write random secrets that are not there yet into FOLDER, one file each."""
    from consilium.checks import check_settings
    from consilium.containers import DELIVERY, deliver_again, give, write_all, write_digests
    from consilium.home import SECRETS, Home

    if for_containers:
        write_all(folder)
        check_settings(Environment())
        if not deliver_again(folder):
            raise click.ClickException(f"{DELIVERY} is not set. Set it to the folder with a folder for each container.")
        for one in given:
            give(one)
    else:
        home = Home(folder.resolve().parent)
        for name in SECRETS:
            home.secret(name, folder=folder)
        write_digests(folder)
    click.echo(f"The secrets are in {folder}.")


@main.command(name="rebuild-projection")
@click.option("--restored", is_flag=True, help="State that an older backup was restored; the audit trail records it.")
def rebuild_projection(restored: bool) -> None:
    """Send everybody's profile to the graph again, and remove people there who are not in PostgreSQL.

    The worker does it in batches and goes on where it was after a crash; this command only begins it and shows how far it
    is. It begins by itself where a restore of PostgreSQL or a loss of Neo4j's data is detected.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from consilium.client import OperatorClient

    client = OperatorClient(environment())
    client.rebuild_projection(restored=restored)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    ) as progress:  # fmt: skip
        task = progress.add_task("Profiles", total=None)
        while True:
            at = client.rebuild_progress()
            done = max(0, at["queued"] - at["waiting"])
            progress.update(task, completed=done, total=at["people"], description=at["stage"] or "DELIVERING")
            if at["stage"] is None and not at["waiting"]:
                break
            time.sleep(0.5)
    click.echo(f"The graph has {at['people']:,} profiles again.")
    if at["dead"]:
        raise click.ClickException(f"The graph refused {at['dead']:,} changes for good; the worker's log says which.")
