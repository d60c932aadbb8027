"""The cases' branch of the error tree."""

from base.errors import NonsiteError


class CaseError(NonsiteError):
    """What was asked of a review, task or shift cannot be done."""


class IllegalStepError(CaseError):
    """The table of steps has no such step from where it stands."""


class ClaimedError(CaseError):
    """Somebody else holds it; names whom and until when."""


class LeaseLostError(CaseError):
    """The caller's lease ran out, or was never taken."""


class GateError(CaseError):
    """A legal gate is closed.

    Attributes:
        gate: Its name, `certificate`; stable.
    """

    def __init__(self, gate: str, text: str) -> None:
        super().__init__(text)
        self.gate = gate


class TooLateError(CaseError):
    """The time for it is over."""


class ConflictError(CaseError):
    """It was already done otherwise."""
