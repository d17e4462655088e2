"""Count the attempts to deliver each row of the outbox, so that one row that fails never stops the others."""

from alembic import op

revision = "0019_outbox_attempts"
down_revision = "0018_path_opt_in"


def upgrade() -> None:
    """Add columns with defaults that the version now serving can ignore, and an index to find a person's rows."""
    op.execute("""
        ALTER TABLE outbox
            ADD COLUMN attempts integer NOT NULL DEFAULT 0,
            ADD COLUMN next_attempt_at timestamptz NOT NULL DEFAULT now(),
            ADD COLUMN last_error text,
            ADD COLUMN dead_at timestamptz
    """)
    op.execute("CREATE INDEX outbox_person ON outbox (aggregateid)")


def downgrade() -> None:
    """Forget the attempts."""
    op.execute("DROP INDEX outbox_person")
    op.execute(
        "ALTER TABLE outbox DROP COLUMN attempts, DROP COLUMN next_attempt_at, DROP COLUMN last_error, DROP COLUMN dead_at"
    )
