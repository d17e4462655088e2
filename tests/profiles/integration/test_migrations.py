"""The migrations of the profiles service."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import sqlalchemy as sa

import profiles
from profiles.db import migrate
from tests.support.desk import unit
from tests.support.engines import Engines
from tests.support.migrations import database_at

ROOT = Path(profiles.__file__).parent


def test_migrating_again_changes_nothing(database: sa.Engine) -> None:
    """Each start of the service may migrate."""
    migrate(database.url.render_as_string(hide_password=False))
    assert "person" in sa.inspect(database).get_table_names()


def test_migrations_are_numbered_without_gaps_in_the_folder_of_their_feature() -> None:
    """One chain over all features, so that the order is never in doubt."""
    found = sorted(path.name for path in ROOT.glob("*/migrations/0*.py"))
    assert [int(re.match(r"\d+", name)[0]) for name in found] == list(range(1, len(found) + 1))  # type: ignore[index]


def test_accounts_from_before_addresses_were_checked_are_found_by_what_their_owners_type(engines: Engines) -> None:
    """Whatever the address: two spellings of one mailbox, another normal form, and what is no address any more."""
    stored = {
        "idn": "ada@MÜNCHEN.de", "late-idn": "eva@köln.de", "late-ascii": "eva@xn--kln-sna.de",
        "decomposed": "jose\u0301@x.de", "plain": "Bo@x.de", "none": "a@[x.y", "umlauts": "ä..ö@x.de",
    }  # fmt: skip
    people = {name: str(uuid.uuid4()) for name in stored}
    with database_at(engines, "0020_projection") as database:
        with database.begin() as connection:
            for minute, (name, email) in enumerate(stored.items()):
                connection.execute(
                    sa.text(
                        "INSERT INTO person (id, handle, name, claimed, created_at) VALUES (:id, :handle, 'Ada', true, now())"
                    ),
                    {"id": people[name], "handle": people[name]},
                )
                connection.execute(
                    sa.text(
                        "INSERT INTO account (person_id, email, email_key, created_at, confirmed_at) "
                        "VALUES (:id, :email, :key, now() + make_interval(mins => :minute), now())"
                    ),
                    {"id": people[name], "email": email, "key": email.casefold(), "minute": minute},
                )
        migrate(database.url.render_as_string(hide_password=False))
        with unit(database) as work:
            found = {name: work.accounts.owner_of(email).person_id for name, email in stored.items()}
            other = work.accounts.owner_of("ADA@xn--mnchen-3ya.de").person_id
            composed = work.accounts.owner_of("josé@x.de").person_id
    assert found == people
    assert other == people["idn"]
    assert composed == people["decomposed"]
