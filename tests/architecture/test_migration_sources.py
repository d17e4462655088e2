"""Migrations expand first and contract in a later release, and keep no table locked while they read all of it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.support.migrations import BASELINE, faults, later_migration, migrations, released


def after_baseline() -> list[ModuleType]:
    """The migrations that the rules hold for."""
    return [module for module in migrations() if module.revision > BASELINE]


def test_migrations_keep_the_version_now_serving_going() -> None:
    """Those from before the rules are left as they were released."""
    found = after_baseline()
    assert found
    assert faults(found, released()) == []


SAFE = [
    "op.execute('ALTER TABLE person ADD COLUMN pronouns text')",
    "op.execute('ALTER TABLE person ADD COLUMN claimed_twice boolean NOT NULL DEFAULT false, ADD COLUMN told_at timestamptz')",
    "op.execute('CREATE TABLE pet (id uuid PRIMARY KEY, name text NOT NULL)')\nop.execute('CREATE INDEX pet_name ON pet (name)')\n"
    "op.execute('ALTER TABLE pet ALTER COLUMN id DROP NOT NULL, ADD CHECK (true)')\nop.execute('UPDATE pet SET name = id')",
    "online.build_index('person_headline', 'person (headline)')",
    "with op.get_context().autocommit_block():\n"
    "    op.create_index('person_headline', 'person', ['headline'], postgresql_concurrently=True)",
    "online.add_check('person', 'person_headline_there', 'headline IS NOT NULL')",
    "op.execute('ALTER TABLE person ADD CONSTRAINT person_short CHECK (length(name) < 9) NOT VALID')",
    "online.update_in_batches('person', \"headline = ''\", where='headline IS NULL')",
    "op.execute(\"INSERT INTO projection SELECT 'UPDATE person; DROP TABLE person' FROM person FOR UPDATE\")",
    "op.execute('CREATE OR REPLACE VIEW dead_letter AS SELECT 1')",
    "op.execute('-- DROP TABLE person;\\nSELECT 1 /* LOCK person; */')",
]
CONTRACT = 'contract_after = "0.1.0"\n'
UNSAFE = {
    "op.create_index('person_headline', 'person', ['headline'])":
        "it builds an index on person while nobody can write: use build_index",
    "op.execute('CREATE UNIQUE INDEX person_headline ON public.person (headline)')":
        "it builds an index on person while nobody can write: use build_index",
    "for name in ('a',):\n    op.execute(f'CREATE INDEX {name} ON \"person\" (name)')":
        "it builds an index on person while nobody can write: use build_index",
    "op.drop_column('person', 'headline')":
        "it takes away what the version now serving may use, and is no contract: DROP COLUMN headline",
    "op.execute('ALTER TABLE person ADD COLUMN x text, DROP headline')":
        "it takes away what the version now serving may use, and is no contract: DROP headline",
    "op.execute('ALTER TABLE person RENAME headline TO motto')":
        "it takes away what the version now serving may use, and is no contract: RENAME headline TO motto",
    "op.execute('ALTER TABLE person ALTER version DROP DEFAULT')":
        "it takes away what the version now serving may use, and is no contract: ALTER version DROP DEFAULT",
    "op.execute('ALTER TABLE account DROP CONSTRAINT account_pkey')":
        "it takes away what the version now serving may use, and is no contract: DROP CONSTRAINT account_pkey",
    "op.execute('DROP INDEX account_address')":
        "it takes away what the version now serving may use, and is no contract: DROP INDEX account_address",
    "op.execute('ALTER TABLE person ALTER COLUMN version TYPE bigint')":
        "it writes person anew: add another column instead of ALTER COLUMN version TYPE bigint",
    "op.execute(\"UPDATE person SET headline = ''\")": "it changes all rows of person at once: use update_in_batches",
    "op.execute('WITH old AS (SELECT 1) DELETE FROM session USING old')":
        "it changes all rows of session at once: use update_in_batches",
    "for row in op.get_bind().execute('SELECT id FROM person'):\n    op.execute('SELECT 1')":
        "it reads rows one by one: use update_in_batches",
    "op.execute('ALTER TABLE person ADD COLUMN motto text NOT NULL')":
        "rows of the version now serving lack it: ADD COLUMN motto text NOT NULL needs a DEFAULT",
    "op.execute('ALTER TABLE person ADD COLUMN token uuid DEFAULT gen_random_uuid()')":
        "it writes person anew: ADD COLUMN token uuid DEFAULT gen_random_uuid()",
    "op.execute('ALTER TABLE person ADD COLUMN motto text UNIQUE')":
        "it reads all of person under a lock: use build_index or add_check after ADD COLUMN motto text UNIQUE",
    "op.execute('ALTER TABLE person ADD CHECK (version > 0)')":
        "it reads all of person under a lock: use add_check or NOT VALID for ADD CHECK (version > 0)",
    "op.execute('ALTER TABLE person ADD CONSTRAINT p CHECK (version > 0) NOT VALID')\nop.execute('ALTER TABLE person VALIDATE CONSTRAINT p')":
        "it validates p under the lock with which it adds it: use add_check",
    "op.execute('LOCK TABLE person')": "it locks a table for long: LOCK TABLE person",
    "op.execute('DO $$ BEGIN DELETE FROM person; END $$')": "what a DO block does cannot be read",
}  # fmt: skip


@pytest.mark.parametrize("body", SAFE)
def test_what_keeps_everybody_going_is_accepted(tmp_path: Path, body: str) -> None:
    """Also on a table that the same migration creates, which nobody uses yet."""
    module = later_migration(tmp_path, body, after=BASELINE)
    assert faults([module], {"0.1.0"}) == []


@pytest.mark.parametrize(("body", "fault"), UNSAFE.items())
def test_what_keeps_somebody_waiting_is_refused(tmp_path: Path, body: str, fault: str) -> None:
    """Each with what to do instead."""
    module = later_migration(tmp_path, body, after=BASELINE)
    assert faults([module], {"0.1.0"}) == [f"{module.revision}: {fault}"]


def test_a_column_is_never_empty_after_a_contract_that_need_not_read_it(tmp_path: Path) -> None:
    """A constraint was validated before, by the same migration or by an earlier one, of this column."""
    module = later_migration(
        tmp_path,
        "online.add_check('person', 'there', '(headline IS NOT NULL)')\nop.alter_column('person', 'headline', nullable=False)",
        after=BASELINE, head=CONTRACT,
    )  # fmt: skip
    assert faults([module], {"0.1.0"}) == []
    chain: list[ModuleType] = []
    for head, body in (
        ("", "op.execute('ALTER TABLE person ADD CONSTRAINT p CHECK ((headline IS NOT NULL)) NOT VALID')"),
        ("", "op.execute('ALTER TABLE person VALIDATE CONSTRAINT p')"),
        (CONTRACT, "op.execute('ALTER TABLE person ALTER headline SET NOT NULL, ALTER COLUMN about SET NOT NULL')"),
    ):
        chain.append(later_migration(tmp_path, body, after=chain[-1].revision if chain else BASELINE, head=head))
    unread = (
        f"{chain[-1].revision}: it reads all of person for NOT NULL of {{0}}: validate CHECK ({{0}} IS NOT NULL) first"
    )
    assert faults(chain, {"0.1.0"}) == [unread.format("about")]
    assert faults([chain[0], chain[2]], {"0.1.0"}) == [unread.format("headline"), unread.format("about")]


def test_a_column_may_be_empty_until_a_contract(tmp_path: Path) -> None:
    """The version now serving inserts without it."""
    body = (
        "online.add_check('person', 'there', 'about IS NOT NULL')\nop.alter_column('person', 'about', nullable=False)"
    )
    module = later_migration(tmp_path, body, after=BASELINE)
    assert faults([module], {"0.1.0"}) == [
        f"{module.revision}: the version now serving may leave about empty, and it is no contract: ALTER COLUMN about SET NOT NULL"
    ]


@pytest.mark.parametrize(
    ("since", "found"), [("0.1.0", []), ("0.2.0", ["contract_after names 0.2.0, which was not released"])]
)
def test_a_contract_takes_away_what_a_release_has_stopped_using(tmp_path: Path, since: str, found: list[str]) -> None:
    """Not what only the code beside it has stopped using: the version now serving still does. Locks stay as short as before."""
    body = "op.drop_column('person', 'headline')\nop.execute('DROP TABLE proof')"
    module = later_migration(tmp_path, body, after=BASELINE, head=f'contract_after = "{since}"\n')
    assert faults([module], {"0.1.0"}) == [f"{module.revision}: {fault}" for fault in found]
    module = later_migration(tmp_path, "op.execute('DELETE FROM proof')", after=module.revision, head=CONTRACT)
    assert faults([module], {"0.1.0"}) == [
        f"{module.revision}: it changes all rows of proof at once: use update_in_batches"
    ]


def test_migrations_from_before_the_rules_would_be_refused() -> None:
    """The rules find in them what reviewers found."""
    by_revision = {module.revision: module for module in migrations()}
    found = {
        revision: [fault.split(": ", 1)[1] for fault in faults([by_revision[revision]], released())]
        for revision in (
            "0010_account_safety",
            "0014_directory",
            "0027_erasure_everywhere",
            "0029_holder",
            "0035_session_client",
        )
    }
    assert "it changes all rows of account at once: use update_in_batches" in found["0010_account_safety"]
    assert (
        "it takes away what the version now serving may use, and is no contract: DROP CONSTRAINT account_email_key_key"
        in found["0010_account_safety"]
    )
    assert found["0014_directory"] == ["it reads rows one by one: use update_in_batches"]
    assert found["0027_erasure_everywhere"] == [
        "it builds an index on credential while nobody can write: use build_index",
        "it builds an index on credential while nobody can write: use build_index",
        "it builds an index on person while nobody can write: use build_index",
    ]
    assert found["0029_holder"] == ["it changes all rows of credential at once: use update_in_batches"]
    assert found["0035_session_client"] == []


def test_released_versions_are_read_from_the_changelog() -> None:
    """What is not released yet is none of them."""
    assert "0.1.0" in released()
    assert not any("nreleased" in version for version in released())
