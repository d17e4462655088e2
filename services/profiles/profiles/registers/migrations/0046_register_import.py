"""What becomes of an import of a register: how far it is, what it would do, what it has opened, and which copy it replaced."""

from alembic import op

from profiles.migrations.online import add_check

revision = "0046_register_import"
down_revision = "0045_closed_lists"

COLUMNS = (
    "phase text",
    "rows_read integer NOT NULL DEFAULT 0",
    "rows_taken integer NOT NULL DEFAULT 0",
    "rows_refused integer NOT NULL DEFAULT 0",
    "duplicates integer NOT NULL DEFAULT 0",
    "zeros_restored integer NOT NULL DEFAULT 0",
    "read_to integer NOT NULL DEFAULT 0",
    "notes jsonb NOT NULL DEFAULT '[]'",
    "encoding text",
    "failure text",
    "validated integer",
    "would_open integer",
    "would_stop integer",
    "zeros_lost integer",
    "replaced uuid",
    "activated_at timestamptz",
    "recheck_after uuid",
    "rechecked_at timestamptz",
    "checked integer NOT NULL DEFAULT 0",
    "opened integer NOT NULL DEFAULT 0",
    "restored integer NOT NULL DEFAULT 0",
)


def upgrade() -> None:
    """Add what an import says of itself. The version now serving writes none of it: `phase` is null for its copies."""
    op.execute(f"ALTER TABLE register_snapshot {', '.join(f'ADD COLUMN {column}' for column in COLUMNS)}")
    add_check(
        "register_snapshot",
        "register_snapshot_phase_known",
        "phase IN ('UPLOADING', 'READING', 'WAITING', 'ACTIVE', 'FORMER', 'UNDONE', 'DISCARDED', 'FAILED')",
    )
    op.execute("ALTER TABLE register_entry ADD COLUMN line integer")
    op.execute("""
        CREATE TABLE register_case (
            snapshot_id uuid NOT NULL REFERENCES register_snapshot ON DELETE CASCADE,
            credential_id uuid NOT NULL REFERENCES credential ON DELETE CASCADE,
            reason text NOT NULL,
            stopped boolean NOT NULL,
            before jsonb NOT NULL,
            PRIMARY KEY (snapshot_id, credential_id)
        )
    """)
    op.execute("CREATE INDEX register_case_credential ON register_case (credential_id)")


def downgrade() -> None:
    """Keep the copy that counts of each register, and no other."""
    op.execute("DELETE FROM register_snapshot WHERE NOT active")
    op.execute("DROP TABLE register_case")
    op.execute("ALTER TABLE register_entry DROP COLUMN line")
    op.execute("ALTER TABLE register_snapshot DROP CONSTRAINT register_snapshot_phase_known")
    op.execute(f"ALTER TABLE register_snapshot {', '.join(f'DROP COLUMN {c.split()[0]}' for c in COLUMNS)}")
