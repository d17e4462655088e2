"""Structured logs: one JSON object a line, with the service's name, the request's id and no personal text.

Whoever writes it: structlog, the standard library's loggers (gunicorn, drivers, Alembic), warnings, and what nobody catches.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from types import TracebackType
from typing import Any

import structlog

MAX_MESSAGE_LENGTH = 1_000  # of what others write; our own events are short


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


_service = "unnamed"


def _name_service(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the service's name. It belongs to the process, and not to a context that a thread or greenlet does not have."""
    event["service"] = _service
    return event


def _shorten(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Bound what others write."""
    text = str(event.get("event"))
    if len(text) > MAX_MESSAGE_LENGTH:
        event["event"] = f"{text[:MAX_MESSAGE_LENGTH]} … ({len(text)} characters)"
    return event


_STAMPS: list[Callable[..., Mapping[str, Any]]] = [
    structlog.contextvars.merge_contextvars,
    _name_service,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes the lines of the standard library's loggers."""


def configure(service: str, *, json: bool = True) -> None:
    """Send this process's logs to standard error, one line an event.

    Args:
        service: the name that each line carries.
        json: False prints for people.
    """
    global _service
    _service = service
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*_STAMPS, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(_Stream()),  # type: ignore[arg-type]
        cache_logger_on_first_use=True,
    )
    handler = _Handler(_Stream())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_STAMPS, structlog.stdlib.add_logger_name, _shorten],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    for one in [one for one in root.handlers if isinstance(one, _Handler)]:
        root.removeHandler(one)
    root.addHandler(handler)


def take_over(service: str) -> None:
    """Do the same for everything that a process prints by itself: warnings, and exceptions that nobody catches.

    For programs that are a service, at their start; an application that is made inside another program only configures.
    """
    configure(service)
    logging.captureWarnings(True)
    sys.excepthook = _report_end
    threading.excepthook = _report_thread
    sys.unraisablehook = _report_unraisable


def _report_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log().critical("process_failed", error=kind.__name__, exc_info=(kind, error, trace))


def _report_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_type is SystemExit or found.exc_value is None:
        return
    name = found.thread.name if found.thread is not None else None
    trace = (found.exc_type, found.exc_value, found.exc_traceback)
    log().error("thread_failed", thread=name, error=found.exc_type.__name__, exc_info=trace)


def _report_unraisable(found: Any) -> None:
    log().error("exception_ignored", error=found.exc_type.__name__, where=type(found.object).__name__)


def report_greenlet(_hub: Any, _context: Any, kind: Any, error: Any, trace: Any) -> None:
    """Log an exception that ended a greenlet; stands in for the hub's own printing."""
    log().error("greenlet_failed", error=getattr(kind, "__name__", "unknown"), exc_info=(kind, error, trace))


def log() -> structlog.typing.FilteringBoundLogger:
    """The logger; events are named verb_noun and carry ids, counts and times only."""
    return structlog.get_logger()  # type: ignore[no-any-return]
