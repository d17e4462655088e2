"""Independent checks of one input, whose failures are told together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TypeVar

from kit.errors import (
    MAX_ERRORS,
    DomainError,
    OutcomeUnknown,
    RateLimited,
    Unauthenticated,
    Unavailable,
    all_errors,
    combined,
)

A = TypeVar("A")
B = TypeVar("B")

# What is not about the input ends the checks at once.
_ENDS = (Unavailable, OutcomeUnknown, Unauthenticated, RateLimited)


class Check:
    """Notes the failure of each block that it guards.

    What a failed block was to set is not set; nothing that needs it may follow before `checks` has ended.
    """

    def __init__(self) -> None:
        self.errors: list[DomainError] = []

    def __enter__(self) -> None:
        """Begin one check."""

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> bool:
        """End one check; a failure is noted."""
        if not isinstance(error, DomainError) or isinstance(error, _ENDS):
            return False
        self.errors.append(error)
        if len(self.errors) >= MAX_ERRORS:
            raise combined(self.errors)
        return True


@contextmanager
def checks() -> Iterator[Check]:
    """Run checks, each in a `with` block of its own, and raise all failures at the end.

    >>> with checks() as check:
    ...     with check:
    ...         raise DomainError("The name is empty.", field=["name"])
    ...     with check:
    ...         raise DomainError("The limit is 0.", field=["limit"])
    Traceback (most recent call last):
        ...
    kit.errors.SeveralErrors: The name is empty.

    Raises:
        DomainError: one check failed, or something between them.
        SeveralErrors: more than one did.
    """
    check = Check()
    try:
        yield check
    except DomainError as error:
        if isinstance(error, _ENDS) or not check.errors or len(check.errors) >= MAX_ERRORS:
            raise
        check.errors.append(error)
    if check.errors:
        raise combined(check.errors)


def check_each(items: Iterable[A], rule: Callable[[A], B], *, field: Sequence[str]) -> list[B]:
    """Check the items of a list, and return what the rule makes of them; a failure names the item by its index.

    Args:
        field: the path of the list; failures of the rule are about the same path, or about a part of the item.

    Raises:
        DomainError: an item breaks the rule.
        SeveralErrors: several do.
    """
    made = []
    with checks() as check:
        for index, item in enumerate(items):
            with check, errors_at([*field, str(index)], inside=field):
                made.append(rule(item))
    return made


@contextmanager
def errors_at(path: Sequence[str], *, inside: Sequence[str] = ()) -> Iterator[None]:
    """Put the failures of what is checked inside below a path.

    Args:
        inside: the path that their own begin with, where it does; it is replaced.
    """
    try:
        yield
    except DomainError as error:
        for one in {id(one): one for one in (error, *all_errors(error))}.values():
            own = one.field or []
            one.field = [*path, *(own[len(inside) :] if own[: len(inside)] == list(inside) else own)]
        raise
