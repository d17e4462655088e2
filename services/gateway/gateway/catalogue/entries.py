"""Entries of catalogues that resolve from their code alone."""

from __future__ import annotations

Entry = str | dict[str, str]  # a code, or with `node` what `entry` makes of one


def entry(kind: str, code: str) -> dict[str, str]:
    """An entry of a catalogue that is read by its id, so that its type is known."""
    return {"__typename": kind, "id": code}


def code_of(root: Entry) -> str:
    """The code of a profession, region or language."""
    return root if isinstance(root, str) else root["id"]
