"""People: one row each, whether they signed up or are known from a register."""

from alembic import op

revision = "0001_person"
down_revision = None


def upgrade() -> None:
    """Create the table of people."""
    op.execute("""
        CREATE TABLE person (
            id uuid PRIMARY KEY,
            handle text NOT NULL UNIQUE,
            name text NOT NULL,
            headline text,
            about text,
            profession text,
            specialties jsonb NOT NULL DEFAULT '[]',
            regions text[] NOT NULL DEFAULT '{}',
            languages text[] NOT NULL DEFAULT '{}',
            interests text[] NOT NULL DEFAULT '{}',
            institutions jsonb NOT NULL DEFAULT '[]',
            contacts jsonb NOT NULL DEFAULT '[]',
            visibility jsonb NOT NULL DEFAULT '{}',
            claimed boolean NOT NULL,
            provenance jsonb NOT NULL DEFAULT '[]',
            version integer NOT NULL DEFAULT 1,
            created_at timestamptz NOT NULL
        )
    """)
