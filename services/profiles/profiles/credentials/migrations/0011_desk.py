"""What the desk needs: checks, two-person decisions, appeals, re-verification, renewals, and when a case came in."""

from alembic import op

revision = "0011_desk"
down_revision = "0010_account_safety"


def upgrade() -> None:
    """Add to credentials; open cases are on the desk since they were submitted."""
    op.execute("""
        ALTER TABLE credential
            ADD COLUMN previous_standing text,
            ADD COLUMN desk_since timestamptz,
            ADD COLUMN review_reason text,
            ADD COLUMN source_as_of date,
            ADD COLUMN next_review_on date,
            ADD COLUMN pending_decision text,
            ADD COLUMN pending_by uuid,
            ADD COLUMN pending_at timestamptz,
            ADD COLUMN pending_expires_at timestamptz,
            ADD COLUMN pending_fields jsonb,
            ADD COLUMN decided_at timestamptz,
            ADD COLUMN decided_by uuid[] NOT NULL DEFAULT '{}',
            ADD COLUMN appeal_until timestamptz,
            ADD COLUMN appeal_statement text,
            ADD COLUMN proposed jsonb,
            ADD COLUMN message text,
            ADD COLUMN claims_person uuid REFERENCES person ON DELETE SET NULL,
            ADD COLUMN key_id smallint
    """)
    op.execute(
        "UPDATE credential SET desk_since = submitted_at WHERE status IN ('ATTESTED', 'IN_PROCESS', 'REQ_REVALID')"
    )
    op.execute("UPDATE credential SET key_id = 1 WHERE number_cipher IS NOT NULL")
    op.execute("DROP INDEX credential_queue")
    op.execute("CREATE INDEX credential_desk ON credential (desk_since, id) WHERE desk_since IS NOT NULL")
    op.execute(
        "CREATE INDEX credential_desk_place ON credential (jurisdiction, desk_since, id) WHERE desk_since IS NOT NULL"
    )
    op.execute("CREATE INDEX credential_expiry ON credential (expires_on) WHERE status = 'VALIDATED'")
    op.execute("CREATE INDEX credential_review ON credential (next_review_on) WHERE status = 'VALIDATED'")
    op.execute("CREATE INDEX credential_pending ON credential (pending_expires_at) WHERE pending_decision IS NOT NULL")
    op.execute("CREATE INDEX credential_authority ON credential (authority, id) WHERE status = 'VALIDATED'")
    op.execute("CREATE INDEX credential_decided ON credential (authority, decided_at) WHERE decided_at IS NOT NULL")
    op.execute("CREATE INDEX credential_claim ON credential (claims_person) WHERE claims_person IS NOT NULL")
    op.execute("""
        CREATE TABLE credential_check (
            credential_id uuid NOT NULL REFERENCES credential ON DELETE CASCADE,
            name text NOT NULL,
            outcome text NOT NULL,
            detail text NOT NULL,
            at timestamptz NOT NULL,
            PRIMARY KEY (credential_id, name)
        )
    """)
    op.execute("""
        CREATE TABLE credential_reminder (
            credential_id uuid NOT NULL REFERENCES credential ON DELETE CASCADE,
            expires_on date NOT NULL,
            days integer NOT NULL,
            PRIMARY KEY (credential_id, expires_on, days)
        )
    """)
