"""Proofs of verification that were given out, so that a lost licence revokes them."""

from alembic import op

revision = "0015_proof"
down_revision = "0014_directory"


def upgrade() -> None:
    """Create the table; `index` is the proof's place in the published status list."""
    op.execute("""
        CREATE TABLE proof (
            index bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            person_id uuid REFERENCES person ON DELETE SET NULL,
            level text NOT NULL,
            jurisdictions text[] NOT NULL,
            expires_at timestamptz NOT NULL,
            revoked_at timestamptz
        )
    """)
    op.execute("CREATE INDEX proof_person ON proof (person_id) WHERE revoked_at IS NULL")
    op.execute("CREATE INDEX proof_end ON proof (expires_at)")
