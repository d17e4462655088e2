"""Changes of address that wait for both mailboxes, and the mailboxes that accounts had before."""

from alembic import op

revision = "0036_email_change"
down_revision = "0035_session_client"


def upgrade() -> None:
    """Create the tables. An account has at most one change that waits."""
    op.execute("""
        CREATE TABLE email_change (
            person_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
            id uuid NOT NULL,
            email text NOT NULL,
            requested_at timestamptz NOT NULL,
            due_at timestamptz NOT NULL,
            new_confirmed_at timestamptz,
            old_confirmed_at timestamptz
        )
    """)
    op.execute("CREATE INDEX email_change_due ON email_change (due_at)")
    op.execute("""
        CREATE TABLE former_mailbox (
            person_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
            mailbox text NOT NULL,
            changed_at timestamptz NOT NULL,
            PRIMARY KEY (person_id, mailbox)
        )
    """)


def downgrade() -> None:
    """Forget what waits; addresses stay as they are."""
    op.execute("DROP TABLE former_mailbox")
    op.execute("DROP TABLE email_change")
