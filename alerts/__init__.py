"""Violations in, alerts out: spool, dedup, store, evidence, audit, outbox."""
