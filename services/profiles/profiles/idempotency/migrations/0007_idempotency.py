"""Answers kept under the caller's Idempotency-Key."""

from alembic import op

revision = "0007_idempotency"
down_revision = "0006_import_source"


def upgrade() -> None:
    """Create the table; a row is written in the transaction of the change it stands for."""
    op.execute("""
        CREATE TABLE idempotency (
            actor text NOT NULL,
            key text NOT NULL,
            fingerprint bytea NOT NULL,
            answer jsonb,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (actor, key)
        )
    """)
    op.execute("CREATE INDEX idempotency_age ON idempotency (created_at)")
