"""JSON read only as we write it: a second key, a space or a member more is refused.

What is signed is a part of such a file. Compared with its own re-encoding, nothing can
stand beside that part that a reader would see and the signature does not cover.
"""

import json
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any

from alerts.errors import StoreError


def indented(value: object) -> bytes:
    """JSON for people to read, too: sorted keys, one member a line, UTF-8."""
    return json.dumps(
        value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False
    ).encode()


def read_exactly(
    raw: bytes, members: AbstractSet[str], encode: Callable[[object], bytes]
) -> dict[str, Any]:
    """The object in `raw`.

    Args:
        raw: The bytes.
        members: Names it has, these and no others.
        encode: How it was written.

    Raises:
        StoreError: It is no such object, or not written so.
    """
    try:
        told = json.loads(raw)
        is_exact = encode(told) == raw
    except (ValueError, RecursionError) as error:
        raise StoreError("it is no JSON") from error
    if not isinstance(told, dict) or told.keys() != members:
        raise StoreError("it has not the members it should have")
    if not is_exact:
        raise StoreError("it is not written as it was signed")
    return told
