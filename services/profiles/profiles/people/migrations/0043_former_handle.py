"""Let people choose another handle; the ones before lead to them, and are given to nobody else."""

from alembic import op

revision = "0043_former_handle"
down_revision = "0042_suspension"


def upgrade() -> None:
    """Create the table; the version now serving does not change handles."""
    op.execute("""
        CREATE TABLE former_handle (
            person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
            handle text NOT NULL,
            given_up_at timestamptz NOT NULL,
            PRIMARY KEY (person_id, given_up_at, handle)
        )
    """)


def downgrade() -> None:
    """Forget which handles people had; that they were given stays known in `used_handle`."""
    op.execute("DROP TABLE former_handle")
