"""`consilium keys`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kit.settings import Environment

if TYPE_CHECKING:
    from consilium.keyfiles import KeyFile
from consilium.cli.root import environment, main


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
    for name, found in OperatorClient(environment()).keys().items():
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
    warning = require_used(file, environment)
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
    total = reencrypt_all(file, OperatorClient(environment()), click.echo)
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
    left, kept = retire_old(file, OperatorClient(environment()), click.echo)
    _deliver_again(left)
    click.echo(f"Dropped {old} from {left.source}; the {kind} key is {left.names()[0]}. Start the services again.")
    if kept:
        click.echo(
            f"Backups from before need the old keys, which are kept in {kept}: delete it with the last of those."
        )
