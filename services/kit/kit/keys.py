"""Rotating the key that encrypts fields: who holds which key now, and when an old one may be dropped.

A key may be dropped when nothing is encrypted with it and no process encrypts with it. Each process that encrypts notes
every `BEAT_SECONDS` which key it encrypts with, in the database that it writes to. One that is stopped longer than
`RECENT_SECONDS` is not seen any more; the databases refuse what it writes with a retired key.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from kit.cipher import KeyName
from kit.errors import Conflict, Invalid
from kit.logs import log

BEAT_SECONDS = 5.0
RECENT_SECONDS = 30.0


@dataclass(frozen=True)
class KeyHolder:
    """A process that encrypts, as it last told of itself.

    Args:
        service: like `profiles`.
        key: what it encrypts with.
        seen_seconds: how long ago that was.
        signing_key: the id of the key that it signs tokens with; empty where it signs none.
    """

    service: str
    key: KeyName
    seen_seconds: float
    signing_key: str = ""


def name_of(row: Mapping[str, Any]) -> KeyName:
    """A key's name from a request body."""
    return KeyName(int(row["id"]), str(row["fingerprint"]))


def require_current(service: str, present: KeyName, wanted: KeyName) -> None:
    """Refuse unless this process encrypts with the key that the operator's tools mean.

    Raises:
        Conflict: it encrypts with another one.
    """
    if present != wanted:
        raise Conflict(
            f"The {service} service encrypts with key {present}, and not with {wanted}: start it again, so that it reads "
            "the new keys, or name the keys that it reads."
        )


def require_all_current(holders: Iterable[KeyHolder], wanted: KeyName) -> None:
    """Refuse while a process still encrypts with another key.

    Raises:
        Conflict: one does; says which, and since when it has not been seen.
    """
    for holder in holders:
        if holder.key != wanted:
            raise Conflict(
                f"The {holder.service} service still encrypts with key {holder.key}, seen {holder.seen_seconds:.0f} s ago: "
                "start it again. One that has ended is forgotten after "
                f"{RECENT_SECONDS:.0f} s."
            )


def require_unused(counts: Mapping[str, int]) -> None:
    """Refuse while anything is encrypted with the keys that are to go.

    Args:
        counts: how much there is, by what it is.

    Raises:
        Conflict: there is something.
    """
    left = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    if left:
        raise Conflict(f"Still encrypted with an old key: {left}. Run `consilium keys reencrypt` first.")


def require_old(current: KeyName, old: Sequence[KeyName]) -> None:
    """Refuse to retire the key that encrypts.

    Raises:
        Invalid: it is among the old ones.
    """
    if any(key.id == current.id for key in old):
        raise Invalid("The key that encrypts cannot be retired.", field=["old"])


class Keys(Protocol):
    """Where the keys are that something is encrypted with, in one transaction."""

    def lock(self, ids: Sequence[int]) -> None:
        """Lock keys: whoever is storing something encrypted with one has ended then, and whoever wants to must wait."""

    def counts(self, ids: Sequence[int]) -> Mapping[str, int]:
        """How much is encrypted with keys, by what it is."""


def lock_unused(
    service: str,
    keys: Keys,
    holders: Callable[[], Iterable[KeyHolder]],
    *,
    present: KeyName,
    current: KeyName,
    old: Sequence[KeyName],
) -> list[int]:
    """Lock old keys that may be retired.

    They are locked before what is encrypted with them is counted, so that nothing is stored meanwhile.

    Args:
        holders: reads which process uses which key.

    Returns:
        their ids.

    Raises:
        Invalid: the key that encrypts is among them.
        Conflict: something is encrypted with one, or a process still encrypts with another key than the present one.
    """
    require_current(service, present, current)
    require_old(current, old)
    ids = [key.id for key in old]
    keys.lock(ids)
    require_all_current(holders(), current)
    require_unused(keys.counts(ids))
    return ids


class Heartbeat:
    """Repeats an act in a thread of its own for as long as the process runs; a failure is logged once and tried again.

    Args:
        end: what is done when it is stopped.
    """

    def __init__(
        self, act: Callable[[], object], *, end: Callable[[], object] = lambda: None, seconds: float = BEAT_SECONDS
    ) -> None:
        self._act, self._end, self._seconds = act, end, seconds
        self._stop = threading.Event()
        self._starting, self._acting = threading.Lock(), threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, in the process that it speaks for; does nothing where it has begun."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="key-heartbeat", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End it, and do what is to be done at the end, unless it never began."""
        self._stop.set()
        with self._starting:
            began, self._thread = self._thread is not None, None
        if began:
            with self._acting, suppress(Exception):  # what is not done is forgotten by itself after a while
                self._end()

    def _run(self) -> None:
        failing = False
        while not self._stop.is_set():
            try:
                with self._acting:
                    if not self._stop.is_set():
                        self._act()
                failing = False
            except Exception as error:  # whatever it is, it must be tried again
                if not failing:
                    log().warning("key_not_told", error=type(error).__name__)
                failing = True
            self._stop.wait(1.0 if failing else self._seconds)
