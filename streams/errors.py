"""The feeds' branch of the error tree."""

from enum import StrEnum

from base.errors import NonsiteError
from base.redact import redact
from streams.faults import FeedFault


class FeedError(NonsiteError):
    """A feed cannot be opened or read.

    Attributes:
        fault: Which named fault this is.
        detail: What was seen, without address.
    """

    def __init__(self, fault: FeedFault, detail: str) -> None:
        self.fault = fault
        self.detail = redact(detail)
        super().__init__(f"{fault}: {self.detail}")


class ClipFault(StrEnum):
    """What can be wrong with writing a clip."""

    EMPTY = "empty"
    UNSUPPORTED = "unsupported"
    UNREADABLE = "unreadable"
    DISK_FULL = "disk_full"
    UNWRITABLE = "unwritable"


class ClipError(NonsiteError):
    """A clip cannot be written.

    Attributes:
        fault: Which named fault this is.
        detail: What was seen.
    """

    def __init__(self, fault: ClipFault, detail: str) -> None:
        self.fault = fault
        self.detail = redact(detail)
        super().__init__(f"{fault}: {self.detail}")
