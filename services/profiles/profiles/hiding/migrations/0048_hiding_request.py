"""Requests to hide a directory profile, which wait for a verifier."""

from alembic import op

revision = "0048_hiding_request"
down_revision = "0047_practice_status"


def upgrade() -> None:
    """Create the table; address and note go 30 days after the decision."""
    op.execute("""
        CREATE TABLE hiding_request (
            id uuid PRIMARY KEY,
            person_id uuid NOT NULL REFERENCES person ON DELETE CASCADE,
            contact text,
            contact_key text,
            note text,
            language text,
            number_matches boolean,
            requested_at timestamptz NOT NULL,
            outcome text CONSTRAINT hiding_request_outcome_known CHECK (outcome IN ('HIDDEN', 'DECLINED', 'RESTORED')),
            decided_at timestamptz,
            decided_by uuid REFERENCES person ON DELETE SET NULL,
            decision_note text
        )
    """)
    # One address asks once for one profile, however often it is sent.
    op.execute(
        "CREATE UNIQUE INDEX hiding_request_open ON hiding_request (person_id, contact_key) WHERE decided_at IS NULL"
    )
    op.execute("CREATE INDEX hiding_request_contact ON hiding_request (contact_key) WHERE contact_key IS NOT NULL")
    op.execute("CREATE INDEX hiding_request_person ON hiding_request (person_id)")
    op.execute("CREATE INDEX hiding_request_decider ON hiding_request (decided_by) WHERE decided_by IS NOT NULL")
    op.execute("CREATE INDEX hiding_request_end ON hiding_request (decided_at) WHERE contact IS NOT NULL")


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE hiding_request")
