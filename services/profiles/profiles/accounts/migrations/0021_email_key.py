"""Give accounts the key of their mailbox, so that one mailbox is one account in every spelling of its address."""

from alembic import op
from sqlalchemy import text

from profiles.accounts.domain import find_email

revision = "0021_email_key"
down_revision = "0020_projection"


def upgrade() -> None:
    """Write the keys again that can differ: of addresses with letters beyond ASCII, the oldest account first.

    Of two accounts that confirmed one mailbox under two spellings, one keeps or gets the key; the other stays as it is, and
    is found by the spelling that it signed up with. So does an account whose address is not one any more. Nobody is kept
    from signing in, and no address is printed.
    """
    connection = op.get_bind()
    rows = connection.execute(
        text(
            "SELECT person_id, email, email_key FROM account WHERE email_key ~ '[^\\x01-\\x7f]' "
            "ORDER BY created_at, person_id"
        )
    ).all()
    for row in rows:
        address = find_email(row.email)
        if address is not None and address.key != row.email_key:
            connection.execute(
                text(
                    "UPDATE account SET email_key = :key WHERE person_id = :id AND (confirmed_at IS NULL OR NOT EXISTS "
                    "(SELECT FROM account o WHERE o.email_key = :key AND o.confirmed_at IS NOT NULL))"
                ),
                {"id": row.person_id, "key": address.key},
            )


def downgrade() -> None:
    """Keep the keys: the version before finds plain addresses by them."""
