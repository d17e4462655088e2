"""The audit trail: append-only, chained, signed, and naming nobody who was erased."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kit.clock import new_id, now
from profiles import db
from profiles.accounts.signing import Signer
from profiles.audit import chain
from profiles.audit.checkpoints import (
    BEGINNING,
    CHECKPOINTS,
    SET_ASIDE,
    Checkpoint,
    CheckpointLog,
    Restore,
    read_checkpoints,
)
from profiles.audit.store import AuditTrail
from profiles.audit.usecases import last_agreed, list_entries, note_restore, write_checkpoint
from profiles.rights.usecases import erase
from tests.kit.unit.test_kit import a_pem
from tests.support.desk import NOW, a_person, run_item_jobs, submit, unit

READER = new_id()  # an admin of whom the trail has nothing


def add(database: sa.Engine, count: int) -> None:
    """Entries by one person, each in a transaction of its own."""
    person = a_person(database)
    for number in range(count):
        with unit(database) as work:
            work.audit.note("test.act", actor=person, object=f"thing:{number}", reason="because")


@pytest.fixture(autouse=True)
def no_checkpoint_yet(database: sa.Engine) -> None:
    """Each test has a folder of its own, in which nothing is missing."""
    with unit(database) as work:
        work.audit.note_checkpoint(BEGINNING)


def put(audit: AuditTrail, signer: Signer, folder: Path, *, last: int, restore: Restore | None = None) -> int:
    """Sign the head as a worker that has just started."""
    return write_checkpoint(audit, CheckpointLog(folder, signer), last=last, restore=restore)


def report(database: sa.Engine, checkpoints: Sequence[Checkpoint] = ()) -> chain.Report:
    """What verifying finds."""
    with unit(database) as work:
        return chain.verify(work.audit.all_entries(), head=work.audit.head(), checkpoints=checkpoints)


def tamper(database: sa.Engine, *statements: str) -> None:
    """As somebody with the database in their hands."""
    with database.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


@pytest.fixture
def saved(database: sa.Engine):  # type: ignore[no-untyped-def]
    """The trail as it is, put back afterwards."""
    add(database, 12)
    tamper(
        database,
        "CREATE TABLE saved AS SELECT * FROM audit_entry",
        "CREATE TABLE saved_head AS SELECT * FROM audit_head",
        "CREATE TABLE saved_reason AS SELECT * FROM audit_reason",
    )
    with unit(database) as work:
        yield work.audit.head()[0]
    tamper(
        database, "TRUNCATE audit_entry, audit_head, audit_reason", "INSERT INTO audit_entry SELECT * FROM saved",
        "INSERT INTO audit_head SELECT * FROM saved_head", "INSERT INTO audit_reason SELECT * FROM saved_reason",
        "DROP TABLE saved, saved_head, saved_reason",
    )  # fmt: skip


def test_an_untouched_trail_is_intact(database: sa.Engine) -> None:
    """Also after many writers at once; that nothing outside the database signs it is a warning."""
    add(database, 5)
    found = report(database)
    assert found.problems == []
    assert found.warnings == ["no checkpoint signs these entries: whoever can write to the database can rewrite them"]


@pytest.mark.parametrize(
    ("name", "statements"),
    [
        ("edited", ["UPDATE audit_entry SET action = 'another' WHERE seq = {n} - 3"]),
        ("edited reason", ["UPDATE audit_reason SET reason = 'another' WHERE seq = {n} - 3"]),
        ("moved reason", ["UPDATE audit_reason r SET salt = o.salt, reason = 'because!' FROM audit_reason o WHERE r.seq = {n} - 3 "
                          "AND o.seq = {n} - 2"]),
        ("deleted reason", ["DELETE FROM audit_reason WHERE seq = {n} - 3"]),
        ("reason made clear", ["UPDATE audit_entry SET reason = 'another', reason_hash = NULL WHERE seq = {n} - 3"]),
        ("edited actor", ["UPDATE audit_entry SET actor = 'person:0000' WHERE seq = {n} - 3"]),
        ("edited time", ["UPDATE audit_entry SET at = at - interval '1 day' WHERE seq = {n} - 3"]),
        ("deleted", ["DELETE FROM audit_entry WHERE seq = {n} - 3"]),
        ("closed up", ["DELETE FROM audit_entry WHERE seq = {n} - 3", "UPDATE audit_entry SET seq = -seq WHERE seq > {n} - 3",
                       "UPDATE audit_entry SET seq = -seq - 1 WHERE seq < 0", "UPDATE audit_head SET seq = seq - 1"]),
        ("reordered", ["UPDATE audit_entry SET seq = -1 WHERE seq = {n} - 3", "UPDATE audit_entry SET seq = {n} - 3 WHERE seq = {n} - 2",
                       "UPDATE audit_entry SET seq = {n} - 2 WHERE seq = -1"]),
        ("replaced", ["UPDATE audit_entry a SET action = b.action, object = 'thing:x', hash = b.hash FROM audit_entry b "
                      "WHERE a.seq = {n} - 3 AND b.seq = {n} - 2"]),
        ("cut off", ["DELETE FROM audit_entry WHERE seq > {n} - 3"]),
        ("head removed", ["DELETE FROM audit_head"]),
    ],
)  # fmt: skip
def test_whatever_is_done_to_the_trail_is_found(
    database: sa.Engine, saved: int, name: str, statements: list[str]
) -> None:
    """Edited, deleted, reordered, replaced or cut off."""
    tamper(database, *(statement.format(n=saved) for statement in statements))
    assert report(database).problems, name


def rewrite(database: sa.Engine, start: int, *, cut: int = 0) -> None:
    """Rewrite the chain from some entry on so that it holds by itself, as somebody who knows how it is made."""
    with database.begin() as connection:
        connection.execute(sa.text("UPDATE audit_entry SET action = 'rewritten' WHERE seq = :s"), {"s": start})
        previous = chain.START
        for row in connection.execute(
            sa.text("SELECT seq, at, actor, action, object, reason, hash, reason_hash FROM audit_entry ORDER BY seq")
        ).all():
            previous = chain.entry_hash(previous, chain.Entry(*row))
            connection.execute(
                sa.text("UPDATE audit_entry SET hash = :h WHERE seq = :s"), {"h": previous, "s": row.seq}
            )
        connection.execute(
            sa.text("DELETE FROM audit_entry WHERE seq > (SELECT max(seq) - :c FROM audit_entry)"), {"c": cut}
        )
        connection.execute(
            sa.text("UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1)")
        )


@pytest.mark.parametrize("cut", [0, 2])
def test_a_chain_that_is_rewritten_whole_contradicts_the_checkpoints(
    database: sa.Engine, saved: int, tmp_path: Path, cut: int
) -> None:
    """They are kept outside the database, and signed."""
    signer = Signer(a_pem(), "http://x")
    with unit(database) as work:
        assert put(work.audit, signer, tmp_path, last=0) == saved
        assert put(work.audit, signer, tmp_path, last=saved) == saved
    file = read_checkpoints(tmp_path)
    assert ([one.seq for one in file.checkpoints], file.problems, file.warnings) == ([saved], (), ())
    checkpoints = file.checkpoints
    assert report(database, checkpoints).problems == []
    rewrite(database, saved - 4, cut=cut)
    assert report(database).problems == []
    assert report(database, checkpoints).problems


def test_a_forged_checkpoint_is_refused(database: sa.Engine, tmp_path: Path) -> None:
    """Signed by another key, or changed; one that an earlier key signed is still understood."""
    add(database, 1)
    old, new = a_pem(), a_pem()
    with unit(database) as work:
        last = put(work.audit, Signer(old, "http://x"), tmp_path, last=0)
    add(database, 1)
    with unit(database) as work:
        put(work.audit, Signer(new, "http://x"), tmp_path, last=last)
    assert len(read_checkpoints(tmp_path).checkpoints) == 2
    forged = Signer(a_pem(), "http://x").sign({"seq": 1, "hash": "00" * 32}, token_type="audit-checkpoint+jwt")
    file = tmp_path / "checkpoints.jsonl"
    file.write_text(file.read_text() + forged + "\n")
    found = read_checkpoints(tmp_path)
    assert [one.line for one in found.checkpoints] == [1, 2]
    assert found.problems == (f"the checkpoint in line 3 of {file} is not signed by a known key",)


def restored(
    database: sa.Engine, signer: Signer, folder: Path, *, to: int, fresh: int = 2, state: bool = True
) -> tuple[int, int]:
    """Cut the trail off after an entry, as a restore does, let time go on, and record the restore as the worker does.

    Args:
        fresh: how many entries are written before the restore is recorded.
        state: whether a checkpoint states it.

    Returns:
        the numbers of the entry that records it, and of the last one that was lost.
    """
    tamper(
        database, f"DELETE FROM audit_entry WHERE seq > {to}", f"DELETE FROM audit_reason WHERE seq > {to}",
        f"UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit_entry WHERE seq = {to})",
    )  # fmt: skip
    add(database, fresh)
    file = read_checkpoints(folder)
    with unit(database) as work:
        entry = note_restore(work.audit, epoch=2, file=file)
    with unit(database) as work:
        restore = Restore(entry, last_agreed(work.audit, file, before=entry), file.known)
        put(work.audit, signer, folder, last=file.last, restore=restore if state else None)
    return entry, file.known


def signed(database: sa.Engine, signer: Signer, folder: Path, count: int = 1) -> int:
    """Add entries and sign the head; returns its number."""
    add(database, count)
    with unit(database) as work:
        return put(work.audit, signer, folder, last=read_checkpoints(folder).last)


@pytest.mark.parametrize("fresh", [0, 2, 9])
def test_a_recorded_restore_explains_what_is_missing_and_nothing_else(
    database: sa.Engine, saved: int, tmp_path: Path, fresh: int
) -> None:
    """The lost entries are a warning each time; what is changed before or after them is found as ever."""
    signer = Signer(a_pem(), "http://x")
    kept = signed(database, signer, tmp_path)
    signed(database, signer, tmp_path, 2)
    signed(database, signer, tmp_path, 3)
    entry, lost = restored(database, signer, tmp_path, to=kept, fresh=fresh)
    signed(database, signer, tmp_path, 8)
    found = report(database, read_checkpoints(tmp_path).checkpoints)
    assert found.problems == []
    (warning,) = found.warnings
    assert warning.startswith(
        f"entries {kept + 1} to {lost}, up to which checkpoints had signed, were lost by a restore"
    )
    assert warning.endswith(f"recorded as entry {entry}")
    for changed in (kept - 1, entry, entry + 2):
        with database.begin() as connection:
            before = connection.execute(
                sa.text(
                    "SELECT seq, at, actor, action, object, reason, hash, reason_hash FROM audit_entry ORDER BY seq"
                )
            ).all()
        rewrite(database, changed)
        assert report(database, read_checkpoints(tmp_path).checkpoints).problems, changed
        tamper(database, "TRUNCATE audit_entry")
        with database.begin() as connection:
            connection.execute(
                sa.text(
                    "INSERT INTO audit_entry VALUES (:seq, :at, :actor, :action, :object, :reason, :hash, :reason_hash)"
                ),
                [row._asdict() for row in before],
            )
        tamper(
            database,
            "UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1)",
        )
    assert report(database, read_checkpoints(tmp_path).checkpoints).problems == []


def test_a_second_restore_to_before_the_first_explains_both(database: sa.Engine, saved: int, tmp_path: Path) -> None:
    """The entry of the first is lost with the rest."""
    signer = Signer(a_pem(), "http://x")
    oldest = signed(database, signer, tmp_path)
    older = signed(database, signer, tmp_path, 2)
    signed(database, signer, tmp_path, 4)
    restored(database, signer, tmp_path, to=older)
    signed(database, signer, tmp_path, 9)
    entry, lost = restored(database, signer, tmp_path, to=oldest)
    found = report(database, read_checkpoints(tmp_path).checkpoints)
    assert found.problems == []
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith(f"entries {oldest + 1} to {lost}, ")
    assert found.warnings[0].endswith(f"recorded as entry {entry}")


def test_an_entry_alone_makes_no_restore(database: sa.Engine, saved: int, tmp_path: Path) -> None:
    """Somebody who cuts the trail off and adds the entry by hand is found: no checkpoint states it."""
    signer = Signer(a_pem(), "http://x")
    kept = signed(database, signer, tmp_path)
    lost = signed(database, signer, tmp_path, 4)
    entry, _ = restored(database, signer, tmp_path, to=kept, fresh=9, state=False)
    assert entry > lost
    problems = report(database, read_checkpoints(tmp_path).checkpoints).problems
    assert f"entry {lost} is not the one that the checkpoint signed" in problems
    assert f"entry {entry} says that the database was restored, but no checkpoint states it" in problems


def test_a_statement_without_its_entry_explains_nothing(database: sa.Engine, saved: int, tmp_path: Path) -> None:
    """Whoever removes the entry of a restore, and signs nothing, is found."""
    signer = Signer(a_pem(), "http://x")
    kept = signed(database, signer, tmp_path)
    lost = signed(database, signer, tmp_path, 4)
    entry, _ = restored(database, signer, tmp_path, to=kept, fresh=1)
    tamper(database, f"UPDATE audit_entry SET action = 'test.act' WHERE seq = {entry}")
    problems = report(database, read_checkpoints(tmp_path).checkpoints).problems
    assert f"entry {entry} was changed, or does not follow the one before it" in problems
    assert f"the entries after {entry} are cut off; a checkpoint signed {lost}" in problems


@pytest.mark.parametrize("cut", [1, 40])
def test_only_an_incomplete_last_line_is_set_aside(database: sa.Engine, tmp_path: Path, cut: int) -> None:
    """As a crash leaves it: the next append moves it to a side file, and every verification says so."""
    signer, file = Signer(a_pem(), "http://x"), tmp_path / CHECKPOINTS
    add(database, 1)
    with unit(database) as work:
        first = put(work.audit, signer, tmp_path, last=0)
    add(database, 1)
    with unit(database) as work:
        second = put(work.audit, signer, tmp_path, last=first)
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(lines[0] + b"\n" + lines[1][:-cut])
    torn = read_checkpoints(tmp_path)
    assert ([one.seq for one in torn.checkpoints], torn.problems) == ([first], ())
    assert torn.warnings == (f"the last line of {file} is incomplete; the next checkpoint sets it aside",)
    with unit(database) as work:
        work.audit.note_checkpoint(torn.end)  # the database is told of a line when it is written, and not before
        assert put(work.audit, signer, tmp_path, last=torn.last) == second
    found = read_checkpoints(tmp_path)
    assert ([one.seq for one in found.checkpoints], found.problems) == ([first, second], ())
    assert found.warnings == (f"1 incomplete checkpoint lines were set aside in {tmp_path / SET_ASIDE}",)
    assert json.loads((tmp_path / SET_ASIDE).read_text())["text"].encode() == lines[1][:-cut]
    assert report(database, found.checkpoints).problems == []


def test_a_last_line_that_lacks_only_its_end_counts(database: sa.Engine, tmp_path: Path) -> None:
    """It is signed and whole."""
    signer, file = Signer(a_pem(), "http://x"), tmp_path / CHECKPOINTS
    add(database, 1)
    with unit(database) as work:
        first = put(work.audit, signer, tmp_path, last=0)
    file.write_bytes(file.read_bytes()[:-1])
    assert read_checkpoints(tmp_path).last == first
    add(database, 1)
    with unit(database) as work:
        second = put(work.audit, signer, tmp_path, last=first)
    found = read_checkpoints(tmp_path)
    assert ([one.seq for one in found.checkpoints], found.problems, found.warnings) == ([first, second], (), ())


@pytest.mark.parametrize("garbage", [b"garbage", b"\xff\xfe\x00", b"", b"a.b.c", b"{}"])
def test_garbage_in_the_file_is_an_alarm_and_stops_nothing(database: sa.Engine, tmp_path: Path, garbage: bytes) -> None:
    """It stays where it is, is reported each time, and new checkpoints follow it."""
    signer, file = Signer(a_pem(), "http://x"), tmp_path / CHECKPOINTS
    add(database, 1)
    with unit(database) as work:
        first = put(work.audit, signer, tmp_path, last=0)
    file.write_bytes(file.read_bytes() + garbage + b"\n")
    add(database, 1)
    with unit(database) as work:
        second = put(work.audit, signer, tmp_path, last=read_checkpoints(tmp_path).last)
    found = read_checkpoints(tmp_path)
    assert [(one.line, one.seq) for one in found.checkpoints] == [(1, first), (3, second)]
    assert found.problems == (f"the checkpoint in line 2 of {file} is not signed by a known key",)
    assert found.warnings == ()


def test_keys_that_cannot_be_read_are_an_alarm_and_are_not_overwritten(database: sa.Engine, tmp_path: Path) -> None:
    """They may be the only copy of the keys that signed old checkpoints."""
    signer = Signer(a_pem(), "http://x")
    add(database, 1)
    with unit(database) as work:
        first = put(work.audit, signer, tmp_path, last=0)
    (tmp_path / "keys.json").write_text('{"keys": [')
    add(database, 1)
    with unit(database) as work:
        put(work.audit, signer, tmp_path, last=first)
    found = read_checkpoints(tmp_path)
    assert found.problems == (f"the keys that signed the checkpoints cannot be read: {tmp_path / 'keys.json'}",)
    assert (tmp_path / "keys.json").read_text() == '{"keys": ['
    assert len((tmp_path / CHECKPOINTS).read_text().splitlines()) == 2


def test_a_line_that_a_full_disk_cut_off_is_taken_back(
    database: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is as it was, and the next try appends the whole line."""
    signer, file = Signer(a_pem(), "http://x"), tmp_path / CHECKPOINTS
    add(database, 1)
    with unit(database) as work:
        first = put(work.audit, signer, tmp_path, last=0)
    before, write = file.read_bytes(), os.write
    add(database, 1)
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:17]))
    with unit(database) as work, pytest.raises(OSError, match="only a part"):
        put(work.audit, signer, tmp_path, last=first)
    assert file.read_bytes() == before
    monkeypatch.undo()
    with unit(database) as work:
        second = put(work.audit, signer, tmp_path, last=first)
    found = read_checkpoints(tmp_path)
    assert ([one.seq for one in found.checkpoints], found.problems, found.warnings) == ([first, second], (), ())


