"""One violation watched for its evidence: looks in, which stills to keep out.

Pure: no disk, no clock but media time. While it is a candidate a few stills are kept,
evenly spread over a time whose length nobody knows yet: always the first, and between
it and the newest at most `INSIDE`; when there are more, every other one goes and the
step doubles. So a still near the middle is at hand whenever the violation opens, and a
candidate of a day costs as little as one of a minute. From opening on only the first,
the middle and the opening still stay, and the newest that shows the thing grows into
the last.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from alerts.clip_cutter import CutClip
from alerts.errors import StoreError
from alerts.evidence_facts import ClockCheck
from alerts.pack import Role, Shortfall
from alerts.recent_looks import Moment
from detector.box import Box
from detector.look import PERSON, VEHICLES, Look
from rules.violation import Violation

INSIDE = 4
FIRST_STEP_S = 1.0
# Small pictures for the dwell strip: twice as many as it shows, so that those chosen at
# opening lie evenly however long it took.
THUMBS = 24
AFTER_STEP_S = 2.0
# The clip may come from another stream of the camera than the looks, a little behind.
SETTLE_S = 1.0
# A thing that stands still is found again at IoU >= 0.6 by its slot; here a little
# less, since the box of a violation is an anchor and not this look's box.
SAME_PLACE_IOU = 0.5


@dataclass(frozen=True, slots=True)
class Still:
    """A picture on the shelf.

    Attributes:
        at: Media time.
        name: Its file in the violation's folder.
        size: Bytes.
        box: Where the thing was in this look, 0…1; None where it was not found.
        people: Boxes of the persons in this look, 0…1.
        vehicles: Boxes of the vehicles in this look, 0…1.
    """

    at: datetime
    name: str
    size: int
    box: Box | None
    people: tuple[Box, ...] = ()
    vehicles: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """A violation and what is kept of it so far; what the shelf writes down.

    Attributes:
        violation: Its newest revision.
        stills: Up to and with the opening one, oldest first.
        step_s: Shortest time between two stills of a candidate, seconds.
        opened: The revision that opened it; None for a candidate.
        clip_start: Media time from which the clip is wanted; set at opening.
        clip_end: Media time to which the clip is wanted; set at opening.
        after: The newest still after opening.
        clip: The clip, once it lies beside the stills.
        shortfalls: What is known to be missing already.
        clock: The camera's last clock check before the clip ended; None without one.
        has_view_moved: Whether it opened in another view than its zones' own.
        is_clock_stepped: Whether the host's clock was set while it was watched.
        thumbs: Small pictures of its dwelling, oldest first.
        thumb_step_s: Shortest time between two of them, seconds.
        arrival: The clip of its arrival, once it lies beside the stills.
        arrival_bytes: Size of that clip.
        moments: What each look saw during the clip, set when its time has run.
        recheck: Id of the pack of its own that this look at the place again gets; None
            for the violation's own watch.
    """

    violation: Violation
    stills: tuple[Still, ...] = ()
    step_s: float = FIRST_STEP_S
    opened: Violation | None = None
    clip_start: datetime | None = None
    clip_end: datetime | None = None
    after: Still | None = None
    clip: CutClip | None = None
    shortfalls: tuple[Shortfall, ...] = ()
    clock: ClockCheck | None = None
    has_view_moved: bool = False
    is_clock_stepped: bool = False
    thumbs: tuple[Still, ...] = ()
    thumb_step_s: float = FIRST_STEP_S
    arrival: CutClip | None = None
    arrival_bytes: int = 0
    moments: tuple[Moment, ...] = ()
    recheck: UUID | None = None

    @property
    def id(self) -> UUID:
        """Of its pack: the violation's, or of a look again its own."""
        return self.recheck or self.violation.id

    @property
    def all_stills(self) -> tuple[Still, ...]:
        """Every picture on the shelf, small ones as well."""
        after = (self.after,) if self.after else ()
        return (*self.stills, *after, *self.thumbs)

    @property
    def bytes_held(self) -> int:
        """Bytes of all that lies on the shelf, the opening's clip left out."""
        return self.arrival_bytes + sum(still.size for still in self.all_stills)

    def due_at(self) -> datetime:
        """Media time of the next look that matters: a still is wanted, or the end."""
        due = self._still_due_at()
        if self.opened is None and self.thumbs:
            return min(due, self._thumb_due_at())
        return due

    def _thumb_due_at(self) -> datetime:
        if not self.thumbs:
            return self.violation.first_seen
        return self.thumbs[-1].at + timedelta(seconds=self.thumb_step_s)

    def _still_due_at(self) -> datetime:
        if self.opened is None or self.clip_end is None:
            if not self.stills:
                return self.violation.at
            return self.stills[-1].at + timedelta(seconds=self.step_s)
        newest = self.after or (self.stills[-1] if self.stills else None)
        if newest is None:
            return self.opened.at
        over_at = self.clip_end + timedelta(seconds=SETTLE_S)
        return min(over_at, newest.at + timedelta(seconds=AFTER_STEP_S))

    def is_over(self, at: datetime) -> bool:
        """Whether the clip's time has run, and its last packets are surely in."""
        if self.clip_end is None:
            return False
        return at >= self.clip_end + timedelta(seconds=SETTLE_S)

    def wants(self, at: datetime, box: Box | None) -> bool:
        """Whether a still of the look at `at`, with the thing at `box`, is to be kept.

        Before opening a look that does not show the thing is passed over if an earlier
        one did; after opening it is kept only until one shows it.
        """
        if self.opened is None:
            shown = box is not None or all(still.box is None for still in self.stills)
            return at >= self._still_due_at() and shown
        if not self.stills or self.stills[-1].at < self.opened.at <= at:
            return True
        if self.clip_end is None or at > self.clip_end or at < self._still_due_at():
            return False
        return box is not None or self.after is None or self.after.box is None

    def keep(self, still: Still) -> tuple["Watch", tuple[Still, ...]]:
        """With one more still; and the stills that are no longer needed."""
        opening = self.opened
        if opening is None:
            return _thinned(self, (*self.stills, still))
        if self.stills and self.stills[-1].at >= opening.at:
            gone = (self.after,) if self.after else ()
            return replace(self, after=still), gone
        return _pinned(self, (*self.stills, still))

    def wants_thumb(self, at: datetime) -> bool:
        """Whether a small picture of the look at `at` belongs to its dwelling."""
        if self.opened is not None and at > self.opened.at:
            return False
        is_last = self.opened is not None and at == self.opened.at
        return is_last or at >= self._thumb_due_at()

    def keep_thumb(self, thumb: Still) -> tuple["Watch", tuple[Still, ...]]:
        """With one more small picture; and those no longer needed."""
        step_s, kept = self.thumb_step_s, (*self.thumbs, thumb)
        while len(kept) > THUMBS:
            step_s *= 2
            kept = _spread(kept, step_s)
        gone = tuple(one for one in self.thumbs if one not in kept)
        return replace(self, thumbs=kept, thumb_step_s=step_s), gone

    def open(
        self, violation: Violation, clip_start: datetime, clip_end: datetime
    ) -> tuple["Watch", tuple[Still, ...]]:
        """Opened by this revision; and the stills that are no longer needed."""
        watch = replace(
            self,
            violation=violation,
            opened=violation,
            clip_start=clip_start,
            clip_end=clip_end,
        )
        return _pinned(watch, watch.stills)

    def lacking(self, *more: Shortfall) -> "Watch":
        """With shortfalls noted, each once, in the order they were found."""
        found = dict.fromkeys((*self.shortfalls, *more))
        return replace(self, shortfalls=tuple(found))

    def roles(self) -> tuple[tuple[Role, Still], ...]:
        """Which still plays which part in the pack."""
        if self.recheck is not None:
            return tuple((Role.RECHECK, still) for still in self.stills)
        if self.opened is None or not self.stills:
            return ((Role.LAST, self.after),) if self.after else ()
        opened_at = self.opened.at
        before = [still for still in self.stills if still.at < opened_at]
        opening = [still for still in self.stills if still.at >= opened_at]
        if not before:
            before, opening = opening, []
        parts = list(zip((Role.FIRST, Role.MID), before, strict=False))
        parts += [(Role.OPENING, still) for still in opening[:1]]
        if self.after is not None:
            parts.append((Role.LAST, self.after))
        return tuple(parts)

    def missing(self) -> tuple[Shortfall, ...]:
        """Which stills a finished pack of it lacks.

        A rule without dwell opens at its first look: such a pack has no middle.
        """
        if self.recheck is not None:
            return () if self.stills else (Shortfall.RECHECK_MISSING,)
        opened = self.opened or self.violation
        roles = {role for role, _ in self.roles()}
        waited = opened.first_seen < opened.at
        has_candidate = any(still.at < opened.at for still in self.stills)
        lacks = []
        if Role.FIRST not in roles or (waited and not has_candidate):
            lacks.append(Shortfall.FIRST_MISSING)
        if waited and Role.MID not in roles:
            lacks.append(Shortfall.MID_MISSING)
        if Role.LAST not in roles:
            lacks.append(Shortfall.LAST_MISSING)
        return tuple(lacks)

    def without(self, names: frozenset[str]) -> "Watch":
        """Without the stills of these file names."""
        after = self.after
        return replace(
            self,
            stills=tuple(still for still in self.stills if still.name not in names),
            after=None if after is None or after.name in names else after,
            thumbs=tuple(one for one in self.thumbs if one.name not in names),
        )


