"""Tie everything that is encrypted to the key that it is encrypted with, and note which process holds which key."""

from alembic import op

revision = "0033_field_key"
down_revision = "0032_past_decision"


def upgrade() -> None:
    """Add a row for each possible key id, and references to it.

    A row that is deleted is a key that was retired: its id is never used again. A reference keeps a row from being deleted
    while anything is encrypted with its key, and a process that holds a retired key from storing anything encrypted with it.
    All ids exist from the start, so that the version now serving goes on whatever ids its keys have.
    """
    op.execute("CREATE TABLE field_key (id smallint PRIMARY KEY CHECK (id BETWEEN 1 AND 255))")
    op.execute("INSERT INTO field_key SELECT generate_series(1, 255)")
    # What a column says must be what the cipher text's first byte says.
    op.execute(
        "UPDATE credential SET key_id = get_byte(number_cipher, 0) "
        "WHERE key_id IS DISTINCT FROM get_byte(number_cipher, 0)"
    )
    op.execute("""
        ALTER TABLE credential
            ADD CONSTRAINT credential_key_of_cipher CHECK (key_id IS NOT DISTINCT FROM get_byte(number_cipher, 0)),
            ADD CONSTRAINT credential_field_key FOREIGN KEY (key_id) REFERENCES field_key (id)
    """)
    # Documents and archives are long, and were always written with their key's id: only what comes is checked.
    for table in ("evidence_content", "archive"):
        op.execute(f"""
            ALTER TABLE {table}
                ADD CONSTRAINT {table}_key_of_cipher CHECK (key_id = get_byte(substring(content FROM 1 FOR 1), 0)) NOT VALID,
                ADD CONSTRAINT {table}_field_key FOREIGN KEY (key_id) REFERENCES field_key (id)
        """)
    op.execute("""
        ALTER TABLE account
            ADD COLUMN totp_key_id smallint GENERATED ALWAYS AS (get_byte(totp_cipher, 0)) STORED,
            ADD CONSTRAINT account_field_key FOREIGN KEY (totp_key_id) REFERENCES field_key (id)
    """)
    op.execute("""
        CREATE TABLE key_holder (
            process uuid PRIMARY KEY,
            service text NOT NULL,
            key_id smallint NOT NULL,
            fingerprint text NOT NULL,
            signing_key text NOT NULL,
            seen_at timestamptz NOT NULL
        )
    """)


def downgrade() -> None:
    """Forget which keys there are."""
    op.execute("DROP TABLE key_holder")
    op.execute("ALTER TABLE account DROP COLUMN totp_key_id")
    for table in ("credential", "evidence_content", "archive"):
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_field_key, DROP CONSTRAINT {table}_key_of_cipher")
    op.execute("DROP TABLE field_key")
