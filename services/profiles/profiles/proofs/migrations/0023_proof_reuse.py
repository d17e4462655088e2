"""Remember what a proof says, as a digest, so that asking again gives the same proof while it is fresh."""

from alembic import op

revision = "0023_proof_reuse"
down_revision = "0022_refusal"


def upgrade() -> None:
    """Add columns that the version now serving leaves empty; its proofs are not given out again."""
    op.execute("ALTER TABLE proof ADD COLUMN made_at timestamptz, ADD COLUMN content bytea")
    op.execute("CREATE INDEX proof_content ON proof (person_id, content) WHERE revoked_at IS NULL")


def downgrade() -> None:
    """Forget the digests."""
    op.execute("DROP INDEX proof_content")
    op.execute("ALTER TABLE proof DROP COLUMN made_at, DROP COLUMN content")
