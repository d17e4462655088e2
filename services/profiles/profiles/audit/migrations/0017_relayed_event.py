"""Acts that other services relay to the audit trail, each taken once."""

from alembic import op

revision = "0017_relayed_event"
down_revision = "0016_rights"


def upgrade() -> None:
    """Remember the ids of relayed acts for as long as they may come again."""
    op.execute("CREATE TABLE relayed_event (id uuid PRIMARY KEY, taken_at timestamptz NOT NULL DEFAULT now())")


def downgrade() -> None:
    """Forget them."""
    op.execute("DROP TABLE relayed_event")
