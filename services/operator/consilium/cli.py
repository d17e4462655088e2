"""The operator's command line."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click
from rich.console import Console

from consilium.failures import OneSentenceGroup
from kit.settings import Environment, SettingsError
from kit.version import version

if TYPE_CHECKING:
    from jwt import PyJWK

    from consilium.home import Home
    from consilium.keyfiles import KeyFile
    from profiles.audit.checkpoints import Link

console = Console()


@click.group(cls=OneSentenceGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="Consilium", message="%(prog)s %(version)s")
def main() -> None:
    """Run and look after a Consilium installation."""
    from kit import logs

    os.umask(0o077)  # what this or a child of it writes is nobody else's
    logs.configure("operator")


def _environment() -> dict[str, str]:
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
        load(OperatorClient(_environment()), console)
    elif not seed_if_empty(_environment(), console):
        click.echo("The demo network is there already.")
        return
    click.echo("The demo network is loaded.")


@main.group(name="import")
def import_() -> None:
    """Bring in people and communities."""


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def nppes(file: Path) -> None:
    """Import the US registry's dissemination FILE, version 2, as unclaimed directory profiles."""
    from consilium.client import OperatorClient
    from consilium.importers.nppes import import_file

    import_file(OperatorClient(_environment()), file, console)


@import_.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def network(folder: Path) -> None:
    """Import an existing community from the CSV files in FOLDER."""
    from consilium.client import OperatorClient
    from consilium.importers.network import import_folder

    import_folder(OperatorClient(_environment()), folder, console)


@import_.command()
@click.argument("authority")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Of which day the copy is; the file's own day if absent."
)
def register(authority: str, file: Path, as_of: datetime | None) -> None:
    """Import a copy of AUTHORITY's register from the CSV FILE, and check its credentials again."""
    from consilium.client import OperatorClient
    from consilium.importers.register import import_register

    day = as_of.date() if as_of else datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
    import_register(OperatorClient(_environment()), authority, file, day, console)


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="The list's name; the file's own if absent. The list of that name is replaced.")
def sanctions(file: Path, source: str | None) -> None:
    """Import a list of sanctions from the CSV FILE, and check all credentials again."""
    from consilium.client import OperatorClient
    from consilium.importers.register import import_sanctions

    import_sanctions(OperatorClient(_environment()), file, source or file.stem, console)


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
            found = OperatorClient(_environment()).last_checkpoint()
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


@main.group()
def retention() -> None:
    """Keep what is kept no longer than the retention table says."""


@retention.command()
def run() -> None:
    """Delete what the table in docs/privacy.md says, now instead of within the hour."""
    from consilium.client import OperatorClient

    done = OperatorClient(_environment()).run_retention()
    for what, count in done.items():
        click.echo(f"{'failed' if count is None else f'{count:,}':>8}  {what}")
    if None in done.values():
        raise click.ClickException("Not everything could be deleted; the log of the profiles service says why.")


@main.group()
def keys() -> None:
    """Rotate the keys that sign tokens and encrypt fields."""


_KEYS = click.Choice(["signing", "field"])
_SECRETS = click.option(
    "--folder", type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Where the secrets are, for containers; by default where the settings say.",
)  # fmt: skip


def _key_file(kind: str, folder: Path | None) -> KeyFile:
    from consilium.home import Home
    from consilium.keyfiles import VARIABLES, KeyFile

    if folder is None:
        return KeyFile.locate(kind, Home.here().environment())
    return KeyFile.locate(kind, Environment({}, files={VARIABLES[kind]: folder / f"{kind}_key"}))


def _deliver_again(file: KeyFile) -> None:
    """Give the containers what has changed, where there are any."""
    from consilium.containers import deliver_again

    deliver_again(file.require_writable().parent)


@keys.command(name="status")
@_SECRETS
def key_status(folder: Path | None) -> None:
    """Print where the keys lie, which services use which, and what is encrypted with old ones."""
    from consilium.client import OperatorClient

    for kind in ("signing", "field"):
        file = _key_file(kind, folder)
        present, *old = file.names()
        click.echo(f"The {kind} key is {present}, in {file.source}{'; old ones: ' if old else ''}{', '.join(old)}.")
    for name, found in OperatorClient(_environment()).keys().items():
        for holder in found["holders"]:
            click.echo(
                f"{holder['service']} encrypts with key {holder['key']['id']} ({holder['key']['fingerprint']}), "
                f"seen {holder['seen_seconds']:.0f} s ago."
            )
        for what, count in found["counts"].items():
            click.echo(f"{count:>8,}  {what} encrypted with an old key ({name})")
        if found["unreadable"]:
            click.echo(
                f"WARNING: {found['unreadable']:,} are encrypted with keys that the {name} service does not have."
            )


@keys.command()
@click.argument("kind", type=_KEYS)
@_SECRETS
def rotate(kind: str, folder: Path | None) -> None:
    """Make a new signing or field key; it is used from the next start on, and the old ones go on being understood."""
    from consilium.keyrotation import require_used

    file = _key_file(kind, folder)
    file.require_writable()
    warning = require_used(file, _environment)
    if warning:
        click.echo(f"WARNING: {warning}")
    after = "`consilium keys reencrypt`, then " if kind == "field" else "ten minutes later "
    new = file.put_first()
    _deliver_again(new)
    click.echo(
        f"The new {kind} key is {new.names()[0]}, in {new.source}. Start the services again; {after}"
        f"`consilium keys retire {kind}`."
    )


@keys.command()
@_SECRETS
def reencrypt(folder: Path | None) -> None:
    """Encrypt everything again that is encrypted with an old field key."""
    from consilium.client import OperatorClient
    from consilium.keyrotation import reencrypt_all

    file = _key_file("field", folder)
    total = reencrypt_all(file, OperatorClient(_environment()), click.echo)
    click.echo(
        f"Encrypted {total:,} fields again; everything is encrypted with key {file.names()[0]}, in {file.source}."
    )


@keys.command()
@click.argument("kind", type=_KEYS)
@_SECRETS
def retire(kind: str, folder: Path | None) -> None:
    """Drop the old signing or field keys, unless a service uses one or something is encrypted with one."""
    from consilium.client import OperatorClient
    from consilium.keyrotation import retire_old

    file = _key_file(kind, folder)
    if len(file.parts()) == 1:
        click.echo(f"There is no old {kind} key in {file.source}.")
        return
    old = ", ".join(file.names()[1:])
    left, kept = retire_old(file, OperatorClient(_environment()), click.echo)
    _deliver_again(left)
    click.echo(f"Dropped {old} from {left.source}; the {kind} key is {left.names()[0]}. Start the services again.")
    if kept:
        click.echo(
            f"Backups from before need the old keys, which are kept in {kept}: delete it with the last of those."
        )


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
    person = OperatorClient(_environment()).create_account(
        email=email, name=name, password=password, roles=[role.upper() for role in roles],
        jurisdictions=jurisdictions,
    )  # fmt: skip
    click.echo(f"Made the account of {name}: {person}")
    if set(roles) - {"member"}:
        click.echo("Its roles count in sessions with a one-time password: startTotp and confirmTotp turn that on.")


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


@schema_.command(name="authorities")
def print_authorities() -> None:
    """Print which authorities the catalogue has, as docs/authorities.md shows it."""
    from catalogues.authority_page import as_page

    click.echo(as_page(), nl=False)


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

    client = OperatorClient(_environment())
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


if __name__ == "__main__":
    main()
