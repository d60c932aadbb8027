"""A suite's result as one HTML file: timelines, stills, playing clips, clause traces.

Nothing is fetched when it is opened: pictures and clips lie in the file. Of each case
every miss and every false alert is shown, and what was right while there is room.
"""

import base64
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from alerts.clause_words import why_zh, words_of
from nonsite.replay.load import CAMERA, LoadedCase
from nonsite.replay.player import PlayOptions, recording_of
from nonsite.replay.result import CaseResult, FoundAlert, FoundClause, Played
from nonsite.replay.tables import share
from nonsite.replay.tally import by_code, by_condition, in_all
from rules.catalogue import with_codes
from rules.clause import Why
from streams.errors import ClipError, FeedError
from streams.excerpt import excerpts, pictures_at
from streams.still import thumbnail

AROUND_S = 4.0
"""A clip shows this much before and after its moment."""
MOST_MOMENTS = 8
"""Shown of a case that is right; what is wrong is shown whole, up to `MOST_WRONG`."""
MOST_WRONG = 100
STILL_WIDTH_PX = 640
PLACEHOLDER = "/*REPORT*/null"


@dataclass(frozen=True, slots=True)
class _Moment:
    """One alert or miss: when it is shown, what it is."""

    at_s: float
    kind: str
    title: str
    why: str
    alert: FoundAlert | None


