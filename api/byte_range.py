"""The `Range` header of a request, as bytes of one file (RFC 9110 §14).

One range is served. Several in one request are refused with 416, not ignored: a player
needs one at a time, and a list of a thousand overlapping ranges is an attack.
"""

import re
from dataclasses import dataclass

from api.errors import RangeError

_ONE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes `start` up to `end` (outside) of a file of `size` bytes."""

    start: int
    end: int
    size: int

    @property
    def length(self) -> int:
        """Number of bytes."""
        return self.end - self.start

    @property
    def content_range(self) -> str:
        """Value of the `Content-Range` header."""
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """What part of a file of `size` bytes is asked for; None: the whole.

    Another unit than bytes is ignored, as the RFC wants.

    Raises:
        RangeError: Malformed, several ranges, or none of it lies inside the file.
    """
    if header is None or not header.strip().lower().startswith("bytes="):
        return None
    header = header.strip()
    if "," in header:
        raise RangeError("one range at a time is served", size)
    found = _ONE.fullmatch(f"bytes={header[6:]}")
    if found is None or found.group(0).strip(" \t") == "bytes=-":
        raise RangeError("the range is malformed: bytes=first-last", size)
    first, last = found.groups()
    if not first and not last:
        raise RangeError("the range is malformed: bytes=first-last", size)
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start = int(first)
        end = min(int(last) + 1, size) if last else size
    if start >= end:
        raise RangeError(f"the file has {size} bytes", size)
    return ByteRange(start, end, size)
