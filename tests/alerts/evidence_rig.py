"""A worker's looks without a worker: violations, looks, pictures, a clip cutter."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
from PIL import Image

from alerts.clip_cutter import CutClip, Recording
from alerts.digest import digest
from alerts.errors import ClipError, StoreError
from alerts.evidence_keeper import EvidenceKeeper
from alerts.evidence_store import EvidenceStore
from alerts.pack import Pack, PackState
from alerts.pack_maker import MakerParts
from alerts.pack_scene import Corners, Scene
from alerts.pack_shelf import Shelf
from alerts.panoramas import PictureAt
from base.clock import ManualClock
from base.ids import CameraId, ViewName, ZoneName
from detector.box import Box
from detector.look import Look, Track
from rules.clause import ClauseTrace, Truth, Why
from rules.place import Place, SlotId
from rules.violation import Life, Phase, Severity, Violation, violation_id
from sites.evidence_section import EvidenceSection
from streams.faults import FeedFault

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CAMERA = CameraId("dock_2")
BOX = Box(0.2, 0.4, 0.5, 0.7)
ZONE = ((0.1, 0.3), (0.8, 0.3), (0.9, 0.9), (0.1, 0.9))


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def jpeg(shade: int = 90, size: tuple[int, int] = (320, 240)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (shade % 256, 120, 80)).save(out, "JPEG")
    return out.getvalue()


def noise(size: tuple[int, int] = (1280, 720)) -> bytes:
    """A JPEG with a fine pattern everywhere."""
    rng, out = np.random.default_rng(7), io.BytesIO()
    shades = rng.integers(0, 255, (size[1], size[0], 3), np.uint8)
    Image.fromarray(shades).save(out, "JPEG", quality=95)
    return out.getvalue()


def violation(
    life: Life, seconds: float, slot: str = "x51y20", camera: CameraId = CAMERA
) -> Violation:
    place = Place(camera, ViewName("home"), ZoneName("kerb"), SlotId(slot))
    opened_at = None if life in {Life.CANDIDATE, Life.DROPPED} else at(seconds)
    return Violation(
        id=violation_id(place, "SW-01", T0),
        revision=1,
        code="SW-01",
        place=place,
        life=life,
        phase=Phase.GRACE,
        severity=Severity.S3,
        at=at(seconds),
        first_seen=T0,
        last_seen=at(seconds),
        opened_at=opened_at,
        due_at=opened_at,
        cleared_at=None,
        observed_s=seconds,
        gaps=(),
        continuity_known=True,
        box=BOX,
        label="car",
        score=0.8,
        clauses=(
            ClauseTrace("still_for", Truth.TRUE, seconds, 60.0, T0),
            ClauseTrace("not_permitted", Truth.UNKNOWN, why=Why.NO_PERMIT_FEED),
        ),
        config="c" * 64,
        model="nano@0123456789ab",
    )


def look(seconds: float, *boxes: Box, camera: CameraId = CAMERA) -> Look:
    tracks = tuple(Track(box, "car", 0.8, 100.0) for box in boxes)
    return Look(camera, ViewName("home"), at(seconds), (320, 240), tracks)


@dataclass
class FakeRecording:
    """Stands for pinned packets; writes `body` as the clip."""

    start: datetime
    end: datetime
    short_before_s: float = 0.0
    short_after_s: float = 0.0
    body: bytes = b"mp4 " * 1000
    error: Exception | None = None
    released: bool = False

    def cut(self, folder: Path) -> CutClip:
        if self.error is not None:
            raise self.error
        path = folder / "clip.mp4"
        path.write_bytes(self.body)
        return CutClip(
            path,
            self.start + timedelta(seconds=self.short_before_s),
            self.end - timedelta(seconds=self.short_after_s),
            "h264",
            self.short_before_s,
            self.short_after_s,
        )

    def derive(
        self, clip: CutClip, folder: Path, masks: Sequence[Corners] = ()
    ) -> Path | None:
        del clip, folder, masks
        return None

    def release(self) -> None:
        self.released = True


@dataclass
class FakeCutter:
    """A packet ring of any length; `change` spoils each recording made."""

    change: Callable[[FakeRecording], None] = lambda _recording: None
    has_ring: bool = True
    made: list[FakeRecording] = field(default_factory=list)

    def record(self, camera: CameraId, start: datetime, end: datetime) -> Recording:
        if not self.has_ring:
            msg = f"{camera} has no ring"
            raise ClipError(msg)
        made = FakeRecording(start, end)
        self.change(made)
        self.made.append(made)
        return made


def spoilt(**changes: object) -> FakeCutter:
    """A cutter whose recordings have these attributes."""

    def change(recording: FakeRecording) -> None:
        for name, value in changes.items():
            setattr(recording, name, value)

    return FakeCutter(change)


@dataclass
class SinkList:
    """Takes packs; refuses with `error` while one is set."""

    packs: list[Pack] = field(default_factory=list)
    error: StoreError | None = None

    def send_pack(self, pack: Pack) -> None:
        if self.error is not None:
            raise self.error
        self.packs.append(pack)


@dataclass
class Rig:
    """One worker's evidence; `restart` is a new process on the same disk and store."""

    folder: Path
    store: EvidenceStore
    max_bytes: int = 1 << 30
    is_inline: bool = True
    clips: FakeCutter = field(default_factory=FakeCutter)
    sink: SinkList = field(default_factory=SinkList)
    clock: ManualClock = field(default_factory=lambda: ManualClock(T0))
    picture_at: PictureAt | None = None
    shelf: Shelf | None = None
    masks: tuple[Corners, ...] = ()

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        if self.shelf is not None:
            self.shelf.close()  # as the end of a process does
        parts = self.parts()
        self.shelf = parts.shelf
        self.keeper = EvidenceKeeper(
            parts, self.clips, EvidenceSection(), is_inline=self.is_inline
        )

    def parts(self) -> MakerParts:
        return MakerParts(
            shelf=Shelf(self.folder, self.max_bytes, reserve_bytes=0),
            store=self.store,
            sink=self.sink,
            scene_of=lambda _violation: Scene(
                "南湖路 3 号杆", "人行道违停", ZONE, masks=self.masks
            ),
            clock=self.clock,
            made_by="nonsite test",
            picture_at=self.picture_at,
        )

    def look(
        self,
        seconds: float,
        *said: Violation,
        box: Box | None = BOX,
        faults: frozenset[FeedFault] = frozenset(),
    ) -> None:
        boxes = () if box is None else (box,)
        seen = replace(look(seconds, *boxes), faults=faults)
        self.keeper.keep(seen, lambda: jpeg(round(seconds * 3)), said)

    def candidate(self, until_s: float = 58.0, step_s: float = 2.0) -> None:
        """A car stands: candidate at its second look, seen again every `step_s`."""
        self.look(step_s, violation(Life.CANDIDATE, step_s))
        seconds = 2 * step_s
        while seconds <= until_s:
            self.look(seconds)
            seconds += step_s

    def alert(self, opens_s: float = 60.0, until_s: float = 82.0) -> None:
        """The same, opening at `opens_s` and seen until `until_s`."""
        self.candidate(opens_s - 2.0)
        self.look(opens_s, violation(Life.OPEN, opens_s))
        seconds = opens_s + 2.0
        while seconds <= until_s:
            self.look(seconds)
            seconds += 2.0

    def kept(self) -> set[str]:
        """Every file of the cameras' folders on the shelf, by name."""
        return {
            path.name for path in self.folder.glob("camera-*/**/*") if path.is_file()
        }

    def only_sealed(self) -> Pack:
        """The one own pack that was sealed; fails when there are more or none."""
        sealed = [
            pack
            for pack in self.sink.packs
            if pack.state is not PackState.PENDING and pack.rechecks is None
        ]
        assert len(sealed) == 1
        return sealed[0]

    def verifies(self, pack: Pack) -> bool:
        """Whether every file is in the store with the digests the pack names."""
        return all(
            digest(self.bytes_of(pack, file.name)) == file.stored for file in pack.files
        )

    def bytes_of(self, pack: Pack, name: str) -> bytes:
        file = next(file for file in pack.files if file.name == name)
        return b"".join(self.store.open_range(file.stored.key))


@dataclass
class CrashingStore:
    """Dies (as a killed process does) at the n-th step that would change the store.

    `after` dies just after the step instead of just before it.
    """

    inner: EvidenceStore
    dies_at: int
    after: bool = False
    steps: int = 0

    def _step(self) -> Iterator[None]:
        self.steps += 1
        if self.steps == self.dies_at and not self.after:
            raise KilledError
        yield
        if self.steps == self.dies_at and self.after:
            raise KilledError

    def put(self, chunks: object) -> object:
        for _ in self._step():
            stored = self.inner.put(chunks)  # type: ignore[arg-type]
        return stored

    def put_manifest(self, pack: UUID, body: bytes) -> None:
        for _ in self._step():
            self.inner.put_manifest(pack, body)

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


class KilledError(BaseException):
    """Not an Exception: nothing catches it, as nothing catches SIGKILL."""


def opened(seconds: float, said: Violation) -> Violation:
    """A later revision of an opened violation."""
    return replace(said, at=at(seconds), revision=said.revision + 1)
