"""What goes wrong for an operator, in one sentence each."""

from __future__ import annotations

import os
import re
import traceback
from typing import Any

import click

from kit.engines import EngineError
from kit.errors import DomainError
from kit.settings import SettingsError

DEBUG = "CONSILIUM_DEBUG"


class OperatorError(Exception):
    """Something that the operator can change; the message is one sentence that says what to do."""


class CannotStart(OperatorError):
    """Why `up` does not start."""


_SAY_WHAT_TO_DO = (OperatorError, EngineError, SettingsError)


def _first_line(error: BaseException) -> str:
    text = str(getattr(error, "message", None) or error).strip()
    return re.sub(r"\s+", " ", text.split("\n")[0]).rstrip(". ")[:300] or type(error).__name__


def sentence(error: BaseException) -> str:
    """Return what happened, and what to do where that is known, in one line."""
    # Imported here because both take time, and a command that succeeds does not need them.
    import neo4j.exceptions
    import sqlalchemy as sa

    if isinstance(error, _SAY_WHAT_TO_DO):
        return " ".join(str(error).split())
    if isinstance(error, DomainError):
        where = f" ({'.'.join(error.field)})" if error.field else ""
        return f"{error.message}{where}"
    if isinstance(error, sa.exc.OperationalError):
        return f"PostgreSQL does not answer ({_first_line(error.orig or error)}). Start it, and try again."
    if isinstance(error, sa.exc.DBAPIError):
        return f"PostgreSQL refused a statement ({_first_line(error.orig or error)})."
    if isinstance(error, neo4j.exceptions.DriverError):
        return f"Neo4j does not answer ({_first_line(error)}). Start it, and try again."
    if isinstance(error, neo4j.exceptions.Neo4jError):
        return f"Neo4j refused a statement ({_first_line(error)})."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}." if error.filename else f"{error.strerror}."
    return f"Something unexpected happened ({type(error).__name__}: {_first_line(error)})."


def explained(error: BaseException) -> str:
    """Return the sentence; with CONSILIUM_DEBUG=1 the traceback comes before it."""
    if os.environ.get(DEBUG) == "1":
        return "".join(traceback.format_exception(error)) + sentence(error)
    known = isinstance(error, (*_SAY_WHAT_TO_DO, DomainError))
    return sentence(error) + ("" if known else f" {DEBUG}=1 shows the details.")


class OneSentenceGroup(click.Group):
    """A group whose commands end with one sentence, and never with a traceback, when something goes wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            raise click.ClickException(explained(error)) from error
