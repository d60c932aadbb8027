"""A camera looked at now, as the API tells it: what is seen, what rules make of it."""

from typing import Annotated

from pydantic import Field

from api.alert_view import ShownClause
from api.shown import Shown, ShownBox, UtcTime
from detector.look import Track, Unseen, UnseenArea
from rules.catalogue import Names
from rules.violation import Life, Violation
from sites.schema import CameraSection


class DebugTrack(Shown):
    """One thing seen in the newest look."""

    box: Annotated[ShownBox, Field(description="where, 0…1")]
    label: Annotated[str, Field(description="class of the model")]
    score: Annotated[float, Field(description="of the detector, 0…1")]
    height_px: Annotated[float, Field(description="in the picture looked at")]
    id: Annotated[str | None, Field(description="identity, where one is claimed")]


class DebugUnseen(Shown):
    """A part of the picture about which the look says nothing."""

    box: Annotated[ShownBox, Field(description="where, 0…1")]
    why: Annotated[Unseen, Field(description="not_covered: too far from the zones")]


class DebugZone(Shown):
    """One zone as drawn."""

    view: Annotated[str, Field(description="preset")]
    name: Annotated[str, Field(description="name in the site file")]
    purpose: Annotated[str, Field(description="what it is for")]
    points: Annotated[
        tuple[tuple[float, float], ...], Field(description="corners, 0…1")
    ]


class DebugPlace(Shown):
    """What a rule makes of one place now; candidates too."""

    code: Annotated[str, Field(description="catalogue code")]
    text_zh: Annotated[str, Field(description="what it would be a clue of, Chinese")]
    text_en: Annotated[str, Field(description="what it would be a clue of, English")]
    zone: Annotated[str, Field(description="where")]
    slot: Annotated[str, Field(description="place in the zone")]
    life: Annotated[Life, Field(description="candidate: not raised (yet)")]
    box: Annotated[ShownBox, Field(description="of the thing, 0…1")]
    at: Annotated[UtcTime, Field(description="media time it was judged")]
    observed_s: Annotated[float, Field(description="seconds really seen")]
    clauses: Annotated[tuple[ShownClause, ...], Field(description="how they stand")]


class DebugView(Shown):
    """Everything behind the newest look of one camera."""

    camera: Annotated[str, Field(description="name in the site file")]
    revision: Annotated[str, Field(description="configuration in force")]
    look_at: Annotated[UtcTime | None, Field(description="media time of the look")]
    view: Annotated[str | None, Field(description="preset it was seen in")]
    seconds_since_last_look: Annotated[float | None, Field(description="wall, s")]
    looks: Annotated[int, Field(description="looks counted so far")]
    ring_s: Annotated[float, Field(description="how far back a live look reaches, s")]
    tracks: Annotated[tuple[DebugTrack, ...], Field(description="what was seen")]
    unseen: Annotated[
        tuple[DebugUnseen, ...],
        Field(description="not looked at: a box that reaches into it ends there"),
    ]
    zones: Annotated[tuple[DebugZone, ...], Field(description="as drawn")]
    places: Annotated[tuple[DebugPlace, ...], Field(description="what rules say")]
    picture_url: Annotated[str | None, Field(description="the look's picture")]


def track_of(track: Track) -> DebugTrack:
    """One track."""
    return DebugTrack(
        box=ShownBox.of(track.box),
        label=track.label,
        score=track.score,
        height_px=track.height_px,
        id=track.id,
    )


def unseen_of(area: UnseenArea) -> DebugUnseen:
    """One part that was not looked at."""
    return DebugUnseen(box=ShownBox.of(area.box), why=area.why)


def zones_of(section: CameraSection) -> tuple[DebugZone, ...]:
    """All zones of a camera."""
    return tuple(
        DebugZone(view=view, name=name, purpose=zone.purpose.value, points=zone.points)
        for view, content in section.views.items()
        for name, zone in content.zones.items()
    )


def place_of(violation: Violation, text: Names) -> DebugPlace:
    """One place."""
    return DebugPlace(
        code=violation.code,
        text_zh=text.zh,
        text_en=text.en,
        zone=violation.place.zone,
        slot=violation.place.slot,
        life=violation.life,
        box=ShownBox.of(violation.box),
        at=violation.at,
        observed_s=violation.observed_s,
        clauses=tuple(ShownClause.of(trace) for trace in violation.clauses),
    )
