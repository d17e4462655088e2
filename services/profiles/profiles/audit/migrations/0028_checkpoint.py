"""Remember the last checkpoint of the audit trail, so that it cannot be cut off its file unseen."""

from alembic import op

revision = "0028_checkpoint"
down_revision = "0027_erasure_everywhere"


def upgrade() -> None:
    """Create the row; 0 until a checkpoint is written."""
    op.execute("""
        CREATE TABLE audit_checkpoint (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            number bigint NOT NULL,
            digest bytea NOT NULL
        )
    """)
    op.execute("INSERT INTO audit_checkpoint VALUES (true, 0, sha256(''))")


def downgrade() -> None:
    """Forget it."""
    op.execute("DROP TABLE audit_checkpoint")
