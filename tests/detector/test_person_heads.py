"""Persons among detections get a head, other things get none."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from base.ids import CameraId, ViewName
from detector.detections import Detections
from detector.heads import HeadClassifier
from detector.look import HeadState
from detector.looker import Looker, LookerSettings
from detector.network import Network
from detector.person_heads import PersonHeads
from streams.frame import Frame
from tests.detector.tiny_head import head_onnx, one_head, states, write_head

CLASSES = ("car", "person", "helmet")
FOUND = Detections(
    np.array(
        [
            [300, 200, 420, 280],
            [100, 100, 180, 340],
            [126, 101, 152, 137],
            [400, 100, 480, 340],
        ],
        np.float32,
    ),
    np.array([0.9, 0.8, 0.7, 0.6], np.float32),
    np.array([0, 1, 2, 1], np.int32),
)


@pytest.fixture
def blind(tmp_path: Path) -> HeadClassifier:
    """Finds no head by itself, calls every head a helmet."""
    nowhere = one_head(0.5, 0.28, 0.25, chance=0.1)
    return HeadClassifier(
        write_head(tmp_path, head_onnx(states(helmet=0.95, bare=0.05), nowhere))
    )


def test_heads_stand_beside_their_persons(blind: HeadClassifier) -> None:
    """The detector's helmet is the hint for the person under it, and for no other."""
    image = np.zeros((480, 640, 3), np.uint8)

    heads = PersonHeads(blind, CLASSES).of(image, FOUND, np.arange(4))

    assert [None if head is None else head.state for head in heads] == [
        None,
        HeadState.HELMET,
        None,
        HeadState.UNKNOWN,
    ]


def test_a_detector_without_head_classes_gives_no_hint(blind: HeadClassifier) -> None:
    """Then the search alone decides, here that there is nothing to tell."""
    image = np.zeros((480, 640, 3), np.uint8)
    classes = ("car", "person", "umbrella")

    heads = PersonHeads(blind, classes).of(image, FOUND, np.array([1, 0]))

    assert heads[1] is None
    assert heads[0] is not None
    assert heads[0].state is HeadState.UNKNOWN


def test_a_looker_asks_about_persons_only(
    shipped: Network, street: NDArray[np.uint8], blind: HeadClassifier
) -> None:
    """With a head classifier every person of a look has a head, without one none."""
    settings = LookerSettings(CameraId("campus"), ViewName("home"))
    at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    frame = Frame(CameraId("campus"), at, street, is_keyframe=True)

    asked = Looker(settings, shipped, blind).look(frame).tracks
    silent = Looker(settings, shipped).look(frame).tracks

    assert any(track.label == "person" for track in asked)
    assert all((t.head is not None) == (t.label == "person") for t in asked)
    assert [replace(track, head=None) for track in asked] == list(silent)


def test_nobody_asked_is_nothing(blind: HeadClassifier) -> None:
    """No rows, or no persons among them, cost nothing and give nothing."""
    image = np.zeros((480, 640, 3), np.uint8)
    asking = PersonHeads(blind, CLASSES)

    assert asking.of(image, FOUND, np.zeros(0, np.intp)) == []
    assert asking.of(image, FOUND, np.array([0, 2])) == [None, None]
