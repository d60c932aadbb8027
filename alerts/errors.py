"""The alerts' branch of the error tree."""

from base.errors import NonsiteError


class StoreError(NonsiteError):
    """Redis, the database or the evidence store failed."""


class StoreUnavailableError(StoreError):
    """It cannot be reached now; nothing was lost, try again."""


class ValuesRefusedError(StoreError):
    """The database refuses these very values; trying again will not help."""


class NotFoundError(StoreError):
    """No such alert, evidence file, camera or revision."""


class NoAlarmError(StoreError):
    """An alert that never was a danger to life has nothing to acknowledge."""


class CursorError(StoreError):
    """A list's cursor was not made by this list."""


class SpoolFullError(StoreError):
    """The worker's disk cannot take another entry: free space under the data folder."""


class StoreFullError(StoreError):
    """The evidence store has no room; names the place and what to do about it."""


class PackExistsError(StoreError):
    """The pack has a manifest already, and it is not this one."""


class ShelfTakenError(StoreError):
    """Another worker keeps the evidence of this camera still."""


class ChainTakenError(StoreError):
    """Another worker seals a pack of this camera; try again."""


class StillError(StoreError):
    """The bytes given as a still are no picture."""


class ClipError(StoreError):
    """No clip could be cut: the recording is empty or cannot be written."""


class OvertakenError(StoreError):
    """Somebody else changed it meanwhile: look at it again, then decide."""


class ReasonMissingError(StoreError):
    """An act that must be accounted for came without a reason."""


class EvidenceHeldError(StoreError):
    """Under legal hold or not yet confirmed: it is not deleted."""


class EvidenceBrokenError(StoreError):
    """The evidence does not hold any more: it is locked and not handed out."""
