"""The line, whole: take the newest frame of each camera, look, judge, raise.

Live it is fed by the mailbox of the feed threads, in a replay by a recording pulled
without loss; nothing else differs between the two.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from base.guard import Boundary, guard
from base.ids import CameraId
from detector.look import Look
from detector.looker import Looker
from detector.presets import PresetLooker
from rules.view_engines import ViewEngines
from rules.violation import Violation
from streams.frame import Frame
from streams.look_plan import LookRequest


class Inbox(Protocol):
    """Takes violations: the spool of alerts, or a replay's list."""

    def raise_alert(self, violation: Violation) -> None:
        """Take one revision; must not block the line."""
        ...


class Aftermath(Protocol):
    """What follows a judged look: stills are kept, the last look is shown."""

    def after(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        """Note one judged look; must not block the line."""
        ...


@dataclass(frozen=True, slots=True)
class CameraLine:
    """The objects of one camera, replaced together: a frame is judged by one line.

    Attributes:
        looker: Frames in, looks out.
        engine: Looks in, violations out.
        ask: Tells the feed what the rules need after the look at this media time.
        aftermath: Evidence and last look.
    """

    looker: Looker | PresetLooker
    engine: ViewEngines
    ask: Callable[[LookRequest, datetime], None]
    aftermath: Aftermath


def run_line(
    frames: Iterable[Frame], lines: Mapping[CameraId, CameraLine], inbox: Inbox
) -> None:
    """Judge frames until there are no more; one camera's failure is its own."""
    for frame in frames:  # streams: packets in, frames out
        line = lines.get(frame.camera)
        if line is not None:
            guard(
                Boundary.FEED_SUPERVISOR,
                frame.camera,
                lambda line=line, frame=frame: judge_frame(line, frame, inbox),  # type: ignore[misc]
                lambda _error: None,
            )


def judge_frame(line: CameraLine, frame: Frame, inbox: Inbox) -> None:
    """One frame through the line."""
    look = line.looker.look(frame)  # detector: pixels end here
    violations = line.engine.judge(look)  # rules: pure
    for violation in violations:
        inbox.raise_alert(violation)  # alerts: spool, dedup, store
    line.aftermath.after(frame, look, violations)
    line.ask(line.engine.needs(look), look.at)
