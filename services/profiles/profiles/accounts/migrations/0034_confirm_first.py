"""Nobody is seen by others before they have confirmed their address; messages that ask to confirm it are counted."""

from alembic import op

revision = "0034_confirm_first"
down_revision = "0033_field_key"


def upgrade() -> None:
    """Add when a person was hidden, when they were reminded, and how often they had the message sent again.

    Accounts from before have no `hidden_at`: the worker hides them, one by one. So it does with those that the version now
    serving makes meanwhile.
    """
    op.execute("""
        ALTER TABLE account
            ADD COLUMN hidden_at timestamptz,
            ADD COLUMN reminded_at timestamptz,
            ADD COLUMN resent_at timestamptz,
            ADD COLUMN resent_count integer NOT NULL DEFAULT 0
    """)
    # Few accounts are unconfirmed at a time, and the worker looks for them again and again.
    op.execute("CREATE INDEX account_unconfirmed ON account (created_at) WHERE confirmed_at IS NULL")


def downgrade() -> None:
    """Take the columns away."""
    op.execute("DROP INDEX account_unconfirmed")
    op.execute(
        "ALTER TABLE account DROP COLUMN hidden_at, DROP COLUMN reminded_at, DROP COLUMN resent_at, DROP COLUMN resent_count"
    )
