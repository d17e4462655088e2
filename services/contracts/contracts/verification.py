"""The steps to being verified, as their person sees them."""

from __future__ import annotations

from datetime import datetime

from contracts.credentials import Credential
from contracts.messages import Message


class VerificationStep(Message, frozen=True, kw_only=True):
    """A step.

    Args:
        waits_for: whose turn it is; None where it is nobody's.
        usual_wait_hours_p50: None where it waits for nobody, or too few such cases were decided; so `usual_wait_hours_p90`.
        credential: with `credential_id`, where it was asked for.
    """

    kind: str
    state: str
    title: str
    text: str
    next_step: str | None = None
    waits_for: str | None = None
    since: datetime | None = None
    usual_wait_hours_p50: int | None = None
    usual_wait_hours_p90: int | None = None
    credential_id: str | None = None
    credential: Credential | None = None
