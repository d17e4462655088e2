"""`consilium audit`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kit.settings import Environment, SettingsError

if TYPE_CHECKING:
    from jwt import PyJWK

    from consilium.home import Home
    from profiles.audit.checkpoints import Link
from consilium.cli.root import environment, main


@main.group()
def audit() -> None:
    """Look after the audit trail."""


INCOMPLETE = 3  # click ends with 2 where a command is called wrongly


@audit.command()
def verify() -> None:
    """Follow the trail's hash chain and its signed checkpoints.

    The exit status is 0 when all was checked and is intact, 1 when something is wrong, and 3 when nothing wrong was found
    and not all could be checked: NOT CHECKED says what, and is printed where the graph service does not answer.

    What is not wrong and should be known is printed as WARNING each time: incomplete lines that were set aside, a trail
    without checkpoints.
    """
    import sqlalchemy as sa

    from consilium.home import Home
    from profiles.audit import chain
    from profiles.audit.checkpoints import compare_links, read_checkpoints
    from profiles.audit.store import AuditTrail

    home = Home.here()
    folder = Path(Environment().text("CONSILIUM_AUDIT_DIR", str(home.root / "audit")))
    engine = sa.create_engine(_database_url(home), poolclass=sa.pool.NullPool)
    began = time.monotonic()
    try:
        # What others know of checkpoints is read first, because these stand in the file already. The entries come last, in
        # one snapshot, so that what is being written meanwhile does not look cut off: each checkpoint's entry is there.
        with engine.connect() as connection:
            known = {"the database": AuditTrail(connection).last_checkpoint()}
        witness, unchecked = _witness()
        known |= witness
        keys, warnings = _checkpoint_keys(home), []
        signed = read_checkpoints(folder, keys)
        if keys is None:
            warnings.append(
                "the keys that check checkpoints are those beside them; set CONSILIUM_CHECKPOINT_PUBLIC_KEY"
            )
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            trail = AuditTrail(connection)
            report = chain.verify(trail.all_entries(), head=trail.head(), checkpoints=signed.checkpoints)
    except sa.exc.OperationalError as error:
        raise click.ClickException("PostgreSQL does not answer.") from error
    except OSError as error:
        raise click.ClickException(f"The checkpoints in {folder} cannot be read: {error.strerror}.") from error
    seconds = time.monotonic() - began
    problems = [*signed.problems, *compare_links(signed, known), *report.problems]
    for warning in (*warnings, *signed.warnings, *report.warnings):
        click.echo(f"WARNING: {warning}")
    for reason in unchecked:
        click.echo(f"NOT CHECKED: {reason}")
    for problem in problems:
        click.echo(f"BROKEN: {problem}")
    verdict = "broken" if problems else "intact, as far as it was checked" if unchecked else "intact"
    if report.entries and not report.checkpoints:
        verdict += f", but no checkpoint is in {folder}"
    click.echo(
        f"{report.entries:,} entries and {report.checkpoints:,} checkpoints in {seconds:.2f} s "
        f"({report.entries / max(seconds, 0.001):,.0f} a second): {verdict}."
    )
    sys.exit(1 if problems else INCOMPLETE if unchecked else 0)


def _witness() -> tuple[dict[str, Link | None], list[str]]:
    """What the graph service knows of the last checkpoint, and what is not checked where it cannot be asked."""
    from consilium.client import OperatorClient
    from kit.errors import DomainError
    from kit.http import CallContext
    from profiles import worker_settings
    from profiles.audit.checkpoints import Link

    try:
        env = Environment()
        # In the worker's container, which has no operator's secret.
        if env.has("CONSILIUM_WORKER_SECRET") and not env.has("CONSILIUM_OPERATOR_SECRET"):
            config = worker_settings.load()
            context = CallContext(token=config.service_session().token())
            found = config.graph().call("GET", "/v1/audit-checkpoint", context=context)["checkpoint"]
        else:
            found = OperatorClient(environment()).last_checkpoint()
    except (DomainError, click.ClickException):
        return {}, ["the graph service cannot be asked which checkpoint it knows: the newest may have been cut off"]
    link = Link(found["number"], bytes.fromhex(found["digest"])) if found else None
    return {"the graph service": link}, []


def _checkpoint_keys(home: Home) -> dict[str, PyJWK] | None:
    """The public keys that check checkpoints, or None when only their folder has them."""
    from profiles.accounts.signing import Signer, public_key_set
    from profiles.audit.checkpoints import key_set

    env, public, private = home.environment(), "CONSILIUM_CHECKPOINT_PUBLIC_KEY", "CONSILIUM_CHECKPOINT_KEY"
    if env.has(public):
        return key_set(public_key_set(env.text(public), public))
    found = env.source(private)
    return key_set(Signer(found.value, "", setting=private).key_set()) if found else None


@audit.command(name="public-key")
def public_key() -> None:
    """Print the public half of the key that signs checkpoints, to verify them elsewhere."""
    from consilium.home import Home
    from profiles.accounts.signing import Signer

    name = "CONSILIUM_CHECKPOINT_KEY"
    pem = Home.here().environment().text(name)
    click.echo(Signer(pem, "", setting=name).public_pem(), nl=False)


def _database_url(home: Home) -> str:
    """The database of this installation, as its owner."""
    from profiles.database_url import NAME, read_database_url

    try:
        return read_database_url(Environment())
    except SettingsError as error:
        if Environment().has(NAME):
            raise
        port, password = home.recorded_port("postgres"), home.root / "secrets" / "postgres_password"
        if port is None or not password.exists():
            raise click.ClickException(f"No installation is in {home.root}: start one with `make up`.") from error
        return f"postgresql+psycopg://consilium:{password.read_text()}@127.0.0.1:{port}/consilium"
