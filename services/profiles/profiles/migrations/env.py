"""Alembic's environment: one transaction for all pending migrations, under one lock."""

import sqlalchemy as sa
from alembic import context

engine = sa.create_engine(context.config.attributes["url"], poolclass=sa.pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=False)
    with context.begin_transaction():
        # Two services that start together must not migrate together.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(815001)"))
        connection.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
        context.run_migrations()
