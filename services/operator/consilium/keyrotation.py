"""Rotating keys beside running services, in an order in which nothing can be lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from consilium.client import OperatorClient
from consilium.failures import OperatorError
from consilium.keyfiles import KeyFile, KeyUnreachable
from kit.errors import DomainError

Tell = Callable[[str], None]
POLL_SECONDS = 1.0


class KeyInUse(OperatorError):
    """A service uses another key."""


def _ids(file: KeyFile, holder: Mapping[str, Any]) -> str:
    if file.kind == "signing":
        return str(holder["signing_key"])
    return f"{holder['key']['id']} ({holder['key']['fingerprint']})"


def _holders(file: KeyFile, client: OperatorClient) -> list[dict[str, Any]]:
    """The processes that use keys of this kind."""
    found = [holder for said in client.keys().values() for holder in said["holders"]]
    return [holder for holder in found if _ids(file, holder)]


def require_used(file: KeyFile, environment: Callable[[], Mapping[str, str]]) -> str | None:
    """Refuse a file whose keys the running services do not use.

    Returns:
        a warning where that cannot be known, because the services do not run.

    Raises:
        KeyUnreachable: the services use other keys.
    """
    try:
        holders = _holders(file, OperatorClient(environment()))
    except (DomainError, click.ClickException) as error:
        why = getattr(error, "message", error)
        return f"The services do not say whether they use {file.source} ({why})"
    names = file.names()
    for holder in holders:
        if _ids(file, holder) not in names:
            raise KeyUnreachable(
                f"The {holder['service']} service uses the {file.kind} key {_ids(file, holder)}, which is not in "
                f"{file.source}. Set for this command what is set for the services."
            )
    return None


def _wait_for_ended(file: KeyFile, client: OperatorClient, tell: Tell) -> None:
    """Wait until processes that have ended are forgotten, so that a restart a moment ago is no reason to refuse.

    Raises:
        KeyInUse: a process that runs uses another key than the first.
    """
    present, last = file.names()[0], 0.0
    while True:
        others = [holder for holder in _holders(file, client) if _ids(file, holder) != present]
        if not others:
            return
        one = min(others, key=lambda holder: float(holder["seen_seconds"]))
        seen = float(one["seen_seconds"])
        if seen < last:  # it told of itself since, so it runs
            raise KeyInUse(
                f"The {one['service']} service still uses the {file.kind} key {_ids(file, one)}, and not {present}, the "
                f"first in {file.source}. Start it again."
            )
        if not last:
            tell(f"Asking whether the {one['service']} service with key {_ids(file, one)} still runs ...")
        last = seen
        time.sleep(POLL_SECONDS)


def reencrypt_all(file: KeyFile, client: OperatorClient, tell: Tell) -> int:
    """Encrypt everything again with the first key; returns how much there was.

    Raises:
        KeyInUse: a service encrypts with another key, or something goes on storing with an old one.
        DomainError: a service refuses, or does not answer.
    """
    _wait_for_ended(file, client, tell)
    current, total, waiting = file.key_names()[0], 0, _old(client)
    # What is stored with an old key meanwhile does not keep this going for ever.
    while total < waiting and (done := client.reencrypt(current)):
        total += done
    left = _old(client)
    if left:
        raise KeyInUse(
            f"Encrypted {total:,} fields again, and {left:,} were stored with an old key meanwhile: something that does not "
            "tell which key it uses still encrypts with it. Start all services again."
        )
    return total


def _old(client: OperatorClient) -> int:
    """How much is encrypted with old keys."""
    return sum(sum(said["counts"].values()) for said in client.keys().values())


def retire_old(file: KeyFile, client: OperatorClient, tell: Tell) -> tuple[KeyFile, Path | None]:
    """Drop all keys but the first, once the services have agreed that nothing needs them.

    Field keys are retired in both databases before they are dropped from the file, so that whatever happens in between, a
    key that something is encrypted with is still there.

    Returns:
        the keys that are left, and the file that holds those that were dropped.

    Raises:
        KeyUnreachable: the file cannot be changed.
        KeyInUse: a service uses another key than the first.
        DomainError: something is encrypted with an old key, or a service does not answer.
    """
    file.require_writable()
    _wait_for_ended(file, client, tell)
    if file.kind == "field":
        current, *old = file.key_names()
        client.retire(current, old)
    return file.keep_first()
