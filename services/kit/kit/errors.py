"""Expected failures: each has a stable code, the same in a service's problem and in the gateway's `userErrors`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from kit.sentences import Sentence, read_sentence

MAX_ERRORS = 50  # that are told of one input


class DomainError(Exception):
    """An expected failure; raising one changes nothing, except `OutcomeUnknown`, where that is not known.

    Args:
        message: one sentence that helps the person who reads it; never a secret or a personal text.
        field: where the input was wrong, as the path of names below the operation's input.
        current_version: of the thing as it is now, where the caller's was stale.
        extra: more members of the problem document.
    """

    code: ClassVar[str] = "INVALID"
    status: ClassVar[int] = 422

    def __init__(
        self,
        message: str,
        *,
        field: list[str] | None = None,
        current_version: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.current_version = current_version
        self.extra = extra or {}


class Invalid(DomainError):
    """The input breaks a rule that does not depend on anything stored."""


class NotFound(DomainError):
    """Nothing with this id exists, or the caller may not know that it does."""

    code = "NOT_FOUND"
    status = 404

    @classmethod
    def of(cls, kind: str, *field: str) -> NotFound:
        """The refusal of an id, in one sentence whichever service says it: who may not know of a thing is told nothing else."""
        return cls(Sentence("No {kind} has this id.", kind=kind), field=list(field))


class Unauthenticated(DomainError):
    """No token, or one that is not valid (any more)."""

    code = "UNAUTHENTICATED"
    status = 401


class InvalidCredentials(DomainError):
    """Address and password do not belong together."""

    code = "INVALID_CREDENTIALS"
    status = 401


class OtpRequired(DomainError):
    """The password is right, and the account asks for a one-time password too."""

    code = "OTP_REQUIRED"
    status = 401


class Forbidden(DomainError):
    """The caller is known and may not do this."""

    code = "FORBIDDEN"
    status = 403


class NotVerified(DomainError):
    """The caller's verification level is too low."""

    code = "NOT_VERIFIED"
    status = 403


class PolicyNotMet(DomainError):
    """A clause of a group's credential policy is not met; `extra["clauses"]` may say which."""

    code = "POLICY_NOT_MET"
    status = 403


class PolicyNotAccepted(DomainError):
    """A policy that must be accepted has not been."""

    code = "POLICY_NOT_ACCEPTED"
    status = 403


class Conflict(DomainError):
    """The thing is not in a state in which this is possible."""

    code = "CONFLICT"
    status = 409


class VersionConflict(DomainError):
    """The thing changed since the caller read it; `current_version` says what it is now."""

    code = "VERSION_CONFLICT"
    status = 409


class IdempotencyKeyReused(DomainError):
    """The key was used before for another request."""

    code = "IDEMPOTENCY_KEY_REUSED"
    status = 409


class SecondPersonRequired(DomainError):
    """Another person must do this; the caller did the first step, or is a party."""

    code = "SECOND_PERSON_REQUIRED"
    status = 403


class LimitReached(DomainError):
    """A documented maximum is reached."""

    code = "LIMIT_REACHED"
    status = 409


class Expired(DomainError):
    """What was presented was valid once."""

    code = "EXPIRED"
    status = 410


class RateLimited(DomainError):
    """Too many tries; `extra["retryAfter"]` is in seconds."""

    code = "RATE_LIMITED"
    status = 429


class Unavailable(DomainError):
    """Another part does not answer; nothing was changed."""

    code = "UNAVAILABLE"
    status = 503


class OutcomeUnknown(DomainError):
    """A change was sent, or was being committed, when its answer was lost: it may have been made."""

    code = "OUTCOME_UNKNOWN"
    status = 503


class RemoteProblem(DomainError):
    """An expected failure that another service reported; keeps that service's code and status."""

    def __init__(self, problem: dict[str, Any], status: int) -> None:
        known = {
            "type",
            "title",
            "status",
            "detail",
            "code",
            "field",
            "currentVersion",
            "requestId",
            "errors",
            "sentence",
        }
        super().__init__(
            read_sentence(
                str(problem.get("detail") or problem.get("title") or "The request failed."), problem.get("sentence")
            ),
            field=problem.get("field"),
            current_version=problem.get("currentVersion"),
            extra={key: value for key, value in problem.items() if key not in known},
        )
        self.code = str(problem.get("code") or "INTERNAL")  # type: ignore[misc]  # an instance's own
        self.status = status  # type: ignore[misc]


class SeveralErrors(DomainError):
    """Several expected failures of one input; code, status and sentence are those of the first.

    Args:
        errors: in the order of the input, each about its own field; of more than `MAX_ERRORS` the first are kept.
    """

    def __init__(self, errors: Sequence[DomainError]) -> None:
        first = errors[0]
        extra: dict[str, object] = {}  # lists of one name, such as patients' identifiers, are joined
        for name, value in (pair for error in errors for pair in error.extra.items()):
            known = extra.get(name, [] if isinstance(value, list) else value)
            extra[name] = [*known, *value] if isinstance(known, list) and isinstance(value, list) else known
        super().__init__(first.message, field=first.field, current_version=first.current_version, extra=extra)
        self.errors = tuple(errors[:MAX_ERRORS])
        self.code, self.status = first.code, first.status  # type: ignore[misc]  # an instance's own


def all_errors(error: DomainError) -> tuple[DomainError, ...]:
    """The failures that an error tells: those that it holds, or itself."""
    return error.errors if isinstance(error, SeveralErrors) else (error,)


def combined(errors: Sequence[DomainError]) -> DomainError:
    """The only failure, or all of them as one."""
    told = [one for error in errors for one in all_errors(error)]
    return told[0] if len(told) == 1 else SeveralErrors(told)


def remote_error(problem: dict[str, object], status: int) -> DomainError:
    """The failures that another service's problem document tells."""
    several = problem.get("errors")
    if not isinstance(several, list) or not several:
        return RemoteProblem(problem, status)
    return SeveralErrors([RemoteProblem(one, status) for one in several[:MAX_ERRORS] if isinstance(one, dict)])
