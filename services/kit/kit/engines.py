"""What services and the operator's tools share about engines: waiting for one at the start, and watching it later."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from kit.errors import Unavailable
from kit.logs import log

T = TypeVar("T")
START_SECONDS = 300.0  # a cold engine on a busy machine needs minutes
FIRST_WAIT_SECONDS, MAX_WAIT_SECONDS = 0.2, 3.0
POLL_SECONDS = 1.0
MAINTAIN_SECONDS = 10.0
HANGING_SECONDS = 4.0  # a ping takes milliseconds, on a very busy machine some tenths of a second


class EngineError(Exception):
    """An engine cannot be used. The message is one sentence for the operator that says which, and what to do."""


def wait_for(
    attempt: Callable[[], T],
    *,
    retry: tuple[type[Exception], ...],
    failure: Callable[[Exception], str],
    seconds: float,
    stopping: threading.Event | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> T:
    """Try until an engine answers, with growing pauses.

    Args:
        retry: what is raised while the engine does not answer yet; anything else is raised at once.
        failure: the sentence for the operator, from the last error.
        stopping: ends the waiting early.

    Raises:
        EngineError: it did not answer in time.
    """
    stopping = stopping or threading.Event()
    deadline, pause = clock() + seconds, FIRST_WAIT_SECONDS
    while True:
        try:
            return attempt()
        except retry as error:
            if clock() + pause > deadline or stopping.wait(pause):
                raise EngineError(failure(error)) from error
            pause = min(2 * pause, MAX_WAIT_SECONDS)


class EngineWatch:
    """Pings an engine from a thread of its own, so that requests need not find out by waiting that it does not answer.

    Args:
        name: of the engine, for logs, messages and `/readyz`.
        ping: returns when the engine answered, and raises or hangs when it does not.
        prepare: runs before the engine counts as prepared: at the start, and whenever the engine may have been
            restarted. It is repeated until it succeeds. Requests are let through meanwhile.
        maintain: runs again and again while the engine is prepared.
    """

    def __init__(
        self,
        name: str,
        ping: Callable[[], object],
        *,
        prepare: Callable[[], object] = lambda: None,
        maintain: Callable[[], object] = lambda: None,
        poll_seconds: float = POLL_SECONDS,
        hanging_seconds: float = HANGING_SECONDS,
        maintain_seconds: float = MAINTAIN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._ping, self._prepare, self._maintain = name, ping, prepare, maintain
        self._poll_seconds, self._hanging_seconds = poll_seconds, hanging_seconds
        self._maintain_seconds, self._clock = maintain_seconds, clock
        self._answered = False
        self._lost_at: float | None = None
        self._losses = 0
        self._pinged_at: float | None = None  # when the ping that is under way began
        self._prepared_after: int | None = None  # how many losses there had been when it was prepared
        self._stop = threading.Event()
        self._starting = threading.Lock()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to watch; does nothing where it watches already."""
        if self._threads:
            return
        with self._starting:
            if not self._threads:
                self._threads = [
                    threading.Thread(target=run, name=f"{self._name}-{what}", daemon=True)
                    for what, run in (("watch", self._watch), ("prepare", self._keep_prepared))
                ]
                for thread in self._threads:
                    thread.start()

    def stop(self) -> None:
        """Stop to watch."""
        self._stop.set()

    @property
    def answers(self) -> bool:
        """Whether the engine answered the last ping, if there was one, and is not late with this one."""
        pinged_at = self._pinged_at
        return self._lost_at is None and (pinged_at is None or self._clock() - pinged_at < self._hanging_seconds)

    @property
    def confirmed(self) -> bool:
        """Whether the engine answers and has done so at least once, which is what `/readyz` says."""
        return self._answered and self.answers

    @property
    def prepared(self) -> bool:
        """Whether the engine has been prepared since it was last started."""
        return self._prepared_after == self._losses

    def require(self) -> None:
        """Refuse at once what the engine is needed for while it does not answer.

        Raises:
            Unavailable: it does not answer; a request that waited for it would only find that out later.
        """
        self.start()
        if not self.answers:
            raise Unavailable(f"{self._name} does not answer now; try again in a moment.")

    def _watch(self) -> None:
        while not self._stop.is_set():
            self._pinged_at = self._clock()
            try:
                self._ping()
            except Exception as error:  # whatever it is, the engine has not answered
                self._note_loss(type(error).__name__)
            else:
                self._note_answer()
            self._pinged_at = None
            self._stop.wait(self._poll_seconds if self._lost_at is None else self._poll_seconds / 4)

    def _note_loss(self, reason: str) -> None:
        self._losses += 1
        if self._lost_at is None:
            self._lost_at = self._clock()
            log().error("engine_lost", engine=self._name, reason=reason, sentence=f"{self._name} does not answer.")

    def _note_answer(self) -> None:
        if self._lost_at is not None:
            seconds = round(self._clock() - self._lost_at, 1)
            sentence = f"{self._name} answers again after {seconds} s."
            log().warning("engine_back", engine=self._name, seconds=seconds, sentence=sentence)
        self._lost_at, self._answered = None, True

    def _keep_prepared(self) -> None:
        maintained_at = self._clock()
        while not self._stop.wait(self._poll_seconds / 4):
            began, losses = self._clock(), self._losses
            try:
                if not self.confirmed:
                    continue
                if not self.prepared:
                    self._prepare()
                    self._prepared_after = losses
                    seconds = round(self._clock() - began, 1)
                    log().info("engine_prepared", engine=self._name, seconds=seconds)
                elif began - maintained_at >= self._maintain_seconds:
                    self._maintain()
                    maintained_at = self._clock()
            except Exception as error:  # tried again; the engine may just have been lost
                log().warning("engine_not_prepared", engine=self._name, reason=type(error).__name__)
                self._stop.wait(self._poll_seconds)
