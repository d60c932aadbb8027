"""Figures as the API tells them: every number says which rows it counts."""

from typing import Annotated

from pydantic import Field

from api.shown import Shown, UtcTime
from cases.verdict import Reason


class Proportion(Shown):
    """A share with its 95 % Wilson interval; null where nothing was counted."""

    hits: Annotated[int, Field(description="numerator")]
    of: Annotated[int, Field(description="denominator")]
    share: Annotated[float | None, Field(description="hits / of")]
    lower: Annotated[float | None, Field(description="lower bound")]
    upper: Annotated[float | None, Field(description="upper bound")]


class ReasonCount(Shown):
    """Rejections for one reason."""

    reason: Annotated[Reason, Field(description="why")]
    reason_zh: Annotated[str, Field(description="why, Chinese")]
    count: Annotated[int, Field(description="how many")]
    rows: Annotated[str, Field(description="address of exactly these alerts")]


class ReportRow(Shown):
    """Figures of one rule, one camera, or all."""

    key: Annotated[str, Field(description="code or camera; `all` for the total")]
    text_zh: Annotated[str, Field(description="name, Chinese")]
    text_en: Annotated[str, Field(description="name, English")]
    raised: Annotated[int, Field(description="alerts opened")]
    raised_rows: Annotated[str, Field(description="address of exactly these alerts")]
    confirmed: Annotated[int, Field(description="confirmed, clue or evidence")]
    confirmed_rows: Annotated[str, Field(description="address of these")]
    rejected: Annotated[int, Field(description="rejected")]
    rejected_rows: Annotated[str, Field(description="address of these")]
    void: Annotated[int, Field(description="left within the grace")]
    void_rows: Annotated[str, Field(description="address of these")]
    backlog: Annotated[int, Field(description="still open reviews")]
    backlog_rows: Annotated[str, Field(description="address of these")]
    oldest_s: Annotated[float | None, Field(description="age of the oldest open, s")]
    reasons: Annotated[tuple[ReasonCount, ...], Field(description="of rejections")]
    precision: Annotated[Proportion, Field(description="confirmed / reviewed")]
    review_s_median: Annotated[float | None, Field(description="queue to verdict, s")]
    review_s_p90: Annotated[float | None, Field(description="queue to verdict, s")]
    is_downgraded: Annotated[bool, Field(description="imprecise lately")]


class Report(Shown):
    """A table of figures."""

    since: Annotated[UtcTime, Field(description="opened at or after")]
    until: Annotated[UtcTime, Field(description="opened before")]
    made_at: Annotated[UtcTime, Field(description="wall time counted")]
    rows: Annotated[tuple[ReportRow, ...], Field(description="by key")]
    total: Annotated[ReportRow, Field(description="over all")]


class QualityRow(Shown):
    """What blind second looks and miss looks say of one rule."""

    code: Annotated[str, Field(description="catalogue code")]
    text_zh: Annotated[str, Field(description="name, Chinese")]
    text_en: Annotated[str, Field(description="name, English")]
    qa_precision: Annotated[Proportion, Field(description="second look agrees")]
    qa_rows: Annotated[str, Field(description="address of those looked at again")]
    missed: Annotated[Proportion, Field(description="looks that show it, no alert")]


class Quality(Shown):
    """How well people and rules agree."""

    since: Annotated[UtcTime, Field(description="sampled at or after")]
    until: Annotated[UtcTime, Field(description="sampled before")]
    sampled: Annotated[int, Field(description="second looks drawn")]
    answered: Annotated[int, Field(description="of these answered")]
    answered_rows: Annotated[str, Field(description="address of exactly these")]
    agreement: Annotated[Proportion, Field(description="both said the same")]
    agreed_rows: Annotated[str, Field(description="address of where they did")]
    kappa: Annotated[float | None, Field(description="Cohen's; null: too few")]
    rows: Annotated[tuple[QualityRow, ...], Field(description="by rule")]


class MyWork(Shown):
    """One's own pace; nobody else sees it."""

    spell_started_at: Annotated[UtcTime | None, Field(description="wall time")]
    spell_s: Annotated[float, Field(description="seconds at it without a break")]
    break_due: Annotated[bool, Field(description="50 minutes are over")]
    break_until: Annotated[UtcTime | None, Field(description="rest until then")]
    verdicts_today: Annotated[int, Field(description="verdicts since midnight +08:00")]
    per_hour: Annotated[float | None, Field(description="over the last hour")]
    median_s: Annotated[float | None, Field(description="claim to verdict, s")]
