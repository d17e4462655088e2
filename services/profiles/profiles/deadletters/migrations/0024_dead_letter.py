"""Give all work in the background one form for failures: attempts, a next time, the last error, and when it was given up."""

from alembic import op

revision = "0024_dead_letter"
down_revision = "0023_proof_reuse"


def upgrade() -> None:
    """Add the columns that messages lack, and a table for what has no row of its own in a queue here.

    The version now serving ignores them; what it gives up it deletes, as before.
    """
    op.execute("ALTER TABLE mail ADD COLUMN last_error text, ADD COLUMN dead_at timestamptz")
    op.execute("""
        CREATE TABLE failed_item (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            kind text NOT NULL CHECK (kind IN ('GRAPH_ACT', 'JOB')),
            queue text NOT NULL,
            item text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            attempts integer NOT NULL,
            next_attempt_at timestamptz NOT NULL,
            last_error text NOT NULL,
            dead_at timestamptz,
            UNIQUE (queue, item)
        )
    """)
    # An outbox row's error is `CODE: sentence`; a sentence could one day hold what admins need not see.
    op.execute("""
        CREATE VIEW dead_letter AS
        SELECT id, 'MAIL' AS kind, attempts, created_at, dead_at, last_error AS error FROM mail WHERE dead_at IS NOT NULL
        UNION ALL
        SELECT id, CASE type WHEN 'ProfessionalErased' THEN 'ERASURE' WHEN 'Notified' THEN 'NOTIFICATION' ELSE 'SNAPSHOT' END,
            attempts, created_at, dead_at, split_part(last_error, ':', 1) FROM outbox WHERE dead_at IS NOT NULL
        UNION ALL
        SELECT id, kind, attempts, created_at, dead_at, last_error FROM failed_item WHERE dead_at IS NOT NULL
    """)
    # `/readyz` and `/metrics` count dead letters, and anybody may ask for those; the queues behind may be long.
    op.execute("CREATE INDEX mail_dead ON mail (dead_at) WHERE dead_at IS NOT NULL")
    op.execute("CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL")
    op.execute("CREATE INDEX failed_item_dead ON failed_item (dead_at) WHERE dead_at IS NOT NULL")
    op.execute("""
        CREATE TABLE worker_heartbeat (
            worker uuid PRIMARY KEY,
            seen_at timestamptz NOT NULL,
            failing text[] NOT NULL
        )
    """)


def downgrade() -> None:
    """Forget failures."""
    op.execute("DROP TABLE worker_heartbeat")
    op.execute("DROP VIEW dead_letter")
    op.execute("DROP INDEX outbox_dead")
    op.execute("DROP TABLE failed_item")
    op.execute("ALTER TABLE mail DROP COLUMN last_error, DROP COLUMN dead_at")
