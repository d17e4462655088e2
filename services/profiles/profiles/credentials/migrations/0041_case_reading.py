"""Remember which version of a case that waits for a second verifier each verifier has read."""

from alembic import op

revision = "0041_case_reading"
down_revision = "0040_admin_lost"


def upgrade() -> None:
    """Add the table; the version now serving does not fill it, so who has read a case with it reads it once more."""
    op.execute("""
        CREATE TABLE case_reading (
            credential_id uuid NOT NULL REFERENCES credential ON DELETE CASCADE,
            verifier uuid NOT NULL REFERENCES person ON DELETE CASCADE,
            version integer NOT NULL,
            PRIMARY KEY (credential_id, verifier)
        )
    """)
    op.execute("CREATE INDEX case_reading_verifier ON case_reading (verifier)")


def downgrade() -> None:
    """Forget what was read."""
    op.execute("DROP TABLE case_reading")
