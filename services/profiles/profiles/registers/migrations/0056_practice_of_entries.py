"""What a register says about whether somebody practises still."""

from alembic import op

from profiles.migrations.online import add_check

revision = "0056_practice_of_entries"
down_revision = "0055_personal_access_token"


def upgrade() -> None:
    """Add the column, which rows of copies that are there do not have."""
    op.execute("ALTER TABLE register_entry ADD COLUMN practice text")
    add_check("register_entry", "register_entry_practice_known", "practice IN ('RETIRED', 'DECEASED')")


def downgrade() -> None:
    """Forget it."""
    op.execute("ALTER TABLE register_entry DROP COLUMN practice")