_Change: TypeAlias = tuple[Watch, tuple[Still, ...]]


def _thinned(watch: Watch, stills: tuple[Still, ...]) -> _Change:
    step_s = watch.step_s
    kept = stills
    while len(kept) > INSIDE + 2:
        step_s *= 2
        kept = _spread(kept, step_s)
    gone = tuple(still for still in stills if still not in kept)
    return replace(watch, stills=kept, step_s=step_s), gone


def _pinned(watch: Watch, stills: tuple[Still, ...]) -> _Change:
    opened = watch.opened or watch.violation
    before = [still for still in stills if still.at < opened.at]
    pinned = before[:1]
    if len(before) > 1:
        middle = before[0].at + (opened.at - before[0].at) / 2
        pinned.append(min(before[1:], key=lambda still: abs(still.at - middle)))
    pinned += [still for still in stills if still.at >= opened.at][:1]
    kept = tuple(pinned)
    gone = tuple(still for still in stills if still not in kept)
    return replace(watch, stills=kept), gone


def _spread(stills: tuple[Still, ...], step_s: float) -> tuple[Still, ...]:
    kept = [stills[0]]
    for still in stills[1:-1]:
        if (still.at - kept[-1].at).total_seconds() >= step_s:
            kept.append(still)
    return (*kept, stills[-1])


