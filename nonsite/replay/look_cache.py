"""Looks remembered between replays, so that a change of rules replays in seconds.

Key: the recording, the stretch of it, the camera without its rules, the networks and
the code that looks. A run is remembered with what its rules asked for after each look;
it stands in for the detector only while the rules ask for the same, since what is asked
decides which picture is looked at next. Held in the cache folder, signatures of
standing things included: the folder is as private as the footage it was made from.
"""

import gzip
import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import structlog
from pydantic import ConfigDict, TypeAdapter, ValidationError

import detector
import streams
from detector.look import Look
from sites.schema import CameraScene
from streams.look_plan import LookRequest
from streams.stretch import Stretch
from streams.whole_file import whole_file

FORMAT = 1
CODE_FOLDERS = (Path(detector.__file__).parent, Path(streams.__file__).parent)
"""Whose source decides what a look says."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Step:
    """One look, and what the rules asked for after it."""

    look: Look
    asked: LookRequest


@dataclass(frozen=True, slots=True)
class Recorded:
    """A run of the detector over one recording.

    Attributes:
        resting: What the rules asked for before the first look.
        steps: Every look, in order.
        decoded: Pictures that were decoded for them.
    """

    resting: LookRequest
    steps: tuple[Step, ...]
    decoded: int


# of a list: an adapter of a dataclass alone takes no configuration
_RECORDED = TypeAdapter(
    list[Recorded], config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
)


@dataclass(frozen=True, slots=True)
class LookKey:
    """What a run of the detector depends on, beside its code.

    Attributes:
        clip_sha256: The recording.
        stretch: What was played of it.
        scene: The camera; its rules do not count.
        networks: Fingerprints of the networks.
        resting: What the rules asked for before the first look.
        start: Media time of the first picture: looks bear their times.
    """

    clip_sha256: str
    stretch: Stretch
    scene: CameraScene
    networks: tuple[str, ...]
    resting: LookRequest
    start: datetime

    def digest(self) -> str:
        """A name for the run's file."""
        scene = self.scene.model_dump(mode="json", exclude={"rules", "title", "area"})
        for view in scene["views"].values():
            for zone in view["zones"].values():
                zone.pop("rules", None)
        parts = [
            FORMAT,
            _code(),
            self.clip_sha256,
            [self.stretch.from_s, self.stretch.to_s],
            scene,
            self.networks,
            [self.resting.max_gap_s, self.resting.every_frame],
            self.start.isoformat(),
        ]
        text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@cache
def _code() -> str:
    """Digest of the source that turns a recording into looks."""
    digest = hashlib.sha256()
    for folder in CODE_FOLDERS:
        for source in sorted(folder.glob("*.py")):
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


class LookCache:
    """Runs by key in one folder; damaged files are as good as none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, key: LookKey) -> Recorded | None:
        """The run remembered under `key`."""
        path = self._path(key)
        try:
            (found,) = _RECORDED.validate_json(gzip.decompress(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, EOFError, zlib.error, ValidationError) as error:
            _log.warning(
                "looks.unreadable", file=path.name, reason=type(error).__name__
            )
            return None
        return found

    def save(self, key: LookKey, recorded: Recorded) -> None:
        """Remember a run.

        Raises:
            OSError: The folder cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        raw = _RECORDED.dump_json([recorded])
        packed = gzip.compress(raw, compresslevel=3, mtime=0)
        with whole_file(self._path(key)) as draft:
            draft.write_bytes(packed)

    def _path(self, key: LookKey) -> Path:
        return self._folder / f"looks-{key.digest()}.json.gz"
