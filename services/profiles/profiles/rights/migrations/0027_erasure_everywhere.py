"""Note when messages to an erased person left the files, and find what names an erased verifier or an institution."""

from alembic import op

revision = "0027_erasure_everywhere"
down_revision = "0026_used_handle"


def upgrade() -> None:
    """Add a column that the version now serving leaves empty, and indexes."""
    op.execute("ALTER TABLE erasure ADD COLUMN mail_erased_at timestamptz")
    op.execute("CREATE INDEX credential_decider ON credential USING gin (decided_by)")
    op.execute("CREATE INDEX credential_institution ON credential (institution_id) WHERE institution_id IS NOT NULL")
    op.execute("CREATE INDEX person_institutions ON person USING gin (institutions jsonb_path_ops)")


def downgrade() -> None:
    """Forget them."""
    op.execute("DROP INDEX person_institutions")
    op.execute("DROP INDEX credential_institution")
    op.execute("DROP INDEX credential_decider")
    op.execute("ALTER TABLE erasure DROP COLUMN mail_erased_at")
