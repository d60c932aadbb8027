"""Where the pictures of a recipe lie: folders searched in order.

In: the folders given on the command line and a path out of a recipe. Out: the first
that exists. Pictures are never part of the project, so a recipe can only name them
relative to wherever a bureau keeps its own.
"""

from dataclasses import dataclass
from pathlib import Path

from training.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Material:
    """Folders that hold pictures, clips and starting weights."""

    folders: tuple[Path, ...]

    def path(self, relative: Path) -> Path:
        """Find a file or folder.

        Raises:
            DatasetError: none of the folders has it; the message names them.
        """
        for folder in self.folders:
            if (folder / relative).exists():
                return folder / relative
        tried = ", ".join(str(folder) for folder in self.folders) or "no folder"
        raise DatasetError(
            relative, f"is in none of: {tried}", "name its folder with --material"
        )
