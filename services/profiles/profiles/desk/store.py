"""The desk in PostgreSQL: which cases there are, what is found beside each, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from catalogues.authorities import GENERIC
from kit.cipher import FieldCipher
from profiles.credentials.domain import Credential
from profiles.credentials.numbers import RegisterNumber, other_register
from profiles.desk.domain import (
    AGE_HOURS,
    APPEAL_SHARE_DAYS,
    MAX_CONFLICTS,
    MAX_COUNTED,
    MAX_NOTES,
    MAX_SHOWN,
    CaseNote,
    Claim,
    Conflict,
    DecidedOnDay,
    DeskFilter,
    Facts,
    Figures,
    OtherCredential,
    RegisterRow,
    Waiting,
)
from profiles.directory.store import SOURCES

# A verifier who looks for a number at an authority that the catalogue does not have finds it in as many registers.
MAX_OTHER_REGISTERS = 5_000
_OPEN = "status NOT IN ('VAL_FAIL', 'REVAL_FAIL', 'ENTERED_IN_ERROR')"
# What `kit.texts.fold` makes of a name, as far as PostgreSQL can: no case and no accents.
_NAME = "regexp_replace(normalize(replace(lower(holder ->> 'name'), 'ß', 'ss'), NFKD), '[\u0300-\u036f]', '', 'g')"

_OTHERS = f"""
    SELECT people.id::text, c.id::text, c.kind, c.authority, c.jurisdiction, c.status, c.standing, c.submitted_at,
        c.decided_at, (SELECT e.reason FROM credential_event e WHERE e.credential_id = c.id AND e.reason IS NOT NULL
            ORDER BY e.position DESC LIMIT 1)
    FROM unnest(CAST(:people AS uuid[])) AS people(id) CROSS JOIN LATERAL (SELECT * FROM credential
        WHERE person_id = people.id ORDER BY submitted_at DESC, id LIMIT {MAX_SHOWN + 1}) c
    ORDER BY c.submitted_at DESC, c.id
"""
_CONFLICTS = f"""
    WITH own AS (SELECT id, person_id, claims_person FROM credential WHERE id = ANY(CAST(:ids AS uuid[]))),
    numbers AS (SELECT * FROM unnest(CAST(:owners AS uuid[]), CAST(:indexes AS bytea[])) AS n(own, index)),
    found AS (
        SELECT own.id AS own, o.id, true AS same_number FROM own JOIN numbers n ON n.own = own.id CROSS JOIN LATERAL
            (SELECT id FROM credential WHERE number_index = n.index AND person_id <> own.person_id AND {_OPEN}
             ORDER BY submitted_at, id LIMIT {MAX_CONFLICTS}) o
        UNION ALL
        SELECT own.id, o.id, false FROM own CROSS JOIN LATERAL
            (SELECT id FROM credential WHERE claims_person = own.claims_person AND person_id <> own.person_id AND {_OPEN}
             ORDER BY submitted_at, id LIMIT {MAX_CONFLICTS}) o
    ),
    merged AS (SELECT own, id, bool_or(same_number) AS same_number, bool_or(NOT same_number) AS same_profile
        FROM found GROUP BY own, id)
    SELECT m.own::text, c.id::text, c.person_id::text, c.holder ->> 'name', c.jurisdiction, c.status, c.submitted_at,
        m.same_number, m.same_profile
    FROM merged m JOIN credential c ON c.id = m.id ORDER BY c.submitted_at, c.id
"""
_REGISTER = """
    SELECT n.own::text, s.as_of, e.name, e.standing, e.specialty, e.expires_on
    FROM unnest(CAST(:owners AS uuid[]), CAST(:authorities AS text[]), CAST(:indexes AS bytea[])) AS n(own, authority, index)
    JOIN register_snapshot s ON s.authority = n.authority AND s.active
    LEFT JOIN register_entry e ON e.snapshot_id = s.id AND e.number_index = n.index
    ORDER BY e.name NULLS FIRST
