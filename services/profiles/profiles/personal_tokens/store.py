"""Personal access tokens in PostgreSQL."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from profiles.personal_tokens.domain import PersonalToken

_COLUMNS = "id::text, person_id::text, name, writes, created_at, expires_at, last_used_at"


class PersonalTokenStore:
    """Reads and writes personal access tokens on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, token: PersonalToken, *, token_hash: bytes) -> None:
        """Insert a token, with its hash instead of the token itself."""
        self._db.execute(
            sa.text(
                "INSERT INTO personal_access_token (id, person_id, name, writes, token_hash, created_at, expires_at) "
                "VALUES (CAST(:id AS uuid), CAST(:p AS uuid), :name, :writes, :hash, :at, :end)"
            ),
            {
                "id": token.id, "p": token.person_id, "name": token.name, "writes": token.writes, "hash": token_hash,
                "at": token.created_at, "end": token.expires_at,
            },
        )  # fmt: skip

    def count(self, person_id: str, *, now: datetime) -> int:
        """How many tokens of a person can be used."""
        found = self._db.execute(
            sa.text(
                "SELECT count(*) FROM personal_access_token WHERE person_id = CAST(:p AS uuid) AND revoked_at IS NULL "
                "AND expires_at > :now"
            ),
            {"p": person_id, "now": now},
        )
        return int(found.scalar_one())

    def page(
        self, person_id: str, *, now: datetime, after: tuple[datetime, str] | None, first: int
    ) -> list[PersonalToken]:
        """The tokens of a person that can be used, newest first.

        Args:
            after: time and id of the token behind which the page begins.
        """
        behind = "AND (created_at, id) < (:at, CAST(:last AS uuid)) " if after else ""
        rows = self._db.execute(
            sa.text(
                f"SELECT {_COLUMNS} FROM personal_access_token WHERE person_id = CAST(:p AS uuid) AND revoked_at IS NULL "
                f"AND expires_at > :now {behind}ORDER BY created_at DESC, id DESC LIMIT :first"
            ),
            {"p": person_id, "now": now, "first": first} | ({"at": after[0], "last": after[1]} if after else {}),
        ).mappings()
        return [PersonalToken(**row) for row in rows]

    def use(self, token_hash: bytes, *, at: datetime) -> PersonalToken | None:
        """The token with a hash, if it was not revoked, also one that has expired; that it was used is noted."""
        row = (
            self._db.execute(
                sa.text(
                    "UPDATE personal_access_token SET last_used_at = :at WHERE token_hash = :hash AND revoked_at IS NULL "
                    f"RETURNING {_COLUMNS}"
                ),
                {"hash": token_hash, "at": at},
            )
            .mappings()
            .first()
        )
        return PersonalToken(**row) if row else None

    def revoke(self, person_id: str, token_id: str, *, at: datetime) -> bool:
        """Revoke a token of a person, or leave it revoked; whether they have such a token."""
        result = self._db.execute(
            sa.text(
                "UPDATE personal_access_token SET revoked_at = coalesce(revoked_at, :at) "
                "WHERE id = CAST(:id AS uuid) AND person_id = CAST(:p AS uuid)"
            ),
            {"id": token_id, "p": person_id, "at": at},
        )
        return result.rowcount == 1

    def revoke_all(self, person_id: str, *, at: datetime) -> None:
        """Revoke all tokens of a person."""
        self._db.execute(
            sa.text(
                "UPDATE personal_access_token SET revoked_at = :at WHERE person_id = CAST(:p AS uuid) AND revoked_at IS NULL"
            ),
            {"p": person_id, "at": at},
        )

    def void(self, person_id: str, *, at: datetime) -> None:
        """Let the access tokens end that a person's tokens were exchanged for; the next exchange gives one as things are now.

        An exchange that goes on meanwhile holds the row, so that the time is that after it.
        """
        self._db.execute(
            sa.text(
                "UPDATE personal_access_token SET tokens_void_before = greatest(:at, clock_timestamp()) "
                "WHERE person_id = CAST(:p AS uuid) AND revoked_at IS NULL"
            ),
            {"p": person_id, "at": at},
        )

    def remember_erased(self, person_id: str, *, at: datetime) -> None:
        """Keep the ids of a person's tokens for as long as access tokens that they were exchanged for could be used."""
        self._db.execute(
            sa.text(
                "INSERT INTO erased_session SELECT id, :at FROM personal_access_token WHERE person_id = CAST(:p AS uuid) "
                "ON CONFLICT DO NOTHING"
            ),
            {"p": person_id, "at": at},
        )

    def ended(self, *, since: datetime) -> list[tuple[str, datetime | None]]:
        """Tokens whose access tokens ended early: (token, those issued before then, or None for all)."""
        rows = self._db.execute(
            sa.text(
                "SELECT id::text, NULL::timestamptz AS before FROM personal_access_token WHERE revoked_at > :since UNION ALL "
                "SELECT id::text, tokens_void_before FROM personal_access_token WHERE revoked_at IS NULL "
                "AND tokens_void_before > :since"
            ),
            {"since": since},
        )
        return [(row.id, row.before) for row in rows]
