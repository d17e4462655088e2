"""Messages that wait to be sent, written in the transaction of what they tell about."""

from alembic import op

revision = "0009_mail"
down_revision = "0008_audit"


def upgrade() -> None:
    """Create the queue, and wake who sends at each commit that wrote to it; texts and tokens are made when sent."""
    op.execute("""
        CREATE TABLE mail (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            kind text NOT NULL,
            person_id uuid REFERENCES person ON DELETE CASCADE,
            address text,
            data jsonb NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL DEFAULT now(),
            next_at timestamptz NOT NULL DEFAULT now(),
            attempts integer NOT NULL DEFAULT 0
        )
    """)
    op.execute("CREATE INDEX mail_next ON mail (next_at)")
    op.execute("""
        CREATE FUNCTION mail_wake() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_notify(''mail'', ''''); RETURN NULL; END'
    """)
    op.execute("CREATE TRIGGER mail_wake AFTER INSERT ON mail FOR EACH STATEMENT EXECUTE FUNCTION mail_wake()")
