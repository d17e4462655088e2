"""Authorities that operators add and change; identifiers as a kind of credential; numbers as they were typed."""

from alembic import op

from profiles.migrations.online import add_check, build_index

revision = "0053_authority"
down_revision = "0052_similar_names"

KINDS = "'LICENCE', 'SPECIALIST_CERTIFICATE', 'DEGREE', 'EMPLOYMENT', 'IDENTITY', 'NAME'"
OPEN = "status NOT IN ('VAL_FAIL', 'REVAL_FAIL', 'ENTERED_IN_ERROR')"


def upgrade() -> None:
    """Add the tables and columns. The version now serving writes neither, and reads an IDENTIFIER as a kind that proves nothing.

    The worker makes IDENTIFIER credentials of licences that identifiers had given, one by one, and tells their owners.
    """
    op.execute(
        "CREATE TABLE authority (id text PRIMARY KEY, fields jsonb NOT NULL, active boolean NOT NULL, "
        "version integer NOT NULL, changed_at timestamptz NOT NULL)"
    )
    op.execute("CREATE TABLE authority_revision (one boolean PRIMARY KEY CHECK (one), revision uuid NOT NULL)")
    op.execute("INSERT INTO authority_revision VALUES (true, '00000000-0000-0000-0000-000000000000')")
    op.execute("ALTER TABLE credential ADD COLUMN number_typed_cipher bytea, ADD COLUMN other_authority jsonb")
    # Both texts of a number are encrypted with the key that the row names.
    add_check(
        "credential",
        "credential_key_of_typed",
        "number_typed_cipher IS NULL OR key_id = get_byte(number_typed_cipher, 0)",
    )
    for table in ("credential", "past_decision"):
        add_check(table, f"{table}_kind_known", f"kind IN ({KINDS}, 'IDENTIFIER')")
    build_index(
        "credential_given_by",
        f"credential (authority, id) WHERE kind IN ('LICENCE', 'SPECIALIST_CERTIFICATE') AND {OPEN}",
    )


def downgrade() -> None:
    """Make licences of identifiers again, as they were, and forget what was typed and changed."""
    op.execute("DROP INDEX credential_given_by")
    for table in ("credential", "past_decision"):
        op.execute(f"UPDATE {table} SET kind = 'LICENCE' WHERE kind = 'IDENTIFIER'")
        add_check(table, f"{table}_kind_known", f"kind IN ({KINDS})")
    op.execute("ALTER TABLE credential DROP COLUMN number_typed_cipher, DROP COLUMN other_authority")
    op.execute("DROP TABLE authority, authority_revision")
