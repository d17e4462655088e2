"""Institutions that people work at."""

from alembic import op

revision = "0002_institution"
down_revision = "0001_person"


def upgrade() -> None:
    """Create the table of institutions; one name stands once in a region."""
    op.execute("""
        CREATE TABLE institution (
            id uuid PRIMARY KEY,
            name text NOT NULL,
            name_key text NOT NULL,
            region text NOT NULL DEFAULT '',
            UNIQUE (name_key, region)
        )
    """)
    op.execute("CREATE INDEX institution_prefix ON institution (name_key text_pattern_ops)")
