"""Frames in, looks out; pixels end here."""
