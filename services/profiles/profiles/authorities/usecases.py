"""Operators add authorities and change them from a file; ids never change, and nothing is deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from catalogues import authorities
from catalogues.authorities import GENERIC, IDENTIFYING, Authority
from catalogues.authority_rows import RefusedRow, parse
from contracts.authorities import ImportedAuthorities
from contracts.authorities import RefusedRow as Refused
from kit.errors import LimitReached
from profiles.authorities.store import AuthorityStore
from profiles.unit_of_work import UnitOfWork

MAX_OWN = 5_000  # authorities that operators have added or changed; each process has all of them in memory


def refresh(store: AuthorityStore) -> None:
    """Let this process know the authorities as they are stored, unless it does."""
    stored = store.revision()
    if stored != authorities.revision():
        authorities.put_over_file(stored, store.all())


def import_authorities(
    work: UnitOfWork, *, rows: Sequence[Mapping[str, str]], dry_run: bool, actor: str, now: datetime
) -> ImportedAuthorities:
    """Add and change the authorities of a file; a row that breaks a rule is refused, and the others are taken.

    Args:
        dry_run: whether nothing is stored.

    Raises:
        LimitReached: operators would have added and changed more than they may; nothing is stored.
    """
    work.authorities.revision(lock=True)
    stored = {one.id: one for one in work.authorities.all()}
    seen, done, unchanged, refused = set[str](), list[Authority](), 0, list[Refused]()
    for position, row in enumerate(rows):
        try:
            given = parse(row)
            if given.id in seen:
                raise RefusedRow("id", "comes twice in the file")
            seen.add(given.id)
            known = stored.get(given.id) or authorities.built_in().get(given.id)
            if known is not None:
                _check_change(known, given)
            if known is not None and replace(given, version=known.version) == known:
                unchanged += 1
            else:
                done.append(replace(given, version=known.version + 1 if known else 1))
        except RefusedRow as error:
            refused.append(Refused(position=position, column=error.column, reason=error.message))
    if len(stored.keys() | {one.id for one in done}) > MAX_OWN:
        raise LimitReached(f"Operators may have added and changed {MAX_OWN:,} authorities at most.")
    added = sum(one.version == 1 for one in done)
    if not dry_run:
        for one in done:
            _put(work, one, "authority.add" if one.version == 1 else "authority.change", actor=actor, now=now)
    return ImportedAuthorities(added=added, changed=len(done) - added, unchanged=unchanged, refused=refused)


def _check_change(known: Authority, changed: Authority) -> None:
    """Refuse what would change the meaning of credentials that are there.

    Raises:
        RefusedRow: it would.
    """
    if known.id == GENERIC and changed != replace(known, version=changed.version):
        raise RefusedRow("id", "is the authority for those that the catalogue does not have, which stays as it is")
    if (known.kind in IDENTIFYING) != (changed.kind in IDENTIFYING):
        raise RefusedRow("kind", "would make licences of identifiers, or the other way; add another authority instead")


def _put(work: UnitOfWork, authority: Authority, action: str, *, actor: str, now: datetime) -> Authority:
    work.authorities.put(authority, at=now)
    work.audit.note(action, actor=actor, object=f"authority:{authority.id}")
    return authority
