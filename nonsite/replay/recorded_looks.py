"""Looks kept without their pictures: what a box-only case is replayed from.

In: looks of one recording. Out: a file of boxes, classes and scores, and back. How a
thing looked (its signature) is left out: it never leaves the slot it was made for, so
a file of looks shows nobody and may be kept for good.
"""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from base.errors import ConfigError
from base.ids import CameraId
from detector.look import Look
from streams.whole_file import whole_file

ENDING = ".looks.json.gz"
MOST_BYTES = 64_000_000
"""A file that unpacks to more is broken or hostile: half a minute has 200 kB."""

_LOOKS = TypeAdapter(
    list[Look], config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
)


def without_portraits(look: Look, camera: CameraId) -> Look:
    """The look as seen by `camera`, with no signature in it."""
    return replace(
        look,
        camera=camera,
        tracks=tuple(replace(track, signature=None) for track in look.tracks),
        regions=tuple(replace(region, signature=None) for region in look.regions),
    )


def write_looks(looks: Sequence[Look], camera: CameraId, path: Path) -> None:
    """Write looks; equal looks give equal bytes.

    Raises:
        OSError: The file cannot be written.
    """
    raw = _LOOKS.dump_json([without_portraits(look, camera) for look in looks])
    packed = gzip.compress(raw, compresslevel=6, mtime=0)
    with whole_file(path) as draft:
        draft.write_bytes(packed)


def read_looks(path: Path) -> tuple[Look, ...]:
    """Looks as `write_looks` wrote them.

    Raises:
        ConfigError: The file is missing, damaged, no such file, or holds what it must
            not: a signature, no look at all, times that do not grow.
    """
    try:
        unpacker = zlib.decompressobj(wbits=31)
        raw = unpacker.decompress(path.read_bytes(), MOST_BYTES)
        if not unpacker.eof:
            raise ConfigError((f"{path.name} is cut short, or far too large",))
        looks = tuple(_LOOKS.validate_json(raw))
    except OSError as error:
        raise ConfigError((f"{path.name}: {error.strerror or error}",)) from error
    except zlib.error as error:
        raise ConfigError((f"{path.name} holds no looks",)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        told = f"{path.name} holds no looks: {where} {first['msg']}"
        raise ConfigError((told,)) from error
    if not looks:
        raise ConfigError((f"{path.name} holds no look",))
    if any(later.at <= earlier.at for earlier, later in pairwise(looks)):
        raise ConfigError((f"{path.name}: the times of its looks do not grow",))
    if any(without_portraits(look, look.camera) != look for look in looks):
        raise ConfigError((f"{path.name} holds how things looked: that is not kept",))
    return looks
