"""Requests to turn one-time passwords off for somebody who has lost the device."""

from alembic import op

revision = "0037_second_factor_reset"
down_revision = "0036_email_change"


def upgrade() -> None:
    """Create the table. An account has at most one request; who agreed first is forgotten with their account."""
    op.execute("""
        CREATE TABLE second_factor_reset (
            person_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
            id uuid NOT NULL,
            requested_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            approved_by uuid REFERENCES account ON DELETE SET NULL,
            approved_at timestamptz,
            due_at timestamptz,
            CHECK (approved_by <> person_id)
        )
    """)
    op.execute("CREATE INDEX second_factor_reset_newest ON second_factor_reset (requested_at, person_id)")
    op.execute("CREATE INDEX second_factor_reset_approved_by ON second_factor_reset (approved_by)")


def downgrade() -> None:
    """Forget the requests."""
    op.execute("DROP TABLE second_factor_reset")
