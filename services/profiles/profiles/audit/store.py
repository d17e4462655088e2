"""The audit trail in PostgreSQL: notes are gathered while a use-case runs, and chained as its last statement."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kit import clock, ids
from profiles.audit.chain import Entry, entry_hash, reason_hash
from profiles.audit.checkpoints import Link

_PERSON = "person:"
MAX_REASON_LENGTH = 500
# Of one person's refusals of one act, so many stand in the trail by themselves, and the rest of an hour as one sum. Who has a
# role is trusted with more, because each of their refusals may matter.
MAX_REFUSALS, MAX_REFUSALS_WITH_ROLE = 5, 100
REFUSALS_WINDOW = READS_WINDOW = timedelta(hours=1)
SALT_BYTES = 16
# What moderators and admins read in the graph service that is not theirs.
RELAYED_READS = frozenset({"flag.view-reporter", "content.view-held", "content.view-context"})
# An entry from before reasons stood apart has its own.
_ENTRY = (
    "SELECT e.seq, e.at, e.actor, e.action, e.object, coalesce(e.reason, r.reason), e.hash, e.reason_hash, r.salt, "
    "e.object LIKE 'person:%' AND NOT EXISTS (SELECT FROM audit_pseudonym n WHERE n.pseudonym = e.object) "
    "FROM audit_entry e LEFT JOIN audit_reason r ON r.seq = e.seq "
)


class AuditTrail:
    """What one transaction adds to the trail.

    People are named as `person:<id>` here and stand under a pseudonym in the trail; everything else as it is.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection
        self._notes: list[tuple[str, str, str, str | None]] = []

    def note(self, action: str, *, actor: str, object: str, reason: str | None = None) -> None:
        """Remember that something was done; it is written when the transaction is about to end.

        Args:
            action: what, like `credential.validate`.
            actor: a person's id, or `service:<name>`.
            object: to what, like `credential:<id>` or `person:<id>`.
            reason: why, as a code or a short sentence. It stands apart from the chain, and goes with the person who is
                the object.
        """
        self._notes.append((_PERSON + actor if ids.valid(actor) else actor, action, object, reason))

    def flush(self) -> None:
        """Append what was noted. Takes the chain's lock, so nothing may come after but the commit."""
        if not self._notes:
            return
        pseudonyms = self._pseudonyms({name for note in self._notes for name in (note[0], note[2])})
        head = self._db.execute(sa.text("SELECT seq, hash FROM audit_head FOR UPDATE")).one()
        seq, previous, at = int(head.seq), bytes(head.hash), clock.now().astimezone(UTC)
        rows, reasons = [], []
        for actor, action, about, reason in self._notes:
            seq += 1
            hashed = None
            if reason:
                text, salt = reason[:MAX_REASON_LENGTH], secrets.token_bytes(SALT_BYTES)
                hashed = reason_hash(salt, text)
                reasons.append({"seq": seq, "salt": salt, "reason": text})
            entry = Entry(
                seq, at, pseudonyms.get(actor, actor), action, pseudonyms.get(about, about), None, b"", hashed
            )
            previous = entry_hash(previous, entry)
            rows.append(entry._replace(hash=previous)._asdict())
        self._db.execute(
            sa.text(
                "INSERT INTO audit_entry (seq, at, actor, action, object, hash, reason_hash) "
                "VALUES (:seq, :at, :actor, :action, :object, :hash, :reason_hash)"
            ),
            rows,
        )
        if reasons:
            # Where somebody cut the trail off, a reason of what was cut stays and contradicts the new entry: verifying finds it.
            self._db.execute(
                sa.text(
                    "INSERT INTO audit_reason (seq, salt, reason) VALUES (:seq, :salt, :reason) ON CONFLICT DO NOTHING"
                ),
                reasons,
            )
        self._db.execute(sa.text("UPDATE audit_head SET seq = :seq, hash = :hash"), {"seq": seq, "hash": previous})
        self._notes.clear()

    def note_refusal(
        self, action: str, *, actor: str, object: str, reason: str, now: datetime, with_role: bool
    ) -> None:
        """Remember that somebody was refused; beyond a number an hour they are only counted.

        Args:
            action: what was tried.
            with_role: whether the actor is more than a member.
        """
        most = MAX_REFUSALS_WITH_ROLE if with_role else MAX_REFUSALS
        row = self._db.execute(
            sa.text(
                "INSERT INTO refusal AS r (actor, action, since, count, noted) VALUES (:actor, :action, :now, 1, 1) "
                "ON CONFLICT (actor, action) DO UPDATE SET count = r.count + 1, noted = least(r.noted + 1, :most) "
                "RETURNING count AS tries"
            ),
            {"actor": actor, "action": action, "now": now, "most": most},
        ).one()
        if row.tries <= most:
            self.note(f"{action}.refused", actor=actor, object=object, reason=reason)

    def sum_refusals(self, *, now: datetime) -> int:
        """Write the sums of the windows that have ended into the trail; returns how many windows."""
        return self._sum_refusals("since <= :before", before=now - REFUSALS_WINDOW)

    def _sum_refusals(self, condition: str, **given: Any) -> int:
        ended = self._db.execute(
            sa.text(f"DELETE FROM refusal WHERE {condition} RETURNING actor, action, count - noted AS more"), given
        ).all()
        for row in sorted(ended):
            if row.more:
                self.note(f"{row.action}.refused", actor=row.actor, object="many", reason=f"REPEATED {row.more}")
        return len(ended)

    def note_read(self, action: str, *, actor: str, object: str, count: int, now: datetime) -> None:
        """Remember that somebody with a role has read what is not theirs.

        The first time in an hour stands in the trail at once, and what follows as one sum when the hour is over: a verifier
        reads the same page of the desk again and again.

        Args:
            action: what was read, like `credential.read`.
            count: of how many people or things.
        """
        row = self._db.execute(
            sa.text(
                "INSERT INTO privileged_read AS r (actor, action, object, since, count) "
                "VALUES (:actor, :action, :object, :now, 0) ON CONFLICT (actor, action, object) "
                "DO UPDATE SET count = r.count + :count RETURNING count AS times"
            ),
            {"actor": actor, "action": action, "object": object, "now": now, "count": count},
        ).one()
        if row.times == 0:
            self.note(action, actor=actor, object=object, reason=str(count) if count != 1 else None)

    def sum_reads(self, *, now: datetime) -> int:
        """Write the sums of the hours that have ended into the trail; returns how many."""
        return self._sum_reads("since <= :before", before=now - READS_WINDOW)

    def sum_up(self, person_id: str) -> None:
        """Write what is counted of a person, and of others' reads of them, into the trail now; comes before they are erased.

        Else whoever has read everything would take the record of it along with their account.
        """
        self._sum_refusals("actor = :person", person=person_id)
        self._sum_reads("actor = :person OR object = 'person:' || :person", person=person_id)

    def _sum_reads(self, condition: str, **given: Any) -> int:
        ended = self._db.execute(
            sa.text(f"DELETE FROM privileged_read WHERE {condition} RETURNING actor, action, object, count AS more"),
            given,
        ).all()
        for row in sorted(ended):
            if row.more:
                self.note(row.action, actor=row.actor, object=row.object, reason=f"REPEATED {row.more}")
        return len(ended)

    def note_relayed(self, events: Sequence[dict[str, Any]]) -> None:
        """Note acts that another service did, each once however often it is relayed.

        Args:
            events: {id, action, actor, object, reason}.
        """
        for event in events:
            fresh = self._db.execute(
                sa.text("INSERT INTO relayed_event (id) VALUES (CAST(:id AS uuid)) ON CONFLICT DO NOTHING RETURNING 1"),
                {"id": event["id"]},
            ).first()
            if fresh:
                self._note_relayed(event)

    def _note_relayed(self, event: dict[str, Any]) -> None:
        """Note one act; what was only read is summed up as reads here are, because a page of the desk is read again and again."""
        action, actor, about, reason = (event[name] for name in ("action", "actor", "object", "reason"))
        if action not in RELAYED_READS:
            self.note(action, actor=actor, object=about, reason=reason)
            return
        count = int(reason) if reason is not None and reason.isdecimal() else 1
        self.note_read(action, actor=actor, object=about, count=count, now=clock.now())

    def _pseudonyms(self, names: set[str]) -> dict[str, str]:
        """Pseudonyms by name; made at random for people who have none. Unknown people keep none."""
        people = sorted({own for name in names if (own := ids.valid(name.removeprefix(_PERSON)))})
        if not people:
            return {}
        self._db.execute(
            sa.text(
                "INSERT INTO audit_pseudonym SELECT p.id, w.pseudonym FROM unnest(CAST(:ids AS uuid[]), "
                "CAST(:new AS text[])) AS w(id, pseudonym) JOIN person p ON p.id = w.id ON CONFLICT DO NOTHING"
            ),
            {"ids": people, "new": [_PERSON + secrets.token_hex(8) for _ in people]},
        )
        rows = self._db.execute(
            sa.text(
                "SELECT person_id::text, pseudonym FROM audit_pseudonym WHERE person_id = ANY(CAST(:ids AS uuid[]))"
            ),
            {"ids": people},
        )
        found = {_PERSON + row.person_id: row.pseudonym for row in rows}
        return {_PERSON + own: found.get(_PERSON + own, _PERSON + "unknown") for own in people}

    def pseudonym_of(self, person_id: str) -> str | None:
        """The pseudonym of a person, if the trail has one."""
        return self._db.execute(
            sa.text("SELECT pseudonym FROM audit_pseudonym WHERE person_id = CAST(:id AS uuid)"), {"id": person_id}
        ).scalar()

    def people_behind(self, pseudonyms: Sequence[str]) -> dict[str, str]:
        """Person ids by pseudonym, of those who have not been erased."""
        rows = self._db.execute(
            sa.text("SELECT pseudonym, person_id::text FROM audit_pseudonym WHERE pseudonym = ANY(:p)"),
            {"p": list(pseudonyms)},
        )
        return {row.pseudonym: row.person_id for row in rows}

    def page(
        self,
        *,
        object: str | None,
        actor: str | None,
        before: int | None,
        first: int,
        except_actions: Sequence[str] = (),
    ) -> list[Entry]:
        """Entries, newest first.

        Args:
            except_actions: actions whose entries are left out.
        """
        conditions = ["TRUE"]
        parameters: dict[str, Any] = {"first": first}
        for given, condition, name in (
            (object, "e.object = :object", "object"),
            (actor, "e.actor = :actor", "actor"),
            (before, "e.seq < :before", "before"),
            (list(except_actions) or None, "e.action <> ALL(:except_actions)", "except_actions"),
        ):
            if given is not None:
                conditions.append(condition)
                parameters[name] = given
        rows = self._db.execute(
            sa.text(f"{_ENTRY}WHERE {' AND '.join(conditions)} ORDER BY e.seq DESC LIMIT :first"), parameters
        )
        return [_entry(row) for row in rows]

    def head(self) -> tuple[int, bytes] | None:
        """The last entry's number and hash, as the database notes them."""
        row = self._db.execute(sa.text("SELECT seq, hash FROM audit_head")).first()
        return (int(row.seq), bytes(row.hash)) if row else None

    def last_checkpoint(self, *, lock: bool = False) -> Link | None:
        """The last checkpoint that was written outside the database; None before the first.

        Args:
            lock: until the transaction ends, so that one worker writes at a time.
        """
        text = "SELECT number, digest FROM audit_checkpoint" + (" FOR UPDATE" if lock else "")
        row = self._db.execute(sa.text(text)).first()
        return Link(int(row.number), bytes(row.digest)) if row and row.number else None

    def note_checkpoint(self, link: Link) -> None:
        """Remember the last checkpoint."""
        self._db.execute(
            sa.text("UPDATE audit_checkpoint SET number = :number, digest = :digest"),
            {"number": link.number, "digest": link.digest},
        )

    def hashes(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """The hashes of entries by number."""
        rows = self._db.execute(
            sa.text("SELECT seq, hash FROM audit_entry WHERE seq = ANY(:numbers)"), {"numbers": list(numbers)}
        )
        return {int(row.seq): bytes(row.hash) for row in rows}

    def all_entries(self) -> Iterator[Entry]:
        """Every entry in order, read in pieces."""
        result = self._db.execution_options(stream_results=True, yield_per=5000).execute(
            sa.text(_ENTRY + "ORDER BY e.seq")
        )
        for row in result:
            yield _entry(row)


def _entry(row: Any) -> Entry:
    """An entry from a row of `_ENTRY`."""
    seq, at, actor, action, about, reason, chained, hashed, salt, erased = row
    return Entry(seq, at, actor, action, about, reason, bytes(chained), _bytes(hashed), _bytes(salt), erased)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
