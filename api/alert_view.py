"""An alert as the API tells it: what, where, since when, why, with which evidence.

Names of codes come from the catalogue, a camera's title from the revision in force; the
identifiers beside them are the stable part. All texts of people (titles) are data for
the client to escape.
"""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field

from alerts.alert import Alert, AlertSource
from alerts.clause_words import clause_line, clause_line_en
from alerts.evidence_mode import EvidenceMode
from alerts.pack import PackState
from api.evidence_desk_view import ShownStanding
from api.evidence_view import ShownEvidence
from api.shown import Shown, ShownBox, ShownGap, UtcTime
from cases.life import ReviewState
from cases.verdict import Reason
from rules.catalogue import Catalogue
from rules.clause import ClauseTrace, Truth, Why
from rules.violation import Life, Phase, Severity
from rules.wording import suspected

CLOCK_NOTE = "media time, the camera's own"


class ShownClause(Shown):
    """How one clause of the rule stood when last judged."""

    clause: Annotated[str, Field(description="code of the clause")]
    text_zh: Annotated[str, Field(description="the whole in one line, Chinese")]
    text_en: Annotated[str, Field(description="the whole in one line, English")]
    truth: Annotated[
        Truth, Field(description="true, false, or unknown (未观测), never guessed")
    ]
    value: Annotated[float | None, Field(description="the measured number")]
    limit: Annotated[float | None, Field(description="what it was held against")]
    since: Annotated[UtcTime | None, Field(description="since when it has this truth")]
    why: Annotated[Why | None, Field(description="why it is unknown")]
    looks: Annotated[
        tuple[UtcTime, ...], Field(description="looks that decided it, newest last")
    ]

    @classmethod
    def of(cls, trace: ClauseTrace) -> "ShownClause":
        """From the rule's own trace."""
        return cls(
            clause=trace.clause,
            text_zh=clause_line(trace),
            text_en=clause_line_en(trace),
            truth=trace.truth,
            value=trace.value,
            limit=trace.limit,
            since=trace.since,
            why=trace.why,
            looks=trace.looks,
        )


class ShownSource(Shown):
    """One camera's violation behind the alert."""

    violation: Annotated[UUID, Field(description="id of the violation")]
    camera: Annotated[str, Field(description="camera that sees it")]
    view: Annotated[str, Field(description="preset it was seen in")]
    zone: Annotated[str, Field(description="zone it lies in")]
    slot: Annotated[str, Field(description="place inside the zone")]
    life: Annotated[Life, Field(description="where this source stands")]
    superseded: Annotated[
        bool, Field(description="the place began anew without a clearing: it is over")
    ]
    evidence: Annotated[PackState, Field(description="state of this source's pack")]

    @classmethod
    def of(cls, source: AlertSource) -> "ShownSource":
        """From the store's own source."""
        place = source.violation.place
        return cls(
            violation=source.violation.id,
            camera=place.camera,
            view=place.view,
            zone=place.zone,
            slot=place.slot,
            life=source.life,
            superseded=source.superseded,
            evidence=source.evidence,
        )


class AlertSummary(Shown):
    """An alert as a list shows it."""

    id: Annotated[UUID, Field(description="id of the alert")]
    revision: Annotated[int, Field(description="grows by one with each change")]
    code: Annotated[str, Field(description="catalogue code")]
    text_zh: Annotated[str, Field(description="what is suspected, Chinese")]
    text_en: Annotated[str, Field(description="what is suspected, English")]
    severity: Annotated[Severity, Field(description="S1 life danger … S4 advisory")]
    life: Annotated[Life, Field(description="where it stands")]
    phase: Annotated[Phase, Field(description="grace: still time to leave; due: over")]
    camera: Annotated[str, Field(description="camera of the first source")]
    camera_title: Annotated[str, Field(description="its title in force; may be empty")]
    view: Annotated[str, Field(description="preset")]
    zone: Annotated[str, Field(description="zone")]
    ground: Annotated[str | None, Field(description="shared ground, where named")]
    occupied_since: Annotated[
        UtcTime, Field(description=f"since when it stands there; {CLOCK_NOTE}")
    ]
    opened_at: Annotated[UtcTime, Field(description=f"opened; {CLOCK_NOTE}")]
    due_at: Annotated[UtcTime | None, Field(description=f"grace ends; {CLOCK_NOTE}")]
    last_seen: Annotated[UtcTime, Field(description=f"last observed; {CLOCK_NOTE}")]
    cleared_at: Annotated[UtcTime | None, Field(description=f"ended; {CLOCK_NOTE}")]
    observed_s: Annotated[float, Field(description="seconds really watched")]
    continuity_known: Annotated[
        bool, Field(description="false: cannot tell it is the same one throughout")
    ]
    label: Annotated[str, Field(description="class of the thing, `car`")]
    evidence: Annotated[PackState, Field(description="pending, complete or partial")]
    sources: Annotated[int, Field(description="how many violations stand behind it")]
    mode: Annotated[
        EvidenceMode, Field(description="clue or off-site evidence, as it stands now")
    ]
    is_group: Annotated[
        bool,
        Field(description="true: too many at once from one camera, shown as one alert"),
    ]
    stored_at: Annotated[UtcTime, Field(description="wall time it became readable")]
    changed_at: Annotated[UtcTime, Field(description="wall time of the last change")]


