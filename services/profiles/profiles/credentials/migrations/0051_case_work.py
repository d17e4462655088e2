"""Assign cases to verifiers, let verifiers write notes to each other, and remember which decisions were appealed."""

from alembic import op

from profiles.migrations.online import build_index

revision = "0051_case_work"
down_revision = "0050_authority"


def upgrade() -> None:
    """Add the columns and the table; the version now serving neither assigns nor writes notes."""
    op.execute("ALTER TABLE credential ADD COLUMN assigned_to uuid")
    op.execute("ALTER TABLE past_decision ADD COLUMN appealed_at timestamptz")
    op.execute("""
        CREATE TABLE case_note (
            id uuid PRIMARY KEY,
            credential_id uuid NOT NULL REFERENCES credential ON DELETE CASCADE,
            author uuid REFERENCES person ON DELETE SET NULL,
            at timestamptz NOT NULL,
            text text NOT NULL
        )
    """)
    op.execute("CREATE INDEX case_note_credential ON case_note (credential_id, at)")
    op.execute("CREATE INDEX case_note_author ON case_note (author) WHERE author IS NOT NULL")
    build_index("credential_assignee", "credential (assigned_to) WHERE assigned_to IS NOT NULL")
    build_index("credential_awaiting", "credential (submitted_at, id) WHERE requested_info IS NOT NULL")


def downgrade() -> None:
    """Forget assignments, notes and appeals."""
    op.execute("DROP INDEX credential_awaiting")
    op.execute("DROP TABLE case_note")
    op.execute("ALTER TABLE past_decision DROP COLUMN appealed_at")
    op.execute("ALTER TABLE credential DROP COLUMN assigned_to")
