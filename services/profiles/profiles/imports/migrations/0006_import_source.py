"""Where imported people came from, so that importing again changes nothing."""

from alembic import op

revision = "0006_import_source"
down_revision = "0005_outbox"


def upgrade() -> None:
    """Create the map from a source's own reference to the person."""
    op.execute("""
        CREATE TABLE import_source (
            source text NOT NULL,
            ref text NOT NULL,
            person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
            content bytea NOT NULL,
            PRIMARY KEY (source, ref)
        )
    """)
    op.execute("CREATE INDEX import_source_person ON import_source (person_id)")
