"""Let PostgreSQL refuse a kind, status, standing, outcome, method, level or role that no version knows."""

from alembic import op

from profiles.migrations.online import add_check

revision = "0045_closed_lists"
down_revision = "0044_session_end"

STATUSES = "'ATTESTED', 'IN_PROCESS', 'VALIDATED', 'REQ_REVALID', 'VAL_FAIL', 'REVAL_FAIL', 'ENTERED_IN_ERROR'"
STANDINGS = "'GOOD', 'CONDITIONS', 'SUSPENDED', 'REVOKED', 'LAPSED', 'UNKNOWN'"
KINDS = "'LICENCE', 'SPECIALIST_CERTIFICATE', 'DEGREE', 'EMPLOYMENT', 'IDENTITY', 'NAME'"
METHODS = "'PRIMARY_SOURCE', 'REGISTER_SNAPSHOT', 'DOCUMENT', 'EMPLOYER', 'CALL', 'SELF_ASSERTED'"
OUTCOMES = (
    "'VALIDATED', 'REJECTED', 'CHANGE_DECLINED', 'SUSPENDED', 'SUSPENSION_UPHELD', 'RESTORED', 'REVOKED', "
    "'REVOCATION_CONFIRMED'"
)
CLOSED = (
    ("credential", "kind", KINDS),
    ("credential", "status", STATUSES),
    ("credential", "standing", STANDINGS),
    ("credential", "previous_standing", STANDINGS),
    ("credential", "method", METHODS),
    ("credential_event", "from_status", STATUSES),
    ("credential_event", "to_status", STATUSES),
    ("credential_check", "outcome", "'PASS', 'WARN', 'FAIL', 'SKIPPED'"),
    ("register_entry", "standing", STANDINGS),
    ("past_decision", "outcome", OUTCOMES),
    ("past_decision", "kind", KINDS),
    ("proof", "level", "'UNVERIFIED', 'IDENTITY', 'RIGHT_TO_PRACTISE'"),
    ("role_grant", "role", "'MEMBER', 'VERIFIER', 'MODERATOR', 'ADMIN'"),
)


def upgrade() -> None:
    """Add a CHECK to each column. The lists are those of the version now serving, which only ever grew."""
    for table, column, values in CLOSED:
        add_check(table, f"{table}_{column}_known", f"{column} IN ({values})")


def downgrade() -> None:
    """Take any word again."""
    for table, column, _ in CLOSED:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_known")
