"""The audit trail: append-only, chained by hashes, people under pseudonyms."""

from alembic import op

revision = "0008_audit"
down_revision = "0007_idempotency"


def upgrade() -> None:
    """Create the chain, its head, and the only place that says whom a pseudonym names."""
    op.execute("""
        CREATE TABLE audit_entry (
            seq bigint PRIMARY KEY,
            at timestamptz NOT NULL,
            actor text NOT NULL,
            action text NOT NULL,
            object text NOT NULL,
            reason text,
            hash bytea NOT NULL
        )
    """)
    op.execute("CREATE INDEX audit_object ON audit_entry (object, seq)")
    op.execute("CREATE INDEX audit_actor ON audit_entry (actor, seq)")
    op.execute(
        "CREATE TABLE audit_head (one boolean PRIMARY KEY CHECK (one), seq bigint NOT NULL, hash bytea NOT NULL)"
    )
    op.execute("INSERT INTO audit_head VALUES (true, 0, sha256(''))")
    # Deleted with the person: the entries stay as they are, and name nobody any more.
    op.execute("""
        CREATE TABLE audit_pseudonym (
            person_id uuid PRIMARY KEY REFERENCES person ON DELETE CASCADE,
            pseudonym text NOT NULL UNIQUE
        )
    """)
