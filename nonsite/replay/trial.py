"""A draft tried on the clip of a stored alert: what it would raise, beside today's.

In: an alert's clip, the configuration in force when it was judged, a draft. Out: what
the line raises of the clip under either, matched. The clip begins seconds before the
alert opened: where the thing stood there before that, the alert's own rule gets under
both the dwell that fits the clip, and the result says so. Nothing is kept.
"""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from base.errors import NonsiteError
from nonsite.lines import Networks
from nonsite.replay.case import Case
from nonsite.replay.compare import fits
from nonsite.replay.load import CAMERA, LoadedCase
from nonsite.replay.made_case import AlertFacts, beside, fitted
from nonsite.replay.player import PlayOptions, play_case
from nonsite.replay.result import FoundAlert
from nonsite.replay.stored_alert import StoredAlert
from rules.settings import RuleSection
from sites.schema import CameraScene, CameraSection, Site, ViewSection
from streams.extent import extent
from streams.settings import FileFeed


class TrialError(NonsiteError):
    """The draft cannot be tried on this clip; the text says why."""


class TrialFate(StrEnum):
    """How something raised stands under the draft."""

    KEPT = "kept"
    LOST = "lost"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class TriedThing:
    """One thing the clip raises under either configuration.

    Attributes:
        fate: Raised under both, under the old one only, under the draft only.
        found: As the draft raises it; as the old one did where it is lost.
    """

    fate: TrialFate
    found: FoundAlert

    def told(self) -> dict[str, Any]:
        """Plain values, small."""
        found = self.found
        clauses = {one.clause: one.truth for one in found.clauses}
        return {
            "fate": self.fate.value,
            "code": found.code,
            "place": found.place,
            "label": found.label,
            "severity": found.severity,
            "opened_s": found.opened_s,
            "cleared_s": found.cleared_s,
            "box": list(found.box),
            "clauses": clauses,
        }


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it.

    Attributes:
        things: What is raised, those under the draft first.
        dwell_s: The dwell made to fit the clip; None: it stands as drawn.
        looks: How many looks were judged under the draft.
        media_s: How long the clip is, seconds.
    """

    things: tuple[TriedThing, ...]
    dwell_s: float | None
    looks: int
    media_s: float

    def told(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"things": [thing.told() for thing in self.things]}


def try_draft(
    stored: StoredAlert, draft: Site, networks: Networks, room: Path
) -> Trial:
    """Play the clip under both configurations.

    Args:
        stored: The alert with its clip.
        draft: A site with the alert's camera in it.
        networks: What looks.
        room: A folder of its own; the clip lies there meanwhile.

    Raises:
        TrialError: The draft lacks the camera or the view; the clip begins too late or
            cannot be played.
        ModelError: The network cannot be used.
    """
    facts = stored.facts
    scene = _drawn(draft, facts)
    fit = fitted(facts)
    if fit is None:
        told = "its clip begins too late to show what came before it opened"
        raise TrialError(f"alert {stored.id}: {told}")
    clip = room / "clip.mp4"
    clip.write_bytes(stored.clip)
    drawn = replace(facts, scene=scene, rules=draft.rules, codes=draft.codes)
    found = []
    for one in (facts, drawn):
        shown = one if fit.dwell_s is None else _fitting(one, fit.dwell_s)
        played = play_case(
            _case(shown, clip), networks, PlayOptions(room, use_looks=False)
        )
        if played.result.fault is not None:
            raise TrialError(f"alert {stored.id}: {played.result.fault}")
        found.append(played.result)
    before, after = found
    things = matched(before.alerts, after.alerts)
    return Trial(things, fit.dwell_s, after.looks, after.media_s)


def matched(
    before: tuple[FoundAlert, ...], after: tuple[FoundAlert, ...]
) -> tuple[TriedThing, ...]:
    """Each thing once: what is raised under both stands for one.

    Zones may have other names in the draft, so the place is not asked; code, time and
    box are.
    """
    left, things = list(before), []
    for new in after:
        same = next((old for old in left if _is_same(old, new)), None)
        if same is not None:
            left.remove(same)
        fate = TrialFate.NEW if same is None else TrialFate.KEPT
        things.append(TriedThing(fate, new))
    return (*things, *(TriedThing(TrialFate.LOST, old) for old in left))


def _is_same(old: FoundAlert, new: FoundAlert) -> bool:
    return fits(beside(replace(old, place=new.place)), new)


def _drawn(draft: Site, facts: AlertFacts) -> CameraScene:
    """The alert's camera as the draft has it."""
    place = facts.violation.place
    section = draft.cameras.get(place.camera)
    if section is None or place.view not in section.views:
        raise TrialError(f"the draft has no {place.camera}/{place.view}")
    fields = {name: getattr(section, name) for name in CameraScene.model_fields}
    return CameraScene(**fields)


def _fitting(facts: AlertFacts, dwell_s: float) -> AlertFacts:
    """The alert's rule with at most this dwell, in every zone of its view.

    A zone's own word wins over camera and site, so it is said in each zone; one that is
    drawn shorter stays as drawn.
    """
    view_name, code = facts.violation.place.view, facts.violation.code
    view = facts.scene.views[view_name]
    zones = {}
    for name, zone in view.zones.items():
        section = zone.rules.get(code, RuleSection())
        short_s = min(section.dwell_s or dwell_s, dwell_s)
        changed = section.model_copy(update={"dwell_s": short_s})
        zones[name] = zone.model_copy(update={"rules": {**zone.rules, code: changed}})
    changed_view: ViewSection = view.model_copy(update={"zones": zones})
    views = {**facts.scene.views, view_name: changed_view}
    return replace(facts, scene=facts.scene.model_copy(update={"views": views}))


def _case(facts: AlertFacts, clip: Path) -> LoadedCase:
    """The clip under one configuration, as the player takes it."""
    case = Case(
        version=1,
        title="trial",
        clip=clip,
        start=facts.clip_start,
        licence="internal",
        origin="trial",
        camera=facts.scene,
        rules=facts.rules,
        codes=facts.codes,
    )
    fields = {name: getattr(facts.scene, name) for name in CameraScene.model_fields}
    site = Site(
        version=1,
        name="trial",
        cameras={CAMERA: CameraSection(**fields, feed=FileFeed(path=clip))},
        rules=facts.rules,
        codes=facts.codes,
    )
    return LoadedCase("trial", clip, clip, extent(clip), case, site)
