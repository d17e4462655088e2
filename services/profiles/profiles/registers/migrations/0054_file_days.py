"""Of which day a list of sanctions is, and which copies of registers may take the place of newer ones."""

from alembic import op

revision = "0054_file_days"
down_revision = "0053_authority"


def upgrade() -> None:
    """Add the day, which is not known of the lists that are there, and what somebody asked for with a copy."""
    op.execute("ALTER TABLE sanction_list ADD COLUMN as_of date")
    op.execute("ALTER TABLE register_snapshot ADD COLUMN replaces_newer boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    """Forget both."""
    op.execute("ALTER TABLE register_snapshot DROP COLUMN replaces_newer")
    op.execute("ALTER TABLE sanction_list DROP COLUMN as_of")