"""
_DIRECTORY = """
    SELECT n.own::text, max(CAST(f ->> 'as_of' AS date)), p.name, 'GOOD', NULL, NULL
    FROM unnest(CAST(:owners AS uuid[]), CAST(:sources AS text[]), CAST(:indexes AS bytea[])) AS n(own, source, index)
    JOIN import_source s ON s.source = n.source AND s.ref_index = n.index JOIN person p ON p.id = s.person_id
    CROSS JOIN LATERAL jsonb_array_elements(p.provenance) f WHERE NOT p.claimed GROUP BY n.own, p.name
    HAVING max(CAST(f ->> 'as_of' AS date)) IS NOT NULL
"""
_NOTES = """
    SELECT credential_id::text, id::text, author::text, at, text FROM case_note
    WHERE credential_id = ANY(CAST(:ids AS uuid[])) ORDER BY at, id
"""
_WAITING = """
    SELECT jurisdiction, status, band, count(*),
        count(*) FILTER (WHERE taken_by IS NOT NULL AND lease_until > :now),
        count(*) FILTER (WHERE pending_decision IS NOT NULL), count(*) FILTER (WHERE appeal_statement IS NOT NULL),
        count(*) FILTER (WHERE assigned_to = CAST(:me AS uuid) OR (taken_by = CAST(:me AS uuid) AND lease_until > :now)),
        min(desk_since)
    FROM (SELECT *, width_bucket(CAST(extract(epoch FROM :now - desk_since) / 3600 AS float8),
            CAST(:hours AS float8[])) AS band FROM credential WHERE desk_since IS NOT NULL {inside}) c
    GROUP BY GROUPING SETS ((), (jurisdiction), (status), (band)) ORDER BY count(*) DESC, jurisdiction, status, band
