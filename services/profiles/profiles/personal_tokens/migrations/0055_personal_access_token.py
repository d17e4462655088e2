"""Personal access tokens, of which only hashes are stored."""

from alembic import op

revision = "0055_personal_access_token"
down_revision = "0054_file_days"


def upgrade() -> None:
    """Create the table."""
    op.execute("""
        CREATE TABLE personal_access_token (
            id uuid PRIMARY KEY,
            person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
            name text NOT NULL,
            writes boolean NOT NULL,
            token_hash bytea NOT NULL UNIQUE,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            last_used_at timestamptz,
            revoked_at timestamptz,
            tokens_void_before timestamptz
        )
    """)
    op.execute("CREATE INDEX personal_access_token_person ON personal_access_token (person_id, created_at, id)")


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE personal_access_token")
