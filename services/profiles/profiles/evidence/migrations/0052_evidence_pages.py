"""Keep how many pages a document has that can be shown as images."""

from alembic import op

revision = "0052_evidence_pages"
down_revision = "0051_case_work"


def upgrade() -> None:
    """Add the column; null for documents that are there, and for those that cannot be shown."""
    op.execute("ALTER TABLE evidence ADD COLUMN pages smallint")


def downgrade() -> None:
    """Forget pages."""
    op.execute("ALTER TABLE evidence DROP COLUMN pages")
