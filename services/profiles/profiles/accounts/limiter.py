"""How often acts may be tried: per network address, per mailbox and per person, counted in the database.

Every limit is counted before the act, in one statement a key, so that tries at the same time count each. A refused try is
not counted, because the transaction that it was counted in is rolled back. Keys are hashes under the index key.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cachetools import LRUCache

from kit.errors import RateLimited
from kit.sentences import Sentence
from kit.validation import end_validation
from profiles.accounts.domain import Account, EmailAddress, mailbox_key
from profiles.accounts.passwords import Lane
from profiles.settings import SIGN_UPS_PER_ADDRESS
from profiles.unit_of_work import UnitOfWork

UNKNOWN_NETWORK = "unknown"
# So many tries for one mailbox are never refused because of what others do behind the same network address.
TRIES_BEYOND_NETWORK = 3
# Refusals that a process remembers, and for how long at most: what another process has forgiven counts soon.
REFUSALS, REMEMBERED_SECONDS = 10_000, 5


@dataclass(frozen=True)
class Limit:
    """After `free` tries each further one waits twice as long as the one before it, at most `max_wait_seconds`.

    Args:
        free: tries that cost no waiting.
        forget_after: tries are forgotten when none was counted for this long.
    """

    free: int
    max_wait_seconds: int
    forget_after: timedelta = timedelta(minutes=30)


class Act(StrEnum):
    """What is limited; the name is part of each key, so that one act never uses up another's budget."""

    SIGN_UP = "sign-up"
    """Signing up, by network address; also what goes well."""
    MAIL_FROM = "mail-from"
    """Having mail sent, by network address."""
    MAIL_TO = "mail-to"
    """Having mail sent, by mailbox. Each message's token works, so that this keeps nobody from a new password."""
    TOKEN = "token"
    """Presenting a token that came by mail, by network address; a right one is taken back."""
    HIDE_FROM = "hide-from"
    """Hiding directory profiles, by network address: register numbers may be public, so right pairs count too."""
    HIDE = "hide"
    """Hiding one directory profile, by its handle."""
    PAIR = "sign-in-pair"
    """Signing in to one mailbox on one known device, or from one network address."""
    MAILBOX = "sign-in-mailbox"
    """Signing in to one mailbox from all network addresses that nobody has signed in to it from before."""
    NETWORK = "sign-in-network"
    """Signing in from one network address, to any mailbox."""
    PROOF = "proof"
    """Making proofs of verification, by person; one that is given out again is not counted."""
    PERSON = "password"
    """Giving one's present password or a one-time password while signed in, by person."""


LIMITS = {
    Act.SIGN_UP: Limit(SIGN_UPS_PER_ADDRESS, 60),
    Act.MAIL_FROM: Limit(SIGN_UPS_PER_ADDRESS, 60),
    Act.MAIL_TO: Limit(5, 3600, timedelta(hours=6)),
    Act.TOKEN: Limit(20, 60),
    Act.HIDE_FROM: Limit(5, 3600, timedelta(hours=24)),
    Act.HIDE: Limit(5, 900),
    Act.PAIR: Limit(5, 900),
    Act.MAILBOX: Limit(20, 900),
    Act.NETWORK: Limit(100, 60),
    Act.PROOF: Limit(20, 900),
    Act.PERSON: Limit(5, 900),
}
# What bounds guessing. Where a request is to be checked only, it ends here: an answer to a try that is not counted would
# help to guess.
GUARDING = frozenset({Act.PERSON, Act.HIDE, Act.HIDE_FROM})


@dataclass(frozen=True)
class SignInTry:
    """A try to sign in that was counted.

    Args:
        lane: the queue in which the password is to be hashed.
        pair: what stands for the mailbox and the place that it is tried from.
    """

    lane: Lane
    mailbox: str
    network: str | None
    pair: str


