"""Keep who gave which role, and what waits for a second admin."""

from alembic import op

revision = "0038_role_grant"
down_revision = "0037_second_factor_reset"


def upgrade() -> None:
    """Create the tables. Roles that are there have no row: who gave them is unknown, and they count as old.

    The version now serving writes neither table. What it gives meanwhile is unknown too; what it takes away is found by the
    role's own row in account_role, without which nothing here counts.
    """
    op.execute("""
        CREATE TABLE role_grant (
            id uuid PRIMARY KEY,
            person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
            role text NOT NULL,
            given_by_rule text NOT NULL CHECK (given_by_rule IN ('OPERATOR', 'ONE_ADMIN', 'TWO_ADMINS')),
            given_by uuid REFERENCES person ON DELETE SET NULL,
            confirmed_by uuid REFERENCES person ON DELETE SET NULL,
            sole_admin uuid REFERENCES person ON DELETE SET NULL,
            given_at timestamptz NOT NULL,
            ended_at timestamptz
        )
    """)
    op.execute("CREATE INDEX role_grant_person ON role_grant (person_id, role, given_at)")
    op.execute("CREATE INDEX role_grant_given_by ON role_grant (given_by) WHERE given_by IS NOT NULL")
    op.execute("CREATE INDEX role_grant_sole_admin ON role_grant (sole_admin) WHERE sole_admin IS NOT NULL")
    op.execute("CREATE INDEX role_grant_confirmed_by ON role_grant (confirmed_by) WHERE confirmed_by IS NOT NULL")
    op.execute("""
        CREATE TABLE role_proposal (
            id uuid PRIMARY KEY,
            person_id uuid NOT NULL UNIQUE REFERENCES account ON DELETE CASCADE,
            proposed_by uuid NOT NULL REFERENCES account ON DELETE CASCADE,
            roles text[] NOT NULL,
            jurisdictions text[],
            proposed_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX role_proposal_proposed_by ON role_proposal (proposed_by)")
    op.execute("CREATE INDEX role_proposal_at ON role_proposal (proposed_at, id)")


def downgrade() -> None:
    """Forget who gave roles, and what waits."""
    op.execute("DROP TABLE role_proposal")
    op.execute("DROP TABLE role_grant")
