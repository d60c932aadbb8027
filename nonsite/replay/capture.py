"""A stored alert made into a case of a suite: cut, blurred, tried, put on record, kept.

The case lies in the data folder, since its footage is evidence. It is played before it
is kept: what the clip alone does not raise again is no test. Where the blurred clip
does not show enough, or the thing is a person, boxes without pictures are kept.
"""

import hashlib
import tempfile
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from alerts.audit import Act, Actor
from alerts.errors import ReasonMissingError
from alerts.evidence_acts import EvidenceActs
from base.clock import Clock, beijing_day
from base.ids import CameraId
from base.json_value import JsonValue
from nonsite.lines import Networks
from nonsite.replay.blurring import looks_of, may_be_shown
from nonsite.replay.case import Absent, Expectation, Provenance
from nonsite.replay.compare import Wanted, compare
from nonsite.replay.load import CAMERA, read_case
from nonsite.replay.made_case import (
    Fitted,
    Written,
    beside,
    case_text,
    fitted,
    title_of,
    wanted,
)
from nonsite.replay.player import PlayOptions, play_case
from nonsite.replay.recorded_looks import ENDING, write_looks
from nonsite.replay.result import CaseResult, differences
from nonsite.replay.stored_alert import CaptureError, Opinion, StoredAlert

CLIP, LOOKS = "clip", "looks"


@dataclass(frozen=True, slots=True)
class CaptureOrder:
    """Who makes a case, why and how.

    Attributes:
        actor: Who, in which role.
        reason: Why; stands in the audit trail.
        boxes_only: Keep no pictures, even where they might be kept.
        again: A case of this alert that is there already is made anew.
        job: Of the API, where one asked for it.
    """

    actor: Actor
    reason: str
    boxes_only: bool = False
    again: bool = False
    job: UUID | None = None


@dataclass(frozen=True, slots=True)
class Captured:
    """A case that was made.

    Attributes:
        path: Its file.
        kind: `clip` or `looks`.
        note: Why it is boxes only, or with a dwell of its own; may be empty.
        fails: What it fails with today; empty when it passes.
    """

    path: Path
    kind: str
    note: str
    fails: tuple[str, ...]


class Capture:
    """Makes cases in one folder.

    Args:
        folder: Where cases are kept; made when missing.
        networks: What looks.
        acts: Where it is put on record.
        clock: For today.
    """

    def __init__(
        self, folder: Path, networks: Networks, acts: EvidenceActs, clock: Clock
    ) -> None:
        self._folder = folder
        self._networks = networks
        self._acts = acts
        self._clock = clock

    def make(self, stored: StoredAlert, order: CaptureOrder) -> Captured:
        """Make a case of an alert.

        Raises:
            CaptureError: There is one already; the clip begins too late, or does not
                raise the alert again.
            ReasonMissingError: No reason was given.
            FeedError: The clip cannot be played.
            ModelError: The network cannot be used.
            StoreUnavailableError: It cannot be put on record; nothing is kept.
            OSError: The folder cannot be written.
        """
        facts, name = stored.facts, stored.facts.name
        path = self._folder / f"{name}.yaml"
        if path.exists() and not order.again:
            raise CaptureError(f"{path} is there already: --again makes it anew")
        fit = fitted(facts)
        if not order.reason.strip():
            raise ReasonMissingError(f"a case of alert {stored.id} needs a reason")
        if fit is None:
            told = "its clip begins too late to show what came before it opened"
            raise CaptureError(f"alert {stored.id}: {told}")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=self._folder) as room:
            today = beijing_day(self._clock.utc_now())
            bench = _Bench(Path(room), self._networks, stored, fit, today)
            tried = bench.tried(boxes_only=order.boxes_only)
            self._put_on_record(stored, order, tried)
            for old in self._folder.glob(f"{name}.*"):
                old.unlink()
            for made in (tried.footage, tried.case):
                made.replace(self._folder / made.name)
        return Captured(path, tried.kind, tried.note, tried.fails)

    def _put_on_record(
        self, stored: StoredAlert, order: CaptureOrder, tried: "_Tried"
    ) -> None:
        detail: dict[str, JsonValue] = {
            "case": stored.facts.name,
            "kind": tried.kind,
            "sha256": hashlib.sha256(tried.footage.read_bytes()).hexdigest(),
        }
        if order.job is not None:
            detail["job"] = str(order.job)
        act = Act("case.captured", f"alert/{stored.id}", order.reason, detail)
        self._acts.append(order.actor, act)


