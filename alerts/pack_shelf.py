"""Stills of violations on the worker's own disk, until they are packed or dropped.

`<folder>/<camera>/<violation id>/` holds the pictures and `watch.json`, which is
written after the picture it names and survives a restart. A folder without a readable
`watch.json` is a half-made or half-deleted one and goes when the camera is taken up.
Candidates come by the hundred and are not forced to the disk: they outlive the process,
not a power cut. From opening on everything is forced. The bytes of all cameras together
are bounded. A camera's folder has one owner at a time, over all workers.
"""

import os
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from urllib.parse import quote, unquote
from uuid import UUID

import structlog

from alerts.clip_cutter import CutClip, Recording
from alerts.durable_file import check_reserve, claim, sweep, sync, told, write_whole
from alerts.errors import ClipError, ShelfTakenError, StoreError
from alerts.pack_watch import Still, Watch, decode_watch, encode_watch
from base.ids import CameraId

JOURNAL = "watch.json"
ARRIVAL = "arrival.mp4"
RESERVE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shelved:
    """What a camera's folder held when it was taken up."""

    watches: tuple[Watch, ...]
    damaged: int


class Shelf:
    """The folder; thread-safe as long as one violation has one writer at a time.

    Args:
        folder: Made when missing.
        max_bytes: Bound of the pictures of all cameras together.
        reserve_bytes: Nothing is added while no more than this is free on the disk:
            the alerts' own spool lies there, too, and must go on.

    Raises:
        StoreError: The folder cannot be made.
    """

    def __init__(
        self, folder: Path, max_bytes: int, reserve_bytes: int = RESERVE_BYTES
    ) -> None:
        self._folder = folder
        self._staging = folder / "staging"
        self._max_bytes = max_bytes
        self._reserve_bytes = reserve_bytes
        self._lock = Lock()
        self._bytes = Counter[CameraId]()
        self._claims: dict[CameraId, int] = {}
        with told(folder):
            folder.mkdir(parents=True, exist_ok=True)
            sweep(self._staging)

    @property
    def bytes_held(self) -> int:
        """Bytes of all pictures of the cameras taken up."""
        with self._lock:
            return self._bytes.total()

    def has_room(self, size: int) -> bool:
        """Whether a picture of `size` bytes stays within the bound."""
        return self.bytes_held + size <= self._max_bytes

    def check_reserve(self) -> None:
        """See that the disk has more free than the reserve.

        Raises:
            StoreFullError: It has not.
        """
        check_reserve(self._folder, self._reserve_bytes)

    def folder_of(self, watch: Watch) -> Path:
        """Where a violation's files lie."""
        return self._camera_folder(watch.violation.place.camera) / str(watch.id)

    def cameras_kept(self) -> frozenset[CameraId]:
        """Every camera a candidate or open violation lies here of, whoever owns it."""
        folders = {path.parent for path in self._folder.glob("camera-*/*")}
        names = (unquote(folder.name.removeprefix("camera-")) for folder in folders)
        return frozenset(CameraId(name) for name in names)

    def take_up(self, camera: CameraId) -> Shelved:
        """Own a camera's folder, find again what was kept; clear what is damaged.

        Raises:
            ShelfTakenError: Another worker has it, or this one until it has left.
            StoreError: The folder cannot be read.
        """
        watches, damaged = [], 0
        self._claim(camera)
        shutil.rmtree(self._arrivals_of(camera), ignore_errors=True)
        with told(self._folder):
            folders = sorted(self._camera_folder(camera).glob("*"))
        for folder in folders:
            try:
                watch = _read_watch(folder)
            except StoreError as error:
                structlog.get_logger().warning(
                    "candidate.discarded", camera=camera, why=str(error)
                )
                shutil.rmtree(folder, ignore_errors=True)
                damaged += 1
                continue
            self._clear_strangers(folder, watch)
            self._count(camera, watch.bytes_held)
            watches.append(watch)
        return Shelved(tuple(watches), damaged)

    def leave(self, camera: CameraId) -> None:
        """Let another worker have a camera's folder; nothing of it is used any more."""
        with self._lock:
            claimed = self._claims.pop(camera, None)
            self._bytes.pop(camera, None)
        if claimed is not None:
            os.close(claimed)

    def close(self) -> None:
        """Let go of every camera's folder."""
        for camera in list(self._claims):
            self.leave(camera)

    def add(self, watch: Watch, still: Still, jpeg: bytes) -> None:
        """Write a picture; `save` makes it count.

        Raises:
            StoreFullError: The disk is full.
            StoreError: The folder cannot be written.
        """
        self.check_reserve()
        write_whole(
            self.folder_of(watch) / still.name,
            jpeg,
            self._staging,
            is_forced=watch.opened is not None,
        )
        self._count(watch.violation.place.camera, still.size)

    def save(self, watch: Watch) -> None:
        """Write down the watch itself.

        Raises:
            StoreFullError: The disk is full; the older one stands.
            StoreError: The folder cannot be written; the older one stands.
        """
        folder = self.folder_of(watch)
        is_opened = watch.opened is not None
        if is_opened and watch.after is None:
            with told(folder):
                for still in watch.stills:
                    sync(folder / still.name)
        write_whole(
            folder / JOURNAL, encode_watch(watch), self._staging, is_forced=is_opened
        )

    def cut_arrival(
        self, watch: Watch, recording: Recording, max_bytes: int
    ) -> tuple[CutClip, int]:
        """Write the clip of an arrival; `save` makes it count.

        Raises:
            ClipError: Nothing was recorded, it is larger than `max_bytes`, or the shelf
                has no room for it.
            StoreFullError: The disk is full.
            StoreError: The folder cannot be written.
        """
        self.check_reserve()
        beside = self._arrivals_of(watch.violation.place.camera) / str(watch.id)
        with told(self._folder):
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir(parents=True)
        try:
            clip = recording.cut(beside)
            with told(self._folder):
                size = clip.path.stat().st_size
                if size > max_bytes or not self.has_room(size):
                    raise ClipError(f"an arrival of {size} bytes is too large to keep")
                path = self.folder_of(watch) / ARRIVAL
                path.parent.mkdir(parents=True, exist_ok=True)
                clip.path.replace(path)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        self._count(watch.violation.place.camera, size)
        return replace(clip, path=path), size

    def read(self, watch: Watch, still: Still) -> bytes:
        """The bytes of a picture.

        Raises:
            StoreError: It is gone.
        """
        path = self.folder_of(watch) / still.name
        with told(path.parent):
            return path.read_bytes()

    def discard(self, watch: Watch, stills: tuple[Still, ...]) -> None:
        """Delete pictures no longer needed."""
        for still in stills:
            (self.folder_of(watch) / still.name).unlink(missing_ok=True)
            self._count(watch.violation.place.camera, -still.size)

    def delete(self, watch: Watch) -> None:
        """Delete everything of a violation."""
        folder = self.folder_of(watch)
        # without its journal the folder counts as nothing, should we die half way
        (folder / JOURNAL).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        self._count(watch.violation.place.camera, -watch.bytes_held)

    def _camera_folder(self, camera: CameraId) -> Path:
        return self._folder / f"camera-{quote(camera, safe='')}"

    def _arrivals_of(self, camera: CameraId) -> Path:
        """Where a camera's arrivals are cut, half of one after a kill."""
        return self._staging / f"arrivals-{quote(camera, safe='')}"

    def _count(self, camera: CameraId, change: int) -> None:
        with self._lock:
            self._bytes[camera] += change

    def _claim(self, camera: CameraId) -> None:
        with self._lock, told(self._folder):
            claimed = claim(self._folder / "locks" / quote(camera, safe=""))
            if claimed is None:
                msg = f"another worker keeps the evidence of {camera} still"
                raise ShelfTakenError(msg)
            self._claims[camera] = claimed

    def _clear_strangers(self, folder: Path, watch: Watch) -> None:
        known = {still.name for still in watch.all_stills} | {JOURNAL}
        for clip in (watch.clip, watch.arrival):
            if clip is not None:
                known |= {path.name for path in _clip_paths(clip)}
        for path in folder.iterdir():
            if path.name not in known:
                path.unlink(missing_ok=True)


