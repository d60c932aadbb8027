"""The delivery's branch of the error tree."""

from base.errors import NonsiteError


class DeliveryError(NonsiteError):
    """A message could not be handed over now; the text names no address or secret.

    Attributes:
        status: HTTP status, where there was an answer.
        retry_after_s: How long the other side asks to wait; None: it does not say.
    """

    def __init__(
        self, text: str, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(text)
        self.status = status
        self.retry_after_s = retry_after_s
