"""Copies of registers and lists of sanctions; numbers stand in them as blind indexes only."""

from alembic import op

revision = "0012_register"
down_revision = "0011_desk"


def upgrade() -> None:
    """Create snapshots with their entries, and sanctions."""
    op.execute("""
        CREATE TABLE register_snapshot (
            id uuid PRIMARY KEY,
            authority text NOT NULL,
            as_of date NOT NULL,
            imported_at timestamptz NOT NULL,
            active boolean NOT NULL DEFAULT false,
            entries integer NOT NULL DEFAULT 0,
            alarmed_on date
        )
    """)
    op.execute("CREATE UNIQUE INDEX register_active ON register_snapshot (authority) WHERE active")
    op.execute("""
        CREATE TABLE register_entry (
            snapshot_id uuid NOT NULL REFERENCES register_snapshot ON DELETE CASCADE,
            number_index bytea NOT NULL,
            name text NOT NULL,
            standing text NOT NULL,
            specialty text,
            expires_on date,
            PRIMARY KEY (snapshot_id, number_index)
        )
    """)
    op.execute("""
        CREATE TABLE sanction (
            source text NOT NULL,
            name text NOT NULL,
            name_key text NOT NULL,
            authority text,
            number_index bytea,
            country text,
            imposed_on date,
            UNIQUE NULLS NOT DISTINCT (source, name_key, number_index)
        )
    """)
    op.execute("CREATE INDEX sanction_name ON sanction (name_key)")
    op.execute("CREATE INDEX sanction_number ON sanction (number_index) WHERE number_index IS NOT NULL")
    op.execute(
        "CREATE TABLE sanction_list (source text PRIMARY KEY, imported_at timestamptz NOT NULL, entries integer NOT NULL)"
    )
