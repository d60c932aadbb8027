"""Shifts, siren tests, leads and miss looks as the API tells and takes them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, JsonValue

from api.alert_query import Code
from api.alert_view import AlertSummary
from api.review_view import QueueItem
from api.shown import Shown, UtcTime
from api.taken import Comment, LoginName, Taken, Words


class DownFeed(Shown):
    """A camera that shows nothing, or was not looked at lately."""

    camera: Annotated[str, Field(description="name")]
    title: Annotated[str, Field(description="title in force")]
    faults: Annotated[tuple[str, ...], Field(description="codes")]
    seconds_since_last_look: Annotated[float | None, Field(description="s")]


class DowngradedRule(Shown):
    """A rule that is imprecise lately, and what was done about it."""

    code: Annotated[str, Field(description="catalogue code")]
    text_zh: Annotated[str, Field(description="what it suspects, Chinese")]
    text_en: Annotated[str, Field(description="what it suspects, English")]
    reviewed: Annotated[int, Field(description="verdicts in 7 days")]
    confirmed: Annotated[int, Field(description="of these confirmed")]
    upper: Annotated[float, Field(description="upper bound of its precision")]
    is_downgraded: Annotated[
        bool, Field(description="false: life danger, an engineer is told instead")
    ]


class ShiftNow(Shown):
    """What the next shift must know."""

    at: Annotated[UtcTime, Field(description="wall time")]
    open_s1: Annotated[tuple[AlertSummary, ...], Field(description="life danger")]
    unacknowledged: Annotated[int, Field(description="S1 still sounding")]
    overdue: Annotated[tuple[QueueItem, ...], Field(description="past the deadline")]
    waiting: Annotated[int, Field(description="open reviews")]
    feeds_down: Annotated[tuple[DownFeed, ...], Field(description="cameras")]
    downgraded: Annotated[tuple[DowngradedRule, ...], Field(description="rules")]
    undelivered: Annotated[int, Field(description="tellings that were given up")]
    open_tasks: Annotated[int, Field(description="officers still under way")]
    last_siren_test: Annotated["SirenTest | None", Field(description="newest")]


class TakenHandover(Taken):
    """The one who goes signs."""

    incoming: LoginName
    note: Comment = ""


class ShownHandover(Shown):
    """A hand-over; complete once both have signed."""

    id: Annotated[UUID, Field(description="id")]
    outgoing: Annotated[str, Field(description="login name")]
    incoming: Annotated[str, Field(description="login name")]
    note: Annotated[str, Field(description="own words")]
    signed_out_at: Annotated[UtcTime, Field(description="wall time")]
    signed_in_at: Annotated[UtcTime | None, Field(description="wall time")]
    state: Annotated[dict[str, JsonValue], Field(description="what stood then")]


class HandoverList(Shown):
    """Hand-overs."""

    handovers: Annotated[tuple[ShownHandover, ...], Field(description="newest first")]


class TakenSirenTest(Taken):
    """Begin a test of the siren."""


class SirenTest(Shown):
    """A test of the siren: begun, and heard by whom."""

    id: Annotated[UUID, Field(description="id")]
    by: Annotated[str, Field(description="who began it")]
    at: Annotated[UtcTime, Field(description="wall time")]
    heard_by: Annotated[tuple[str, ...], Field(description="who heard it")]


class TakenLead(Taken):
    """Something a contact has seen."""

    place: Annotated[Words, Field(min_length=1, max_length=200)]
    text: Annotated[Words, Field(min_length=1, max_length=2000)]


class ShownLead(Shown):
    """Something a contact has seen."""

    id: Annotated[UUID, Field(description="id")]
    by: Annotated[str, Field(description="login name")]
    place: Annotated[str, Field(description="where")]
    text: Annotated[str, Field(description="what")]
    at: Annotated[UtcTime, Field(description="wall time")]


class LeadList(Shown):
    """Leads."""

    leads: Annotated[tuple[ShownLead, ...], Field(description="newest first, 200")]


class JudgedRule(Shown):
    """A rule judged at a camera."""

    code: Annotated[str, Field(description="catalogue code")]
    name_zh: Annotated[str, Field(description="name, Chinese")]
    name_en: Annotated[str, Field(description="name, English")]


class MissLook(Shown):
    """A look without alert, to be looked at with fresh eyes."""

    id: Annotated[UUID, Field(description="id")]
    camera: Annotated[str, Field(description="name")]
    camera_title: Annotated[str, Field(description="title in force")]
    at: Annotated[UtcTime, Field(description="wall time of the look")]
    picture_url: Annotated[str, Field(description="the picture")]
    codes: Annotated[tuple[str, ...], Field(description="codes judged there")]
    rules: Annotated[tuple[JudgedRule, ...], Field(description="the same with names")]


class MissLookList(Shown):
    """Looks waiting for an answer."""

    looks: Annotated[tuple[MissLook, ...], Field(description="at most 20")]
    waiting: Annotated[int, Field(description="how many in all")]


class TakenMissAnswer(Taken):
    """What one sees in it."""

    codes: Annotated[
        tuple[Code, ...],
        Field(max_length=20, description="of the catalogue; empty: nothing is seen"),
    ]
    comment: Comment = ""
