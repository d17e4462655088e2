"""Keep why and by whom an account is suspended, what waits for a second admin, and the appeal."""

from alembic import op

revision = "0042_suspension"
down_revision = "0041_case_reading"


def upgrade() -> None:
    """Create the table, with a row for each account that is suspended now; why and by whom stands in the audit trail alone.

    Whether and until when an account is suspended stays in `account`, which the version now serving writes too. What it
    suspends meanwhile has no row, and what it ends leaves one open, which the next suspension closes.
    """
    op.execute("""
        CREATE TABLE suspension (
            id uuid PRIMARY KEY,
            person_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
            suspended_by uuid REFERENCES account ON DELETE SET NULL,
            reason text,
            started_at timestamptz NOT NULL,
            waits boolean NOT NULL DEFAULT false,
            proposed_until timestamptz,
            confirmed_by uuid REFERENCES account ON DELETE SET NULL,
            confirmed_at timestamptz,
            appeal_statement text,
            appealed_at timestamptz,
            appeal_outcome text CHECK (appeal_outcome IN ('UPHELD', 'LIFTED')),
            appeal_note text,
            appeal_decided_by uuid REFERENCES account ON DELETE SET NULL,
            appeal_decided_at timestamptz,
            ended_at timestamptz,
            CHECK (suspended_by <> person_id),
            CHECK (confirmed_by <> person_id),
            CHECK (confirmed_by <> suspended_by)
        )
    """)
    op.execute("CREATE UNIQUE INDEX suspension_open ON suspension (person_id) WHERE ended_at IS NULL")
    op.execute("CREATE INDEX suspension_person ON suspension (person_id, ended_at)")
    op.execute("CREATE INDEX suspension_at ON suspension (started_at, person_id) WHERE ended_at IS NULL")
    for column in ("suspended_by", "confirmed_by", "appeal_decided_by"):
        op.execute(f"CREATE INDEX suspension_{column} ON suspension ({column}) WHERE {column} IS NOT NULL")
    op.execute(
        "INSERT INTO suspension (id, person_id, started_at) SELECT gen_random_uuid(), person_id, now() FROM account WHERE suspended"
    )


def downgrade() -> None:
    """Forget all of it; who is suspended stays so."""
    op.execute("DROP TABLE suspension")
