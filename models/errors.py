"""The models' branch of the error tree."""

from pathlib import Path

from base.errors import NonsiteError


class ModelError(NonsiteError):
    """Weights or a manifest cannot be used; names the file and the fix."""

    def __init__(self, path: Path | str, problem: str, fix: str) -> None:
        super().__init__(f"{path}: {problem}; {fix}")
        self.path = path
        self.problem = problem
        self.fix = fix
