"""Looks in, violations out: pure; no image, no I/O, no clock but the frame's."""
