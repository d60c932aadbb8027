"""Footage regression: the live line on media time, recordings in, alerts out.

Two replays on one machine give equal bytes: nothing in the result comes from a clock
or from the order in which threads ran.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from base.clock import Clock
from base.ids import CameraId
from base.shutdown import StopSignal
from detector.look import Look
from nonsite.case import CAMERA, Expectation, LoadedCase
from nonsite.lines import CameraPlan, Networks, asking, line_of, resolver_of
from nonsite.settings import logins_from_environment
from nonsite.worker import judge_frame
from rules.clock_store import MemoryClockStore
from rules.violation import RAISED, Violation
from sites.revision import RevisionId, canonical_json
from streams.frame import Frame
from streams.intake import IntakeOptions
from streams.look_plan import LookPlan, LookRequest
from streams.playback import play
from streams.settings import Profile


@dataclass(frozen=True, slots=True)
class FoundAlert:
    """One alert of a replay: the newest revision of one violation, in plain values."""

    id: str
    code: str
    place: str
    slot: str
    life: str
    phase: str
    severity: str
    label: str
    score: float
    first_seen: str
    opened_at: str
    last_seen: str
    cleared_at: str | None
    opened_s: float
    observed_s: float
    gaps: int
    continuity_known: bool
    box: tuple[float, float, float, float]
    clauses: tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the alerts found stand to the alerts expected."""

    true: int
    missed: tuple[str, ...]
    false: tuple[str, ...]
    duplicated: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Everything expected was found once and nothing else."""
        return not (self.missed or self.false or self.duplicated)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one case gave."""

    name: str
    title: str
    clip_sha256: str
    model: str
    config: str
    looks: int
    media_s: float
    alerts: tuple[FoundAlert, ...]
    verdict: Verdict


@dataclass
class _Collected:
    """Stands where the spool stands live; keeps the newest revision of each."""

    newest: dict[str, Violation] = field(default_factory=dict)
    looks: int = 0
    last: Look | None = None

    def raise_alert(self, violation: Violation) -> None:
        if violation.life in RAISED:
            self.newest[str(violation.id)] = violation

    def after(self, frame: Frame, look: Look, judged: tuple[Violation, ...]) -> None:
        del frame, judged
        self.looks += 1
        self.last = look


Progress = Callable[[float], None]
"""Told the media seconds judged so far."""


def replay_case(
    loaded: LoadedCase,
    networks: Networks,
    pace: Callable[[Iterable[Frame]], Iterator[Frame]] = iter,
    progress: Progress = lambda _seconds: None,
) -> CaseResult:
    """Judge one case from its first picture to its last.

    Raises:
        FeedError: The recording cannot be opened or read.
        ModelError: The network cannot be used.
    """
    section = loaded.site.cameras[CAMERA]
    config = hashlib.sha256(canonical_json(loaded.site).encode()).hexdigest()
    plan = CameraPlan(
        CameraId(CAMERA), section, loaded.site, RevisionId(config), lease_epoch=1
    )
    found = _Collected()
    line = line_of(plan, networks, MemoryClockStore(), found)
    resting = line.engine.needs(None)
    look_plan = LookPlan(resting)

    def ask(request: LookRequest, _at: datetime) -> None:
        look_plan.ask(request)

    line = asking(line, ask)
    start = loaded.case.start.astimezone(UTC)
    address = resolver_of(section, loaded.folder, logins_from_environment)
    recording = address.resolve(Profile.LOOKS)
    frames = play(recording, plan.id, start, look_plan, IntakeOptions(resting))
    for frame in pace(frames):
        judge_frame(line, frame, found)
        progress((frame.at - start).total_seconds())
    return _result(loaded, found, config)


