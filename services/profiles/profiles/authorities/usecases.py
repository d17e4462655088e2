"""Operators add authorities and change them, from a file or one by one; ids never change, and nothing is deleted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from catalogues import authorities
from catalogues.authorities import GENERIC, IDENTIFYING, Authority
from catalogues.authority_rows import RefusedRow, as_row, parse
from contracts.authorities import ImportedAuthorities
from contracts.authorities import RefusedRow as Refused
from kit.errors import Conflict, Invalid, LimitReached, NotFound, VersionConflict
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
    _check_limit(stored.keys() | {one.id for one in done})
    added = sum(one.version == 1 for one in done)
    if not dry_run:
        for one in done:
            _put(work, one, "authority.add" if one.version == 1 else "authority.change", actor=actor, now=now)
    return ImportedAuthorities(added=added, changed=len(done) - added, unchanged=unchanged, refused=refused)


def get_authority(work: UnitOfWork, own_id: str) -> Authority:
    """An authority as it is stored, or as the file has it.

    Raises:
        NotFound: there is none.
    """
    found = work.authorities.get(own_id) or authorities.built_in().get(own_id)
    if found is None:
        raise NotFound("No authority has this id.", field=["id"])
    return found


def add_authority(work: UnitOfWork, *, row: Mapping[str, str], actor: str, now: datetime) -> Authority:
    """Add one authority.

    Args:
        row: the columns of the catalogue's file; absent ones are empty.

    Raises:
        Invalid: a column breaks its rule.
        Conflict: there is an authority with this id.
        LimitReached: operators have added and changed as many as they may.
    """
    work.authorities.revision(lock=True)
    stored = work.authorities.ids()
    given = _parsed(row)
    if given.id in stored or given.id in authorities.built_in():
        raise Conflict("There is an authority with this code.", field=["code"])
    _check_limit(stored | {given.id})
    return _put(work, given, "authority.add", actor=actor, now=now)


def change_authority(
    work: UnitOfWork,
    *,
    own_id: str,
    changes: Mapping[str, str],
    expected_version: int | None,
    actor: str,
    now: datetime,
) -> Authority:
    """Change columns of one authority; what is the same as before is no change.

    Raises:
        NotFound: there is none.
        VersionConflict: it changed since `expected_version`.
        Invalid: a column breaks its rule, or credentials that are there would mean something else.
        LimitReached: operators have added and changed as many as they may.
    """
    work.authorities.revision(lock=True)
    known = get_authority(work, own_id)
    if expected_version is not None and known.version != expected_version:
        raise VersionConflict(
            "The authority changed since it was read.", field=["expectedVersion"], current_version=known.version
        )
    changed = replace(_parsed(as_row(known) | dict(changes), known), version=known.version)
    if changed == known:
        return known
    _check_limit(work.authorities.ids() | {own_id})
    return _put(work, replace(changed, version=known.version + 1), "authority.change", actor=actor, now=now)


def _parsed(row: Mapping[str, str], known: Authority | None = None) -> Authority:
    """The authority that a row says.

    Raises:
        Invalid: it breaks a rule, or changes what `known` means.
    """
    try:
        given = parse(row)
        if known is not None:
            _check_change(known, given)
    except RefusedRow as error:
        column = "code" if error.column == "id" else error.column
        raise Invalid(f"{column.replace('_', ' ').capitalize()} {error.message}.", field=[column]) from error
    return given


def _check_limit(own: Collection[str]) -> None:
    if len(own) > MAX_OWN:
        raise LimitReached(f"Operators may have added and changed {MAX_OWN:,} authorities at most.")


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
