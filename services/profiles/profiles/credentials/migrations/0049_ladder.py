"""Note which licences prove their owner's identity too, and find what was decided last of a kind."""

from alembic import op

from profiles.migrations.online import build_index

revision = "0049_ladder"
down_revision = "0048_hiding_request"


def upgrade() -> None:
    """Add the column; no licence that was validated before proves an identity, because nobody has asked that of its documents."""
    op.execute("ALTER TABLE credential ADD COLUMN proves_identity boolean NOT NULL DEFAULT false")
    build_index("credential_decided_kind", "credential (kind, decided_at) WHERE decided_at IS NOT NULL")


def downgrade() -> None:
    """Forget which do; their owners have no identity then but by a credential of its own."""
    op.execute("DROP INDEX credential_decided_kind")
    op.execute("ALTER TABLE credential DROP COLUMN proves_identity")
