"""What PostgreSQL takes in a column with a closed list is what the code knows."""

from __future__ import annotations

import re

from kit.practice import STATUSES as PRACTICE_STATUSES
from kit.verification import LEVELS
from profiles.checks.domain import FAIL, PASS, SKIPPED, WARN
from profiles.credentials.domain import METHODS, STANDINGS, STATUSES
from profiles.credentials.kinds import KINDS
from profiles.decisions.domain import OUTCOMES
from profiles.hiding.domain import OUTCOMES as HIDING_OUTCOMES
from profiles.registers.domain import PHASES, PRACTICE_WORDS
from profiles.roles.domain import ROLES
from tests.support.schemas import POSTGRESQL

LISTS = {
    "credential_kind_known": KINDS,
    "credential_status_known": STATUSES,
    "credential_standing_known": STANDINGS,
    "credential_previous_standing_known": STANDINGS,
    "credential_method_known": METHODS,
    "credential_event_from_status_known": STATUSES,
    "credential_event_to_status_known": STATUSES,
    "credential_check_outcome_known": (PASS, WARN, FAIL, SKIPPED),
    "register_entry_standing_known": STANDINGS,
    "register_entry_practice_known": PRACTICE_WORDS.values(),
    "register_snapshot_phase_known": PHASES,
    "past_decision_outcome_known": OUTCOMES,
    "past_decision_kind_known": KINDS,
    "person_practice_status_known": PRACTICE_STATUSES,
    "proof_level_known": LEVELS,
    "role_grant_role_known": ROLES,
    "hiding_request_outcome_known": HIDING_OUTCOMES,
    "account_role_role_check": ROLES,
}


def test_every_closed_list_is_the_one_of_the_code() -> None:
    """A word that the code learns needs a migration first: the database would refuse it."""
    schema = POSTGRESQL.read_text(encoding="utf-8")
    stored = {
        name: set(re.findall(r"'(\w+)'::text", condition))
        for name, condition in re.findall(r"constraint (\w+_known|account_role_role_check) CHECK (.*)", schema)
    }
    assert stored == {name: set(words) for name, words in LISTS.items()}
    assert "NOT VALID" not in "".join(line for line in schema.splitlines() if "_known" in line)
