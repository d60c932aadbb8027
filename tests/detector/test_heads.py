"""The head classifier says helmet, hat, bare or "cannot tell", or refuses the file."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from detector.head_evidence import FoundHeads
from detector.heads import HeadClassifier, peaks_of, softmax
from detector.look import Head, HeadState
from models.catalogue import DEFAULT_DETECTOR, find
from models.errors import ModelError
from tests.detector.tiny_head import STATES, head_onnx, one_head, states, write_head

TOP_MIDDLE = one_head(x=0.5, y=0.28, size=0.25)
"""Where a standing person's head lies in the square searched."""

SURE_HELMET = states(helmet=0.97, bare=0.03)
PERSON = np.array([[100, 100, 180, 340]], np.float32)
HEAD_PX = 1.3 * 0.25 * 0.55 * 240
"""The find is as wide as tall, as that of a hat is."""


@pytest.fixture(scope="module")
def shipped() -> HeadClassifier:
    """The embedded head network."""
    return HeadClassifier(find("nonsite_head")[1])


@pytest.fixture
def picture() -> NDArray[np.uint8]:
    noise = np.random.default_rng(5).integers(0, 255, (480, 640, 3))
    return noise.astype(np.uint8)


def _tiny(
    folder: Path,
    logits: NDArray[np.float32] = SURE_HELMET,
    found: NDArray[np.float32] = TOP_MIDDLE,
    **changes: object,
) -> HeadClassifier:
    return HeadClassifier(write_head(folder, head_onnx(logits, found), **changes))


@pytest.mark.parametrize(
    ("shares", "state", "score"),
    [
        pytest.param({"helmet": 0.9, "bare": 0.1}, HeadState.HELMET, 0.9, id="helmet"),
        pytest.param(
            {"bare": 0.8, "other": 0.15, "unknown": 0.05},
            HeadState.BARE,
            0.95,
            id="bare",
        ),
        pytest.param(
            {"other": 0.8, "bare": 0.15, "unknown": 0.05},
            HeadState.OTHER,
            0.95,
            id="a cap",
        ),
        pytest.param(
            {"other": 0.4, "bare": 0.39, "helmet": 0.21},
            HeadState.OTHER,
            0.79,
            id="no helmet for sure, hat or hair unsure",
        ),
        pytest.param(
            {"helmet": 0.6, "bare": 0.4}, HeadState.UNKNOWN, 0.4, id="not sure enough"
        ),
        pytest.param(
            {"unknown": 0.9, "helmet": 0.1}, HeadState.UNKNOWN, 0.9, id="turned away"
        ),
    ],
)
def test_a_claim_needs_its_probability(
    tmp_path: Path,
    picture: NDArray[np.uint8],
    shares: dict[str, float],
    state: HeadState,
    score: float,
) -> None:
    """The score is that of helmet or of no helmet; under 0.7 nothing is claimed."""
    head = _tiny(tmp_path, states(**shares)).classify(picture, PERSON)[0]

    assert head.state is state
    assert head.score == pytest.approx(score, abs=1e-3)
    assert head.height_px == pytest.approx(HEAD_PX, rel=0.02)


def test_the_temperature_divides_the_logits(
    tmp_path: Path, picture: NDArray[np.uint8]
) -> None:
    """At temperature 2 the odds are the root of what they were."""
    logits = states(helmet=0.9, bare=0.1)

    head = _tiny(tmp_path, logits, temperature=2.0).classify(picture, PERSON)[0]

    assert head.score == pytest.approx(3 / 4, abs=5e-3)


def test_small_heads_are_never_claimed(
    tmp_path: Path, picture: NDArray[np.uint8]
) -> None:
    """Under 16 px of head nothing is said, however sure the network is."""
    person = np.array([[100, 100, 130, 184]], np.float32)

    head = _tiny(tmp_path).classify(picture, person)[0]

    assert 0 < head.height_px < 16
    assert head.state is HeadState.UNKNOWN


def test_without_a_head_nothing_is_said(
    tmp_path: Path, picture: NDArray[np.uint8]
) -> None:
    """A person whose head is not found is unknown, with height 0."""
    nowhere = one_head(0.5, 0.28, 0.25, chance=0.1)

    said = _tiny(tmp_path, found=nowhere).classify(picture, PERSON)

    assert said == [Head(HeadState.UNKNOWN, 0.0, 0.0)]


def test_a_detectors_head_box_helps_where_the_search_fails(
    tmp_path: Path, picture: NDArray[np.uint8]
) -> None:
    """The hint is classified like a head found by the search."""
    nowhere = one_head(0.5, 0.28, 0.25, chance=0.1)
    hint = FoundHeads(
        np.array([[126, 101, 152, 137]], np.float32), np.array([0.8], np.float32)
    )

    said = _tiny(tmp_path, found=nowhere).classify(picture, PERSON, hints=hint)[0]

    assert said.state is HeadState.HELMET
    assert said.height_px == pytest.approx(36)


