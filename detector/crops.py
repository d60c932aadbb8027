"""Where to look: the few crops that show a camera's zones at useful scale.

In go the picture's size, the zones and the network's input; out comes a plan: crops,
what they cost, the smallest person they show, and what stays unseen. A street seen by
a pole camera shrinks people to a dozen pixels when the whole frame is fed to a small
network; a crop around the zones does not. Zones are never left out to save crops:
when too few are allowed they grow, and the plan says what that costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from detector.coverage import (
    Crop,
    ZoneArea,
    ZoneRaster,
    areas_outside,
    draw_zones,
    share_covered,
)
from detector.look import UnseenArea

SMALLEST_INPUT_PX = 20.0
"""Height in the network's input from which people are found: recall of the embedded
detector on the campus sample is 0.33 at 12-16 px, 0.64 at 16-20, 0.86 at 20-24."""

MOST_ENLARGED = 1.5
"""Enlarging finds smaller people, but takes the surroundings away by which a network
knows a thing: at 2 standing vehicles of a pole camera fall from 1.00 to 0.93 of looks,
at 1.5 they do not, and on another clip rise from 0.82 to 0.97."""

DEFAULT_MOST = 4
"""Crops a look when the site file does not say."""

LEAST_PROPORTION = 0.6
"""The short side of a grown crop over the network's own: a 16:9 picture has 0.56. What
a network that trims its grey is not shown costs nothing: a look at 416 x 256 takes 0.62
of one at 416 x 416."""

GROWTH = 1.1
"""Step by which crops grow until few enough cover the zones."""


@dataclass(frozen=True, slots=True)
class CropLimits:
    """What bounds a plan.

    Attributes:
        input_px: Width and height of the network's input.
        smallest_person_px: Height in the picture at which people must be found.
        most: Crops a look at most.
    """

    input_px: tuple[int, int]
    smallest_person_px: int = 40
    most: int = DEFAULT_MOST


@dataclass(frozen=True, slots=True)
class CropPlan:
    """How pictures of one size are looked at.

    Attributes:
        size_px: Width and height of the picture.
        crops: What is fed to the network; its length is what a look costs.
        smallest_person_px: Height in the picture of the smallest person found in
            every crop.
        zones_covered: Share of the zones' area inside the crops, 0…1.
        unseen: What lies outside all crops.
    """

    size_px: tuple[int, int]
    crops: tuple[Crop, ...]
    smallest_person_px: float
    zones_covered: float
    unseen: tuple[UnseenArea, ...] = ()


def plan_crops(
    size_px: tuple[int, int], zones: Sequence[ZoneArea], limits: CropLimits
) -> CropPlan:
    """Cover the zones with as few crops as show people large enough.

    Args:
        size_px: Width and height of the picture.
        zones: Places that matter; without any the whole frame is one crop.
        limits: Network input, smallest person, most crops.

    Raises:
        ValueError: The picture is empty.
    """
    if min(size_px) < 1:
        msg = f"a picture needs at least one pixel, found {size_px}"
        raise ValueError(msg)
    whole = Crop(0, 0, *size_px)
    crops: tuple[Crop, ...] = (whole,)
    raster = draw_zones(size_px, zones)
    if zones:
        crops = _few_enough(size_px, raster, limits)
    worst = max(map(_shrink, crops, [limits.input_px] * len(crops)))
    return CropPlan(
        size_px=size_px,
        crops=crops,
        smallest_person_px=round(SMALLEST_INPUT_PX * worst, 1),
        zones_covered=share_covered(size_px, raster, crops),
        unseen=areas_outside(size_px, crops),
    )


def _shrink(crop: Crop, input_px: tuple[int, int]) -> float:
    """Picture pixels per input pixel."""
    return max(crop.width / input_px[0], crop.height / input_px[1])


def _few_enough(
    size_px: tuple[int, int], raster: ZoneRaster, limits: CropLimits
) -> tuple[Crop, ...]:
    shrink = limits.smallest_person_px / SMALLEST_INPUT_PX
    while True:
        largest = (
            max(1, int(limits.input_px[0] * shrink)),
            max(1, int(limits.input_px[1] * shrink)),
        )
        tiles = _tiles(size_px, raster, largest, limits)
        crops = _merged(tiles, largest)
        if len(crops) <= limits.most:
            grown = {_grown(crop, size_px, limits.input_px) for crop in crops}
            return tuple(sorted(_without_nested(grown), key=_place))
        shrink *= GROWTH


def _tiles(
    size_px: tuple[int, int],
    raster: ZoneRaster,
    largest: tuple[int, int],
    limits: CropLimits,
) -> list[Crop]:
    """Crops of at most `largest` over each zone with room around it."""
    found: list[Crop] = []
    for cells in raster.zones:
        around = _with_room(raster.bounds(cells), size_px, limits.smallest_person_px)
        overlap = 2 * limits.smallest_person_px
        columns = _spans(around.x, around.width, largest[0], overlap)
        rows = _spans(around.y, around.height, largest[1], overlap)
        found += [
            tile
            for y, height in rows
            for x, width in columns
            if raster.touches(cells, tile := Crop(x, y, width, height))
        ]
    return found


def _with_room(zone: Crop, size_px: tuple[int, int], person_px: int) -> Crop:
    """The zone and the bodies of what stands in it: they rise above their feet."""
    side = max(2 * person_px, zone.width // 8)
    above = max(3 * person_px, zone.height // 4)
    x, y = max(0, zone.x - side), max(0, zone.y - above)
    right = min(size_px[0], zone.right + side)
    bottom = min(size_px[1], zone.bottom + person_px)
    return Crop(x, y, right - x, bottom - y)


def _spans(
    start: int, length: int, largest: int, overlap: int
) -> list[tuple[int, int]]:
    """Evenly spread (start, length) pieces that overlap by at least `overlap`."""
    if length <= largest:
        return [(start, length)]
    step = max(largest - overlap, largest // 2, 1)
    count = ceil((length - largest) / step) + 1
    last = length - largest
    return [(start + round(last * n / (count - 1)), largest) for n in range(count)]


def _merged(crops: list[Crop], largest: tuple[int, int]) -> list[Crop]:
    """Join pairs while the joint crop is not larger than allowed: fewer looks."""
    left = list(dict.fromkeys(crops))
    while True:
        joint = [
            (one.with_crop(two), one, two)
            for n, one in enumerate(left)
            for two in left[n + 1 :]
        ]
        fitting = [
            (union.width * union.height, _place(union), union, one, two)
            for union, one, two in joint
            if union.width <= largest[0] and union.height <= largest[1]
        ]
        if not fitting:
            return left
        *_, union, one, two = min(fitting, key=lambda pair: pair[:2])
        left = [crop for crop in left if crop not in (one, two)]
        left.append(union)


def _grown(crop: Crop, size_px: tuple[int, int], input_px: tuple[int, int]) -> Crop:
    """The crop with surroundings, by which a network knows a thing."""
    shrink = max(_shrink(crop, input_px), 1 / MOST_ENLARGED)
    across, down = input_px[0] * shrink, input_px[1] * shrink
    if crop.width / across >= crop.height / down:
        down *= LEAST_PROPORTION
    else:
        across *= LEAST_PROPORTION
    width = min(size_px[0], max(crop.width, int(across)))
    height = min(size_px[1], max(crop.height, int(down)))
    x = min(max(0, crop.x - (width - crop.width) // 2), size_px[0] - width)
    y = min(max(0, crop.y - (height - crop.height) // 2), size_px[1] - height)
    return Crop(x, y, width, height)


def _without_nested(crops: set[Crop]) -> list[Crop]:
    return [
        crop
        for crop in crops
        if not any(other != crop and other.with_crop(crop) == other for other in crops)
    ]


def _place(crop: Crop) -> tuple[int, int, int, int]:
    return crop.y, crop.x, crop.height, crop.width
