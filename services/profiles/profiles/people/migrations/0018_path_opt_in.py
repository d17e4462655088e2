"""Whether somebody may be named on the paths that others see."""

from alembic import op

revision = "0018_path_opt_in"
down_revision = "0017_relayed_event"


def upgrade() -> None:
    """Nobody may, until they say so."""
    op.execute("ALTER TABLE person ADD COLUMN path_opt_in boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    """Forget what they said."""
    op.execute("ALTER TABLE person DROP COLUMN path_opt_in")
