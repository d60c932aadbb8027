"""Alembic's entry: migrates over the connection `alerts.migrate` hands in."""

from alembic import context

from alerts.tables import Table


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Table.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
