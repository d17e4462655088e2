"""Institutions, as lists have them."""

from __future__ import annotations

from contracts.messages import Message


class Institution(Message, frozen=True, kw_only=True):
    """A place of work; `region` is a country or a part of one."""

    id: str
    name: str
    region: str | None = None


class InstitutionRow(Message, frozen=True, kw_only=True):
    """An institution in a list."""

    institution: Institution
    cursor: str
