"""A review as the API tells and takes it: queue, claim, verdict, history."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from api.alert_view import AlertDetail, AlertSummary
from api.shown import Shown, UtcTime
from api.taken import MOST_TEXT, Comment, Taken, Words
from cases.life import Act, Lane, ReviewState
from cases.verdict import Leniency, Reason
from rules.violation import Severity


class TakenTicks(Taken):
    """The four looks of art. 41, each ticked for itself."""

    true: Annotated[bool, Field(description="真实: nothing speaks against it")]
    clear: Annotated[bool, Field(description="清晰: one can see what is said")]
    complete: Annotated[bool, Field(description="完整: beginning to end")]
    accurate: Annotated[bool, Field(description="准确: place, time and act fit")]


Education = Annotated[
    Words, Field(max_length=MOST_TEXT, description="what the party was told")
]


class ConfirmClue(Taken):
    """It looks right: pass it on as a clue (线索)."""

    kind: Literal["confirm_clue"]
    comment: Comment = ""
    leniency: Annotated[Leniency, Field(description="what is seen of art. 33")] = (
        Leniency.NONE
    )
    education: Education = ""


class ConfirmEvidence(Taken):
    """It holds as evidence: certified officers only, a second one will look."""

    kind: Literal["confirm_evidence"]
    ticks: Annotated[TakenTicks, Field(description="all four must be true")]
    clip_reached: Annotated[
        AwareDatetime, Field(description="media time up to which the clip was seen")
    ]
    comment: Comment = ""
    leniency: Annotated[Leniency, Field(description="what is seen of art. 33")] = (
        Leniency.NONE
    )
    education: Education = ""


class Reject(Taken):
    """It is not what it looked like."""

    kind: Literal["reject"]
    reason: Annotated[Reason, Field(description="why")]
    comment: Comment = ""


class Unsure(Taken):
    """A senior shall look; the comment says what is unclear."""

    kind: Literal["unsure"]
    comment: Comment


class Merge(Taken):
    """The same matter as another alert."""

    kind: Literal["merge"]
    into: Annotated[UUID, Field(description="the alert that stands for it")]
    comment: Comment = ""


class Defer(Taken):
    """Look again later."""

    kind: Literal["defer"]
    until: Annotated[AwareDatetime, Field(description="when, within 24 hours")]
    comment: Comment = ""


class AskOnsite(Taken):
    """Somebody shall look on site; makes an officer's task."""

    kind: Literal["ask_onsite"]
    comment: Comment
    officer: Annotated[
        str, Field(max_length=64, description="login name; empty: whoever is near")
    ] = ""


TakenVerdict = Annotated[
    ConfirmClue | ConfirmEvidence | Reject | Unsure | Merge | Defer | AskOnsite,
    Field(discriminator="kind"),
]


class BlindConfirm(Taken):
    """A second look: it holds."""

    kind: Literal["confirm"]
    ticks: Annotated[TakenTicks, Field(description="all four must be true")]
    clip_reached: Annotated[
        AwareDatetime, Field(description="media time up to which the clip was seen")
    ]
    comment: Comment = ""


class BlindReject(Taken):
    """A second look: it does not hold."""

    kind: Literal["reject"]
    reason: Annotated[Reason, Field(description="why")]
    comment: Comment = ""


BlindAnswer = Annotated[BlindConfirm | BlindReject, Field(discriminator="kind")]


class ShownClaim(Shown):
    """Who works on it."""

    by: Annotated[str, Field(description="login name")]
    is_mine: Annotated[bool, Field(description="the caller holds it")]
    since: Annotated[UtcTime, Field(description="wall time it was taken")]
    until: Annotated[UtcTime, Field(description="wall time it runs out")]
    seconds_left: Annotated[float, Field(description="the same from now, s")]


class ShownVerdict(Shown):
    """One verdict on record."""

    id: Annotated[UUID, Field(description="id of the record")]
    act: Annotated[Act, Field(description="what it did")]
    by: Annotated[str, Field(description="login name")]
    full_name: Annotated[str, Field(description="as printed")]
    roles: Annotated[tuple[str, ...], Field(description="roles then")]
    certificate: Annotated[str, Field(description="officer certificate then")]
    at: Annotated[UtcTime, Field(description="wall time")]
    reason: Annotated[Reason | None, Field(description="of a rejection")]
    reason_zh: Annotated[str, Field(description="the same, Chinese")]
    comment: Annotated[str, Field(description="in the person's words")]
    ticks: Annotated[TakenTicks | None, Field(description="art. 41")]
    clip_reached: Annotated[UtcTime | None, Field(description="how far it was seen")]
    leniency: Annotated[Leniency, Field(description="what was seen of art. 33")]
    undone_at: Annotated[UtcTime | None, Field(description="taken back")]


