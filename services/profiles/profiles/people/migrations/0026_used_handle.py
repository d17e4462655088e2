"""Remember which handles were given, so that none is given again after its owner was erased."""

from alembic import op

revision = "0026_used_handle"
down_revision = "0025_audit_reason"


def upgrade() -> None:
    """Create the table: keyed hashes, because a handle is made from a name.

    The handles of people from before are added when they are deleted; until then `person.handle` is unique anyway.
    """
    op.execute("CREATE TABLE used_handle (handle_hash bytea PRIMARY KEY)")


def downgrade() -> None:
    """Forget the hashes."""
    op.execute("DROP TABLE used_handle")
