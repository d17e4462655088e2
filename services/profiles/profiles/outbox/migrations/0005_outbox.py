"""The transactional outbox, with the column names of Debezium's outbox event router."""

from alembic import op

revision = "0005_outbox"
down_revision = "0004_credential"


def upgrade() -> None:
    """Create the table and wake the relay at each commit that wrote to it."""
    op.execute("""
        CREATE TABLE outbox (
            id uuid PRIMARY KEY,
            aggregatetype text NOT NULL,
            aggregateid text NOT NULL,
            type text NOT NULL,
            payload jsonb NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now()
        )
    """)
    op.execute("CREATE INDEX outbox_oldest ON outbox (created_at)")
    op.execute("""
        CREATE FUNCTION outbox_wake() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_notify(''outbox'', ''''); RETURN NULL; END'
    """)
    op.execute("CREATE TRIGGER outbox_wake AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_wake()")
