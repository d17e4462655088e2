"""Ending one's own sessions. Their access tokens end with them in every service, as after signing out."""

from __future__ import annotations

from datetime import datetime

from kit import ids
from kit.errors import Forbidden, NotFound
from profiles.accounts.store import AccountStore
from profiles.audit.store import AuditTrail
from profiles.sessions.store import SessionStore


def end_session(sessions: SessionStore, audit: AuditTrail, *, person_id: str, session_id: str, now: datetime) -> None:
    """End one of a person's sessions; one that has ended stays as it is.

    Raises:
        NotFound: it is somebody else's, or there is none; one answer for both.
    """
    if not ids.valid(session_id) or not sessions.end(person_id, session_id, at=now):
        raise NotFound("You have no session with this id.", field=["session"])
    audit.note("session.end", actor=person_id, object=f"person:{person_id}")


def end_other_sessions(
    accounts: AccountStore, audit: AuditTrail, *, person_id: str, session: str | None, now: datetime
) -> None:
    """End all of a person's sessions but the one that asks.

    Raises:
        Forbidden: the token names no session, so that nobody knows which one is to stay.
    """
    if session is None:
        raise Forbidden("Sign in first.")
    accounts.end_sessions(person_id, at=now, except_id=session)
    audit.note("session.end-others", actor=person_id, object=f"person:{person_id}")
