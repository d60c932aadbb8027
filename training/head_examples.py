"""Persons and heads of labelled photographs, brought together for the head classifier.

In: folders of labelled pictures. Out: `HeadPicture`s: one picture, its persons, its
heads and for each person which head is its own. The association is the one used at run
time (`detector.head_region`), so a label never reaches a person the product would not
give that head to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from detector.detections import BoxesXYXY
from detector.head_region import assign_heads
from detector.look import PERSON, HeadState
from streams.frame import ImageBGR
from training.head_config import HeadSource
from training.labels import read_folder
from training.material import Material

STATES = (HeadState.HELMET, HeadState.OTHER, HeadState.BARE, HeadState.UNKNOWN)
"""The classes of the network, in output order."""


class Worn(StrEnum):
    """What a label says of a head; sets of other people do not tell hats from hair."""

    HELMET = "helmet"
    OTHER = "other"
    BARE = "bare"
    NO_HELMET = "no_helmet"


@dataclass(frozen=True, slots=True, eq=False)
class HeadPicture:
    """A picture with its people.

    Attributes:
        name: Source and file, for reports.
        image: Shape (h, w, 3), BGR.
        persons: Shape (n, 4), pixels.
        heads: Shape (m, 4), pixels.
        worn: What each head wears.
        owned: For each person the row of its head, or None.
    """

    name: str
    image: ImageBGR
    persons: BoxesXYXY
    heads: BoxesXYXY
    worn: tuple[Worn, ...]
    owned: tuple[int | None, ...]


def read_pictures(source: HeadSource, material: Material) -> Iterator[HeadPicture]:
    """Read a source in name order.

    Raises:
        DatasetError: A folder is missing or a file in it is not what it should be.
    """
    worn = [Worn(name) if name in set(Worn) else None for name in source.classes]
    is_person = np.array([name == PERSON for name in source.classes])
    is_head = np.array([kind is not None for kind in worn])
    folders = material.path(source.images), material.path(source.labels)
    for item in read_folder(source.name, *folders, len(source.classes)):
        people = item.boxes[is_person[item.labels]]
        heads = item.boxes[is_head[item.labels]]
        kinds = [worn[label] for label in item.labels]
        owned = assign_heads(people, heads, np.ones(len(heads), np.float32))
        yield HeadPicture(
            name=item.name,
            image=item.image,
            persons=people,
            heads=heads,
            worn=tuple(kind for kind in kinds if kind is not None),
            owned=tuple(owned),
        )
