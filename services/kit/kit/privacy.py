"""The privacy guard at every free-text field: what is beyond doubt is refused, what is doubtful waits or is refused too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from kit import guard
from kit.errors import DomainError
from kit.guard.found import AGE, LANGUAGE, PLAN, RECORD, UNCHECKED
from kit.logs import log

PATIENTS_ONLY = frozenset({RECORD, PLAN, AGE})


@dataclass(frozen=True)
class Identifier:
    """What could identify a patient: in which field, which class, and where (code points of the text as sent)."""

    field: str
    kind: str
    start: int
    end: int

    def as_dict(self) -> dict[str, Any]:
        """As JSON values; never the text itself."""
        return asdict(self)


class PatientIdentifier(DomainError):
    """The text could identify a patient; nothing of it was stored. `extra["patientIdentifiers"]` says where."""

    code: ClassVar[str] = "PATIENT_IDENTIFIER"

    def __init__(self, found: Iterable[Identifier]) -> None:
        listed = list(found)
        places = ", ".join(f"{one.kind} at {one.start} to {one.end}" for one in listed[:5])
        message = f"This could identify a patient ({places}); leave it out, or say it in general terms."
        if all(one.kind == LANGUAGE for one in listed):
            message = (
                f"The privacy guard does not know this language and cannot tell whether its numbers identify a patient "
                f"({places}); leave them out."
            )
        super().__init__(
            message,
            field=[listed[0].field],
            extra={"patientIdentifiers": [one.as_dict() for one in listed]},
        )


# Of these texts, which are the writer's own register numbers? Set by the service for each request; nobody's otherwise.
own_numbers: ContextVar[Callable[[list[str]], set[str]]] = ContextVar("own_numbers", default=lambda _texts: set())

# What the texts that are checked are said to be written in, as a BCP 47 tag; None where nobody says.
_language: ContextVar[str | None] = ContextVar("language", default=None)


@contextmanager
def written_in(language: str | None) -> Iterator[None]:
    """Check texts as written in a language: in one that the guard does not know, numbers are doubtful."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def examine(text: str, *, field: str, doubts: list[Identifier] | None = None, of_professional: bool = False) -> None:
    """Refuse a text that identifies a patient.

    Args:
        text: as sent, so that places fit what the client has.
        field: its name below the operation's input.
        doubts: takes what is doubtful, where the text can wait for a moderator; without it, doubt refuses too. A guard
            that fails is doubt.
        of_professional: refuse only what can be nobody's but a patient's.

    Raises:
        PatientIdentifier: with the kinds and places.
    """
    failed = False
    try:
        language = _language.get()
        decision = guard.check(text, language=language)
        if decision.identifiers:
            own = own_numbers.get()([text[one.start : one.end] for one in decision.identifiers])
            decision = guard.check(text, own_numbers=own, language=language) if own else decision
    except Exception as error:  # whatever it is, the text must not go out unread
        log().error("guard_failed", error=type(error).__name__)
        failed = True
        decision = guard.Decision(guard.HOLD, (guard.Found(UNCHECKED, 0, len(text), False),))
    found = [
        Identifier(field, one.kind, one.start, one.end)
        for one in decision.identifiers
        if failed or not of_professional or (one.kind in PATIENTS_ONLY and one.sure)
    ]
    if not found:
        return
    if decision.decision == guard.BLOCK or (found and doubts is None):
        raise PatientIdentifier(found)
    if doubts is not None:
        doubts.extend(found)


def doubts_of_language(text: str, *, field: str, language: str, known: Collection[Identifier]) -> list[Identifier]:
    """What becomes doubtful in a text that was checked already when one learns what language it is in.

    Args:
        known: the doubts about it so far.
    """
    found = guard.check(text, language=language).identifiers if not guard.is_known(language) else ()
    return [one for one in (Identifier(field, each.kind, each.start, each.end) for each in found) if one not in known]
