"""Directory profiles: which are hidden, which have become somebody's own, and registers' references as blind indexes."""

from alembic import context, op
from sqlalchemy import text

from kit.cipher import reference_index

revision = "0014_directory"
down_revision = "0013_evidence"


def upgrade() -> None:
    """Add the columns; references that stand in clear (a register's are numbers) become keyed hashes."""
    op.execute("ALTER TABLE person ADD COLUMN hidden boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE person ADD COLUMN merged_into uuid REFERENCES person ON DELETE SET NULL")
    op.execute("CREATE INDEX person_merged ON person (merged_into) WHERE merged_into IS NOT NULL")
    op.execute("ALTER TABLE import_source ADD COLUMN ref_index bytea")
    rows = op.get_bind().execute(text("SELECT source, ref FROM import_source")).all()
    if rows:
        key = context.config.attributes.get("index_key")
        if key is None:
            raise RuntimeError("CONSILIUM_INDEX_KEY is needed to migrate imported people; set it and start again.")
        op.get_bind().execute(
            text("UPDATE import_source SET ref_index = :index WHERE source = :source AND ref = :ref"),
            [{"source": r.source, "ref": r.ref, "index": reference_index(key, r.source, r.ref)} for r in rows],
        )
    op.execute("ALTER TABLE import_source DROP CONSTRAINT import_source_pkey")
    op.execute("ALTER TABLE import_source DROP COLUMN ref")
    op.execute("ALTER TABLE import_source ADD PRIMARY KEY (source, ref_index)")
    # Who had themselves hidden or erased does not come back with the next import.
    op.execute(
        "CREATE TABLE import_suppressed (source text NOT NULL, ref_index bytea NOT NULL, PRIMARY KEY (source, ref_index))"
    )
