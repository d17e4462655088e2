"""Alembic's environment: each migration in a transaction of its own, with time limits, and one process at a time."""

import time

import sqlalchemy as sa
from alembic import context

from profiles.migrations.online import LOCK_TIMEOUT, STATEMENT_TIMEOUT

engine = sa.create_engine(
    context.config.attributes["url"],
    poolclass=sa.pool.NullPool,
    connect_args={"options": f"-c lock_timeout={LOCK_TIMEOUT} -c statement_timeout={STATEMENT_TIMEOUT}"},
)
with engine.connect() as connection:
    # Two services that start together must not migrate together. Waiting inside one statement would hold a snapshot, for
    # whose end CREATE INDEX CONCURRENTLY of the other one waits: PostgreSQL would break that up as a deadlock.
    while not connection.execute(sa.text("SELECT pg_try_advisory_lock(815001)")).scalar_one():
        connection.rollback()
        time.sleep(0.2)
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
