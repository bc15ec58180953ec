"""Runs the migrations on the connection, and in the transaction, that the store has open."""

from alembic import context

from mnist_core.store.schema import metadata

# SQLite can take back a change of tables like any other; Alembic does not count on it by itself.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