class AlertDetail(AlertSummary):
    """An alert whole."""

    place_key: Annotated[str, Field(description="by it two cameras are one matter")]
    box: Annotated[ShownBox, Field(description="where in the picture")]
    score: Annotated[
        float | None,
        Field(description="best detector score; null while a second officer looks"),
    ]
    gaps: Annotated[tuple[ShownGap, ...], Field(description="stretches not watched")]
    clauses: Annotated[tuple[ShownClause, ...], Field(description="clause trace")]
    seen_by: Annotated[tuple[ShownSource, ...], Field(description="all sources")]
    standing: Annotated[
        ShownStanding, Field(description="what the evidence may be used as, and why")
    ]
    evidence_reasons: Annotated[
        tuple[str, ...], Field(description="why the evidence is partial, codes")
    ]
    files: Annotated[tuple[ShownEvidence, ...], Field(description="evidence files")]
    config: Annotated[str, Field(description="revision it was judged under")]
    model: Annotated[str, Field(description="network, `name@digest`")]


class ListedAlert(AlertSummary):
    """An alert in a list, with what people made of it so far."""

    review: Annotated[
        ReviewState | None, Field(description="where it stands with people; null: new")
    ]
    reason: Annotated[Reason | None, Field(description="of a rejection")]


class AlertPage(Shown):
    """Part of a list of alerts, newest opening first."""

    alerts: Annotated[tuple[ListedAlert, ...], Field(description="the alerts")]
    next: Annotated[
        str | None, Field(description="`cursor` of the next page; null on the last")
    ]
    as_of: Annotated[
        int,
        Field(description="event number the list holds at least: `after` of /events"),
    ]


@dataclass(frozen=True, slots=True)
class Captions:
    """What turns identifiers into words.

    Attributes:
        catalogue: Names of codes.
        titles: Of cameras, by name.
    """

    catalogue: Catalogue
    titles: dict[str, str]


def summary_of(alert: Alert, captions: Captions) -> AlertSummary:
    """An alert for a list."""
    place, violation = alert.place, alert.violation
    text = suspected(alert.code, captions.catalogue)
    return AlertSummary(
        id=alert.id,
        revision=alert.revision,
        code=alert.code,
        text_zh=text.zh,
        text_en=text.en,
        severity=alert.severity,
        life=alert.life,
        phase=alert.phase,
        camera=place.camera,
        camera_title=captions.titles.get(place.camera, ""),
        view=place.view,
        zone=place.zone,
        ground=place.ground,
        occupied_since=alert.first_seen,
        opened_at=alert.opened_at,
        due_at=alert.due_at,
        last_seen=alert.last_seen,
        cleared_at=alert.cleared_at,
        observed_s=violation.observed_s,
        continuity_known=violation.continuity_known,
        label=violation.label,
        evidence=alert.evidence,
        sources=len(alert.sources),
        mode=alert.standing.mode,
        is_group=alert.is_group,
        stored_at=alert.stored_at,
        changed_at=alert.changed_at,
    )


def listed_of(
    alert: Alert, captions: Captions, made: tuple[ReviewState | None, Reason | None]
) -> ListedAlert:
    """An alert for a list, with what people made of it."""
    summary = summary_of(alert, captions)
    shown = {name: getattr(summary, name) for name in AlertSummary.model_fields}
    return ListedAlert(**shown, review=made[0], reason=made[1])


def detail_of(
    alert: Alert, files: tuple[ShownEvidence, ...], captions: Captions
) -> AlertDetail:
    """An alert with everything known of it."""
    violation = alert.violation
    summary = {
        name: getattr(summary_of(alert, captions), name)
        for name in AlertSummary.model_fields
    }
    return AlertDetail(
        **summary,
        place_key=alert.place_key,
        box=ShownBox.of(violation.box),
        score=violation.score,
        gaps=tuple(ShownGap.of(gap) for gap in violation.gaps),
        clauses=tuple(ShownClause.of(trace) for trace in violation.clauses),
        seen_by=tuple(ShownSource.of(source) for source in alert.sources),
        standing=ShownStanding.of(alert.standing),
        evidence_reasons=alert.evidence_reasons,
        files=files,
        config=violation.config,
        model=violation.model,
    )
