"""Structured logs: one JSON object a line, with the request's id and no personal text."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress

import structlog


class _Stream:
    """Standard error, which must never stop what is logged about: on a full disk a line is lost, nothing else."""

    def write(self, text: str) -> None:
        """Write a text."""
        with suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Write what is buffered."""
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def configure(service: str, *, json: bool = True) -> None:
    """Send this process's logs to standard error, one line an event.

    Args:
        service: the name that each line carries.
        json: False prints for people.
    """
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(_Stream()),  # type: ignore[arg-type]
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def log() -> structlog.typing.FilteringBoundLogger:
    """The logger; events are named verb_noun and carry ids, counts and times only."""
    return structlog.get_logger()  # type: ignore[no-any-return]
