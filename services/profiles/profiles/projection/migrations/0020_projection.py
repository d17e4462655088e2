"""Give each row of the outbox a position, and remember what of it belongs to this database's history."""

from alembic import op

revision = "0020_projection"
down_revision = "0019_outbox_attempts"


def upgrade() -> None:
    """Number the rows, keep the ids of those that left, and start the first epoch.

    A trigger keeps the ids, so that whatever deletes a row of the outbox, the row is known to have been here. The
    version now serving inserts and deletes as before.
    """
    op.execute("CREATE SEQUENCE outbox_position")
    op.execute("ALTER TABLE outbox ADD COLUMN position bigint NOT NULL DEFAULT nextval('outbox_position')")
    op.execute("CREATE TABLE outbox_left (id uuid PRIMARY KEY, position bigint NOT NULL)")
    op.execute("CREATE INDEX outbox_left_position ON outbox_left (position)")
    op.execute("""
        CREATE FUNCTION outbox_remember() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO outbox_left SELECT id, position FROM gone ON CONFLICT DO NOTHING; RETURN NULL; END'
    """)
    op.execute(
        "CREATE TRIGGER outbox_remember AFTER DELETE ON outbox REFERENCING OLD TABLE AS gone "
        "FOR EACH STATEMENT EXECUTE FUNCTION outbox_remember()"
    )
    op.execute("""
        CREATE TABLE projection (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            installation uuid NOT NULL DEFAULT gen_random_uuid(),
            epoch bigint NOT NULL DEFAULT 1,
            delivered bigint NOT NULL DEFAULT 0,
            stage text CHECK (stage IN ('ERASURES', 'GHOSTS', 'PEOPLE')),
            after text NOT NULL DEFAULT '',
            done bigint NOT NULL DEFAULT 0,
            restored_at timestamptz,
            restore_entry bigint
        )
    """)
    op.execute("INSERT INTO projection DEFAULT VALUES")


def downgrade() -> None:
    """Forget positions and epochs."""
    op.execute("DROP TABLE projection")
    op.execute("DROP TRIGGER outbox_remember ON outbox")
    op.execute("DROP FUNCTION outbox_remember()")
    op.execute("DROP TABLE outbox_left")
    op.execute("ALTER TABLE outbox DROP COLUMN position")
    op.execute("DROP SEQUENCE outbox_position")
