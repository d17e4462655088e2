"""Say whether people practise, and keep apart what a register's older and newer files say of somebody."""

from alembic import op

from profiles.migrations.online import add_check

revision = "0047_practice_status"
down_revision = "0046_register_import"

STATUSES = "'TRAINEE', 'PRACTISING', 'NOT_PRACTISING', 'RETIRED', 'DECEASED'"


def upgrade() -> None:
    """Add the columns; null where nobody has said anything, and for rows from before."""
    op.execute("ALTER TABLE person ADD COLUMN practice_status text")
    add_check("person", "person_practice_status_known", f"practice_status IN ({STATUSES})")
    # The day of the row, the day of the file that had it last, and since when the register says that the number is not in use.
    op.execute("ALTER TABLE import_source ADD COLUMN as_of date")
    op.execute("ALTER TABLE import_source ADD COLUMN file_as_of date")
    op.execute("ALTER TABLE import_source ADD COLUMN deactivated_on date")


def downgrade() -> None:
    """Take the columns away again."""
    op.execute("ALTER TABLE import_source DROP COLUMN deactivated_on")
    op.execute("ALTER TABLE import_source DROP COLUMN file_as_of")
    op.execute("ALTER TABLE import_source DROP COLUMN as_of")
    op.execute("ALTER TABLE person DROP COLUMN practice_status")
