"""A manifest written as YAML, in the order a person reads it.

In: a `Manifest`. Out: the file `models.manifest.read_manifest` reads back equal.
"""

import hashlib
from pathlib import Path

import yaml

from models.manifest import Manifest

HEADER = "# Written by `nonsite models`; prose and provenance: cards/{name}.md\n"


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_manifest(manifest: Manifest, path: Path) -> Path:
    """Write a manifest; give its path."""
    content = manifest.model_dump(mode="json", exclude_defaults=True)
    body = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=88)
    path.write_text(HEADER.format(name=manifest.name) + body, encoding="utf-8")
    return path
