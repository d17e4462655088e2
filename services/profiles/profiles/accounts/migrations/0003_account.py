"""Accounts, roles, accepted policies and sessions."""

from alembic import op

revision = "0003_account"
down_revision = "0002_institution"


def upgrade() -> None:
    """Create the tables; a person without a password hash cannot sign in."""
    op.execute("""
        CREATE TABLE account (
            person_id uuid PRIMARY KEY REFERENCES person ON DELETE CASCADE,
            email text NOT NULL,
            email_key text NOT NULL UNIQUE,
            password_hash text,
            suspended boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE account_role (
            person_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
            role text NOT NULL CHECK (role IN ('MEMBER', 'VERIFIER', 'MODERATOR', 'ADMIN')),
            PRIMARY KEY (person_id, role)
        )
    """)
    op.execute("""
        CREATE TABLE policy_acceptance (
            person_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
            policy text NOT NULL,
            edition text NOT NULL,
            accepted_at timestamptz NOT NULL,
            PRIMARY KEY (person_id, policy, edition)
        )
    """)
    op.execute("""
        CREATE TABLE session (
            id uuid PRIMARY KEY,
            person_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
            created_at timestamptz NOT NULL,
            ended_at timestamptz
        )
    """)
    op.execute("CREATE INDEX session_person ON session (person_id)")
    op.execute("""
        CREATE TABLE refresh_token (
            token_hash bytea PRIMARY KEY,
            session_id uuid NOT NULL REFERENCES session ON DELETE CASCADE,
            expires_at timestamptz NOT NULL,
            used_at timestamptz
        )
    """)
    op.execute("CREATE INDEX refresh_token_session ON refresh_token (session_id)")
