"""Floors of GA/T 832-2014 for the pictures of a pack: what they stay below.

It is a traffic standard: for a vehicle on the pavement it is the floor, for other
standing things it is used by analogy. A code that is about a moment has no two pictures
far apart; size holds for every code. The floor of 24-bit colour is not judged: stills
are encoded here, in 24 bits whatever the camera sent.
"""

import io
from collections.abc import Iterable
from datetime import timedelta

from PIL import Image

from alerts.errors import StillError
from alerts.evidence_facts import Floor
from alerts.pack import EvidenceFile, Role
from rules.catalogue import EvidenceClass

MIN_SIZE_PX = (1280, 720)
MIN_APART = timedelta(seconds=10)
STANDING = frozenset({EvidenceClass.STATE, EvidenceClass.STATIC})


def picture_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height of a JPEG; of its header alone.

    Raises:
        StillError: It is no JPEG.
    """
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            return opened.size
    except (OSError, SyntaxError, ValueError) as error:
        msg = f"the still is no JPEG: {error}"
        raise StillError(msg) from error


def floors_of(
    files: Iterable[EvidenceFile], needs: EvidenceClass | None
) -> tuple[Floor, ...]:
    """The floors that the panoramas among `files` stay below.

    Args:
        files: Of one pack.
        needs: The catalogue's evidence class of its code; None for an unknown code.
    """
    whole = [f for f in files if f.role is Role.PANORAMA and not f.is_drawn]
    times = sorted(file.captured_at for file in whole)
    below = []
    if needs in STANDING or needs is None:
        if len(times) < 2:
            below.append(Floor.TOO_FEW_PANORAMAS)
        elif times[-1] - times[0] < MIN_APART:
            below.append(Floor.PANORAMAS_TOO_CLOSE)
    elif not times:
        below.append(Floor.TOO_FEW_PANORAMAS)
    if any(_is_small(file.size_px) for file in whole):
        below.append(Floor.PICTURE_TOO_SMALL)
    return tuple(below)


def _is_small(size_px: tuple[int, int] | None) -> bool:
    return size_px is None or any(
        side < floor for side, floor in zip(size_px, MIN_SIZE_PX, strict=True)
    )