"""


class DeskStore:
    """Reads and writes what verifiers work with, on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._db = connection
        self._cipher = cipher

    # ------------------------------------------------------------------ the queue

    def other_registers(self) -> set[str]:
        """The registers of authorities that the catalogue does not have, by `other_register`; at most MAX_OTHER_REGISTERS."""
        rows = self._db.execute(
            sa.text(
                "SELECT DISTINCT jurisdiction, other_authority->>'name' AS name FROM credential WHERE authority = :other "
                "LIMIT :most"
            ),
            {"other": GENERIC, "most": MAX_OTHER_REGISTERS},
        )
        return {other_register(row.jurisdiction, row.name) for row in rows}

    def page(
        self, criteria: DeskFilter, *, after: tuple[datetime, str] | None, first: int
    ) -> list[tuple[str, datetime]]:
        """Cases by when they came to the desk, oldest first, with that time: of one that waits for its applicant, since it was
        submitted.
        """
        conditions, given = _conditions(criteria)
        since = _since(criteria)
        if after:
            conditions.append(f"({since}, id) > (:at, CAST(:last AS uuid))")
            given |= {"at": after[0], "last": after[1]}
        rows = self._db.execute(
            sa.text(
                f"SELECT id::text, {since} FROM credential WHERE {' AND '.join(conditions)} ORDER BY {since}, id LIMIT :first"
            ),
            given | {"first": first},
        )
        return [(row[0], row[1]) for row in rows]

    def count(self, criteria: DeskFilter) -> int:
        """How many cases there are, up to one more than are counted."""
        conditions, given = _conditions(criteria)
        found = self._db.execute(
            sa.text(
                f"SELECT count(*) FROM (SELECT 1 FROM credential WHERE {' AND '.join(conditions)} LIMIT {MAX_COUNTED + 1}) c"
            ),
            given,
        ).scalar_one()
        return int(found)

    # ------------------------------------------------------------------ beside a case

    def facts(self, credentials: Sequence[Credential]) -> dict[str, Facts]:
        """What is found beside cases, read for all of them together."""
        if not credentials:
            return {}
        ids = [one.id for one in credentials]
        people = sorted({one.person_id for one in credentials})
        numbers = [
            (one.id, one.authority or "", index)
            for one in credentials
            if (number := RegisterNumber.of(one)) is not None
            for index in number.indexes(self._cipher)
        ]
        others: dict[str, list[OtherCredential]] = {}
        for person, *row in self._rows(_OTHERS, people=people):
            others.setdefault(person, []).append(OtherCredential(*row))
        pairs = {"owners": [own for own, _, _ in numbers], "indexes": [index for _, _, index in numbers]}
        conflicts: dict[str, list[Conflict]] = {}
        for own, *row in self._rows(_CONFLICTS, ids=ids, **pairs):
            conflicts.setdefault(own, []).append(Conflict(*row))
        registers = {
            own: RegisterRow(*row)
            for own, *row in [
                *self._directory_rows(credentials),
                *self._rows(_REGISTER, authorities=[authority for _, authority, _ in numbers], **pairs),
            ]
        }
        claims = self._claims(credentials)
        notes: dict[str, list[CaseNote]] = {}
        for own, *row in self._rows(_NOTES, ids=ids):
            notes.setdefault(own, []).append(CaseNote(*row))
        return {
            one.id: Facts(
                tuple(other for other in others.get(one.person_id, ()) if other.credential_id != one.id)[:MAX_SHOWN],
                tuple(conflicts.get(one.id, ())[:MAX_CONFLICTS]),
                registers.get(one.id),
                claims.get(one.id),
                tuple(notes.get(one.id, ())[-MAX_NOTES:]),
            )
            for one in credentials
        }

    def _rows(self, statement: str, **given: object) -> Iterable[sa.Row]:
        return self._db.execute(sa.text(statement), given).all()

    def _directory_rows(self, credentials: Sequence[Credential]) -> Iterable[sa.Row]:
        """What imported directories say about numbers, like copies of registers."""
        numbered = [
            (one.id, source, self._cipher.reference(source, one.number))
            for one in credentials
            for source, authority in SOURCES.items()
            if one.number and authority == one.authority
        ]
        if not numbered:
            return []
        owners, sources, indexes = zip(*numbered, strict=True)
        return self._rows(_DIRECTORY, owners=list(owners), sources=list(sources), indexes=list(indexes))

    def _claims(self, credentials: Sequence[Credential]) -> dict[str, Claim]:
        """The directory profiles that cases claim, by case."""
        claimed = sorted({one.claims_person for one in credentials if one.claims_person})
        if not claimed:
            return {}
        rows = self._rows(
            "SELECT p.id::text, p.name, s.source, s.ref_index FROM person p LEFT JOIN import_source s ON s.person_id = p.id "
            "AND s.source = ANY(:sources) WHERE p.id = ANY(CAST(:ids AS uuid[]))",
            ids=claimed, sources=list(SOURCES),
        )  # fmt: skip
        names: dict[str, str] = {}
        references: dict[str, set[tuple[str, bytes]]] = {}
        for profile, name, source, reference in rows:
            names[profile] = name
            if source is not None:
                references.setdefault(profile, set()).add((source, bytes(reference)))
        found = {}
        for one in credentials:
            if one.claims_person is not None and one.claims_person in names:
                known = references.get(one.claims_person)
                mine = {
                    (source, self._cipher.reference(source, one.number))
                    for source, authority in SOURCES.items()
                    if one.number and authority == one.authority
                }
                found[one.id] = Claim(
                    one.claims_person, names[one.claims_person], bool(known & mine) if known else None
                )
        return found

    # ------------------------------------------------------------------ notes and assignment

    def add_note(self, credential_id: str, note: CaseNote) -> None:
        """Add a note between verifiers."""
        self._db.execute(
            sa.text("INSERT INTO case_note VALUES (:id, :credential, :author, :at, :text)"),
            {"id": note.id, "credential": credential_id, "author": note.author, "at": note.at, "text": note.text},
        )

    def note_count(self, credential_id: str) -> int:
        """How many notes there are about a case."""
        counted = "SELECT count(*) FROM case_note WHERE credential_id = CAST(:id AS uuid)"
        return int(self._db.execute(sa.text(counted), {"id": credential_id}).scalar_one())

    def assign(self, credential_id: str, verifier: str | None) -> None:
        """Say which verifier is to look at a case. What the case says does not change, and so its version does not."""
        self._db.execute(
            sa.text("UPDATE credential SET assigned_to = CAST(:v AS uuid) WHERE id = CAST(:id AS uuid)"),
            {"v": verifier, "id": credential_id},
        )

    def held_by(self, verifier: str, *, now: datetime, most: int) -> list[str]:
        """The cases that a verifier holds and about which no decision waits, by whose they are."""
        rows = self._db.execute(
            sa.text(
                "SELECT id::text FROM credential WHERE taken_by = CAST(:v AS uuid) AND desk_since IS NOT NULL "
                "AND lease_until > :now AND pending_decision IS NULL ORDER BY person_id, id LIMIT :most"
            ),
            {"v": verifier, "now": now, "most": most},
        )
        return list(rows.scalars())

    # ------------------------------------------------------------------ figures

    def figures(self, places: Sequence[str] | None, viewer: str, *, days: int, now: datetime) -> Figures:
        """How much waits in these jurisdictions, how much was decided in the last days, and how much of it was appealed."""
        inside = "" if places is None else "AND jurisdiction = ANY(:places)"
        where = {"places": list(places or ())} if places is not None else {}
        given = where | {"now": now, "me": viewer, "hours": [float(one) for one in AGE_HOURS]}
        waiting = [Waiting(*row) for row in self._rows(_WAITING.format(inside=inside), **given)]
        asked = self._db.execute(
            sa.text(f"SELECT count(*) FROM credential WHERE requested_info IS NOT NULL AND {_OPEN} {inside}"), where
        ).scalar_one()
        decided = self._rows(
            "SELECT CAST(decided_at AT TIME ZONE 'UTC' AS date), count(*), count(*) FILTER (WHERE outcome = 'VALIDATED'), "
            f"count(*) FILTER (WHERE outcome = 'REJECTED') FROM past_decision WHERE decided_at > :since {inside} "
            "GROUP BY 1 ORDER BY 1",
            since=now - timedelta(days=days), **where,
        )  # fmt: skip
        adverse, appealed = self._db.execute(
            sa.text(
                "SELECT count(*), count(appealed_at) FROM past_decision WHERE decided_at > :since "
                f"AND outcome IN ('REJECTED', 'SUSPENDED', 'REVOKED') {inside}"
            ),
            {"since": now - timedelta(days=APPEAL_SHARE_DAYS)} | where,
        ).one()
        return Figures(tuple(waiting), int(asked), tuple(DecidedOnDay(*row) for row in decided), adverse, appealed)


