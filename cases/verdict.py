"""What a person says of an alert: the verdict with its reason, ticks and comment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from alerts.alert import AlertId
from cases.errors import GateError
from cases.life import Act


class Reason(StrEnum):
    """Why an alert is rejected; the order is that of the keys 1-9, then the rest."""

    PERMITTED = "permitted"
    LEFT_IN_TIME = "left_in_time"
    NOT_A_VIOLATION = "not_a_violation"
    PLATE_UNREADABLE = "plate_unreadable"
    VIEW_BLOCKED = "view_blocked"
    DUPLICATE = "duplicate"
    EMERGENCY_VEHICLE = "emergency_vehicle"
    WRONG_ZONE = "wrong_zone"
    CONTRADICTORY_SIGNS = "contradictory_signs"
    EMERGENCY_AVOIDANCE = "emergency_avoidance"
    HANDLED_ON_SITE = "handled_on_site"
    STOLEN = "stolen"
    FACTS_UNCLEAR = "facts_unclear"
    OTHER = "other"


REASONS_ZH: dict[Reason, str] = {
    Reason.PERMITTED: "有许可",
    Reason.LEFT_IN_TIME: "已及时离开",
    Reason.NOT_A_VIOLATION: "不属于该情形",
    Reason.PLATE_UNREADABLE: "号牌无法辨认",
    Reason.VIEW_BLOCKED: "画面被遮挡",
    Reason.DUPLICATE: "重复",
    Reason.EMERGENCY_VEHICLE: "执行任务的应急车辆",
    Reason.WRONG_ZONE: "区域划定有误",
    Reason.CONTRADICTORY_SIGNS: "标志标线相互矛盾",
    Reason.EMERGENCY_AVOIDANCE: "紧急避险",
    Reason.HANDLED_ON_SITE: "现场已处置",
    Reason.STOLEN: "被盗抢期间",
    Reason.FACTS_UNCLEAR: "事实不清",
    Reason.OTHER: "其他",
}

COMMENT_NEEDED: frozenset[Reason] = frozenset(
    {
        Reason.NOT_A_VIOLATION,
        Reason.WRONG_ZONE,
        Reason.CONTRADICTORY_SIGNS,
        Reason.EMERGENCY_AVOIDANCE,
        Reason.FACTS_UNCLEAR,
        Reason.OTHER,
    }
)
"""Reasons that say too little by themselves: an engineer or a court will ask."""

COMMENTED_ACTS: frozenset[Act] = frozenset({Act.UNSURE, Act.ASK_ONSITE, Act.DISAGREE})


class Leniency(StrEnum):
    """What the reviewer sees of art. 33: a hint to the case, never a decision."""

    NONE = "none"
    MINOR = "minor"
    FIRST = "first"
    NO_FAULT = "no_fault"


@dataclass(frozen=True, slots=True)
class Ticks:
    """行政处罚法 art. 41 ¶2: each is looked at and ticked for itself."""

    true: bool = False
    clear: bool = False
    complete: bool = False
    accurate: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of those not ticked, Chinese."""
        named = (
            ("真实", self.true),
            ("清晰", self.clear),
            ("完整", self.complete),
            ("准确", self.accurate),
        )
        return tuple(name for name, is_ticked in named if not is_ticked)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict as given.

    Attributes:
        act: What it does to the review.
        comment: In the person's words; may be empty where nothing demands one.
        reason: Of a rejection.
        ticks: Of a confirmation of evidence grade.
        clip_reached: Media time up to which the person has seen the clip.
        into: The alert this one is merged into.
        until: Wall time a deferred one comes back.
        officer: Who shall look on site; empty: whoever is near.
        leniency: What the person sees of art. 33.
        education: What the party was told, where leniency asks for it (art. 33 ¶3).
    """

    act: Act
    comment: str = ""
    reason: Reason | None = None
    ticks: Ticks | None = None
    clip_reached: datetime | None = None
    into: AlertId | None = None
    until: datetime | None = None
    officer: str = ""
    leniency: Leniency = Leniency.NONE
    education: str = ""


@dataclass(frozen=True, slots=True)
class GivenVerdict:
    """One verdict on record.

    Attributes:
        id: Of the record.
        alert: On which alert.
        by: Login name of the person.
        full_name: As printed.
        roles: The person's roles then.
        certificate: Number of the officer certificate then; empty: none.
        verdict: What was said.
        at: Wall time.
        took_s: Seconds from the claim to the verdict; None: not claimed.
        undone_at: Wall time it was taken back; None: it stands.
    """

    id: UUID
    alert: AlertId
    by: str
    full_name: str
    roles: tuple[str, ...]
    certificate: str
    verdict: Verdict
    at: datetime
    took_s: float | None
    undone_at: datetime | None


def check_words(verdict: Verdict) -> None:
    """Refuse a verdict that says too little.

    Raises:
        GateError: A rejection without reason, or a comment that is demanded.
    """
    if verdict.act is Act.REJECT and verdict.reason is None:
        raise GateError("reason", "a rejection names its reason")
    silent = not verdict.comment.strip()
    if silent and verdict.act in COMMENTED_ACTS:
        raise GateError("comment", f"{verdict.act} needs a comment")
    if silent and verdict.reason in COMMENT_NEEDED:
        raise GateError("comment", f"the reason {verdict.reason} needs a comment")
