"""Examples of figures, for OpenAPI."""

from datetime import timedelta

from api import examples
from api.report_view import (
    MyWork,
    Proportion,
    Quality,
    QualityRow,
    ReasonCount,
    Report,
    ReportRow,
)
from cases.verdict import REASONS_ZH, Reason

_AT = examples.SUMMARY.changed_at
_SHARE = Proportion(hits=42, of=60, share=0.7, lower=0.575, upper=0.801)
_ROWS = "/api/v1/alerts?code=SW-01&review=rejected"

ROW = ReportRow(
    key="SW-01",
    text_zh="疑似人行道违停线索",
    text_en="suspected vehicle on the pavement (clue)",
    raised=70,
    raised_rows="/api/v1/alerts?code=SW-01",
    confirmed=42,
    confirmed_rows="/api/v1/alerts?code=SW-01&review=confirmed&review=evidence",
    rejected=18,
    rejected_rows=_ROWS,
    void=6,
    void_rows="/api/v1/alerts?code=SW-01&review=void",
    backlog=4,
    backlog_rows="/api/v1/alerts?code=SW-01&review=queued",
    oldest_s=810.0,
    reasons=(
        ReasonCount(
            reason=Reason.PERMITTED,
            reason_zh=REASONS_ZH[Reason.PERMITTED],
            count=11,
            rows=f"{_ROWS}&reason=permitted",
        ),
    ),
    precision=_SHARE,
    review_s_median=74.0,
    review_s_p90=402.0,
    is_downgraded=False,
)
REPORT = Report(
    since=_AT - timedelta(days=1),
    until=_AT,
    made_at=_AT,
    rows=(ROW,),
    total=ROW.model_copy(update={"key": "all", "text_zh": "合计", "text_en": "all"}),
)
QUALITY = Quality(
    since=_AT - timedelta(days=7),
    until=_AT,
    sampled=140,
    answered=120,
    answered_rows="/api/v1/alerts?sampled_since=2026-11-16T00:00:00%2B00:00",
    agreement=_SHARE,
    agreed_rows="/api/v1/alerts?sample=agreed_confirmed&sample=agreed_rejected",
    kappa=0.71,
    rows=(
        QualityRow(
            code="SW-01",
            text_zh="疑似人行道违停线索",
            text_en="suspected vehicle on the pavement (clue)",
            qa_precision=_SHARE,
            qa_rows="/api/v1/alerts?code=SW-01&sample=agreed_confirmed&sample=overturned",
            missed=_SHARE,
        ),
    ),
)
WORK = MyWork(
    spell_started_at=_AT,
    spell_s=1860.0,
    break_due=False,
    break_until=None,
    verdicts_today=94,
    per_hour=46.0,
    median_s=21.5,
)
