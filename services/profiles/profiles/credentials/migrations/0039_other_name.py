"""Credentials of kind NAME: a name of the person beside the verified one."""

from alembic import op

revision = "0039_other_name"
down_revision = "0038_role_grant"


def upgrade() -> None:
    """Add the name, which credentials of kind NAME have and no others.

    The version now serving neither submits nor shows such credentials.
    """
    op.execute(
        "ALTER TABLE credential ADD COLUMN other_name jsonb, "
        "ADD CONSTRAINT credential_other_name CHECK ((kind = 'NAME') = (other_name IS NOT NULL))"
    )


def downgrade() -> None:
    """Forget other names; their credentials say nothing without them."""
    op.execute("DELETE FROM credential WHERE kind = 'NAME'")
    op.execute("ALTER TABLE credential DROP COLUMN other_name")
