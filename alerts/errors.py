"""The alerts' branch of the error tree."""

from base.errors import NonsiteError


class StoreError(NonsiteError):
    """Redis, the database or the evidence store failed."""


class StoreUnavailableError(StoreError):
    """It cannot be reached now; nothing was lost, try again."""


class NotFoundError(StoreError):
    """No such alert, evidence file, camera or revision."""


class SpoolFullError(StoreError):
    """The worker's disk cannot take another entry: free space under the data folder."""
