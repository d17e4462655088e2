"""Authorities that operators add and change: stored once, known to every process at its next transaction."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from catalogues import authorities
from catalogues.authority_rows import as_row
from contracts.authorities import ImportedAuthorities
from kit.errors import Invalid
from profiles.authorities import usecases
from tests.catalogues.unit.test_authority_rows import ROW
from tests.support.desk import NOW, a_person, submit, unit
from tests.support.races import at_once, tally


def imported(database: sa.Engine, *rows: dict[str, str], dry_run: bool = False) -> ImportedAuthorities:
    """What an import did."""
    with unit(database) as work:
        return usecases.import_authorities(work, rows=rows, dry_run=dry_run, actor="service:operator", now=NOW)


def numbers(done: ImportedAuthorities) -> tuple[int, int, int, list[tuple[int, str]]]:
    """How many rows it added, changed and left, and where it refused some."""
    return done.added, done.changed, done.unchanged, [(row.position, row.column) for row in done.refused]


def test_an_authority_that_is_added_is_taken_at_once(database: sa.Engine) -> None:
    """By the next transaction; another process finds it by the revision, and one that is no longer active takes nothing."""
    row = ROW | {"id": "tv-one"}
    assert numbers(imported(database, row, dry_run=True)) == (1, 0, 0, [])
    with unit(database) as work:
        assert work.authorities.all() == []
    assert numbers(imported(database, row, row, ROW | {"id": "tv-two", "url": "http://x.example"})) == (
        1, 0, 0, [(1, "id"), (2, "url")],
    )  # fmt: skip
    given = {"authority": "tv-one", "jurisdiction": "TV"}
    assert submit(database, a_person(database), number="a-1234", **given).number == "A1234"
    authorities.put_over_file(authorities.FILE_ONLY, [])  # as another process, which has not heard of it
    assert submit(database, a_person(database), number="B 1234", **given).number == "B1234"
    assert numbers(imported(database, row)) == (0, 0, 1, [])
    assert numbers(imported(database, row | {"active": "no", "name": "Council"})) == (0, 1, 0, [])
    with pytest.raises(Invalid, match="gives no credentials any more"):
        submit(database, a_person(database), number="C1234", **given)
    assert (authorities.authorities()["tv-one"].name, authorities.authorities()["tv-one"].version) == ("Council", 2)
    assert "tv-one" not in {one.id for one in authorities.search(jurisdiction="TV", first=100)}


def test_all_authorities_come_back_as_they_were(database: sa.Engine) -> None:
    """Import after export is the identity; what would change what credentials mean is refused."""
    rows = [as_row(one) for one in authorities.built_in().values()]
    assert numbers(imported(database, *rows)) == (0, 0, len(rows), [])
    npi = as_row(authorities.built_in()["us-npi"])
    other = as_row(authorities.built_in()["other"])
    done = imported(database, npi | {"kind": "CHAMBER", "kinds": "LICENCE"}, other | {"active": "no"})
    assert numbers(done) == (0, 0, 0, [(0, "kind"), (1, "id")])


def test_many_who_import_at_once_do_not_pass_the_limit(database: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each waits for the one before it, so that all are counted."""
    with unit(database) as work:
        there = len(work.authorities.all())
    monkeypatch.setattr(usecases, "MAX_OWN", there + 1)

    def act(number: int) -> None:
        imported(database, ROW | {"id": f"tv-race{number}"})

    assert tally(at_once(6, act)) == {"LimitReached": 5, "done": 1}


def test_of_many_who_add_one_authority_one_does(database: sa.Engine) -> None:
    """And its name is one of theirs."""

    def act(number: int) -> None:
        with unit(database) as work:
            row = ROW | {"id": "tv-once", "name": f"Council {number}"}
            usecases.add_authority(work, row=row, actor="admin", now=NOW)

    assert tally(at_once(6, act)) == {"Conflict": 5, "done": 1}


def test_of_many_who_change_what_they_read_one_does(database: sa.Engine) -> None:
    """The others learn the version that it has now."""
    imported(database, ROW | {"id": "tv-read"})

    def act(number: int) -> None:
        with unit(database) as work:
            usecases.change_authority(
                work,
                own_id="tv-read",
                changes={"name": f"Council {number}"},
                expected_version=1,
                actor="admin",
                now=NOW,
            )

    assert tally(at_once(6, act)) == {"VersionConflict": 5, "done": 1}
    with unit(database) as work:
        assert usecases.get_authority(work, "tv-read").version == 2
