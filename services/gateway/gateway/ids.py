"""Global ids: opaque to clients, the type and the service's own id inside (as graphql-relay writes them)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from graphql_relay import from_global_id, to_global_id

from kit.errors import DomainError, Invalid, NotFound
from kit.sentences import Sentence

MAX_ID_LENGTH = 300
NOBODY = "00000000-0000-0000-0000-000000000000"  # an own id that nothing has
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_OF_TWO = re.compile(rf"{_UUID.pattern}\.{_UUID.pattern}")  # of a thing and what it is part of, with a point between
_CATALOGUE = re.compile("[a-z0-9][a-z0-9-]{0,99}")
# What the own id of each type looks like. Ids of other types are none that a client may send.
FORMS = {
    **dict.fromkeys(
        ("Account", "CaseNote", "ConnectionRequest", "ContextNote", "Credential", "DeadLetter", "Discussion", "Evidence", "Flag",
         "Group", "HidingRequest", "Institution", "Introduction", "ModerationDecision", "Notification", "Post", "Professional",
         "PersonalAccessToken", "RegisterImport", "RoleProposal", "Session", "Viewer"),
        _UUID,
    ),
    **dict.fromkeys(("Licence", "Membership"), _OF_TWO),
    # Of the discussion and the option; before 2026-12 of the option alone, which `vote` still takes.
    "PollOption": re.compile(f"{_OF_TWO.pattern}|{_UUID.pattern}"),
    "Authority": _CATALOGUE,
    "Specialty": _CATALOGUE,
    "Profession": re.compile("[0-9]{4}"),
    "Region": re.compile("[A-Z]{2}(?:-[A-Z0-9]{1,3})?|(?:M49|WHO):[A-Z0-9]{3,5}"),
    "Language": re.compile("[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Z]{2}|[0-9]{3}))?"),
    "Policy": re.compile("[0-9A-Za-z_-][0-9A-Za-z._-]{0,99}@[0-9A-Za-z._-]{1,60}"),  # as the profiles service reads them
}  # fmt: skip


@lru_cache(100_000)
def encode(kind: str, own: str) -> str:
    """The global id of a thing."""
    return to_global_id(kind, own)


def decode(global_id: str) -> tuple[str, str] | None:
    """Return the type and own id in a global id that a client sent, or None when it can be none of ours.

    Every id from outside comes through here, so what a resolver puts into a path or body has the form of an own id.
    """
    if len(global_id) > MAX_ID_LENGTH:
        return None
    try:
        kind, own = from_global_id(global_id)
    except (ValueError, TypeError):
        return None
    form = FORMS.get(kind)
    if form is None or not form.fullmatch(own):
        return None
    return (kind, own) if to_global_id(kind, own) == global_id else None


# Types of catalogues that inputs name by an id where they are objects as well; the code does as well as the id.
NAMED_BY_CODE = frozenset({"Authority"})


def decode_as(named: str, kind: str) -> str | None:
    """The own id of a thing of one type, named by its id, or by its code where it has one; None where it is neither."""
    if kind in NAMED_BY_CODE and FORMS[kind].fullmatch(named):
        return named
    found = decode(named)
    return found[1] if found is not None and found[0] == kind else None


def parts(own: str) -> tuple[str, str]:
    """The two ids in the own id of a thing that is part of another one."""
    whole, _, part = own.partition(".")
    return whole, part


# Where a mutation is under way: the failures of its ids so far.
_collected: ContextVar[list[DomainError] | None] = ContextVar("collected", default=None)


@contextmanager
def collecting_errors() -> Iterator[list[DomainError]]:
    """Collect the failures of ids instead of raising the first one.

    What reads them must look at the list before it does anything with what `expect` has returned.
    """
    errors: list[DomainError] = []
    token = _collected.set(errors)
    try:
        yield errors
    finally:
        _collected.reset(token)


def expect(named: str, kind: str, *field: str, missing: bool = False) -> str:
    """The own id of a thing that must be of one type, named by its id, or by its code where it has one.

    Within `collecting_errors` a failure is noted, and the id returned names nothing.

    Args:
        field: the path of the input, whose parts say the index in a list.
        missing: answer as if the thing did not exist.

    Raises:
        Invalid, NotFound: it is no id of this type.
    """
    found = decode_as(named, kind)
    if found is not None:
        return found
    path, name = list(field), next(part for part in reversed(field) if not part.isdigit())
    error: DomainError
    if missing:
        error = NotFound.of(kind.lower(), *path)
    elif kind in NAMED_BY_CODE:
        error = Invalid(
            Sentence("{name} must be a code or an id of the type {kind}.", name=name, kind=kind), field=path
        )
    else:
        error = Invalid(Sentence("{name} must be an id of the type {kind}.", name=name, kind=kind), field=path)
    collected = _collected.get()
    if collected is None:
        raise error
    collected.append(error)
    return NOBODY


def expect_each(named: Sequence[str], kind: str, *field: str, missing: bool = False) -> list[str]:
    """The own ids of a list of things that must be of one type; see `expect`."""
    return [expect(one, kind, *field, str(index), missing=missing) for index, one in enumerate(named)]
