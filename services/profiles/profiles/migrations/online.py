"""Changes of large tables that keep nobody waiting, for use in migrations.

Each runs outside the migration's transaction. So a migration that fails in the middle keeps what these have done, and each of
them may be called again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

# Of every statement of a migration. Who waits for a lock on a table makes all others wait behind.
LOCK_TIMEOUT, STATEMENT_TIMEOUT = "5s", "60s"
# Of statements that read a whole table and let others write to it.
LONG_STATEMENT_TIMEOUT = "1h"


@contextmanager
def _patiently(*, waits_for_others: bool = False) -> Iterator[None]:
    """Give statements as long as a large table needs. After one that fails, the connection is closed anyway.

    Args:
        waits_for_others: whether they wait until earlier transactions end, while nobody waits for them.
    """
    op.execute(f"SET statement_timeout = '{LONG_STATEMENT_TIMEOUT}'")
    if waits_for_others:
        op.execute("SET lock_timeout = 0")
    yield
    op.execute("RESET statement_timeout")
    op.execute("RESET lock_timeout")


def build_index(name: str, definition: str, *, unique: bool = False) -> None:
    """Build an index while others write to its table.

    A failed attempt leaves an index that is updated and never used; that one is dropped first.

    Args:
        name: of the index, which nothing else has.
        definition: what follows ON, for example `person (handle) WHERE hidden`.
        unique: whether it refuses two equal rows.
    """
    kind = "UNIQUE INDEX" if unique else "INDEX"
    with op.get_context().autocommit_block(), _patiently(waits_for_others=True):
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"CREATE {kind} CONCURRENTLY {name} ON {definition}")


def add_check(table: str, name: str, condition: str) -> None:
    """Add a CHECK constraint for the rows that come, and then look at those that are there.

    Args:
        table: which has been there before.
        name: of the constraint; one that has it already is replaced, as where a list learns a word.
        condition: in SQL, for example `status IN ('OPEN', 'CLOSED')`.
    """
    with op.get_context().autocommit_block():
        op.execute(
            f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}, ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID"
        )
        with _patiently():
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def update_in_batches(table: str, assignments: str, *, where: str, key: str = "id", size: int = 1000) -> int:
    """Update the rows of a table, some at a time, each batch in a transaction of its own.

    Rows that the version now serving adds meanwhile may be left out: it must write the new column as well, or a trigger must.

    Args:
        assignments: what follows SET.
        where: what is true of a row that is still to be updated, so that a second attempt updates no row twice.
        key: the one column of the primary key.
        size: how many rows are looked at in one transaction.

    Returns:
        how many rows were updated.
    """
    updated, after = 0, None
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        while (last := _last_of_batch(connection, table, key, after, size)) is not None:
            beginning = "" if after is None else f"{key} > :after AND "
            done = connection.execute(
                sa.text(f"UPDATE {table} SET {assignments} WHERE {beginning}{key} <= :last AND ({where})"),
                {"last": last} | ({} if after is None else {"after": after}),
            )
            updated, after = updated + done.rowcount, last
    return updated


def _last_of_batch(connection: sa.Connection, table: str, key: str, after: Any, size: int) -> Any:
    """The greatest key of the next batch; None where there is none."""
    beginning = "" if after is None else f"WHERE {key} > :after "
    return connection.execute(
        sa.text(
            f"SELECT {key} FROM (SELECT {key} FROM {table} {beginning}ORDER BY {key} LIMIT :size) AS batch "
            f"ORDER BY {key} DESC LIMIT 1"
        ),
        {"size": size} | ({} if after is None else {"after": after}),
    ).scalar()