def test_the_service_cannot_change_the_trail(database: sa.Engine) -> None:
    """Its own role may add to it, and neither change, nor delete, nor empty, nor alter it."""
    add(database, 1)
    url = database.url.render_as_string(hide_password=False)
    db.grant_service_role(url, "secret-of-the-test")
    own = sa.create_engine(db.service_url(url, "secret-of-the-test"), poolclass=sa.pool.NullPool)
    with unit(own) as work:
        work.audit.note("test.act", actor="service:test", object="thing:x")
    for statement in (
        "UPDATE audit_entry SET reason = 'x'", "UPDATE audit_reason SET reason = 'x'", "DELETE FROM audit_reason",
        "DELETE FROM used_handle", "DELETE FROM audit_entry", "TRUNCATE audit_entry", "DELETE FROM audit_head",
        "DROP TABLE audit_entry", "ALTER TABLE audit_entry DISABLE TRIGGER ALL", "SET ROLE consilium", "CREATE TABLE x ()",
    ):  # fmt: skip
        with (
            pytest.raises(sa.exc.ProgrammingError, match=r"permission denied|must be owner"),
            own.begin() as connection,
        ):
            connection.execute(sa.text(statement))
    assert report(database).problems == []


def test_the_service_brings_no_retired_key_back(database: sa.Engine) -> None:
    """Its own role may retire a key, and not add one."""
    url = database.url.render_as_string(hide_password=False)
    db.grant_service_role(url, "secret-of-the-test")
    own = sa.create_engine(db.service_url(url, "secret-of-the-test"), poolclass=sa.pool.NullPool)
    with unit(own) as work:
        work.keys.lock([200])
        work.keys.delete([200])
        work.connection.rollback()
    for statement in ("INSERT INTO field_key VALUES (200)", "TRUNCATE field_key"):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), own.begin() as connection:
            connection.execute(sa.text(statement))