def _read_watch(folder: Path) -> Watch:
    try:
        UUID(folder.name)
        watch = decode_watch((folder / JOURNAL).read_bytes())
    except (OSError, ValueError) as error:
        msg = f"{folder.name} holds no kept candidate"
        raise StoreError(msg) from error
    if str(watch.id) != folder.name:
        msg = f"{folder.name} holds the candidate {watch.id}"
        raise StoreError(msg)
    if watch.clip is not None and not _has_clip(folder, watch.clip):
        watch = replace(watch, clip=None)
    if watch.arrival is not None and not _has_clip(folder, watch.arrival):
        watch = replace(watch, arrival=None, arrival_bytes=0)
    return watch.without(
        frozenset(
            still.name for still in watch.all_stills if not _is_whole(folder, still)
        )
    )


def _has_clip(folder: Path, clip: CutClip) -> bool:
    """Whether the clip's files lie where the journal says, and there alone."""
    return all(path.parent == folder and path.is_file() for path in _clip_paths(clip))


def _clip_paths(clip: CutClip) -> tuple[Path, ...]:
    return (clip.path,) if clip.derived is None else (clip.path, clip.derived)


def _is_whole(folder: Path, still: Still) -> bool:
    path = folder / still.name
    if path.parent != folder or not path.is_file():
        return False
    return path.stat().st_size == still.size