def file_name(at: datetime) -> str:
    """Name of the picture of that moment on the shelf."""
    return at.strftime("%Y%m%dT%H%M%S%f.jpg")


def still_of(look: Look, size: int, box: Box | None) -> Still:
    """The still of a look: `size` bytes, the thing at `box`."""
    people = tuple(t.box for t in look.tracks if t.label == PERSON)
    vehicles = tuple(t.box for t in look.tracks if t.label in VEHICLES)
    return Still(look.at, file_name(look.at), size, box, people, vehicles)


def box_in(look: Look, violation: Violation) -> Box | None:
    """Where the violation's thing is in a look; None when it is not found there."""
    place = violation.box
    found = max(
        look.tracks, key=lambda track: (track.box.iou(place), track.score), default=None
    )
    if found is None or found.box.iou(place) < SAME_PLACE_IOU:
        return None
    return found.box


_ADAPTER = TypeAdapter(Watch)


def encode_watch(watch: Watch) -> bytes:
    """The watch as JSON, for the shelf."""
    return _ADAPTER.dump_json(watch)


def decode_watch(raw: bytes) -> Watch:
    """The watch back.

    Raises:
        StoreError: It is damaged.
    """
    try:
        return _ADAPTER.validate_json(raw)
    except (ValidationError, ValueError) as error:
        msg = f"a kept candidate cannot be read: {str(error).splitlines()[0]}"
        raise StoreError(msg) from error


def earliest_due(watches: Iterable[Watch]) -> datetime | None:
    """Media time of the next look that matters to any of them; None for none."""
    return min((watch.due_at() for watch in watches), default=None)
