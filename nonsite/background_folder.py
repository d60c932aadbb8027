"""Backgrounds of views on the worker's own disk, one file each, written whole."""

from pathlib import Path

import structlog

from base.ids import CameraId, ViewName

_log = structlog.get_logger()


class FolderBackgroundStore:
    """Keeps each view's long memory as `<camera>.<view>.npz` in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, camera: CameraId, view: ViewName) -> bytes | None:
        """The memory last saved; None when there is none or it cannot be read."""
        try:
            return self._path(camera, view).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            _log.warning("background.unread", camera_id=camera, reason=str(error))
            return None

    def save(self, camera: CameraId, view: ViewName, raw: bytes) -> None:
        """Keep the memory; a full disk costs a relearning, never a look."""
        path = self._path(camera, view)
        fresh = path.with_suffix(".new")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.write_bytes(raw)
            fresh.replace(path)
        except OSError as error:
            _log.warning("background.unsaved", camera_id=camera, reason=str(error))

    def _path(self, camera: CameraId, view: ViewName) -> Path:
        return self._folder / f"{camera}.{view}.npz"
