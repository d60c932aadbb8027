"""Holds the alerts found against those expected: met, missed, false, duplicated.

Each expectation takes its nearest alert in time. A further alert that would meet it too
is a duplicate, every other one is false. Why something was missed is told by the alert
or candidate that came nearest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detector.box import Box
from nonsite.replay.case import SAME_BOX_IOU, Absent, Expectation
from nonsite.replay.result import FoundAlert, Met, Missed, Verdict, Wrong


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a case says of its alerts."""

    expect: tuple[Expectation, ...]
    absent: tuple[Absent, ...] = ()


def compare(
    wanted: Wanted, alerts: Sequence[FoundAlert], candidates: Sequence[FoundAlert] = ()
) -> Verdict:
    """The verdict on one case.

    Args:
        wanted: What must be raised and what must not.
        alerts: What was raised.
        candidates: What came near and was not raised: tells why something is missed.
    """
    left = list(alerts)
    met, missed, duplicated = [], [], []
    for number, want in enumerate(wanted.expect):
        fitting = sorted(
            (alert for alert in left if fits(want, alert)),
            key=lambda alert: abs(alert.opened_s - want.start_s),
        )
        if not fitting:
            why, nearest = _why_missed(want, left, candidates)
            missed.append(Missed(number, want.code, _title(want), why, nearest))
            continue
        met.append(_met(number, want, fitting[0]))
        duplicated += [Wrong(extra.id, extra.code, extra.name) for extra in fitting[1:]]
        left = [alert for alert in left if alert not in fitting]
    false = tuple(Wrong(a.id, a.code, _named(a, wanted.absent)) for a in left)
    return Verdict(tuple(met), tuple(missed), false, tuple(duplicated))


def fits(want: Expectation, alert: FoundAlert) -> bool:
    """Whether an alert meets an expectation in everything it asks for."""
    return not _differences(want, alert)


def _differences(want: Expectation, alert: FoundAlert) -> list[str]:
    """In what an alert does not meet an expectation; the gravest first."""
    told = []
    if alert.code != want.code:
        told.append(f"it is {alert.code}")
    if alert.place != want.place:
        told.append(f"it stands in {alert.place}")
    if not _is_at(want.box, alert):
        told.append("its box is elsewhere")
    if abs(alert.opened_s - want.start_s) > want.tolerance_s:
        told.append(f"it opened at {alert.opened_s:g} s")
    if want.severity is not None and alert.severity != want.severity:
        told.append(f"its severity is {alert.severity}")
    if want.end_s is not None:
        if alert.cleared_s is None:
            told.append("it never cleared")
        elif abs(alert.cleared_s - want.end_s) > want.end_tolerance_s:
            told.append(f"it cleared at {alert.cleared_s:g} s")
    return told


def _is_at(box: tuple[float, float, float, float] | None, alert: FoundAlert) -> bool:
    return box is None or Box(*box).iou(Box(*alert.box)) >= SAME_BOX_IOU


def _met(number: int, want: Expectation, alert: FoundAlert) -> Met:
    end_error_s = None
    if want.end_s is not None and alert.cleared_s is not None:
        end_error_s = round(alert.cleared_s - want.end_s, 3)
    return Met(number, alert.id, round(alert.opened_s - want.start_s, 3), end_error_s)


def _title(want: Expectation) -> str:
    about = f" ({want.what})" if want.what else ""
    return f"{want.code} {want.place} at {want.start_s:g} s{about}"


def _named(alert: FoundAlert, absent: Iterable[Absent]) -> str:
    for known in absent:
        is_it = (
            known.code in (None, alert.code)
            and known.place in (None, alert.place)
            and _is_at(known.box, alert)
        )
        if is_it:
            return f"{alert.name}: {known.what}"
    return alert.name


def _why_missed(
    want: Expectation,
    alerts: Sequence[FoundAlert],
    candidates: Sequence[FoundAlert],
) -> tuple[str, FoundAlert | None]:
    near = [alert for alert in alerts if (alert.code, alert.place) == _what(want)]
    if near:
        best = min(near, key=lambda a: (len(_differences(want, a)), a.opened_s))
        return f"raised, but {', '.join(_differences(want, best))}", best
    held = [
        found
        for found in candidates
        if (found.code, found.place) == _what(want) and _is_at(want.box, found)
    ]
    if not held:
        return "nothing was seen there", None
    best = max(held, key=lambda found: (found.observed_s, found.id))
    not_true = [
        f"{c.clause} is {c.truth}"
        + (f" ({c.why})" if c.why else "")
        + (f": {c.value:g} of {c.limit:g}" if c.value is not None and c.limit else "")
        for c in best.clauses
        if c.truth != "true"
    ]
    told = ", ".join(not_true) or "held back"
    return f"seen for {best.observed_s:g} s; {told}", best


def _what(want: Expectation) -> tuple[str, str]:
    return want.code, want.place
