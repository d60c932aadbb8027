"""An alert's clip judged under a draft and under what is in force: what differs.

In: the clip and two configurations of its camera. Out: what both raise, what the draft
alone raises, what it raises no more. Nothing is kept.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alerts.clip_trial import ClipTrial, RaisedOnClip
from detector.box import Box
from nonsite.lines import Networks
from nonsite.replay.case import SAME_BOX_IOU, Case
from nonsite.replay.load import CAMERA, LoadedCase
from nonsite.replay.made_case import LICENCE
from nonsite.replay.player import PlayOptions, play_case
from nonsite.replay.result import CaseResult, FoundAlert
from nonsite.replay.stored_alert import CaptureError, StoredAlert
from rules.catalogue import merge, with_codes
from rules.settings import RuleSection, ZoneSection
from sites.schema import CameraScene, CameraSection, Site
from streams.extent import extent
from streams.settings import FileFeed


@dataclass(frozen=True, slots=True)
class Candidates:
    """The two configurations a clip is judged under."""

    draft: Site
    now: Site


def try_clip(
    stored: StoredAlert, sites: Candidates, networks: Networks, dwell_s: float | None
) -> ClipTrial:
    """Judge the clip twice; once where both configurations are the same there.

    Raises:
        CaptureError: A configuration has no such camera; the clip cannot be played.
        FeedError: The clip is no recording.
        ModelError: The network cannot be used.
    """
    camera = stored.facts.violation.place.camera
    with tempfile.TemporaryDirectory(prefix="nonsite-trial-") as folder:
        clip = Path(folder) / "clip.mp4"
        clip.write_bytes(stored.clip)
        cases = [
            _case(stored, _one_camera(site, camera, dwell_s), clip)
            for site in (sites.draft, sites.now)
        ]
        options = PlayOptions(Path(folder))
        draft = _played(cases[0], networks, options)
        is_same = cases[0].site == cases[1].site
        now = draft if is_same else _played(cases[1], networks, options)
    kept, gained, lost = _differences(draft.alerts, now.alerts)
    longest_s = max(dwells(_one_camera(sites.draft, camera, None)), default=0.0)
    return ClipTrial(
        length_s=cases[0].extent.length_s,
        looks=draft.looks,
        dwell_s=dwell_s,
        longest_dwell_s=longest_s,
        kept=kept,
        gained=gained,
        lost=lost,
    )


def dwells(site: Site) -> Iterator[float]:
    """Dwells of the rules judged in the zones of a site's cameras, seconds."""
    for section in site.cameras.values():
        for view in section.views.values():
            for zone in view.zones.values():
                yield from (one for _, one in _judged(site, section, zone))


def _one_camera(site: Site, camera: str, dwell_s: float | None) -> Site:
    """The site with that camera alone, under the name cases have for theirs."""
    section = site.cameras.get(camera)
    if section is None:
        raise CaptureError(f"the configuration has no camera {camera}")
    alone = site.model_copy(update={"cameras": {CAMERA: section}})
    if dwell_s is None:
        return alone
    views = {
        name: view.model_copy(
            update={
                "zones": {
                    key: _cut(site, section, zone, dwell_s)
                    for key, zone in view.zones.items()
                }
            }
        )
        for name, view in section.views.items()
    }
    cut = section.model_copy(update={"views": views})
    return alone.model_copy(update={"cameras": {CAMERA: cut}})


def _cut(
    site: Site, section: CameraSection, zone: ZoneSection, dwell_s: float
) -> ZoneSection:
    """The zone with no dwell longer than that."""
    shorter = {
        code: zone.rules.get(code, RuleSection()).model_copy(
            update={"dwell_s": dwell_s}
        )
        for code, own_s in _judged(site, section, zone)
        if own_s > dwell_s
    }
    return zone.model_copy(update={"rules": zone.rules | shorter})


def _judged(
    site: Site, section: CameraSection, zone: ZoneSection
) -> Iterator[tuple[str, float]]:
    """Codes judged in a zone, with the dwell each has there."""
    for code, row in with_codes(site.codes).rules.items():
        if zone.purpose not in row.zones:
            continue
        own = (site.rules, section.rules, zone.rules)
        merged = merge(row, (rules.get(code) for rules in own))
        if merged.enabled:
            yield code, merged.dwell_s


def _case(stored: StoredAlert, site: Site, clip: Path) -> LoadedCase:
    section = site.cameras[CAMERA]
    scene = {name: getattr(section, name) for name in CameraScene.model_fields}
    case = Case(
        version=1,
        title="a draft tried",
        clip=Path(clip.name),
        start=stored.facts.clip_start,
        licence=LICENCE,
        origin=f"alert {stored.id}",
        camera=CameraScene(**scene),
        rules=site.rules,
        codes=site.codes,
    )
    fed = section.model_copy(update={"feed": FileFeed(path=clip)})
    played = site.model_copy(update={"cameras": {CAMERA: fed}})
    return LoadedCase("trial", clip, clip, extent(clip), case, played)


def _played(case: LoadedCase, networks: Networks, options: PlayOptions) -> CaseResult:
    result = play_case(case, networks, options).result
    if result.fault is not None:
        raise CaptureError(f"the clip cannot be played: {result.fault}")
    return result


Raised = tuple[RaisedOnClip, ...]


def _differences(
    draft: tuple[FoundAlert, ...], now: tuple[FoundAlert, ...]
) -> tuple[Raised, Raised, Raised]:
    """Raised by both, by the draft alone, by what is in force alone."""
    left = list(now)
    kept, gained = [], []
    for one in draft:
        same = next((other for other in left if _is_same(one, other)), None)
        if same is None:
            gained.append(_raised(one))
        else:
            left.remove(same)
            kept.append(_raised(one))
    return tuple(kept), tuple(gained), tuple(_raised(one) for one in left)


def _is_same(one: FoundAlert, other: FoundAlert) -> bool:
    if one.code != other.code:
        return False
    return Box(*one.box).iou(Box(*other.box)) > SAME_BOX_IOU


def _raised(alert: FoundAlert) -> RaisedOnClip:
    return RaisedOnClip(
        code=alert.code,
        place=alert.place,
        label=alert.label,
        opened_s=alert.opened_s,
        box=alert.box,
    )
