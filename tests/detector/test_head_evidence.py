"""The detector's own head boxes are a second witness, heard by weight."""

from pathlib import Path

import numpy as np
import pytest

from detector.detections import Detections
from detector.head_evidence import FoundHeads, joint, log_odds, no_heads
from detector.heads import HeadClassifier
from detector.look import HeadState
from detector.person_heads import PersonHeads
from models.catalogue import find

STATES = (HeadState.HELMET, HeadState.OTHER, HeadState.BARE, HeadState.UNKNOWN)
HEAD = np.array([[100, 100, 130, 140]], np.float32)
HEADS = "nonsite_head"
CLASSES = ("person", "helmet", "bare_head")


def _told(*rows: tuple[float, float, bool]) -> FoundHeads:
    """Head boxes: left edge, score, whether a helmet."""
    lefts = np.array([row[0] for row in rows], np.float32)
    boxes = HEAD + np.stack([lefts, lefts * 0, lefts, lefts * 0], axis=1) - [100, 0] * 2
    return FoundHeads(
        boxes.astype(np.float32),
        np.array([row[1] for row in rows], np.float32),
        np.array([row[2] for row in rows], np.bool_),
    )


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        pytest.param(no_heads(), 0.0, id="nothing told"),
        pytest.param(_told((100, 0.75, True)), np.log(0.80 / 0.05), id="helmet"),
        pytest.param(_told((100, 0.75, False)), np.log(0.05 / 0.80), id="bare"),
        pytest.param(_told((160, 0.75, True)), 0.0, id="another's helmet"),
        pytest.param(_told((100, 0.45, True), (103, 0.45, False)), 0.0, id="undecided"),
        pytest.param(
            FoundHeads(HEAD, np.array([0.9], np.float32)), 0.0, id="heads only"
        ),
    ],
)
def test_odds_are_those_of_the_best_boxes_at_the_place(
    told: FoundHeads, wanted: float
) -> None:
    """A box elsewhere, or one that says only "head", tells nothing of this head."""
    assert log_odds(HEAD, told)[0] == pytest.approx(wanted, abs=1e-6)


def test_without_odds_nothing_changes() -> None:
    """A silent detector leaves the network's probabilities as they are."""
    row = np.array([[0.5, 0.2, 0.2, 0.1]])

    assert joint(row, STATES, np.zeros(1)) == pytest.approx(row)


@pytest.mark.parametrize(
    ("odds", "grows"), [(1.5, [HeadState.HELMET]), (-1.5, STATES[1:3])]
)
def test_what_the_detector_speaks_for_grows(
    odds: float, grows: list[HeadState]
) -> None:
    """Helmet, or both states without one; "cannot tell" shrinks either way."""
    row = np.array([[0.3, 0.2, 0.2, 0.3]])

    heard = joint(row, STATES, np.array([odds]))

    assert heard.sum() == pytest.approx(1)
    for number, state in enumerate(STATES):
        assert (heard[0, number] > row[0, number]) == (state in grows)


def test_hints_keep_the_detectors_word() -> None:
    """Persons are no hints; helmets and bare heads stay apart."""
    found = Detections(
        np.repeat(HEAD, 3, axis=0),
        np.array([0.9, 0.8, 0.7], np.float32),
        np.array([0, 2, 1], np.int32),
    )
    classifier = HeadClassifier(find(HEADS)[1])

    hints = PersonHeads(classifier, CLASSES).hints(found)

    assert hints.scores == pytest.approx([0.8, 0.7])
    assert hints.is_helmet is not None
    assert hints.is_helmet.tolist() == [False, True]


def test_weight_zero_hears_no_detector(tmp_path: Path) -> None:
    """A manifest without the weight judges by the head network alone."""
    manifest = find(HEADS)[1]
    text = manifest.read_text(encoding="utf-8").splitlines()
    mute = tmp_path / manifest.name
    kept = [line for line in text if "detector_weight" not in line]
    mute.write_text("\n".join(kept), encoding="utf-8")
    weights = manifest.with_suffix(".onnx")
    (tmp_path / weights.name).write_bytes(weights.read_bytes())
    picture = np.random.default_rng(4).integers(0, 255, (240, 240, 3)).astype(np.uint8)
    classifier, told = HeadClassifier(mute), _told((100, 0.99, True))

    assert classifier.judge(picture, HEAD, told) == classifier.judge(picture, HEAD)
