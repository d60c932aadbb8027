"""A file that exists only when it is whole and on disk."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A draft beside `path`; renamed to it when the block ends well, else removed.

    Every block has a draft of its own: two processes that make the same file do not
    disturb each other, the later one stays.

    Args:
        path: The name to appear; its folder must exist.

    Raises:
        OSError: The disk refused; the draft is gone and an older `path` untouched.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.draft")
    try:
        yield draft
        _sync(draft)
        draft.replace(path)
        _sync(path.parent)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