def paced(
    clock: Clock, stop: StopSignal
) -> Callable[[Iterable[Frame]], Iterator[Frame]]:
    """A pace of 1×: each frame is handed on when its media time has come."""

    def pace(frames: Iterable[Frame]) -> Iterator[Frame]:
        began: tuple[float, datetime] | None = None
        for frame in frames:
            now = clock.monotonic_s()
            began = began or (now, frame.at)
            due = began[0] + (frame.at - began[1]).total_seconds()
            if due > now and stop.wait(due - now):
                return
            yield frame

    return pace


def to_json(results: Iterable[CaseResult]) -> str:
    """The results as canonical JSON: equal runs give equal bytes."""
    content = {"version": 1, "cases": [asdict(result) for result in results]}
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _result(loaded: LoadedCase, found: _Collected, config: str) -> CaseResult:
    start = loaded.case.start.astimezone(UTC)
    raised = sorted(
        found.newest.values(), key=lambda v: (v.opened_at or v.at, v.code, str(v.id))
    )
    alerts = tuple(_found(violation, start) for violation in raised)
    last = found.last
    return CaseResult(
        name=loaded.name,
        title=loaded.case.title,
        clip_sha256=_sha256(loaded.folder / loaded.case.clip),
        model=last.model if last else "",
        config=config,
        looks=found.looks,
        media_s=(last.at - start).total_seconds() if last else 0.0,
        alerts=alerts,
        verdict=compare(loaded.case.expect, alerts),
    )


def compare(
    expected: tuple[Expectation, ...], alerts: tuple[FoundAlert, ...]
) -> Verdict:
    """Match alerts to expectations, each expectation to its nearest alert in time.

    A further alert of the same code and place within the tolerance is a duplicate; any
    other alert that nothing expects is false.
    """
    left = list(alerts)
    missed, duplicated = [], []
    true = 0
    for want in expected:
        fitting = sorted(
            (alert for alert in left if _fits(want, alert)),
            key=lambda alert: abs(alert.opened_s - want.start_s),
        )
        if not fitting:
            missed.append(f"{want.code} {want.place} at {want.start_s:g} s")
            continue
        true += 1
        left.remove(fitting[0])
        for extra in fitting[1:]:
            duplicated.append(_name(extra))
            left.remove(extra)
    false = tuple(_name(alert) for alert in left)
    return Verdict(true, tuple(missed), false, tuple(duplicated))


def _fits(want: Expectation, alert: FoundAlert) -> bool:
    return (
        alert.code == want.code
        and alert.place == want.place
        and abs(alert.opened_s - want.start_s) <= want.tolerance_s
        and (want.severity is None or alert.severity == want.severity)
    )


def _name(alert: FoundAlert) -> str:
    return f"{alert.code} {alert.place}/{alert.slot} at {alert.opened_s:g} s"


def _found(violation: Violation, start: datetime) -> FoundAlert:
    opened = violation.opened_at or violation.at
    box = violation.box
    return FoundAlert(
        id=str(violation.id),
        code=violation.code,
        place=f"{violation.place.view}/{violation.place.zone}",
        slot=violation.place.slot,
        life=violation.life,
        phase=violation.phase,
        severity=violation.severity,
        label=violation.label,
        score=round(violation.score, 4),
        first_seen=_iso(violation.first_seen),
        opened_at=_iso(opened),
        last_seen=_iso(violation.last_seen),
        cleared_at=_iso(violation.cleared_at) if violation.cleared_at else None,
        opened_s=round((opened - start).total_seconds(), 3),
        observed_s=round(violation.observed_s, 3),
        gaps=len(violation.gaps),
        continuity_known=violation.continuity_known,
        box=(round(box.x1, 4), round(box.y1, 4), round(box.x2, 4), round(box.y2, 4)),
        clauses=tuple(
            {
                "clause": trace.clause,
                "truth": trace.truth.value,
                "value": None if trace.value is None else round(trace.value, 4),
                "limit": trace.limit,
                "why": trace.why.value if trace.why else None,
            }
            for trace in violation.clauses
        ),
    )


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _sha256(path: Path) -> str:
    with path.open("rb") as clip:
        return hashlib.file_digest(clip, "sha256").hexdigest()
