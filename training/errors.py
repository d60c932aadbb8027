"""The training tools' branch of the error tree: each message names a file and a fix.

::

    TrainingError
    ├── RecipeError        a key of a recipe or evaluation plan is wrong
    ├── DatasetError       a picture, label line or clip is not what it should be
    ├── WeightsError       a network file cannot be used, or not for this
    ├── MissingExtraError  a library of an extra is not installed
    └── RefusedError       the tool worked, the result must not ship
"""

from pathlib import Path

from base.errors import NonsiteError


class TrainingError(NonsiteError):
    """Base of what the training tools raise on purpose."""


class RecipeError(TrainingError):
    """A recipe or evaluation plan is wrong; the message starts with file and key."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")


class DatasetError(TrainingError):
    """A file of a set is wrong; the message starts with file and line."""

    def __init__(self, where: Path | str, problem: str, fix: str) -> None:
        super().__init__(f"{where}: {problem}; {fix}")


class WeightsError(TrainingError):
    """A network file cannot be used."""

    def __init__(self, path: Path | str, problem: str, fix: str) -> None:
        super().__init__(f"{path}: {problem}; {fix}")


class MissingExtraError(TrainingError):
    """A library is missing that only an extra installs."""

    def __init__(self, library: str, command: str) -> None:
        super().__init__(f"{library} is not installed; run `{command}`")


class RefusedError(TrainingError):
    """The result is worse than allowed and was not written."""
