"""Evidence: documents of applicants, encrypted, until 30 days after the decision."""

from alembic import op

revision = "0013_evidence"
down_revision = "0012_register"


def upgrade() -> None:
    """Create the table; the content stands apart, so that listing never reads it."""
    op.execute("""
        CREATE TABLE evidence (
            id uuid PRIMARY KEY,
            credential_id uuid NOT NULL REFERENCES credential ON DELETE CASCADE,
            file_name text NOT NULL,
            media_type text NOT NULL,
            bytes integer NOT NULL,
            added_at timestamptz NOT NULL,
            delete_at timestamptz
        )
    """)
    op.execute("CREATE INDEX evidence_credential ON evidence (credential_id)")
    op.execute("CREATE INDEX evidence_end ON evidence (delete_at) WHERE delete_at IS NOT NULL")
    op.execute("""
        CREATE TABLE evidence_content (
            evidence_id uuid PRIMARY KEY REFERENCES evidence ON DELETE CASCADE,
            key_id smallint NOT NULL,
            content bytea NOT NULL
        )
    """)
    op.execute("ALTER TABLE evidence_content ALTER COLUMN content SET STORAGE EXTERNAL")