class ShownReview(Shown):
    """Where an alert stands with people."""

    alert: Annotated[UUID, Field(description="id of the alert")]
    state: Annotated[ReviewState, Field(description="where it stands")]
    severity: Annotated[Severity, Field(description="as queued; downgraded: S4")]
    is_downgraded: Annotated[bool, Field(description="its rule is imprecise lately")]
    deadline: Annotated[UtcTime | None, Field(description="verdict due, wall time")]
    is_overdue: Annotated[bool, Field(description="the deadline is over")]
    claim: Annotated[ShownClaim | None, Field(description="who works on it")]
    queued_at: Annotated[UtcTime | None, Field(description="entered the queue")]
    wake_at: Annotated[UtcTime | None, Field(description="a deferred one is back")]
    merged_into: Annotated[UUID | None, Field(description="alert standing for it")]
    skips: Annotated[int, Field(description="leases that ran out unanswered")]
    decided_at: Annotated[UtcTime | None, Field(description="when it ended")]
    undo_until: Annotated[
        UtcTime | None, Field(description="the caller may take back until then")
    ]
    undo_seconds_left: Annotated[
        float | None, Field(description="the same from now, s")
    ]
    acknowledged_by: Annotated[
        str | None,
        Field(description="of an S1: by whom; `local`: silenced, by nobody named"),
    ]
    acts: Annotated[
        tuple[Act, ...], Field(description="what the caller may do now, keys to show")
    ]
    verdicts: Annotated[
        tuple[ShownVerdict, ...],
        Field(description="oldest first; while a second looks: one's own only"),
    ]


class QueueItem(Shown):
    """One line of the queue."""

    alert: Annotated[AlertSummary, Field(description="what is suspected where")]
    review: Annotated[ShownReview, Field(description="where it stands")]


class Queue(Shown):
    """Open reviews: severity, then deadline, then age."""

    lane: Annotated[Lane, Field(description="which list")]
    items: Annotated[tuple[QueueItem, ...], Field(description="the first of them")]
    waiting: Annotated[int, Field(description="how many wait in all")]
    overdue: Annotated[int, Field(description="how many are past their deadline")]
    blind: Annotated[int, Field(description="second looks waiting for the caller")]
    as_of: Annotated[int, Field(description="event number the list holds at least")]


class BlindItem(Shown):
    """Something to be looked at with fresh eyes: no score, no first verdict."""

    id: Annotated[UUID, Field(description="of this look")]
    alert: Annotated[AlertDetail, Field(description="score taken out")]
    claim: Annotated[ShownClaim, Field(description="the caller's lease")]


class BlindResult(Shown):
    """It was taken down."""

    id: Annotated[UUID, Field(description="of the look")]
    taken: Annotated[Literal[True], Field(description="always")] = True
    undo_seconds_left: Annotated[
        float | None, Field(description="so long the answer may be taken back, s")
    ] = None


class PastAlert(Shown):
    """One earlier alert at the same place."""

    alert: Annotated[AlertSummary, Field(description="the alert")]
    state: Annotated[ReviewState, Field(description="what people made of it")]
    reason: Annotated[Reason | None, Field(description="of a rejection")]


class PlaceHistory(Shown):
    """What happened at this place before."""

    alert: Annotated[UUID, Field(description="the alert asked about")]
    days: Annotated[int, Field(description="how far back")]
    raised: Annotated[int, Field(description="alerts of any code")]
    confirmed: Annotated[int, Field(description="confirmed, clue or evidence")]
    rejected: Annotated[int, Field(description="rejected")]
    first_confirmed_at: Annotated[
        UtcTime | None, Field(description="the earliest confirmed, media time")
    ]
    alerts: Annotated[tuple[PastAlert, ...], Field(description="newest first, 50")]


class ConsultedPermit(Shown):
    """One permit or clause that was asked whether it makes this lawful."""

    source: Annotated[str, Field(description="clause or registry asked")]
    answer: Annotated[
        Literal["permitted", "not_permitted", "unknown"], Field(description="answer")
    ]
    text_zh: Annotated[str, Field(description="the answer in one line, Chinese")]
    text_en: Annotated[str, Field(description="the same, English")]
    permit: Annotated[str | None, Field(description="number of the permit")]
    holder: Annotated[str | None, Field(description="who holds it")]
    asked_at: Annotated[datetime | None, Field(description="media time asked")]


class Permits(Shown):
    """Permits consulted for one alert and what they answered."""

    alert: Annotated[UUID, Field(description="the alert")]
    answers: Annotated[tuple[ConsultedPermit, ...], Field(description="each asked")]


class Scene(Shown):
    """What the desk draws over picture and clip."""

    alert: Annotated[UUID, Field(description="the alert")]
    zone: Annotated[
        tuple[tuple[float, float], ...],
        Field(description="outline of the zone, 0…1; empty: not known any more"),
    ]
    purpose: Annotated[str, Field(description="purpose of the zone")]
    lat: Annotated[float | None, Field(description="where the camera hangs")]
    lon: Annotated[float | None, Field(description="where the camera hangs")]


class Alarm(Shown):
    """An S1 nobody has acknowledged: to be sounded."""

    alert: Annotated[AlertSummary, Field(description="what is suspected where")]
    since: Annotated[UtcTime, Field(description="wall time it became readable")]
    seconds: Annotated[float, Field(description="how long it has been sounding, s")]
    is_escalated: Annotated[
        bool, Field(description="nobody answered: others were told")
    ]
    sound: Annotated[Literal["siren", "chime"], Field(description="what to play")]


class Alarms(Shown):
    """Every S1 that sounds now."""

    alarms: Annotated[tuple[Alarm, ...], Field(description="oldest first")]


class TakenNote(Taken):
    """A word with it."""

    comment: Comment = ""
