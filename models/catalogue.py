"""Which networks this installation has: the shipped ones and a folder of one's own."""

from collections.abc import Sequence
from pathlib import Path

from models.errors import ModelError
from models.manifest import Manifest, read_manifest

SHIPPED_DIR = Path(__file__).parent
DEFAULT_DETECTOR = "nonsite_nano"


def manifests(folders: Sequence[Path] = (SHIPPED_DIR,)) -> dict[str, Path]:
    """Name of each network to the path of its manifest; later folders win."""
    return {path.stem: path for folder in folders for path in folder.glob("*.yaml")}


def find(name: str, folders: Sequence[Path] = (SHIPPED_DIR,)) -> tuple[Manifest, Path]:
    """The manifest of `name` and where it lies.

    Raises:
        ModelError: No such network, or its manifest is broken.
    """
    known = manifests(folders)
    if name not in known:
        names = ", ".join(sorted(known)) or "none"
        raise ModelError(name, "no such model", f"known: {names}")
    return read_manifest(known[name]), known[name]
