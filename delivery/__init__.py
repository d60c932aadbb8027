"""Sends what the outbox holds: channels, receipts, escalation."""