def test_people_stand_under_pseudonyms_and_erasure_changes_no_entry(database: sa.Engine) -> None:
    """While somebody is there an admin sees who it was; afterwards nobody can tell, and the chain holds."""
    person = a_person(database, email=f"{new_id()}@secret.example")
    case = submit(database, person)
    with unit(database) as work:
        shown = list_entries(
            work.audit, viewer=READER, object=f"credential:{case.id}", actor=None, before=None, first=5
        )
        stored = work.audit.page(object=f"credential:{case.id}", actor=None, before=None, first=5)
        pseudonym = work.audit.pseudonym_of(person)
    assert [entry["actor"] for entry in shown] == [person]
    assert pseudonym is not None
    assert [entry.actor for entry in stored] == [pseudonym]
    with unit(database) as work:
        erase(work, person, actor=person, now=NOW)
    with unit(database) as work:
        after = work.audit.page(object=f"credential:{case.id}", actor=None, before=None, first=5)
        shown = list_entries(work.audit, viewer=READER, object=None, actor=pseudonym, before=None, first=1)
        text = str(work.connection.execute(sa.text("SELECT * FROM audit_entry")).all())
    assert after == stored
    assert (shown[0]["action"], shown[0]["actor"]) == ("rights.erase", pseudonym)
    assert person not in text
    assert "secret.example" not in text
    assert report(database).problems == []