def _since(criteria: DeskFilter) -> str:
    """The column by which a list is in order."""
    return "submitted_at" if criteria.awaiting_applicant else "desk_since"


def _conditions(criteria: DeskFilter) -> tuple[list[str], dict[str, object]]:
    """What must be true of a case, in SQL, with its parameters."""
    awaiting = f"requested_info IS NOT NULL AND desk_since IS NULL AND {_OPEN}"
    conditions, given = [awaiting if criteria.awaiting_applicant else "desk_since IS NOT NULL"], dict[str, object]()
    since = _since(criteria)
    for value, condition, name in (
        (criteria.statuses, "status = ANY(:statuses)", "statuses"),
        (criteria.authority, "authority = :authority", "authority"),
        (criteria.jurisdictions, "jurisdiction = ANY(:places)", "places"),
        (criteria.submitted_before, f"{since} <= :before", "before"),
        (criteria.submitted_after, f"{since} > :later", "later"),
        (criteria.untaken_at, "(taken_by IS NULL OR lease_until <= :free)", "free"),
        (criteria.kinds, "kind = ANY(:kinds)", "kinds"),
        (criteria.numbers, "number_index = ANY(CAST(:numbers AS bytea[]))", "numbers"),
        (criteria.assignee, "assigned_to = CAST(:assignee AS uuid)", "assignee"),
    ):
        if value is not None:
            conditions.append(condition)
            given[name] = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
    if criteria.awaiting_second:
        conditions.append("pending_decision IS NOT NULL")
    if criteria.appeals:
        conditions.append("appeal_statement IS NOT NULL")
    if criteria.name_words:
        conditions.append(
            f"(SELECT bool_and(strpos({_NAME}, word) > 0) FROM unnest(CAST(:words AS text[])) AS w(word))"
        )
        given["words"] = list(criteria.name_words)
    if criteria.check is not None:
        check, outcome = criteria.check
        named = "" if check is None else "AND k.name = :check"
        conditions.append(
            f"EXISTS (SELECT FROM credential_check k WHERE k.credential_id = credential.id AND k.outcome = :outcome {named})"
        )
        given |= {"outcome": outcome} | ({} if check is None else {"check": check})
    if criteria.working is not None:
        conditions.append(
            "(assigned_to = CAST(:me AS uuid) OR (taken_by = CAST(:me AS uuid) AND lease_until > :working_at))"
        )
        given |= {"me": criteria.working[0], "working_at": criteria.working[1]}
    return conditions, given
