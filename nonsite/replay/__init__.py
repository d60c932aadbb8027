"""Footage regression: suites of recordings in, what they raised and missed out."""