def written_before(database: sa.Engine, person: str, reason: str) -> int:
    """Append an entry as the version before reasons stood apart wrote it; returns its number."""
    with unit(database) as work:
        work.audit.note("test.seen", actor="service:test", object=f"person:{person}")
    with unit(database) as work:
        head, about = work.audit.head(), work.audit.pseudonym_of(person)
        assert head is not None
        assert about is not None
        entry = chain.Entry(head[0] + 1, NOW, "service:test", "test.old", about, reason, b"")
        given = entry._replace(hash=chain.entry_hash(head[1], entry))._asdict()
        work.connection.execute(
            sa.text("INSERT INTO audit_entry VALUES (:seq, :at, :actor, :action, :object, :reason, :hash)"), given
        )
        work.connection.execute(sa.text("UPDATE audit_head SET seq = :seq, hash = :hash"), given)
    return entry.seq


def test_reasons_about_an_erased_person_go_and_the_chain_holds(database: sa.Engine, saved: int) -> None:
    """Of new entries and of those from before; other people's stay, and nothing but an erasure explains a missing one."""
    admin = a_person(database, roles=("ADMIN",))
    gone, other = a_person(database, "Quirina Vanishing"), a_person(database)
    for person in (gone, other):
        with unit(database) as work:
            work.audit.note(
                "account.suspend",
                actor=admin,
                object=f"person:{person}",
                reason="Quirina Vanishing insulted a colleague",
            )
            work.audit.note("account.set-roles", actor=person, object=f"person:{other}", reason="MEMBER")
    old = written_before(database, gone, "Quirina Vanishing said sorry")
    add(database, 2)
    assert report(database).problems == []
    with unit(database) as work:
        about = work.audit.pseudonym_of(gone)
        shown = list_entries(work.audit, viewer=READER, object=f"person:{gone}", actor=None, before=None, first=5)
        clear = work.connection.execute(
            sa.text("SELECT count(*) FROM audit_entry WHERE reason LIKE '%Quirina%'")
        ).scalar_one()
    assert [entry["reason"] for entry in shown] == [
        "Quirina Vanishing said sorry", None, "Quirina Vanishing insulted a colleague",
    ]  # fmt: skip
    assert clear == 1  # the chain itself holds only the reason of the entry from before

    with unit(database) as work:
        erase(work, gone, actor=gone, now=NOW)
    with unit(database) as work:
        left = work.audit.page(object=about, actor=None, before=None, first=9)
        theirs = work.connection.execute(
            sa.text("SELECT count(*) FROM audit_reason WHERE reason LIKE '%Quirina%'")
        ).scalar_one()
    assert [(entry.action, entry.reason) for entry in left] == [
        ("rights.erase", None), ("test.old", None), ("test.seen", None), ("account.suspend", None),
    ]  # fmt: skip
    assert theirs == 1  # about the other one
    found = report(database)
    assert found.problems == []
    assert found.warnings[0].startswith("the reasons of 1 entries from before reasons stood apart were deleted")
    tamper(database, f"UPDATE audit_entry SET actor = 'service:other' WHERE seq = {old + 1}")
    assert report(database).problems == [f"entry {old + 1} was changed, or does not follow the one before it"]


