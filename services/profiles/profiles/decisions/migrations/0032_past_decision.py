"""Keep what was decided about numbers and documents, without names, beyond the credentials that it was about."""

from alembic import op

revision = "0032_past_decision"
down_revision = "0031_privileged_read"


def upgrade() -> None:
    """Create the tables, fill them with what credentials that are there say, and add the digest of documents.

    The version now serving writes no rows; what it decides meanwhile stands in the credentials' own histories.
    """
    op.execute("ALTER TABLE evidence ADD COLUMN digest bytea")
    op.execute("CREATE INDEX evidence_digest ON evidence (digest) WHERE digest IS NOT NULL")
    op.execute("""
        CREATE TABLE past_decision (
            id uuid PRIMARY KEY,
            decided_at timestamptz NOT NULL,
            outcome text NOT NULL,
            reason text,
            by_two boolean NOT NULL,
            kind text NOT NULL,
            authority text,
            jurisdiction text NOT NULL,
            number_index bytea,
            person_id uuid REFERENCES person ON DELETE SET NULL,
            credential_id uuid REFERENCES credential ON DELETE SET NULL
        )
    """)
    op.execute("CREATE INDEX past_decision_number ON past_decision (number_index) WHERE number_index IS NOT NULL")
    op.execute("CREATE INDEX past_decision_person ON past_decision (person_id) WHERE person_id IS NOT NULL")
    op.execute("CREATE INDEX past_decision_credential ON past_decision (credential_id) WHERE credential_id IS NOT NULL")
    op.execute("CREATE INDEX past_decision_at ON past_decision (decided_at)")
    op.execute("""
        CREATE TABLE past_decision_document (
            decision_id uuid NOT NULL REFERENCES past_decision ON DELETE CASCADE,
            digest bytea NOT NULL,
            PRIMARY KEY (decision_id, digest)
        )
    """)
    op.execute("CREATE INDEX past_decision_document_digest ON past_decision_document (digest)")
    op.execute("""
        INSERT INTO past_decision
        SELECT gen_random_uuid(), coalesce(c.decided_at, c.submitted_at), CASE
            WHEN c.status = 'REVAL_FAIL' THEN 'REVOCATION_CONFIRMED' WHEN c.status = 'VAL_FAIL' THEN 'REJECTED'
            WHEN c.standing = 'REVOKED' THEN 'REVOKED'
            ELSE CASE WHEN cardinality(c.decided_by) > 1 THEN 'SUSPENSION_UPHELD' ELSE 'SUSPENDED' END END,
            (SELECT e.reason FROM credential_event e WHERE e.credential_id = c.id AND e.reason IS NOT NULL
             AND e.reason <> 'ENTERED_IN_ERROR' ORDER BY e.position DESC LIMIT 1),
            cardinality(c.decided_by) > 1, c.kind, c.authority, c.jurisdiction, c.number_index, c.person_id, c.id
        FROM credential c WHERE c.status IN ('VAL_FAIL', 'REVAL_FAIL') OR c.standing IN ('SUSPENDED', 'REVOKED')
    """)


def downgrade() -> None:
    """Forget earlier decisions."""
    op.execute("DROP TABLE past_decision_document")
    op.execute("DROP TABLE past_decision")
    op.execute("ALTER TABLE evidence DROP COLUMN digest")
