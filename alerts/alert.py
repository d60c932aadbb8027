"""An alert as stored and shown: one place and rule, its sources, its evidence.

What goes in are violations; what comes out is read by the API, the desk, cases and
delivery. A person's verdict is no part of it: cases keep that beside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from sqlalchemy import Select

from alerts.evidence_mode import Standing
from alerts.pack import PackState
from base.ids import CameraId, ZoneName
from base.json_value import JsonValue
from rules.place import Place, PlaceKey
from rules.violation import LASTING, Life, Phase, Severity, Violation

AlertId = NewType("AlertId", UUID)
"""Id of the first violation behind the alert, and of the alert's own pack."""

Walk = Select[datetime, UUID]
"""A query of (opening, alert id) along one index that stands in the lists' order."""

Cursor = NewType("Cursor", str)
"""Opaque place in a list; only handed back."""

EvidenceState = PackState
"""An alert's evidence stands where its pack stands; pending before there is one."""

LIVE = LASTING
"""Lives in which the thing is still there."""


@dataclass(frozen=True, slots=True)
class AlertSource:
    """One violation behind an alert.

    Attributes:
        violation: Whole, as last sent.
        life: Its life as mirrored; differs from the violation's after an illegal step.
        lease_epoch: Lease under which it was last sent.
        seq: Number of the last message under that lease.
        superseded: The slot began anew without a clearing; this one is over.
        evidence: State of this source's own pack, whose id is the violation's.
        stored_at: Wall time it first came.
        changed_at: Wall time it last changed.
    """

    violation: Violation
    life: Life
    lease_epoch: int
    seq: int
    superseded: bool
    evidence: EvidenceState
    stored_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert.

    Attributes:
        id: Same as the first violation's id.
        revision: Grows by one with each stored change.
        code: Catalogue code.
        place: Of the first source.
        place_key: By which sources are one matter.
        life: Over all sources: cleared when the last one is.
        phase: Due as soon as one source is.
        severity: The gravest of the sources.
        opened_at: Media time of the first opening; never changes.
        due_at: Media time grace ends.
        first_seen: Media time since when the occupant stands there.
        last_seen: Media time it was last observed.
        cleared_at: Media time the last source cleared; None while it lasts.
        violation: The first source's whole: box, label, clauses, gaps, config, model.
        sources: All of them, first one first.
        evidence: State of the alert's own pack.
        evidence_reasons: Why it is partial.
        standing: Clue or off-site evidence, computed, with every reason.
        is_group: A flood from one camera as one alert: its sources are many places.
        stored_at: Wall time it became readable.
        changed_at: Wall time of the last change.
    """

    id: AlertId
    revision: int
    code: str
    place: Place
    place_key: PlaceKey
    life: Life
    phase: Phase
    severity: Severity
    opened_at: datetime
    due_at: datetime | None
    first_seen: datetime
    last_seen: datetime
    cleared_at: datetime | None
    violation: Violation
    sources: tuple[AlertSource, ...]
    evidence: EvidenceState
    evidence_reasons: tuple[str, ...]
    standing: Standing
    is_group: bool
    stored_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts a list holds; an empty set asks nothing.

    Attributes:
        cameras: Any source is one of these.
        codes: Catalogue codes.
        lives: Lives.
        phases: Phases.
        severities: Severities.
        zones: Any source lies in a zone of one of these names.
        evidence: States of the alert's own pack; one without a pack is pending.
        opened_from: Media time, inclusive.
        opened_until: Media time, exclusive.
        beginnings: Its id, or that of a violation behind it, begins so: hex, small,
            without dashes.
        within: A query of alert ids that later folders bring: by state of review.
        walks: What later folders have in the lists' order: by who decided. The list is
            what they hold together; empty: nothing; None: not asked.
    """

    cameras: frozenset[CameraId] = frozenset()
    codes: frozenset[str] = frozenset()
    lives: frozenset[Life] = frozenset()
    phases: frozenset[Phase] = frozenset()
    severities: frozenset[Severity] = frozenset()
    zones: frozenset[ZoneName] = frozenset()
    evidence: frozenset[EvidenceState] = frozenset()
    opened_from: datetime | None = None
    opened_until: datetime | None = None
    beginnings: frozenset[str] = frozenset()
    within: Select[UUID] | None = None
    walks: tuple[Walk, ...] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list, newest opening first; `next` is None on the last page."""

    alerts: tuple[Alert, ...]
    next: Cursor | None


class EventKind(StrEnum):
    """What clients are told of."""

    ALERT_RAISED = "alert.raised"
    ALERT_CHANGED = "alert.changed"
    EVIDENCE_CHANGED = "evidence.changed"
    REVISION_APPLIED = "revision.applied"
    REVIEW_CHANGED = "review.changed"
    ALARM_CHANGED = "alarm.changed"
    TASK_CHANGED = "task.changed"
    SIREN_TEST = "siren.test"


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One entry of the sealed event log.

    Attributes:
        seq: Gapless number, what `Last-Event-ID` names.
        kind: What happened.
        alert: To which alert; None where it concerns none.
        camera: Which camera; None where it concerns none.
        detail: What changed, small: code, life, phase, severity, revision, state.
        at: Wall time it was stored.
    """

    seq: int
    kind: EventKind
    alert: AlertId | None
    camera: CameraId | None
    detail: Mapping[str, JsonValue]
    at: datetime


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """Figures of the store.

    Attributes:
        by_life: Alerts in each life.
        by_code: Alerts of each code in each life.
        live_by_severity: Alerts still there, by severity.
        unsealed: Events waiting for their number.
        owed: Tellings waiting in the outbox.
    """

    by_life: Mapping[Life, int]
    by_code: Mapping[tuple[str, Life], int]
    live_by_severity: Mapping[Severity, int]
    unsealed: int
    owed: int
