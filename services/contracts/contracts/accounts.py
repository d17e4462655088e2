"""Accounts, roles and suspensions, as admins see them."""

from __future__ import annotations

from datetime import datetime

from contracts.messages import Message


class RoleGrant(Message, frozen=True, kw_only=True):
    """How an account got a role.

    Args:
        given_by: the admin's id; None for the operator, and where it is not known. So `confirmed_by`.
        given_at: None where it is not recorded.
    """

    role: str
    rule: str
    given_by: str | None = None
    confirmed_by: str | None = None
    given_at: datetime | None = None


class RoleProposal(Message, frozen=True, kw_only=True):
    """Roles that wait for a second admin.

    Args:
        jurisdictions: None where they stay as they are; empty for everywhere.
    """

    id: str
    person_id: str
    roles: list[str]
    jurisdictions: list[str] | None
    proposed_by: str | None
    proposed_at: datetime
    expires_at: datetime


class Suspension(Message, frozen=True, kw_only=True):
    """A suspension that holds now; see `profiles.suspensions.domain`. Its owner is not told who the admins are."""

    reason: str | None = None
    started_at: datetime | None = None
    until: datetime | None = None
    waits: bool = False
    proposed_until: datetime | None = None
    suspended_by: str | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    appeal_statement: str | None = None
    appealed_at: datetime | None = None
    appeal_outcome: str | None = None
    appeal_note: str | None = None
    appeal_decided_at: datetime | None = None


class Account(Message, frozen=True, kw_only=True):
    """An account."""

    id: str
    email: str
    roles: list[str]
    jurisdictions: list[str]
    suspended: bool
    created_at: datetime
    last_seen_at: datetime | None
    suspension: Suspension | None = None
    role_grants: list[RoleGrant] = []
    role_proposal: RoleProposal | None = None


class AccountRow(Message, frozen=True, kw_only=True):
    """An account, with its place in a list."""

    cursor: str
    account: Account


class RoleProposalRow(Message, frozen=True, kw_only=True):
    """A proposal, with its place in a list."""

    cursor: str
    proposal: RoleProposal


class SecondFactorReset(Message, frozen=True, kw_only=True):
    """A request to reset a lost second factor."""

    account: Account
    requested_at: datetime
    expires_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    due_at: datetime | None = None


class SecondFactorResetRow(Message, frozen=True, kw_only=True):
    """A request, with its place in a list."""

    cursor: str
    reset: SecondFactorReset


class PasswordRules(Message, frozen=True, kw_only=True):
    """What a new password must be.

    Args:
        minimum_length: in Unicode code points; so `maximum_length`.
        needs_letter: whether digits and signs alone are refused.
        refuses_common: whether common passwords are, also with digits or signs behind them, or written twice.
    """

    minimum_length: int
    maximum_length: int
    minimum_distinct_characters: int
    needs_letter: bool
    refuses_common: bool