def test_a_neighbours_helmet_is_not_lent(
    tmp_path: Path, picture: NDArray[np.uint8]
) -> None:
    """A head in two persons' boxes is the neighbour's also when only one is asked."""
    nowhere = one_head(0.5, 0.28, 0.25, chance=0.1)
    asked = np.array([[100, 106, 180, 346]], np.float32)
    neighbour = np.array([[130, 100, 210, 340]], np.float32)
    helmet = FoundHeads(
        np.array([[150, 101, 182, 137]], np.float32), np.array([0.9], np.float32)
    )
    classifier = _tiny(tmp_path, found=nowhere)

    alone = classifier.classify(picture, asked, hints=helmet)[0]
    together = classifier.classify(
        picture, asked, everyone=np.concatenate([asked, neighbour]), hints=helmet
    )[0]

    assert alone.state is HeadState.HELMET
    assert together.state is HeadState.UNKNOWN


@pytest.mark.parametrize(
    "person",
    [
        pytest.param((700, 100, 760, 300), id="right of the picture"),
        pytest.param((100, -300, 160, -20), id="above the picture"),
        pytest.param((100, 100, 100, 300), id="no width"),
        pytest.param((100, 100, 100.4, 100.4), id="less than a pixel"),
    ],
)
def test_boxes_that_show_nothing_are_unknown(
    tmp_path: Path,
    picture: NDArray[np.uint8],
    person: tuple[float, float, float, float],
) -> None:
    """A box outside the picture or without area is answered, not refused."""
    said = _tiny(tmp_path).classify(picture, np.array([person], np.float32))

    assert said == [Head(HeadState.UNKNOWN, 0.0, 0.0)]


