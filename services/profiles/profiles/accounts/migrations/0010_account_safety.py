"""Confirmed addresses, one-time passwords, back-off, suspension with an end, and tokens that end before their time."""

from alembic import op

revision = "0010_account_safety"
down_revision = "0009_mail"


def upgrade() -> None:
    """Add to accounts and sessions; who had an account before counts as confirmed."""
    op.execute("""
        ALTER TABLE account
            ADD COLUMN confirmed_at timestamptz,
            ADD COLUMN suspended_until timestamptz,
            ADD COLUMN last_seen_at timestamptz,
            ADD COLUMN totp_cipher bytea,
            ADD COLUMN totp_confirmed_at timestamptz,
            ADD COLUMN totp_last_step bigint NOT NULL DEFAULT 0
    """)
    op.execute("UPDATE account SET confirmed_at = created_at")
    # An address belongs to whoever confirms it; until then several accounts may name it, and nobody learns of the others.
    op.execute("ALTER TABLE account DROP CONSTRAINT account_email_key_key")
    op.execute("CREATE UNIQUE INDEX account_address ON account (email_key) WHERE confirmed_at IS NOT NULL")
    op.execute("CREATE INDEX account_any_address ON account (email_key, created_at)")
    op.execute("""
        ALTER TABLE session
            ADD COLUMN authenticated_at timestamptz,
            ADD COLUMN one_time_password boolean NOT NULL DEFAULT false,
            ADD COLUMN client bytea,
            ADD COLUMN tokens_void_before timestamptz
    """)
    op.execute("UPDATE session SET authenticated_at = created_at")
    op.execute("CREATE INDEX session_ended ON session (ended_at) WHERE ended_at IS NOT NULL")
    op.execute("CREATE INDEX session_void ON session (tokens_void_before) WHERE tokens_void_before IS NOT NULL")
    op.execute("""
        CREATE TABLE mail_token (
            token_hash bytea PRIMARY KEY,
            person_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
            purpose text NOT NULL,
            expires_at timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX mail_token_person ON mail_token (person_id)")
    op.execute("""
        CREATE TABLE recovery_code (
            person_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
            code_hash bytea NOT NULL,
            PRIMARY KEY (person_id, code_hash)
        )
    """)
    op.execute("""
        CREATE TABLE attempt (
            key bytea PRIMARY KEY,
            count integer NOT NULL,
            last_at timestamptz NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE verifier_jurisdiction (
            person_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
            jurisdiction text NOT NULL,
            PRIMARY KEY (person_id, jurisdiction)
        )
    """)
