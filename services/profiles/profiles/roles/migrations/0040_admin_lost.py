"""Keep when an admin was kept from acting by another one, who does not become the only admin by that."""

from alembic import op

revision = "0040_admin_lost"
down_revision = "0039_other_name"


def upgrade() -> None:
    """Add the column; the version now serving does not write it, and what it takes away meanwhile is not remembered."""
    op.execute("ALTER TABLE account ADD COLUMN admin_lost_at timestamptz")
    op.execute("CREATE INDEX account_admin_lost ON account (admin_lost_at) WHERE admin_lost_at IS NOT NULL")


def downgrade() -> None:
    """Forget it."""
    op.execute("ALTER TABLE account DROP COLUMN admin_lost_at")