@dataclass(frozen=True)
class Limiter:
    """Counts tries on one connection.

    Args:
        sign_ups: sign-ups and messages that one network address causes without waiting.
    """

    work: UnitOfWork
    now: datetime
    sign_ups: int = SIGN_UPS_PER_ADDRESS

    def charge(self, act: Act, value: str | None) -> None:
        """Count a try of an act.

        Args:
            value: what it is counted for: a network address, a mailbox's key, a person.

        Raises:
            RateLimited: it must wait.
        """
        if act in GUARDING:
            end_validation()
        wait, _ = self._count(act, value)
        refuse(wait)

    def charge_mail(self, network: str | None, to: EmailAddress) -> None:
        """Count a message that somebody has sent to an address; whether it has an account makes no difference.

        Raises:
            RateLimited: it must wait.
        """
        self.charge(Act.MAIL_FROM, network)
        self.charge(Act.MAIL_TO, to.key)

    def refund(self, act: Act, value: str | None, *, wholly: bool = False) -> None:
        """Take a try back that went well; `wholly` forgets the failed ones before it too."""
        self.work.attempts.uncount_attempt(self._key(act, value), wholly=wholly)

    def _count(self, act: Act, value: str | None) -> tuple[float, int]:
        """Count a try; returns how many seconds it must wait, and which one in a row it is."""
        limit = LIMITS[act]
        free = self.sign_ups if act in {Act.SIGN_UP, Act.MAIL_FROM} else limit.free
        return self.work.attempts.count_attempt(
            self._key(act, value), now=self.now, free=free, longest=limit.max_wait_seconds,
            forget_after=limit.forget_after,
        )  # fmt: skip

    def _key(self, act: Act, value: str | None) -> bytes:
        return self.work.cipher.hashed(f"limit-{act}", value or UNKNOWN_NETWORK)

    # ------------------------------------------------------------------ signing in

    def charge_sign_in(
        self, email: str, network: str | None, *, found: tuple[Account | None, ...], device: bytes | None = None
    ) -> SignInTry:
        """Count a try to sign in; addresses that have an account and others are treated alike.

        Three budgets bound guessing: one for the mailbox from this device or network address, one for the mailbox from
        everywhere that is new to it, and one for the network address. Who tries on a device or from a network address that
        has signed in to this account before depends on the first one alone, so that nobody elsewhere can keep them out; a
        device has its own also behind a network address that others share. The network address's budget refuses only those
        whose own mailbox has a few failures from there: strangers behind the same address cannot keep out a colleague who
        types the right password. Beyond it, first tries share a slow queue for hashing, so that trying one password on each
        of many mailboxes stays slow.

        Args:
            email: as typed.
            network: the network address, or None where it is not known.
            found: the accounts that the address may sign in to, the owner's first.
            device: the hash of a refresh token that the device has, also of an ended session.

        Raises:
            RateLimited: it must wait.
        """
        end_validation()
        mailbox = mailbox_key(email)
        # Where the address has an owner, having signed up with it too makes nobody known to the owner's account.
        owner, *unconfirmed = found
        targets = [one.person_id for one in ([owner] if owner else unconfirmed) if one is not None]
        session = self.work.sessions.session_of(targets, device)
        signed_in = self.work.sessions.has_signed_in(
            targets, self.work.cipher.hashed("client", network) if network else None
        )
        known = session is not None or signed_in
        pair = f"{mailbox}\n{f'session:{session}' if session else network or UNKNOWN_NETWORK}"
        pair_wait, nth = self._count(Act.PAIR, pair)
        mailbox_wait = 0.0 if known else self._count(Act.MAILBOX, mailbox)[0]
        network_wait = 0.0 if known else self._count(Act.NETWORK, network)[0]
        refuse(max(pair_wait, mailbox_wait, network_wait if nth > TRIES_BEYOND_NETWORK else 0.0))
        lane = Lane.KNOWN if known else Lane.SLOW if network_wait else Lane.SIGN_IN
        return SignInTry(lane, mailbox, network, pair)

    def refund_sign_in(self, tried: SignInTry, *, wholly: bool = False) -> None:
        """Take a try back; `wholly` after one that went well forgets the mailbox's failures from the same place."""
        self.refund(Act.PAIR, tried.pair, wholly=wholly)
        if tried.lane is not Lane.KNOWN:
            self.refund(Act.MAILBOX, tried.mailbox)
        if tried.lane is Lane.SIGN_IN:
            self.refund(Act.NETWORK, tried.network)


class Refusals:
    """Who was told to wait: what comes again before that time is refused without a connection to the database.

    Forty strangers who try one mailbox all the time would else keep each connection, and everybody who signs in waits for one.
    So a key holds nothing that a stranger can vary at will: no spelling of an address, and no token that was not given out here.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: LRUCache[tuple[str | None, ...], float] = LRUCache(REFUSALS)
        self._lock = threading.Lock()

    @contextmanager
    def remembered(self, *key: str | None) -> Iterator[None]:
        """Refuse what was refused a moment ago; remember what is refused in the block.

        Args:
            key: everything that the refusal depends on.

        Raises:
            RateLimited: it must wait.
        """
        with self._lock:
            until = self._until.get(key, 0.0)
        refuse(max(0.0, until - self._clock()))
        try:
            yield
        except RateLimited as error:
            # Whole seconds are told, rounded up; nobody who waits so long is refused from memory.
            seconds = min(REMEMBERED_SECONDS, error.extra["retryAfter"] - 1)
            with self._lock:
                self._until[key] = self._clock() + seconds
            raise


def refuse(wait: float) -> None:
    """Refuse what must wait.

    Raises:
        RateLimited: `wait` is not 0; with whole seconds to wait.
    """
    if wait:
        seconds = int(wait) + 1
        raise RateLimited(
            Sentence("Too many tries; wait {seconds} seconds.", seconds=seconds), extra={"retryAfter": seconds}
        )
