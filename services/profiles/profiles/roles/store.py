"""Roles, who gave which, and what waits for a second admin, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from kit.clock import new_id
from profiles.accounts.store import SUSPENDED
from profiles.roles.domain import PRIVILEGED, RoleGrant, RoleOrigin, RoleProposal, grants_used

ADMINS_LOCK = 815_002  # beside that of migrations, in `profiles/migrations/env.py`
# A proposal waits until it expires, and only while whoever made it is an admin.
_WAITING = (
    "SELECT p.id::text, p.person_id::text, p.proposed_by::text, p.roles, p.jurisdictions, p.proposed_at, p.expires_at "
    "FROM role_proposal p WHERE p.expires_at > :now AND EXISTS (SELECT FROM account_role r JOIN account a "
    f"ON a.person_id = r.person_id WHERE r.person_id = p.proposed_by AND r.role = 'ADMIN' AND NOT {SUSPENDED}) "
)
_GRANT = (
    "SELECT g.person_id::text, g.role, g.given_by_rule, g.given_by::text, g.confirmed_by::text, "
    "g.sole_admin::text, g.given_at, g.ended_at "
    "FROM role_grant g "
)


class RoleStore:
    """Reads and writes roles, who gave them, and proposals, on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # ------------------------------------------------------------------ proposals

    def propose(self, proposal: RoleProposal) -> None:
        """Store a proposal, in the place of an earlier one about the same account."""
        self.withdraw(proposal.person_id)
        self._db.execute(
            sa.text(
                "INSERT INTO role_proposal (id, person_id, proposed_by, roles, jurisdictions, proposed_at, expires_at) "
                "VALUES (:id, :person, :by, :roles, :places, :at, :until)"
            ),
            {
                "id": proposal.id, "person": proposal.person_id, "by": proposal.proposed_by,
                "roles": list(proposal.roles), "at": proposal.proposed_at, "until": proposal.expires_at,
                "places": list(proposal.jurisdictions) if proposal.jurisdictions is not None else None,
            },
        )  # fmt: skip

    def withdraw(self, person_id: str) -> None:
        """Forget the proposal about an account."""
        self._db.execute(sa.text("DELETE FROM role_proposal WHERE person_id = CAST(:p AS uuid)"), {"p": person_id})

    def waiting(self, proposal_id: str, *, now: datetime) -> RoleProposal | None:
        """A proposal that waits."""
        return self._one("AND p.id = CAST(:id AS uuid)", id=proposal_id, now=now)

    def waiting_about(self, person_id: str, *, now: datetime) -> RoleProposal | None:
        """The proposal that waits about an account."""
        return self._one("AND p.person_id = CAST(:id AS uuid)", id=person_id, now=now)

    def waiting_about_all(self, people: Collection[str], *, now: datetime) -> dict[str, RoleProposal]:
        """The proposals that wait about accounts, by person."""
        rows = self._rows("AND p.person_id = ANY(CAST(:ids AS uuid[]))", ids=list(people), now=now)
        return {row.person_id: row for row in rows}

    def page(
        self, *, after: tuple[datetime, str] | None, first: int, now: datetime, only: UUID | None = None
    ) -> list[RoleProposal]:
        """The proposals that wait, oldest first.

        Args:
            only: the id of the one that is asked for.
        """
        condition = "AND (CAST(:only AS uuid) IS NULL OR p.id = CAST(:only AS uuid)) "
        condition += "AND (p.proposed_at, p.id) > (:at, CAST(:last AS uuid)) " if after else ""
        at, last = after or (None, None)
        given = {"at": at, "last": last} if after else {}
        return self._rows(
            condition + "ORDER BY p.proposed_at, p.id LIMIT :first", first=first, now=now, only=only, **given
        )

    def _one(self, condition: str, **given: Any) -> RoleProposal | None:
        return next(iter(self._rows(condition, **given)), None)

    def _rows(self, condition: str, **given: Any) -> list[RoleProposal]:
        return [
            RoleProposal(
                row.id, row.person_id, row.proposed_by, tuple(row.roles),
                None if row.jurisdictions is None else tuple(row.jurisdictions), row.proposed_at, row.expires_at,
            )
            for row in self._db.execute(sa.text(_WAITING + condition), given)
        ]  # fmt: skip

    # ------------------------------------------------------------------ grants

    def grants_of(self, people: Collection[str]) -> dict[str, list[RoleGrant]]:
        """Who gave the roles that people have now, by person; a role is left out where that is unknown."""
        found: dict[str, list[RoleGrant]] = {}
        for grant in self._grants(
            "JOIN account_role r ON r.person_id = g.person_id AND r.role = g.role "
            "WHERE g.person_id = ANY(CAST(:ids AS uuid[])) AND g.ended_at IS NULL ORDER BY g.role",
            ids=list(people),
        ):
            found.setdefault(grant.person_id, []).append(grant)
        return found

    def grants_as(self, role: str, people: Collection[str]) -> dict[str, RoleGrant]:
        """Who gave people one role that they have now, by person; nobody is in it of whom that is unknown."""
        return {
            person: grant for person, held in self.grants_of(people).items() for grant in held if grant.role == role
        }

    def all_grants(self, people: Collection[str], *, role: str) -> dict[str, list[RoleGrant]]:
        """How people got a role each time, the last time first, by person."""
        found: dict[str, list[RoleGrant]] = {}
        for grant in self._grants(
            "WHERE g.person_id = ANY(CAST(:ids AS uuid[])) AND g.role = :role ORDER BY g.given_at DESC, g.id DESC",
            ids=list(people), role=role,
        ):  # fmt: skip
            found.setdefault(grant.person_id, []).append(grant)
        return found

    def used(self, person: str, held: Collection[str], roles: Sequence[str], *, at: datetime) -> tuple[RoleGrant, ...]:
        """How somebody had got the roles by which they acted at a time; see `grants_used`."""
        grants: dict[str, list[RoleGrant]] = {}
        for grant in self._grants(
            "WHERE g.person_id = CAST(:id AS uuid) AND g.role = ANY(:roles)", id=person, roles=list(roles)
        ):
            grants.setdefault(grant.role, []).append(grant)
        return grants_used(held, grants, roles, at)

    def _grants(self, condition: str, **given: Any) -> Sequence[RoleGrant]:
        return [RoleGrant(*row) for row in self._db.execute(sa.text(_GRANT + condition), given)]

    # ------------------------------------------------------------------ what accounts have

    def grant(self, person_id: str, roles: Iterable[str], *, origin: RoleOrigin | None = None) -> None:
        """Add roles to an account.

        Args:
            origin: who gives them; None where nobody needs to know, as with MEMBER and the demo network.
        """
        for role in roles:
            self._db.execute(
                sa.text("INSERT INTO account_role VALUES (:id, :role) ON CONFLICT DO NOTHING"),
                {"id": person_id, "role": role},
            )
            if origin is not None and role in PRIVILEGED:
                self.note_origin(person_id, role, origin)

    def note_origin(self, person_id: str, role: str, origin: RoleOrigin) -> None:
        """Remember who gave a role that an account has; what was known before has ended."""
        self._end_grants(person_id, [role], at=origin.at)
        self._db.execute(
            sa.text(
                "INSERT INTO role_grant (id, person_id, role, given_by_rule, given_by, confirmed_by, sole_admin, given_at) "
                "VALUES (CAST(:id AS uuid), CAST(:person AS uuid), :role, :rule, CAST(:by AS uuid), "
                "CAST(:second AS uuid), CAST(:sole AS uuid), :at)"
            ),
            {
                "id": new_id(), "person": person_id, "role": role, "rule": origin.rule, "by": origin.given_by,
                "second": origin.confirmed_by, "sole": origin.sole_admin, "at": origin.at,
            },
        )  # fmt: skip

    def take_roles(self, person_id: str, roles: Iterable[str], *, at: datetime) -> None:
        """Take roles away from an account."""
        taken = sorted(roles)
        self._db.execute(
            sa.text("DELETE FROM account_role WHERE person_id = CAST(:id AS uuid) AND role = ANY(:roles)"),
            {"id": person_id, "roles": taken},
        )
        self._end_grants(person_id, taken, at=at)

    def give_back(self, person_id: str, role: str) -> None:
        """Give a role back that was taken from an admin, as they had it: who gave it first stands behind it again."""
        self.grant(person_id, [role])
        self._db.execute(
            sa.text(
                "UPDATE role_grant g SET ended_at = NULL FROM account a WHERE a.person_id = CAST(:id AS uuid) "
                "AND g.person_id = a.person_id AND g.role = :role AND g.ended_at >= a.admin_lost_at AND g.ended_at = "
                "(SELECT max(ended_at) FROM role_grant l WHERE l.person_id = a.person_id AND l.role = :role)"
            ),
            {"id": person_id, "role": role},
        )

    def limit_verifier(self, person_id: str, jurisdictions: Iterable[str]) -> None:
        """Replace the jurisdictions that a verifier is limited to; none means all."""
        self._db.execute(
            sa.text("DELETE FROM verifier_jurisdiction WHERE person_id = CAST(:id AS uuid)"), {"id": person_id}
        )
        for place in jurisdictions:
            self._db.execute(
                sa.text("INSERT INTO verifier_jurisdiction VALUES (:id, :place)"), {"id": person_id, "place": place}
            )

    def lock_admins(self) -> list[str]:
        """Everybody who is an admin and not suspended; locked, so that two who step down at once leave one.

        Until the transaction ends nobody else can become an admin either: whatever depends on how many there are, or changes
        that, calls this before it locks anything else.
        """
        self._db.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADMINS_LOCK})
        rows = self._db.execute(
            sa.text(
                "SELECT r.person_id::text FROM account_role r JOIN account a ON a.person_id = r.person_id "
                f"WHERE r.role = 'ADMIN' AND NOT {SUSPENDED} ORDER BY r.person_id FOR UPDATE"
            )
        )
        return list(rows.scalars())

    def note_admin_lost(self, person_id: str, *, at: datetime | None) -> None:
        """Note when another admin kept an admin from acting; None forgets it."""
        self._db.execute(
            sa.text("UPDATE account SET admin_lost_at = :at WHERE person_id = CAST(:id AS uuid)"),
            {"id": person_id, "at": at},
        )

    def lost_admins(self, *, since: datetime) -> list[str]:
        """Whom another admin has kept from acting as an admin since then."""
        rows = self._db.execute(
            sa.text("SELECT person_id::text FROM account WHERE admin_lost_at > :since ORDER BY person_id"),
            {"since": since},
        )
        return list(rows.scalars())

    def _end_grants(self, person_id: str, roles: Sequence[str], *, at: datetime) -> None:
        self._db.execute(
            sa.text(
                "UPDATE role_grant SET ended_at = :at WHERE person_id = CAST(:id AS uuid) AND role = ANY(:roles) "
                "AND ended_at IS NULL"
            ),
            {"id": person_id, "roles": list(roles), "at": at},
        )
