"""Count what people with a role read of others, so that the audit trail holds it in sums."""

from alembic import op

revision = "0031_privileged_read"
down_revision = "0030_seen"


def upgrade() -> None:
    """Create the table; a row is an hour of one reader and one thing."""
    op.execute("""
        CREATE TABLE privileged_read (
            actor text NOT NULL,
            action text NOT NULL,
            object text NOT NULL,
            since timestamptz NOT NULL,
            count bigint NOT NULL,
            PRIMARY KEY (actor, action, object)
        )
    """)
    op.execute("CREATE INDEX privileged_read_since ON privileged_read (since)")


def downgrade() -> None:
    """Forget the counts."""
    op.execute("DROP TABLE privileged_read")
