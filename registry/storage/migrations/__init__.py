"""The tables' history, as Alembic migrations that are run when a store is opened."""
