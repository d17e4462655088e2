"""Keep when a session ends at the latest, and until when it can be refreshed."""

from alembic import op

revision = "0044_session_end"
down_revision = "0043_former_handle"


def upgrade() -> None:
    """Add the columns. Sessions without them, also those that the version now serving opens, get them when they are refreshed.

    Until then they end as those of people without a role do: 90 days after the sign-in, or with their refresh token.
    """
    op.execute("ALTER TABLE session ADD COLUMN expires_at timestamptz, ADD COLUMN refresh_until timestamptz")


def downgrade() -> None:
    """Forget them; sessions last as long as they are refreshed."""
    op.execute("ALTER TABLE session DROP COLUMN expires_at, DROP COLUMN refresh_until")
