"""The figures of `benchmarks.side_by_side` as bars, PNG and SVG.

`python -m benchmarks.charts results/side_by_side.json` draws them anew.
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
mpl.rcParams["svg.hashsalt"] = "nonsite"

from matplotlib import pyplot as plt  # noqa: E402 - the backend is chosen first

NAMES = {
    "nonsite": "Nonsite, the kerb",
    "nonsite_1": "Nonsite, whole picture, 1 crop",
    "nonsite_4": "Nonsite, whole picture, 4 crops",
    "opennvr": "OpenNVR's policy",
    "frigate": "Frigate's policy",
    "usual": "the usual loop",
    "ultralytics": "Ultralytics YOLO.track",
    "key_decode": "limit: key frames alone",
    "inference": "limit: network alone",
}
OURS, PEERS, LIMITS = "#1f6f5c", "#9aa5b1", "#d9c48f"


def draw(results: Path) -> None:
    """One picture of what each way costs, beside the JSON."""
    rows = json.loads(results.read_text(encoding="utf-8"))["rows"]
    if not rows:
        return
    axis = ("log", "cores per feed, log scale")
    _bars(rows, "core", axis, results.with_name(f"{results.stem}_cost"))


def _bars(
    rows: list[dict[str, Any]], key: str, axis: tuple[str, str], target: Path
) -> None:
    scenes = list(dict.fromkeys(row["scene"] for row in rows))
    columns = min(2, len(scenes))
    lines = -(-len(scenes) // columns)
    figure, axes = plt.subplots(
        lines,
        columns,
        figsize=(4.6 * columns, 3.7 * lines),
        squeeze=False,
        sharex=True,
        layout="constrained",
    )
    for place, scene in zip(axes.flat, scenes, strict=False):
        _one(place, [row for row in rows if row["scene"] == scene], key, axis)
        place.set_title(title_of(scene), fontsize=10, loc="left")
    for place in axes.flat[len(scenes) :]:
        place.axis("off")
    for suffix, facts in ((".png", None), (".svg", {"Date": None})):
        figure.savefig(target.with_suffix(suffix), dpi=110, metadata=facts)
    plt.close(figure)


def title_of(scene: str) -> str:
    """A scene in words: `H.264, busy street, one feed`."""
    codec, street, feeds = scene.split("_")
    many = "one feed" if feeds == "1" else f"{feeds} feeds"
    return f"{codec.upper().replace('H', 'H.')}, {street} street, {many}"


def _one(
    place: Any, rows: list[dict[str, Any]], key: str, axis: tuple[str, str]
) -> None:
    rows.reverse()
    spread = [_three(row[key]) for row in rows]
    middle = [values[0] for values in spread]
    errors = [
        [max(0.0, values[0] - values[1]) for values in spread],
        [max(0.0, values[2] - values[0]) for values in spread],
    ]
    bars = place.barh(
        [NAMES[row["way"]] for row in rows],
        middle,
        color=[_colour(row["way"]) for row in rows],
        xerr=errors,
        error_kw={"elinewidth": 1, "ecolor": "#333333"},
    )
    digits = "{:.3f}" if key == "core" else "{:.0f}"
    place.bar_label(
        bars, [digits.format(value) for value in middle], padding=6, fontsize=8
    )
    place.set_xscale(axis[0])
    place.set_xlabel(axis[1], fontsize=8)
    place.tick_params(labelsize=8)
    place.spines[["top", "right"]].set_visible(False)
    place.margins(x=0.18)


def _three(figure: dict[str, float | None]) -> list[float]:
    """Mean, least and most of what is stated; no bar of error where nothing is."""
    mean = figure["mean"] or 0.0
    return [mean, *(figure[end] or mean for end in ("low", "high"))]


def _colour(way: str) -> str:
    if way in {"key_decode", "inference"}:
        return LIMITS
    return OURS if way.startswith("nonsite") else PEERS


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
