"""Alembic's environment: run by `alerts.migrate`, never by hand on a live site."""