def test_a_reason_that_is_missing_without_an_erasure_is_a_problem(database: sa.Engine, saved: int) -> None:
    """Also one of an entry from before, and one that an erasure of somebody else would explain."""
    person = a_person(database)
    with unit(database) as work:
        work.audit.note("account.suspend", actor="service:test", object=f"person:{person}", reason="FORGED_DOCUMENT")
    old = written_before(database, person, "said sorry")
    tamper(
        database,
        f"UPDATE audit_entry SET reason = NULL WHERE seq = {old}",
        f"DELETE FROM audit_reason WHERE seq = {old - 2}",
    )
    assert report(database).problems == [
        f"the reason of entry {old - 2} is missing", f"entry {old} was changed, or does not follow the one before it",
    ]  # fmt: skip


def test_a_refused_change_leaves_no_entry_of_having_happened(database: sa.Engine) -> None:
    """What was noted goes with the transaction."""
    before = report(database).entries

    def fail() -> None:
        with unit(database) as work:
            work.audit.note("test.act", actor="service:test", object="thing:x")
            work.audit.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert report(database).entries == before


def test_who_has_appealed_is_named_to_themselves_alone(database: sa.Engine) -> None:
    """The entry stands in the trail for everybody; nobody else finds it by who did it, nor a place in the list that is its."""
    appellant, moderator, about = a_person(database), a_person(database), f"Flag:{new_id()}"
    for action, actor in (("flag.decide", moderator), ("flag.appeal", appellant), ("flag.decide", appellant)):
        with unit(database) as work:
            work.audit.note(action, actor=actor, object=about)

    def listed(viewer: str, **given: str) -> list[tuple[str, str]]:
        with unit(database) as work:
            found = list_entries(
                work.audit, viewer=viewer, before=None, first=9, **{"object": None, "actor": None} | given
            )
        return [(entry["action"], entry["actor"]) for entry in found]

    with unit(database) as work:
        pseudonym = work.audit.pseudonym_of(appellant)
        stored = [entry.actor for entry in work.audit.page(object=about, actor=None, before=None, first=9)]
    assert stored[1] == pseudonym
    others = [("flag.decide", appellant), ("flag.appeal", "anonymous"), ("flag.decide", moderator)]
    assert listed(moderator, object=about) == listed(READER, object=about) == others
    assert listed(appellant, object=about) == [("flag.decide", appellant), ("flag.appeal", appellant), others[2]]
    for name in (appellant, pseudonym):
        assert listed(moderator, actor=str(name)) == [("flag.decide", appellant)]
        assert listed(appellant, actor=str(name)) == [("flag.decide", appellant), ("flag.appeal", appellant)]
    assert ("flag.appeal", "anonymous") not in listed(READER, actor="anonymous")


