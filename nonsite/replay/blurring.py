"""An alert's clip through the line once: its looks kept, its pictures blurred.

In: the clip as the camera sent it. Out: the looks of it and, where that is allowed, a
recording in which everything but the violating thing is unreadable. Each picture is
blurred by what was seen in that very picture; pictures between looks are left out, so
that no person is shown whom nobody looked for.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image

from alerts.mask import masked_picture, painted_over
from alerts.pack_scene import Corners
from base.ids import CameraId
from detector.box import Box
from detector.look import PERSON, Look
from nonsite.lines import CameraPlan, Networks, asking, line_of
from nonsite.replay.load import CAMERA
from nonsite.replay.made_case import AlertFacts
from nonsite.worker import judge_frame
from rules.clock_store import MemoryClockStore
from rules.settings import Purpose
from rules.violation import Violation
from sites.revision import RevisionId
from sites.schema import CameraScene, CameraSection, Site
from streams.errors import FeedError
from streams.faults import FeedFault
from streams.frame import Frame, ImageBGR
from streams.intake import IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.picture_writer import Recording, recording
from streams.playback import play
from streams.resolver import FileResolver
from streams.settings import FileFeed, Profile
from streams.stage_settings import StageSection

GAP_S = 0.2
"""Pictures are kept at least so often: the densest look gap rules ask for, falls apart
which ask for every picture."""
MARGIN = 0.1
"""Shown around the thing, of its width and height: a network judges by the edge too."""
MOST_SHOWN = 0.25
"""A thing that covers more of the picture hides nothing: its clip is not kept."""
ENCODING = StageSection(steps=(), codec="h264", gop_s=1.0)


def may_be_shown(violation: Violation) -> bool:
    """Whether a blurred clip may be kept: of things, never of persons."""
    box = violation.box
    area = (box.x2 - box.x1) * (box.y2 - box.y1)
    return violation.label != PERSON and 0 < area <= MOST_SHOWN


@dataclass
class _Blurring:
    """Stands where evidence stands live: keeps looks, writes blurred pictures."""

    shown: Box
    label: str
    start: datetime
    masks: tuple[Corners, ...] = ()
    looks: list[Look] = field(default_factory=list)
    recording: Recording | None = None

    def raise_alert(self, violation: Violation) -> None:
        del violation  # what the clip raises is told by replaying the case

    def after(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        del judged
        self.looks.append(look)
        if self.recording is not None:
            at_s = (frame.at - self.start).total_seconds()
            self.recording.add(self._blurred(frame.image, look), at_s)

    def _blurred(self, image: ImageBGR, look: Look) -> ImageBGR:
        people = [track.box for track in look.tracks if track.label == PERSON]
        picture = Image.fromarray(np.ascontiguousarray(image[:, :, ::-1]))
        whole = painted_over(picture, self.masks)
        veiled = masked_picture(whole, self.shown, self.label, people)
        return np.ascontiguousarray(np.asarray(veiled, np.uint8)[:, :, ::-1])


def looks_of(
    clip: Path,
    facts: AlertFacts,
    scene: CameraScene,
    networks: Networks,
    blurred: Path | None,
) -> tuple[Look, ...]:
    """Every look of a clip; the blurred recording is written on the way.

    Args:
        clip: The clip as the camera sent it.
        facts: Of which alert.
        scene: The section it is judged under.
        networks: What looks.
        blurred: Where the blurred recording is written; None: nowhere.

    Raises:
        FeedError: The clip cannot be played.
        ModelError: The network cannot be used.
        OSError: The recording cannot be written.
    """
    fields = {name: getattr(scene, name) for name in CameraScene.model_fields}
    section = CameraSection(**fields, feed=FileFeed(path=clip))
    site = Site(
        version=1,
        name=CAMERA,
        cameras={CAMERA: section},
        rules=facts.rules,
        codes=facts.codes,
    )
    plan = CameraPlan(CameraId(CAMERA), section, site, RevisionId(""), 1)
    violation = facts.violation
    shown = _widened(violation.box)
    zones = [zone for view in scene.views.values() for zone in view.zones.values()]
    masks = tuple(zone.points for zone in zones if zone.purpose is Purpose.MASK)
    keeper = _Blurring(shown, violation.label, facts.clip_start, masks)
    line = line_of(plan, networks, MemoryClockStore(), keeper)
    look_plan = LookPlan(_dense(line.engine.needs(None)))
    line = asking(line, lambda request, _at: look_plan.ask(_dense(request)))
    address = FileResolver(FileFeed(path=clip), Path()).resolve(Profile.LOOKS)
    options = IntakeOptions(look_plan.request)
    frames = play(address, plan.id, facts.clip_start, look_plan, options)
    with ExitStack() as ending:
        if blurred is not None:
            made = recording(blurred, ENCODING, 1 / GAP_S)
            keeper.recording = ending.enter_context(made)
        for frame in frames:
            judge_frame(line, frame, keeper)
    if not keeper.looks:
        raise FeedError(FeedFault.EMPTY, f"{clip.name} holds no picture")
    return tuple(keeper.looks)


def _dense(request: LookRequest) -> LookRequest:
    return replace(request, max_gap_s=min(request.max_gap_s, GAP_S))


def _widened(box: Box) -> Box:
    across, down = (box.x2 - box.x1) * MARGIN, (box.y2 - box.y1) * MARGIN
    return Box(
        max(0.0, box.x1 - across),
        max(0.0, box.y1 - down),
        min(1.0, box.x2 + across),
        min(1.0, box.y2 + down),
    )
