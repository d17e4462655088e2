"""Count refusals of one person and act, so that trying again and again does not fill the audit trail."""

from alembic import op

revision = "0022_refusal"
down_revision = "0021_email_key"


def upgrade() -> None:
    """Create the counters; each is deleted when its window has ended and its sum stands in the trail."""
    op.execute("""
        CREATE TABLE refusal (
            actor text NOT NULL,
            action text NOT NULL,
            since timestamptz NOT NULL,
            count bigint NOT NULL,
            noted bigint NOT NULL,
            PRIMARY KEY (actor, action)
        )
    """)
    op.execute("CREATE INDEX refusal_since ON refusal (since)")


def downgrade() -> None:
    """Forget the counters."""
    op.execute("DROP TABLE refusal")
