"""Archives of one's own data, and what was erased."""

from alembic import op

revision = "0016_rights"
down_revision = "0015_proof"


def upgrade() -> None:
    """Create the tables; an erasure keeps no word about whom it was."""
    op.execute("""
        CREATE TABLE archive (
            id uuid PRIMARY KEY,
            person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
            key_id smallint NOT NULL,
            content bytea NOT NULL,
            expires_at timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX archive_end ON archive (expires_at)")
    op.execute("ALTER TABLE archive ALTER COLUMN content SET STORAGE EXTERNAL")
    op.execute(
        "CREATE TABLE erasure (id uuid PRIMARY KEY, erased_at timestamptz NOT NULL, graph_erased_at timestamptz)"
    )
    # The tokens of who erased themselves end at once, though their sessions are gone.
    op.execute("CREATE TABLE erased_session (session_id uuid PRIMARY KEY, ended_at timestamptz NOT NULL)")