def write_report(
    cases: Sequence[LoadedCase],
    played: Sequence[Played],
    options: PlayOptions,
    path: Path,
) -> None:
    """Write the report.

    Args:
        cases: What was played, as loaded.
        played: Their results, in any order.
        options: How they were played.
        path: The HTML file.

    Raises:
        OSError: It cannot be written.
    """
    loaded = {case.name: case for case in cases}
    results = [each.result for each in played]
    own = {code: row for case in cases for code, row in case.site.codes.items()}
    content = {
        "total": _tally_row("", in_all(results)),
        "passed": sum(result.passed for result in results),
        "rules": [_tally_row(code, t) for code, t in by_code(results).items()],
        "conditions": [_tally_row(c, t) for c, t in by_condition(results).items()],
        "names": {c: row.name.model_dump() for c, row in with_codes(own).rules.items()},
        "cases": [_case(loaded[e.result.name], e, options) for e in played],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    # a title may hold what ends a script in HTML
    safe = text.replace("<", "\\u003c")
    page = resources.files("nonsite.replay").joinpath("report.html").read_text("utf-8")
    path.write_text(page.replace(PLACEHOLDER, safe), encoding="utf-8")


def _tally_row(name: str, tally: Any) -> dict[str, Any]:
    return {
        "name": name,
        "met": tally.met,
        "missed": tally.missed,
        "false": tally.false,
        "twice": tally.duplicated,
        "recall": share(tally.recall),
        "precision": share(tally.precision),
    }


def _case(loaded: LoadedCase, each: Played, options: PlayOptions) -> dict[str, Any]:
    result = each.result
    moments = _moments(loaded, result)
    missed = {one.expected for one in result.verdict.missed}
    return {
        "name": result.name,
        "title": result.title,
        "passed": result.passed,
        "fault": result.fault,
        "conditions": result.conditions,
        "media_s": result.media_s,
        "looks": result.looks,
        "cpu_s": round(each.cost.cpu_s, 2),
        "remembered": each.cost.from_cache,
        "model": result.model,
        "zones": _zones(loaded),
        "expect": [
            {
                "at_s": w.start_s,
                "give_s": w.tolerance_s,
                "code": w.code,
                "place": w.place,
                "end_s": w.end_s,
                "missed": number in missed,
            }
            for number, w in enumerate(loaded.case.expect)
        ],
        "alerts": [
            {
                "id": a.id,
                "code": a.code,
                "since_s": a.first_seen_s,
                "at_s": a.opened_s,
                "end_s": a.cleared_s,
                "kind": _kind(a, result),
            }
            for a in result.alerts
        ],
        "moments": _shown(loaded, each, moments, options),
    }


def _zones(loaded: LoadedCase) -> list[dict[str, Any]]:
    views = loaded.site.cameras[CAMERA].views
    return [
        {"name": f"{view}/{name}", "purpose": zone.purpose.value, "points": zone.points}
        for view, section in views.items()
        for name, zone in section.zones.items()
    ]


def _kind(alert: FoundAlert, result: CaseResult) -> str:
    if alert.id in {met.alert for met in result.verdict.met}:
        return "met"
    twice = {wrong.alert for wrong in result.verdict.duplicated}
    return "twice" if alert.id in twice else "false"


def _moments(loaded: LoadedCase, result: CaseResult) -> list[_Moment]:
    """Misses first, then false alerts, then what is right."""
    moments = [
        _Moment(
            loaded.case.expect[m.expected].start_s, "missed", m.what, m.why, m.nearest
        )
        for m in result.verdict.missed
        if m.expected < len(loaded.case.expect)
    ]
    names = {w.alert: w.what for w in result.verdict.false + result.verdict.duplicated}
    found = [
        _Moment(a.opened_s, _kind(a, result), names.get(a.id, a.name), "", a)
        for a in result.alerts
    ]
    order = {"false": 0, "twice": 1, "met": 2}
    found.sort(key=lambda moment: (order[moment.kind], moment.at_s))
    wrong = moments + [moment for moment in found if moment.kind != "met"]
    right = [moment for moment in found if moment.kind == "met"]
    return wrong[:MOST_WRONG] + right[: max(0, MOST_MOMENTS - len(wrong))]


def _shown(
    loaded: LoadedCase, each: Played, moments: list[_Moment], options: PlayOptions
) -> list[dict[str, Any]]:
    """The moments with still and clip; without them where the recording has none."""
    shown = [_plain(moment) for moment in moments]
    if not moments:
        return shown
    if loaded.looks:
        return [content | {"no_clip": "kept without pictures"} for content in shown]
    try:
        clip, stretch = recording_of(loaded, options)
        zero_s = stretch.from_s - (options.from_s or 0.0)
        ends = [zero_s + moment.at_s for moment in moments]
        pictures = pictures_at(clip, ends)
        with tempfile.TemporaryDirectory(prefix="nonsite-report-") as folder:
            stretches = [(max(0.0, at - AROUND_S), at + AROUND_S) for at in ends]
            cuts = excerpts(clip, stretches, Path(folder))
            for content, cut, picture in zip(shown, cuts, pictures, strict=True):
                content["clip"] = _b64(cut.path.read_bytes())
                content["clip_from_s"] = round(cut.from_s - zero_s, 3)
                content["boxes"] = _boxes(each, cut.from_s - zero_s, cut.to_s - zero_s)
                if picture is not None:
                    content["still"] = _b64(thumbnail(picture, STILL_WIDTH_PX))
    except (FeedError, ClipError) as error:
        for content in shown:
            content["no_clip"] = str(error)
    return shown


def _plain(moment: _Moment) -> dict[str, Any]:
    alert = moment.alert
    return {
        "at_s": moment.at_s,
        "kind": moment.kind,
        "title": moment.title,
        "why": moment.why,
        "box": None if alert is None else alert.box,
        "label": None if alert is None else f"{alert.label} {alert.score:.2f}",
        "clauses": [] if alert is None else [_clause(c) for c in alert.clauses],
    }


def _clause(found: FoundClause) -> dict[str, Any]:
    """A clause as it stood, with its words."""
    told = words_of(found.clause)
    why = None if found.why is None else Why(found.why)
    return asdict(found) | {
        "words": {"zh": told.zh, "en": told.en},
        "unit": told.unit,
        "why_words": None
        if why is None
        else {"zh": why_zh(why), "en": why.value.replace("_", " ")},
    }


def _boxes(each: Played, begin_s: float, end_s: float) -> list[dict[str, Any]]:
    """What was seen while a clip plays, and one look before it."""
    inside = [seen for seen in each.seen if begin_s <= seen.at_s <= end_s]
    before = [seen for seen in each.seen if seen.at_s < begin_s][-1:]
    return [
        {
            "at_s": seen.at_s,
            "boxes": [
                [box.label, box.score, *(round(side, 4) for side in box.box)]
                for box in seen.boxes
            ],
        }
        for seen in before + inside
    ]


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
