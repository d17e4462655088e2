"""Keep the reasons of the audit trail apart from its chain, so that they go with the people whom they are about."""

from alembic import op

revision = "0025_audit_reason"
down_revision = "0024_dead_letter"


def upgrade() -> None:
    """Add the salted hash of a reason to the chain, a table for the reasons, and what deletes them with a person.

    Entries from before keep their reason in the chain and verify as ever; only when the person whom they are about is
    erased does it go. The version now serving writes such entries until it is replaced.
    """
    op.execute("ALTER TABLE audit_entry ADD COLUMN reason_hash bytea")
    # No foreign key: the trail may be restored or cut off by whoever tampers with it, and verifying must then find that.
    op.execute("CREATE TABLE audit_reason (seq bigint PRIMARY KEY, salt bytea NOT NULL, reason text NOT NULL)")
    # With the rights of the schema's owner: the service may not change entries, and here can do nothing but this.
    op.execute("""
        CREATE FUNCTION audit_forget() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
        'BEGIN
            DELETE FROM audit_reason r USING audit_entry e WHERE e.seq = r.seq AND e.object = OLD.pseudonym;
            UPDATE audit_entry SET reason = NULL
                WHERE object = OLD.pseudonym AND reason IS NOT NULL AND reason_hash IS NULL;
            RETURN NULL;
        END'
    """)
    op.execute(
        "CREATE TRIGGER audit_forget AFTER DELETE ON audit_pseudonym FOR EACH ROW EXECUTE FUNCTION audit_forget()"
    )


def downgrade() -> None:
    """Forget the reasons; the version before cannot verify the entries that were written meanwhile."""
    op.execute("DROP TRIGGER audit_forget ON audit_pseudonym")
    op.execute("DROP FUNCTION audit_forget()")
    op.execute("DROP TABLE audit_reason")
    op.execute("ALTER TABLE audit_entry DROP COLUMN reason_hash")
