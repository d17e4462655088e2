"""Remember what a verifier saw: the version that they took, which documents they opened, and the stage of the case."""

from alembic import op

revision = "0030_seen"
down_revision = "0029_holder"


def upgrade() -> None:
    """Add the columns and the table, and a day of deletion for documents that came after a decision.

    The version now serving ignores them. It takes cases without saying which version; such a case is decided as before.
    """
    op.execute("ALTER TABLE credential ADD COLUMN seen_version integer, ADD COLUMN stage integer NOT NULL DEFAULT 1")
    op.execute("""
        CREATE TABLE evidence_view (
            evidence_id uuid NOT NULL REFERENCES evidence ON DELETE CASCADE,
            viewer uuid NOT NULL REFERENCES person ON DELETE CASCADE,
            at timestamptz NOT NULL,
            PRIMARY KEY (evidence_id, viewer)
        )
    """)
    op.execute("CREATE INDEX evidence_view_viewer ON evidence_view (viewer)")
    op.execute(
        "UPDATE evidence e SET delete_at = now() + interval '30 days' FROM credential c WHERE c.id = e.credential_id "
        "AND e.delete_at IS NULL AND c.desk_since IS NULL"
    )


def downgrade() -> None:
    """Forget what was seen."""
    op.execute("DROP TABLE evidence_view")
    op.execute("ALTER TABLE credential DROP COLUMN seen_version, DROP COLUMN stage")
