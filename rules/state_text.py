"""What is remembered as canonical JSON: equal values give equal bytes.

Every look that changes anything writes it, so that the text of fifty walkers must cost
next to nothing: what is remembered are msgspec's structs, which it writes at twice the
speed of dataclasses. Read back it is checked like any input: it may come from another
machine, an older version, or a store somebody edited.
"""

from datetime import datetime
from typing import Annotated, TypeAlias, TypeVar

import msgspec

from rules.errors import RuleError

T = TypeVar("T")

Time: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware time, and read back only as one."""

_ENCODER = msgspec.json.Encoder()


def text_of(value: object) -> bytes:
    """The value as JSON, fields in the order declared."""
    return _ENCODER.encode(value)


def read(raw: bytes, kind: type[T], what: str) -> T:
    """What `text_of` made of a `kind`.

    Args:
        raw: The text.
        kind: What it is of.
        what: What that is called where it cannot be read.

    Raises:
        RuleError: It is damaged or of another version.
    """
    try:
        return msgspec.json.decode(raw, type=kind)
    except (ValueError, RecursionError) as error:
        raise RuleError(f"{what} cannot be read: {error}") from error