def test_nobody_is_nothing(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    """No person gives no head, also when others are there."""
    nobody = np.zeros((0, 4), np.float32)
    classifier = _tiny(tmp_path)

    assert classifier.classify(picture, nobody) == []
    assert classifier.classify(picture, nobody, everyone=PERSON) == []


@pytest.mark.parametrize(
    ("image", "persons"),
    [
        pytest.param(np.zeros((0, 9, 3), np.uint8), PERSON, id="empty picture"),
        pytest.param(np.zeros((9, 9), np.uint8), PERSON, id="grey picture"),
        pytest.param(np.zeros((9, 9, 3), np.float32), PERSON, id="not bytes"),
        pytest.param(np.zeros((9, 9, 3), np.uint8), PERSON[:, :3], id="three edges"),
        pytest.param(np.zeros((9, 9, 3), np.uint8), PERSON * np.nan, id="no numbers"),
    ],
)
def test_junk_is_refused(
    tmp_path: Path, image: NDArray[np.uint8], persons: NDArray[np.float32]
) -> None:
    """What is no picture or no box is an error of the caller."""
    classifier = _tiny(tmp_path)

    with pytest.raises(ValueError, match=r"picture|boxes"):
        classifier.classify(image, persons)


NANS = np.full(4, np.nan, np.float32)


@pytest.mark.parametrize(
    ("weights", "changes", "message"),
    [
        pytest.param(b"", {}, "no network", id="empty file"),
        pytest.param(
            head_onnx(SURE_HELMET, TOP_MIDDLE)[:200], {}, "no network", id="truncated"
        ),
        pytest.param(
            head_onnx(SURE_HELMET, TOP_MIDDLE),
            {"sha256": "0" * 64},
            "sha256",
            id="hash",
        ),
        pytest.param(head_onnx(NANS, TOP_MIDDLE), {}, "no numbers", id="NaN states"),
        pytest.param(
            head_onnx(SURE_HELMET, TOP_MIDDLE * np.float32("nan")),
            {},
            "no numbers",
            id="NaN map",
        ),
        pytest.param(
            head_onnx(SURE_HELMET[:3], TOP_MIDDLE), {}, "gives 3 states", id="states"
        ),
        pytest.param(
            head_onnx(SURE_HELMET, TOP_MIDDLE[:4]), {}, "gives a map", id="map"
        ),
        pytest.param(
            head_onnx(SURE_HELMET, TOP_MIDDLE),
            {"task": "detect"},
            "no head network",
            id="a detector's manifest",
        ),
        pytest.param(
            head_onnx(SURE_HELMET, TOP_MIDDLE),
            {"classes": STATES[:3]},
            "classes",
            id="a missing class",
        ),
        pytest.param(
            head_onnx(SURE_HELMET, TOP_MIDDLE),
            {"input": {"width": 96, "height": 64, "colour": "bgr", "scale": 1.0}},
            "square",
            id="not square",
        ),
    ],
)
def test_unusable_files_are_named(
    tmp_path: Path, weights: bytes, changes: dict[str, object], message: str
) -> None:
    """The error names the file and what is wrong with it."""
    if "classes" in changes:
        changes = {"classes": list(STATES[:3])}
    path = write_head(tmp_path, weights, **changes)

    with pytest.raises(ModelError, match=message) as caught:
        HeadClassifier(path)

    assert "tiny_head" in str(caught.value)


def test_a_detector_is_no_head_network() -> None:
    """The embedded detector's manifest is refused."""
    with pytest.raises(ModelError, match="no head network"):
        HeadClassifier(find(DEFAULT_DETECTOR)[1])


def test_peaks_are_read_from_the_map() -> None:
    """Place and size come out as they went in, weak cells do not."""
    found = one_head(x=0.4, y=0.6, size=0.25)

    peaks = peaks_of(found, 0.3)

    expected = [96 * (0.4 - 0.125), 96 * (0.6 - 0.125), 96 * 0.525, 96 * 0.725]
    assert peaks.boxes_px == pytest.approx(np.array([expected]), abs=1e-3)
    assert peaks.scores == pytest.approx([0.9])
    assert len(peaks_of(found, 0.95).scores) == 0


def test_probabilities_sum_to_one() -> None:
    """Also where a logit is huge."""
    chances = softmax(np.array([[1000.0, 0.0, -1000.0], [1.0, 1.0, 1.0]]))

    assert chances.sum(axis=1) == pytest.approx([1, 1])
    assert chances[1] == pytest.approx([1 / 3] * 3)


def test_the_shipped_network_is_small(shipped: HeadClassifier) -> None:
    """It has at most 2 MB and tells four states."""
    manifest, path = find("nonsite_head")

    assert (path.parent / manifest.file).stat().st_size <= 2_000_000
    assert set(shipped.classes) == set(HeadState)


def test_the_shipped_network_repeats_itself(
    shipped: HeadClassifier, picture: NDArray[np.uint8]
) -> None:
    """The same picture gives the same heads, bit for bit, from another instance too."""
    persons = np.array(
        [[100, 100, 180, 340], [150, 90, 260, 400], [300, 10, 420, 470]], np.float32
    )

    first = shipped.classify(picture, persons)
    again = HeadClassifier(find("nonsite_head")[1]).classify(picture, persons)

    assert first == shipped.classify(picture, persons) == again


def _with_views(folder: Path, *views: float) -> HeadClassifier:
    """The shipped network, judging by other squares."""
    manifest, path = find("nonsite_head")
    assert manifest.head is not None
    changed = manifest.head.model_copy(update={"views": views})
    keys = manifest.model_copy(
        update={"head": changed, "file": str(path.parent / manifest.file)}
    )
    mine = folder / "views.yaml"
    mine.write_text(yaml.safe_dump(keys.model_dump(mode="json")), encoding="utf-8")
    return HeadClassifier(mine)


def test_every_view_has_its_say(tmp_path: Path) -> None:
    """Two views are the mean of each alone, every other one shown mirrored.

    The square has even sides and the head an even place: mirrored, not a pixel moves.
    """
    rng = np.random.default_rng(8)
    small = rng.integers(0, 255, (55, 55, 3)).astype(np.uint8)
    image = np.repeat(np.repeat(small, 20, axis=0), 20, axis=1)
    mirrored = np.ascontiguousarray(image[:, ::-1])
    head = np.array([[450, 450, 650, 650]], np.float32)

    wide = _with_views(tmp_path, 1.0).probabilities(image, head)
    narrow = _with_views(tmp_path, 0.5).probabilities(mirrored, head)
    both = _with_views(tmp_path, 1.0, 0.5).probabilities(image, head)

    joined = np.sqrt(wide * narrow)
    assert not np.allclose(wide, narrow, atol=0.01)
    assert both == pytest.approx(joined / joined.sum(), abs=1e-4)


@pytest.mark.parametrize("views", [(), (0.1,), (3.0,), (1.0,) * 7])
def test_views_no_head_can_be_judged_in_are_refused(
    tmp_path: Path, views: tuple[float, ...]
) -> None:
    """None at all, too narrow, too wide or too many."""
    with pytest.raises(ModelError, match="views"):
        _with_views(tmp_path, *views)


def test_the_shipped_network_claims_nothing_of_noise(
    shipped: HeadClassifier, picture: NDArray[np.uint8]
) -> None:
    """Person boxes laid on noise, sky or night give no claim."""
    persons = np.array([[100, 100, 180, 340], [300, 10, 420, 470]], np.float32)
    night = np.full_like(picture, 4)
    sky = np.full_like(picture, 225)

    said = [
        head.state
        for image in (picture, night, sky)
        for head in shipped.classify(image, persons)
    ]

    assert set(said) == {HeadState.UNKNOWN}
