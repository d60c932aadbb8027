"""Whether an alert's evidence is a clue or off-site evidence: computed, never set.

A clue (线索) may start an inspection; off-site evidence (非现场证据) may stand in a
hearing. Every reason that keeps it a clue is named, so that a person can see what would
have to be otherwise. A person's verdict is another matter and needs its own ticks.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.evidence_facts import (
    CHECK_HOLDS,
    MAX_OFFSET_MS,
    ClockCheck,
    PackFacts,
    TimeTrust,
)
from alerts.pack import PackState
from rules.violation import Violation

MAX_UNSEEN_SHARE = 1 / 3
"""A gap longer than this share of the dwell leaves a clue."""


class EvidenceMode(StrEnum):
    """What the evidence of an alert may be used as."""

    CLUE = "clue"
    OFFSITE_EVIDENCE = "offsite_evidence"


class ClueReason(StrEnum):
    """Why it is a clue and no more."""

    NO_EVIDENCE_YET = "no_evidence_yet"
    EVIDENCE_PARTIAL = "evidence_partial"
    FACTS_UNKNOWN = "facts_unknown"
    INTEGRITY_BROKEN = "integrity_broken"
    CLOCK_UNCHECKED = "clock_unchecked"
    CLOCK_OFF = "clock_off"
    CLOCK_STEPPED = "clock_stepped"
    NO_DOSSIER = "no_dossier"
    NO_LEGAL_REVIEW = "no_legal_review"
    NO_TECHNICAL_REVIEW = "no_technical_review"
    NO_SIGN = "no_sign"
    NOT_PUBLISHED = "not_published"
    TOO_FEW_PANORAMAS = "too_few_panoramas"
    PANORAMAS_TOO_CLOSE = "panoramas_too_close"
    PICTURE_TOO_SMALL = "picture_too_small"
    NOT_24_BIT = "not_24_bit"
    VIEW_MOVED = "view_moved"
    CONTINUITY_UNKNOWN = "continuity_unknown"
    GAP_TOO_LONG = "gap_too_long"
    FLOOD = "flood"


REASONS_ZH: dict[ClueReason, str] = {
    ClueReason.NO_EVIDENCE_YET: "证据尚未固定",
    ClueReason.EVIDENCE_PARTIAL: "证据不完整",
    ClueReason.FACTS_UNKNOWN: "证据包未载明取证条件",
    ClueReason.INTEGRITY_BROKEN: "证据校验不通过，已锁定",
    ClueReason.CLOCK_UNCHECKED: "摄像机时钟24小时内未校验",
    ClueReason.CLOCK_OFF: "摄像机时钟误差超过1.0秒",
    ClueReason.CLOCK_STEPPED: "取证期间主机时钟被调整",
    ClueReason.NO_DOSSIER: "摄像机无档案",
    ClueReason.NO_LEGAL_REVIEW: "设备未经法制审核",
    ClueReason.NO_TECHNICAL_REVIEW: "设备未经技术审核",
    ClueReason.NO_SIGN: "无标志牌照片",
    ClueReason.NOT_PUBLISHED: "设置地点未向社会公布",
    ClueReason.TOO_FEW_PANORAMAS: "全景图片少于两张",
    ClueReason.PANORAMAS_TOO_CLOSE: "两张全景图片间隔不足10秒",
    ClueReason.PICTURE_TOO_SMALL: "图片分辨率低于1280×720",
    ClueReason.NOT_24_BIT: "图片不是24位真彩色",
    ClueReason.VIEW_MOVED: "画面与标定预置位不符",
    ClueReason.CONTINUITY_UNKNOWN: "不能认定始终为同一目标",
    ClueReason.GAP_TOO_LONG: "观测中断超过停留时长三分之一",
    ClueReason.FLOOD: "同一摄像机一分钟内告警过多，已合并为一条",
}
"""Each reason as a person reads it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an alert's evidence may be used as, and why no more.

    Attributes:
        mode: Clue or off-site evidence.
        reasons: Why it is a clue; empty for off-site evidence.
        time_trust: Whether its times may be relied on.
    """

    mode: EvidenceMode
    reasons: tuple[ClueReason, ...]
    time_trust: TimeTrust


@dataclass(frozen=True, slots=True)
class PackStanding:
    """What is known of an alert's own pack.

    Attributes:
        state: How far it is.
        facts: As sealed; None before sealing, or where the worker gave none.
        clock_read: A person's reading of the on-screen clock; None without one.
        is_broken: Whether a check found that its bytes do not hold any more.
    """

    state: PackState
    facts: PackFacts | None
    clock_read: ClockCheck | None = None
    is_broken: bool = False


def standing(
    violation: Violation, pack: PackStanding | None, *, is_group: bool = False
) -> Standing:
    """What the evidence of `violation` may be used as; of a group, only a clue."""
    opened_at = violation.opened_at or violation.at
    clock = _clock_reason(pack, opened_at)
    reasons = [*_pack_reasons(pack), *([] if clock is None else [clock])]
    if not violation.continuity_known:
        reasons.append(ClueReason.CONTINUITY_UNKNOWN)
    if _has_long_gap(violation, opened_at):
        reasons.append(ClueReason.GAP_TOO_LONG)
    if is_group:
        reasons.append(ClueReason.FLOOD)
    return Standing(
        mode=EvidenceMode.CLUE if reasons else EvidenceMode.OFFSITE_EVIDENCE,
        reasons=tuple(reasons),
        time_trust=TimeTrust.HIGH if clock is None else TimeTrust.LOW,
    )


def _pack_reasons(pack: PackStanding | None) -> list[ClueReason]:
    if pack is None or pack.state is PackState.PENDING:
        return [ClueReason.NO_EVIDENCE_YET]
    reasons = []
    if pack.is_broken:
        reasons.append(ClueReason.INTEGRITY_BROKEN)
    if pack.state is PackState.PARTIAL:
        reasons.append(ClueReason.EVIDENCE_PARTIAL)
    facts = pack.facts
    if facts is None:
        return [*reasons, ClueReason.FACTS_UNKNOWN]
    reasons += [ClueReason(code) for code in facts.device_lacks]
    reasons += [ClueReason(floor.value) for floor in facts.floors]
    if facts.has_view_moved:
        reasons.append(ClueReason.VIEW_MOVED)
    return reasons


def _clock_reason(pack: PackStanding | None, at: datetime) -> ClueReason | None:
    """Why the time cannot be trusted; every check that holds must agree."""
    if pack is not None and pack.facts is not None and pack.facts.is_clock_stepped:
        return ClueReason.CLOCK_STEPPED
    told = () if pack is None else (pack.facts and pack.facts.clock, pack.clock_read)
    checks = [c for c in told if c and abs(c.checked_at - at) <= CHECK_HOLDS]
    if not checks:
        return ClueReason.CLOCK_UNCHECKED
    if any(abs(check.offset_ms) > MAX_OFFSET_MS for check in checks):
        return ClueReason.CLOCK_OFF
    return None


def _has_long_gap(violation: Violation, opened_at: datetime) -> bool:
    dwell_s = (opened_at - violation.first_seen).total_seconds()
    longest = max(
        (gap.seconds for gap in violation.gaps if gap.start < opened_at), default=0.0
    )
    return dwell_s > 0 and longest > dwell_s * MAX_UNSEEN_SHARE
