"""The rules' branch of the error tree."""

from base.errors import NonsiteError


class RuleError(NonsiteError):
    """A catalogue row, a rule or its saved state cannot be used."""
