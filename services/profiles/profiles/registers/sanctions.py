"""Bringing in lists of sanctions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from catalogues import authorities
from kit.errors import DomainError
from kit.texts import check_text, fold
from profiles.registers.domain import refuse_older
from profiles.registers.store import RegisterStore
from profiles.registers.usecases import known_authority, refuse_future


def import_sanctions(
    registers: RegisterStore,
    *,
    source: str,
    as_of: date,
    rows: Sequence[dict[str, Any]],
    now: datetime,
    replace_newer: bool = False,
) -> tuple[int, list[dict[str, Any]]]:
    """Put a list of sanctions in the place of the one before.

    Args:
        replace_newer: whether it may take the place of a newer list.

    Returns:
        how many were stored, and the refused ones as {position, reason}.

    Raises:
        Invalid: a date in the future.
        Conflict: it is older than the list that counts.
    """
    refuse_future("list", as_of, now)
    refuse_older("list", as_of, registers.lock_list(source), replaces_newer=replace_newer)
    good, refused = [], []
    for position, row in enumerate(rows):
        try:
            name = check_text(
                str(row.get("name") or ""), field="name", shortest=2, longest=200, one_line=True, guarded=False
            )
            entry: dict[str, Any] = {"name": name, "name_key": fold(name), "country": row.get("country") or None}
            if row.get("number"):
                register = known_authority(str(row.get("authority") or ""))
                entry |= {
                    "authority": register.id,
                    "number": authorities.normalise_number(str(row["number"]), register),
                }
            if row.get("imposed_on"):
                entry["imposed_on"] = date.fromisoformat(row["imposed_on"]).isoformat()
            good.append(entry)
        except (DomainError, ValueError) as error:
            refused.append({"position": position, "reason": str(error)})
    registers.replace_sanctions(source, good, as_of=as_of, now=now)
    return len(good), refused
