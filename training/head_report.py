"""The head classifier's figures, written for a model card and for a machine.

In: a head network, the detector whose persons it judges, judged sources and clips. Out:
``heads.json``, ``heads.md`` and ``heads_mistakes.png`` with the worst claims.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from detector.head_region import cut
from detector.heads import HeadClassifier
from detector.look import PERSON, HeadState
from detector.network import Network
from training.head_config import HeadSource
from training.head_evaluation import (
    HeadFigures,
    HeadOutcome,
    by_size,
    judged_at_labels,
    judged_by_detector,
    judged_by_head_boxes,
    judged_by_labels,
)
from training.head_examples import HeadPicture, read_pictures
from training.labels import read_frames
from training.material import Material

MISTAKES = 20
TILE_PX = 160
MISTAKE_CONTEXT = 3.0


@dataclass(frozen=True, slots=True)
class ClipFigures:
    """What was said of the people of a clip nobody labelled.

    Attributes:
        clip: Its file name.
        looks: Frames judged.
        persons: Person boxes asked about.
        said: State to how often.
        smallest_claim_px: Height of the smallest head anything was claimed of.
    """

    clip: str
    looks: int
    persons: int
    said: dict[str, int]
    smallest_claim_px: float | None


@dataclass(frozen=True, slots=True)
class HeadReport:
    """Figures by source, way of judging and head size, and by clip."""

    network: str
    detector: str
    sources: dict[str, dict[str, dict[str, HeadFigures]]]
    clips: tuple[ClipFigures, ...]

    def write(self, out: Path) -> None:
        """Write ``heads.json`` and ``heads.md`` into the folder `out`."""
        out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (out / "heads.json").write_text(text + "\n", encoding="utf-8")
        (out / "heads.md").write_text(self.markdown(), encoding="utf-8")

    def markdown(self) -> str:
        """Tables for a card."""
        lines = [f"network `{self.network}`, persons of `{self.detector}`", ""]
        for source, ways in self.sources.items():
            lines += [f"**{source}**", "", TABLE_HEAD, TABLE_RULE]
            for way, sizes in ways.items():
                lines += [_row(way, size, one) for size, one in sizes.items()]
            lines.append("")
        if self.clips:
            lines += [CLIP_HEAD, CLIP_RULE]
            lines += [_clip_row(clip) for clip in self.clips]
        return "\n".join(lines).rstrip() + "\n"


TABLE_HEAD = (
    "| persons from | head height | heads | helmets | balanced accuracy | not told "
    "| calibration error | helmets called bare or hat |"
)
TABLE_RULE = "|---|---|---|---|---|---|---|---|"
CLIP_HEAD = "| clip | looks | persons | said | smallest head claimed, px |"
CLIP_RULE = "|---|---|---|---|---|"


def _row(way: str, size: str, one: HeadFigures) -> str:
    balanced = "–" if one.balanced_accuracy is None else f"{one.balanced_accuracy:.3f}"
    return (
        f"| {way} | {size} | {one.heads} | {one.helmets} | {balanced} "
        f"| {one.not_told:.3f} | {one.calibration_error:.3f} | {one.false_bare} |"
    )


def _clip_row(clip: ClipFigures) -> str:
    said = ", ".join(f"{state} {count}" for state, count in clip.said.items()) or "–"
    smallest = clip.smallest_claim_px
    least = "–" if smallest is None else f"{smallest:.1f}"
    return f"| {clip.clip} | {clip.looks} | {clip.persons} | {said} | {least} |"


@dataclass(frozen=True, slots=True)
class Judges:
    """The networks under judgement and the one compared with.

    Attributes:
        heads: The head classifier.
        detector: Gives person boxes and head hints.
        baseline: Its helmet and bare-head boxes are the baseline.
    """

    heads: HeadClassifier
    detector: Network
    baseline: Network


def judge_source(
    source: HeadSource, material: Material, judges: Judges
) -> dict[str, list[HeadOutcome]]:
    """Outcomes of a source by way of judging.

    Raises:
        DatasetError: The source is missing or broken.
    """
    ways: dict[str, list[HeadOutcome]] = {}
    for picture in read_pictures(source, material):
        judged = {
            "detector": judged_by_detector(picture, judges.heads, judges.detector),
            "head labels": judged_at_labels(picture, judges.heads, judges.detector),
            "baseline boxes": judged_by_head_boxes(
                picture, judges.baseline, judges.baseline.thresholds.score
            ),
        }
        if PERSON in source.classes:
            judged["person labels"] = judged_by_labels(picture, judges.heads)
        for way, outcomes in judged.items():
            ways.setdefault(way, []).extend(outcomes)
    return ways


def judge_clip(clip: Path, every: int, judges: Judges) -> ClipFigures:
    """What is said of the people in every `every`-th frame of a clip.

    Raises:
        DatasetError: The clip cannot be decoded.
    """
    said: Counter[str] = Counter()
    claimed: list[float] = []
    looks = 0
    person = judges.detector.classes.index(PERSON)
    for frame in read_frames(clip.stem, clip, every):
        looks += 1
        found = judges.detector.detect([frame.image])[0]
        persons = found.boxes_px[found.class_ids == person]
        for head in judges.heads.classify(frame.image, persons):
            said[head.state.value] += 1
            if head.state is not HeadState.UNKNOWN:
                claimed.append(head.height_px)
    return ClipFigures(
        clip=clip.name,
        looks=looks,
        persons=sum(said.values()),
        said=dict(sorted(said.items())),
        smallest_claim_px=min(claimed, default=None),
    )


def report(
    sources: Sequence[HeadSource],
    clips: Sequence[tuple[Path, int]],
    material: Material,
    judges: Judges,
) -> tuple[HeadReport, dict[str, list[HeadOutcome]]]:
    """Judge sources and clips.

    Returns:
        The report, and for each source the outcomes with the detector's persons.
    """
    figures, outcomes = {}, {}
    for source in sources:
        ways = judge_source(source, material, judges)
        figures[source.name] = {way: by_size(ones) for way, ones in ways.items()}
        outcomes[source.name] = ways["detector"]
    seen = tuple(judge_clip(clip, every, judges) for clip, every in clips)
    made = HeadReport(
        judges.heads.fingerprint, judges.detector.fingerprint, figures, seen
    )
    return made, outcomes


def draw_mistakes(
    pictures: Sequence[HeadPicture], outcomes: Sequence[HeadOutcome], path: Path
) -> None:
    """Draw the surest wrong claims, best score first, with what was said.

    Args:
        pictures: Those the outcomes are of.
        outcomes: Judged heads.
        path: PNG to write.
    """
    images = {picture.name: picture.image for picture in pictures}
    wrong = [one for one in outcomes if one.is_claimed and not one.is_right]
    wrong.sort(key=lambda one: -one.said.score if one.said else 0.0)
    tiles = [_tile(images[one.picture], one) for one in wrong[:MISTAKES]]
    blank = np.zeros((TILE_PX, TILE_PX, 3), np.uint8)
    tiles += [blank] * (MISTAKES - len(tiles))
    rows = [np.hstack(tiles[start : start + 5]) for start in range(0, MISTAKES, 5)]
    cv2.imwrite(str(path), np.vstack(rows))


def _tile(image: np.ndarray, one: HeadOutcome) -> np.ndarray:
    x1, y1, x2, y2 = one.box_px
    side = max(x2 - x1, y2 - y1) * MISTAKE_CONTEXT
    corner = [(x1 + x2 - side) / 2, (y1 + y2 - side) / 2, side]
    tile = cut(image, np.array(corner, np.float32), TILE_PX)
    assert one.said is not None
    text = f"{one.worn.value}>{one.said.state.value} {one.said.score:.2f}"
    place = (4, TILE_PX - 6)
    for colour, width in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(tile, text, place, cv2.FONT_HERSHEY_PLAIN, 0.8, colour, width)
    return tile
