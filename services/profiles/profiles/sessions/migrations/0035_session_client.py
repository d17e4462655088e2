"""What people see of their own sessions."""

from alembic import op

revision = "0035_session_client"
down_revision = "0034_confirm_first"


def upgrade() -> None:
    """Add which program opened a session, and when it was last used; null for sessions from before."""
    op.execute("ALTER TABLE session ADD COLUMN client_name text, ADD COLUMN last_used_at timestamptz")


def downgrade() -> None:
    """Forget both."""
    op.execute("ALTER TABLE session DROP COLUMN client_name, DROP COLUMN last_used_at")
