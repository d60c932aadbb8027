"""What a replay found, in plain values that serialise to equal bytes for equal runs."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from detector.look import Look
from rules.violation import Violation


@dataclass(frozen=True, slots=True)
class FoundClause:
    """One clause when it was last judged; see `rules.clause.ClauseTrace`."""

    clause: str
    truth: str
    value: float | None
    limit: float | None
    why: str | None


@dataclass(frozen=True, slots=True)
class FoundAlert:
    """One alert of a replay: the newest revision of one violation.

    Times ending in `_s` are seconds after the first picture played.
    """

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
    first_seen_s: float
    opened_s: float
    cleared_s: float | None
    observed_s: float
    gaps: int
    continuity_known: bool
    box: tuple[float, float, float, float]
    clauses: tuple[FoundClause, ...]

    @property
    def name(self) -> str:
        """For people: code, place and when."""
        return f"{self.code} {self.place}/{self.slot} at {self.opened_s:g} s"


@dataclass(frozen=True, slots=True)
class Met:
    """One expectation that was met.

    Attributes:
        expected: Its number in the case.
        alert: Id of the alert that met it.
        start_error_s: Opened so much later than expected, seconds.
        end_error_s: Cleared so much later than expected; None where nobody asked.
    """

    expected: int
    alert: str
    start_error_s: float
    end_error_s: float | None


@dataclass(frozen=True, slots=True)
class Missed:
    """One expectation that no alert met, and why, where the nearest one tells.

    Attributes:
        nearest: The alert or candidate that came nearest, with its clauses.
    """

    expected: int
    code: str
    what: str
    why: str
    nearest: FoundAlert | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """One alert that nothing expects, or that an alert before it had met already."""

    alert: str
    code: str
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the alerts found stand to the alerts expected."""

    met: tuple[Met, ...] = ()
    missed: tuple[Missed, ...] = ()
    false: tuple[Wrong, ...] = ()
    duplicated: tuple[Wrong, ...] = ()

    @property
    def passed(self) -> bool:
        """Everything expected was found once and nothing else."""
        return not (self.missed or self.false or self.duplicated)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one case gave."""

    name: str
    title: str
    conditions: tuple[str, ...]
    tags: tuple[str, ...]
    clip_sha256: str
    model: str
    config: str
    looks: int
    media_s: float
    alerts: tuple[FoundAlert, ...]
    verdict: Verdict
    fault: str | None = None

    @property
    def passed(self) -> bool:
        """Played to its end and found what it must."""
        return self.fault is None and self.verdict.passed


@dataclass(frozen=True, slots=True)
class Cost:
    """What a case took; never part of the result that is compared byte by byte."""

    cpu_s: float
    pictures_decoded: int
    from_cache: bool


@dataclass(frozen=True, slots=True)
class SeenBox:
    """One thing in one look: class, score, box 0…1."""

    label: str
    score: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Seen:
    """One look, as a report draws it over the recording.

    Attributes:
        at_s: Seconds after the first picture played.
        boxes: What was seen.
    """

    at_s: float
    boxes: tuple[SeenBox, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """A result, its cost, and what was seen on the way."""

    result: CaseResult
    cost: Cost
    seen: tuple[Seen, ...] = ()


def seen_in(look: Look, start: datetime) -> Seen:
    """The boxes of a look, times counted from `start`."""
    boxes = (
        SeenBox(t.label, round(t.score, 3), (t.box.x1, t.box.y1, t.box.x2, t.box.y2))
        for t in look.tracks
    )
    return Seen(_after(start, look.at), tuple(boxes))


def differences(result: CaseResult) -> list[str]:
    """Everything in which a case differs from what it must give, a line each."""
    if result.fault is not None:
        return [result.fault]
    verdict = result.verdict
    told = [f"missed {missed.what}: {missed.why}" for missed in verdict.missed]
    told += [f"false {wrong.what}" for wrong in verdict.false]
    return told + [f"twice {wrong.what}" for wrong in verdict.duplicated]


def to_content(results: Iterable[CaseResult]) -> dict[str, Any]:
    """The results as JSON values."""
    return {"version": 2, "cases": [asdict(result) for result in results]}


def found_alert(violation: Violation, start: datetime) -> FoundAlert:
    """The plain values of a violation, times counted from `start`."""
    opened, box = violation.opened_at or violation.at, violation.box
    cleared = violation.cleared_at
    return FoundAlert(
        id=str(violation.id),
        code=violation.code,
        place=f"{violation.place.view}/{violation.place.zone}",
        slot=violation.place.slot,
        life=violation.life.value,
        phase=violation.phase.value,
        severity=violation.severity.value,
        label=violation.label,
        score=round(violation.score, 4),
        first_seen=_iso(violation.first_seen),
        opened_at=_iso(opened),
        last_seen=_iso(violation.last_seen),
        cleared_at=_iso(cleared) if cleared else None,
        first_seen_s=_after(start, violation.first_seen),
        opened_s=_after(start, opened),
        cleared_s=_after(start, cleared) if cleared else None,
        observed_s=round(violation.observed_s, 3),
        gaps=len(violation.gaps),
        continuity_known=violation.continuity_known,
        box=(round(box.x1, 4), round(box.y1, 4), round(box.x2, 4), round(box.y2, 4)),
        clauses=tuple(
            FoundClause(
                clause=trace.clause,
                truth=trace.truth.value,
                value=None if trace.value is None else round(trace.value, 4),
                limit=trace.limit,
                why=trace.why.value if trace.why else None,
            )
            for trace in violation.clauses
        ),
    )


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _after(start: datetime, at: datetime) -> float:
    return round((at - start).total_seconds(), 3)