def test_what_the_graph_service_shows_people_with_a_role_fills_no_trail(database: sa.Engine) -> None:
    """Each reading by the first time in an hour, and the sum of the others when it is over; acts stand by themselves."""
    admin, about = a_person(database, roles=("ADMIN",)), f"Post:{new_id()}"

    def relay(action: str, reason: str | None = None) -> None:
        event = {"id": new_id(), "action": action, "actor": admin, "object": about, "reason": reason}
        with unit(database) as work:
            work.audit.note_relayed([event, event])

    for action, reason in (("flag.view-reporter", "20"), ("content.view-held", None), ("content.view-context", None)):
        for _ in range(40):
            relay(action, reason)
    relay("flag.decide", "HIDE")
    relay("flag.decide", "REMOVE")
    first = [("flag.view-reporter", "20"), ("content.view-held", None), ("content.view-context", None)]
    decided = [("flag.decide", "HIDE"), ("flag.decide", "REMOVE")]
    assert refusals(database, admin) == [*first, *decided]
    with unit(database) as work:
        run_item_jobs(work, now=now() + timedelta(hours=1, seconds=1))
    assert sorted(refusals(database, admin)[5:]) == [
        ("content.view-context", "REPEATED 39"), ("content.view-held", "REPEATED 39"), ("flag.view-reporter", "REPEATED 780"),
    ]  # fmt: skip
    assert report(database).problems == []


