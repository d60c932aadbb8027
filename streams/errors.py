"""The feeds' branch of the error tree."""

from base.errors import NonsiteError
from base.redact import redact
from streams.faults import FeedFault


class FeedError(NonsiteError):
    """A feed cannot be opened or read.

    Attributes:
        fault: Which named fault this is.
    """

    def __init__(self, fault: FeedFault, detail: str) -> None:
        super().__init__(f"{fault}: {redact(detail)}")
        self.fault = fault
