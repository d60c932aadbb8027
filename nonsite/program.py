"""This program as evidence names it: its name and version."""

from functools import cache
from importlib.metadata import version


@cache
def made_by(part: str = "nonsite") -> str:
    """`part` with the version that is installed, `nonsite 0.1.0`."""
    return f"{part} {version('nonsite')}"
