"""The shipped networks on real clips: what is said of people's heads."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detector.heads import HeadClassifier
from detector.look import Head, HeadState
from detector.network import Network
from models.catalogue import find

pytestmark = pytest.mark.shared
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def classifier() -> HeadClassifier:
    """The embedded head network."""
    return HeadClassifier(find("nonsite_head")[1])


def _pictures(path: Path, every: int) -> list[Picture]:
    video = cv2.VideoCapture(str(path))
    pictures = []
    while True:
        is_read, picture = video.read()
        if not is_read:
            break
        pictures.append(np.asarray(picture, np.uint8))
    video.release()
    return pictures[::every]


def _heads(
    network: Network, classifier: HeadClassifier, pictures: list[Picture]
) -> list[Head]:
    person = network.classes.index("person")
    heads: list[Head] = []
    for picture in pictures:
        found = network.detect([picture])[0]
        persons = found.boxes_px[found.class_ids == person]
        heads += classifier.classify(picture, persons)
    return heads


def test_the_worker_with_a_hard_hat_is_never_bareheaded(
    shipped: Network, classifier: HeadClassifier, footage: Path
) -> None:
    """In the clip of a worker with hard hat every claim is "helmet"."""
    clip = footage / "intel_worker-zone-detection.gif"
    heads = _heads(shipped, classifier, _pictures(clip, every=5))

    claimed = [head for head in heads if head.state is not HeadState.UNKNOWN]
    assert len(claimed) >= 10
    assert {head.state for head in claimed} == {HeadState.HELMET}


@pytest.mark.parametrize("clip", ["mn5_tooley_st", "mn7_piccadilly_circus_night"])
def test_nothing_is_claimed_of_heads_too_small(
    shipped: Network, classifier: HeadClassifier, footage: Path, clip: str
) -> None:
    """On pole cameras of 352x288 no head under 16 px gets a claim."""
    pictures = _pictures(footage / f"jamcam_{clip}.mp4", every=25)
    heads = _heads(shipped, classifier, pictures)

    claimed = [head for head in heads if head.state is not HeadState.UNKNOWN]
    assert len(heads) >= 20
    assert all(head.height_px >= 16 for head in claimed)
