"""A morning at the centre: twenty suspicions of every kind, as the guide shows them."""

from datetime import UTC, datetime, timedelta

from detector.box import Box
from rules.clause import ClauseTrace, Truth, Why
from rules.violation import Severity
from tests.desk.staging import Staged

CAR = Box(0.40, 0.52, 0.52, 0.64)
STALL = Box(0.33, 0.54, 0.42, 0.66)
PERSON = Box(0.45, 0.50, 0.50, 0.62)


def _trace(dwell_s: float, *told: tuple[object, ...]) -> tuple[ClauseTrace, ...]:
    """Clauses as (name, truth, value, limit) or (name, why)."""
    since = datetime.now(UTC) - timedelta(seconds=dwell_s)
    return tuple(
        ClauseTrace(str(one[0]), Truth.UNKNOWN, why=one[1])
        if isinstance(one[1], Why)
        else ClauseTrace(one[0], one[1], one[2], one[3], since)  # type: ignore[arg-type]
        for one in told
    )


def _parked(n: int, dwell_s: float, truth: Truth = Truth.TRUE) -> Staged:
    last: tuple[object, ...] = ("not_permitted", truth, None, None)
    if truth is Truth.UNKNOWN:
        last = ("not_permitted", Why.NO_PERMIT_FEED)
    return Staged(
        code="SW-01",
        camera="street",
        dwell_s=dwell_s,
        ago_s=30.0 + 40 * n,
        gaps=((20.0, 32.0),) if n % 2 else (),
        clauses=_trace(
            dwell_s,
            ("vehicle_in_zone", Truth.TRUE, 0.81, 0.4),
            ("footprint_in_zone", Truth.TRUE, 0.83, 0.5),
            ("still_for", Truth.TRUE, dwell_s, 60.0),
            last,
        ),
    )


def _vendor(n: int, code: str) -> Staged:
    return Staged(
        code=code,
        camera="market",
        zone="front",
        label="umbrella",
        box=STALL,
        dwell_s=260.0,
        ago_s=60.0 + 50 * n,
        clauses=_trace(
            260.0,
            ("thing_in_zone", Truth.TRUE, None, None),
            ("footprint_in_zone", Truth.TRUE, 0.76, 0.5),
            ("still_for", Truth.TRUE, 260.0, 240.0),
            ("attended", Truth.TRUE, None, None),
            ("no_permit_near", Why.NO_PERMIT_FEED),
        ),
    )


def _height(n: int, code: str, severity: Severity) -> Staged:
    return Staged(
        code=code,
        camera="tower",
        zone="roof",
        label="person",
        severity=severity,
        box=Box(0.44, 0.12, 0.49, 0.24),
        dwell_s=14.0,
        ago_s=45.0 + 30 * n,
        clauses=_trace(
            14.0,
            ("person_in_zone", Truth.TRUE, None, None),
            ("none_seen", Why.NO_SUCH_CLASS),
        ),
    )


def _shaft(n: int, code: str, severity: Severity) -> Staged:
    return Staged(
        code=code,
        camera="shaft",
        zone="pit",
        label="person",
        severity=severity,
        box=PERSON,
        dwell_s=24.0,
        ago_s=25.0 + 20 * n,
        clauses=_trace(
            24.0,
            ("inside_at_least", Truth.TRUE, 1, 1),
            ("ring_empty", Truth.TRUE, 24.0, 20.0),
        ),
    )


def morning() -> tuple[Staged, ...]:
    """Twenty, from advisory to grave; none is S1."""
    return (
        *(_parked(n, 75.0 + 20 * n, Truth.UNKNOWN) for n in range(6)),
        *(_parked(n, 130.0 + 15 * n) for n in range(6, 8)),
        *(
            _vendor(n, code)
            for n, code in enumerate(("SW-02", "SW-03", "SW-02", "SW-04"))
        ),
        *(
            _height(n, code, severity)
            for n, (code, severity) in enumerate(
                (
                    ("WH-03", Severity.S2),
                    ("WH-02", Severity.S2),
                    ("WH-08", Severity.S3),
                    ("WH-05", Severity.S2),
                )
            )
        ),
        *(
            _shaft(n, code, severity)
            for n, (code, severity) in enumerate(
                (
                    ("CS-03", Severity.S2),
                    ("CS-11", Severity.S2),
                    ("CS-02U", Severity.S3),
                    ("CS-05", Severity.S4),
                )
            )
        ),
    )


def danger() -> Staged:
    """Life danger: sounds at every desk."""
    return _shaft(0, "CS-02", Severity.S1)