@dataclass(frozen=True, slots=True)
class _Tried:
    """A case made beside its final place, and what it gives."""

    case: Path
    footage: Path
    kind: str
    note: str
    fails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Footage:
    """What a case is replayed from: a clip or looks, and when it begins."""

    kind: str
    path: Path
    start: datetime


@dataclass(frozen=True, slots=True)
class _Bench:
    """Makes and tries the case of one alert in a folder of its own."""

    room: Path
    networks: Networks
    stored: StoredAlert
    fit: Fitted
    made_on: date

    def tried(self, *, boxes_only: bool) -> _Tried:
        """The case: with its blurred clip where that raises the alert again.

        Raises:
            CaptureError: Not even the looks at the clip raise it again.
        """
        facts = self.stored.facts
        clip = self.room / "original.mp4"
        clip.write_bytes(self.stored.clip)
        shows = may_be_shown(facts.violation) and not boxes_only
        blurred = self.room / f"{facts.name}.mp4" if shows else None
        looks = looks_of(clip, facts, self.fit.scene, self.networks, blurred)
        clip.unlink()
        note = "" if shows or boxes_only else "no picture is kept of a person"
        if blurred is not None:
            footage = _Footage(CLIP, blurred, facts.clip_start)
            result = self._played(footage)
            if not result.verdict.missed:
                return self._kept(footage, result, note)
            note = f"the blurred clip does not show it: {_why(result)}"
        path = self.room / f"{facts.name}{ENDING}"
        write_looks(looks, CameraId(CAMERA), path)
        footage = _Footage(LOOKS, path, looks[0].at)
        result = self._played(footage)
        if result.verdict.missed:
            told = f"its clip alone does not raise it again: {_why(result)}"
            raise CaptureError(f"alert {self.stored.id}: {told}")
        return self._kept(footage, result, note)

    def _kept(self, footage: _Footage, first: CaseResult, note: str) -> _Tried:
        """The case as it is kept: what a person rejected must not be raised in it."""
        facts, opinion = self.stored.facts, self.stored.opinion
        want = wanted(facts, self.fit)
        false = {wrong.alert for wrong in first.verdict.false}
        others: list[Expectation] = []
        for alert in first.alerts:
            other = beside(alert)
            if alert.id in false and not any(map(other.could_be, [want, *others])):
                others.append(other)
        expect = tuple(others) if opinion.is_rejected else (want, *others)
        absent = (_rejected(want, opinion),) if opinion.is_rejected else ()
        self._write(footage, expect, absent)
        verdict = compare(Wanted(expect, absent), first.alerts)
        result = replace(first, verdict=verdict)
        case = self.room / f"{facts.name}.yaml"
        fails = tuple(differences(result))
        return _Tried(case, footage.path, footage.kind, note, fails)

    def _played(self, footage: _Footage) -> CaseResult:
        """What the footage gives, held against the alert alone."""
        path = self._write(footage, (wanted(self.stored.facts, self.fit),))
        options = PlayOptions(self.room, use_looks=False)
        return play_case(read_case(path), self.networks, options).result

    def _write(
        self,
        footage: _Footage,
        expect: tuple[Expectation, ...],
        absent: tuple[Absent, ...] = (),
    ) -> Path:
        facts, opinion = self.stored.facts, self.stored.opinion
        is_clip = footage.kind == CLIP
        written = Written(
            title=title_of(facts, self.fit),
            footage=(footage.kind, footage.path.name),
            start=footage.start,
            expect=expect,
            absent=absent,
            origin=f"alert {facts.violation.id.hex[:8]} of this service",
            provenance=Provenance(
                alert=str(self.stored.id),
                verdict=opinion.words,
                made_on=self.made_on,
                expires_on=opinion.expires_on if is_clip else None,
                is_held=opinion.is_held,
            ),
        )
        path = self.room / f"{facts.name}.yaml"
        path.write_text(case_text(facts, self.fit, written), encoding="utf-8")
        return path


def _why(result: CaseResult) -> str:
    return "; ".join(missed.why for missed in result.verdict.missed)


def _rejected(want: Expectation, opinion: Opinion) -> Absent:
    what = f"{want.what}, {opinion.words or 'rejected'}"
    return Absent(what=what, code=want.code, place=want.place, box=want.box)
