"""What the newest looks of each camera saw, small: for the boxes drawn over a clip.

A clip begins before anybody knows that it is wanted, so every look is noted here for as
long as a clip may still reach back to it. Of a look remain the boxes with their class
and how the clauses of its violations stood; no score, identity or signature: whoever
draws them may be the second, blind pair of eyes, and a signature dies with its slot.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from base.ids import CameraId
from detector.box import Box
from detector.look import Look
from rules.clause import Truth
from rules.violation import Violation
from sites.evidence_section import EvidenceSection

STILL_THING = "static"
"""Label of a static region, which has no class."""
MOST_THINGS = 64
"""Things of one look that are kept, surest first."""
MOST_LOOKS = 600
"""Looks of one camera that are kept: a minute at ten a second."""
LEAD = timedelta(seconds=5)
"""A clip begins with a whole picture, up to a key interval before it is wanted."""
LAG = timedelta(seconds=30)
"""Whoever asks for a clip's looks may be so far behind the newest."""
DIGITS = 4
"""Of a share of the picture: 0.2 pixels of a width of 1920."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing in a look: its class and where it was, 0…1."""

    label: str
    box: Box


@dataclass(frozen=True, slots=True)
class Moment:
    """One look, as far as it is drawn.

    Attributes:
        at: Media time.
        things: What was seen, at most `MOST_THINGS`.
        clauses: How the clauses stood, by code; empty where nothing was said of them.
    """

    at: datetime
    things: tuple[Seen, ...] = ()
    clauses: Mapping[str, Truth] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Noted:
    moment: Moment
    clauses: Mapping[UUID, Mapping[str, Truth]]


class RecentLooks:
    """The newest looks of a worker's cameras; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._noted: dict[CameraId, deque[_Noted]] = {}

    def note(
        self, look: Look, said: Sequence[Violation], section: EvidenceSection
    ) -> None:
        """Note one judged look and forget what no clip reaches back to any more."""
        moment = Moment(look.at, _things(look))
        clauses = {one.id: {c.clause: c.truth for c in one.clauses} for one in said}
        clip_s = section.clip_before_s + section.clip_after_s
        oldest = look.at - timedelta(seconds=clip_s) - LEAD - LAG
        with self._lock:
            noted = self._noted.setdefault(look.camera, deque(maxlen=MOST_LOOKS))
            while noted and not oldest <= noted[0].moment.at:
                noted.popleft()
            noted.append(_Noted(moment, clauses))

    def of(
        self, violation: Violation, start: datetime, end: datetime
    ) -> tuple[Moment, ...]:
        """The looks of a violation's camera from `start` to `end`, media time.

        Clauses stand where they were told and differ from those told before.
        """
        with self._lock:
            noted = sorted(
                self._noted.get(violation.place.camera, ()),
                # a clock set back takes media time along: later looks, earlier times
                key=lambda one: one.moment.at,
            )
        moments, known = [], dict[str, Truth]()
        for one in noted:
            if not start <= one.moment.at <= end:
                continue
            told = one.clauses.get(violation.id, {})
            changed = {} if told == known else told
            known = dict(told) or known
            moments.append(replace(one.moment, clauses=changed))
        return tuple(moments)


def _things(look: Look) -> tuple[Seen, ...]:
    surest = sorted(look.tracks, key=lambda track: -track.score)
    tracks = [Seen(track.label, _rounded(track.box)) for track in surest]
    still = [Seen(STILL_THING, _rounded(region.box)) for region in look.regions]
    return (*tracks, *still)[:MOST_THINGS]


def _rounded(box: Box) -> Box:
    return Box(*(round(edge, DIGITS) for edge in (box.x1, box.y1, box.x2, box.y2)))
