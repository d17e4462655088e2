"""Credentials and their history."""

from alembic import op

revision = "0004_credential"
down_revision = "0003_account"


def upgrade() -> None:
    """Create the tables; numbers are stored encrypted, with a keyed blind index for look-up."""
    op.execute("""
        CREATE TABLE credential (
            id uuid PRIMARY KEY,
            person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
            kind text NOT NULL,
            authority text,
            institution_id uuid REFERENCES institution,
            number_cipher bytea,
            number_index bytea,
            specialty text,
            jurisdiction text NOT NULL,
            status text NOT NULL,
            revalidation boolean NOT NULL DEFAULT false,
            standing text NOT NULL DEFAULT 'UNKNOWN',
            method text,
            source_url text,
            issued_on date,
            expires_on date,
            checked_on date,
            submitted_at timestamptz NOT NULL,
            requested_info text,
            taken_by uuid,
            lease_until timestamptz,
            version integer NOT NULL DEFAULT 1
        )
    """)
    op.execute("CREATE INDEX credential_person ON credential (person_id)")
    op.execute(
        "CREATE INDEX credential_queue ON credential (submitted_at, id) "
        "WHERE status IN ('ATTESTED', 'IN_PROCESS', 'REQ_REVALID')"
    )
    op.execute("CREATE INDEX credential_number ON credential (number_index) WHERE number_index IS NOT NULL")
    op.execute("""
        CREATE TABLE credential_event (
            credential_id uuid NOT NULL REFERENCES credential ON DELETE CASCADE,
            position integer NOT NULL,
            at timestamptz NOT NULL,
            actor text NOT NULL,
            from_status text,
            to_status text NOT NULL,
            reason text,
            note text,
            PRIMARY KEY (credential_id, position)
        )
    """)