def refusals(database: sa.Engine, person: str) -> list[tuple[str, str | None]]:
    """What the trail says that somebody was refused, oldest first: action, and reason."""
    with unit(database) as work:
        name = work.audit.pseudonym_of(person)
        found = work.audit.page(object=None, actor=name, before=None, first=1000)
        return [(entry.action, entry.reason) for entry in reversed(found)] if name else []


def refuse(database: sa.Engine, person: str, action: str = "account.list", *, with_role: bool = False) -> None:
    """One refusal, as `attempt` notes it."""
    with unit(database) as work:
        work.audit.note_refusal(
            action, actor=person, object="accounts", reason="FORBIDDEN", now=NOW, with_role=with_role
        )


def test_refusals_of_one_person_and_act_fill_no_trail(database: sa.Engine) -> None:
    """Also when they come at once: five an hour stand by themselves, the rest as one sum; others and other acts are apart."""
    mallory, other = a_person(database), a_person(database)

    def flood() -> None:
        for _ in range(25):
            refuse(database, mallory)

    threads = [threading.Thread(target=flood) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refuse(database, mallory, "audit.read")
    refuse(database, other)
    expected = [("account.list.refused", "FORBIDDEN")] * 5 + [("audit.read.refused", "FORBIDDEN")]
    assert refusals(database, mallory) == expected
    assert refusals(database, other) == [("account.list.refused", "FORBIDDEN")]
    with unit(database) as work:
        run_item_jobs(work, now=NOW + timedelta(minutes=59))
    assert refusals(database, mallory) == expected
    for _ in range(2):
        with unit(database) as work:
            run_item_jobs(work, now=NOW + timedelta(minutes=60))
    assert refusals(database, mallory) == [*expected, ("account.list.refused", "REPEATED 195")]
    assert refusals(database, other) == [("account.list.refused", "FORBIDDEN")]
    refuse(database, mallory)
    assert refusals(database, mallory)[-1] == ("account.list.refused", "FORBIDDEN")
    assert report(database).problems == []


def test_each_refusal_of_somebody_with_a_role_counts_more(database: sa.Engine) -> None:
    """A hundred an hour stand by themselves."""
    vera = a_person(database, roles=("VERIFIER",))
    for _ in range(103):
        refuse(database, vera, "credential.decide", with_role=True)
    assert refusals(database, vera) == [("credential.decide.refused", "FORBIDDEN")] * 100
