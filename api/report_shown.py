"""Figures as answers: every number beside the address of its rows."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from api.address import ALERTS
from api.report_view import (
    MyWork,
    Proportion,
    Quality,
    QualityRow,
    ReasonCount,
    Report,
    ReportRow,
)
from api.services import State
from cases.blind_rows import SampleOutcome
from cases.figures import Tally
from cases.life import OPEN_STATES, ReviewState
from cases.statistics import Share, quantile
from cases.verdict import REASONS_ZH, Reason
from identity.person import Person
from rules.catalogue import Names
from rules.wording import suspected

FIRST_CONFIRMED = (SampleOutcome.AGREED_CONFIRMED, SampleOutcome.OVERTURNED)
ENDED_WELL = (ReviewState.CONFIRMED, ReviewState.EVIDENCE)


def proportion(share: Share) -> Proportion:
    """A share with its interval."""
    return Proportion.model_validate(share, from_attributes=True)


def report_of(
    state: State, caller: Person, span: tuple[datetime, datetime], by: str
) -> Report:
    """Figures of alerts opened within `span`, by rule or by camera."""
    figures = state.services.cases.figures
    tallies = figures.tallies(span, by == "camera", state.visible(caller))
    down = {one.code for one in figures.imprecise() if one.is_downgraded}
    now = state.services.clock.utc_now()
    titles = state.site.titles()
    rows = []
    for key, tally in tallies.items():
        title = titles.get(key, key)
        text = (
            Names(zh=title, en=title)
            if by == "camera"
            else suspected(key, state.services.catalogue)
        )
        name = "camera" if by == "camera" else "code"
        row = _row(key, text, tally, _Rows(span, {name: key}), now)
        rows.append(row.model_copy(update={"is_downgraded": key in down}))
    total = _sum(list(tallies.values()))
    return Report(
        since=span[0],
        until=span[1],
        made_at=now,
        rows=tuple(rows),
        total=_row("all", Names(zh="合计", en="all"), total, _Rows(span, {}), now),
    )


class _Rows:
    """Addresses of exactly the alerts a number counts."""

    def __init__(self, span: tuple[datetime, datetime], more: dict[str, str]) -> None:
        self._always = [
            *more.items(),
            ("since", span[0].isoformat()),
            ("until", span[1].isoformat()),
        ]

    def of(self, *states: ReviewState, reason: str | None = None) -> str:
        found = [*self._always, *(("review", state.value) for state in states)]
        if reason is not None:
            found.append(("reason", reason))
        return f"{ALERTS}?{urlencode(found)}"


def _row(key: str, name: Names, tally: Tally, rows: _Rows, now: datetime) -> ReportRow:
    return ReportRow(
        key=key,
        text_zh=name.zh,
        text_en=name.en,
        raised=tally.raised,
        raised_rows=rows.of(),
        confirmed=tally.confirmed,
        confirmed_rows=rows.of(*ENDED_WELL),
        rejected=tally.rejected,
        rejected_rows=rows.of(ReviewState.REJECTED),
        void=tally.void,
        void_rows=rows.of(ReviewState.VOID),
        backlog=tally.backlog,
        backlog_rows=rows.of(*sorted(OPEN_STATES)),
        oldest_s=None
        if tally.oldest is None
        else max(0.0, (now - tally.oldest).total_seconds()),
        reasons=tuple(
            ReasonCount(
                reason=Reason(reason),
                reason_zh=REASONS_ZH[Reason(reason)],
                count=count,
                rows=rows.of(ReviewState.REJECTED, reason=reason),
            )
            for reason, count in tally.reasons.most_common()
        ),
        precision=proportion(tally.precision),
        review_s_median=quantile(tally.review_s, 0.5),
        review_s_p90=quantile(tally.review_s, 0.9),
        is_downgraded=False,
    )


def _sum(tallies: list[Tally]) -> Tally:
    total = Tally()
    for one in tallies:
        total.raised += one.raised
        total.confirmed += one.confirmed
        total.rejected += one.rejected
        total.void += one.void
        total.backlog += one.backlog
        total.reasons += one.reasons
        total.review_s += one.review_s
    oldest = [one.oldest for one in tallies if one.oldest is not None]
    total.oldest = min(oldest, default=None)
    return total


def quality_of(
    state: State, caller: Person, since: datetime, until: datetime
) -> Quality:
    """What second looks and miss looks say of the cameras the caller sees."""
    visible = state.visible(caller)
    found = state.services.cases.figures.quality(since, until, visible)
    nothing = Share(0, 0, None, None, None)
    codes = sorted(found.qa_precision.keys() | found.missed.keys())

    def rows(code: str | None = None, sample: Sequence[SampleOutcome] = ()) -> str:
        asked = [] if code is None else [("code", code)]
        asked += [("sample", one.value) for one in sample]
        asked += [("sampled_since", since.isoformat())]
        asked += [("sampled_until", until.isoformat())]
        return f"{ALERTS}?{urlencode(asked)}"

    return Quality(
        since=since,
        until=until,
        sampled=found.sampled,
        answered=found.answered,
        answered_rows=rows(),
        agreement=proportion(found.agreement),
        agreed_rows=rows(
            sample=(SampleOutcome.AGREED_CONFIRMED, SampleOutcome.AGREED_REJECTED)
        ),
        kappa=found.kappa,
        rows=tuple(
            QualityRow(
                code=code,
                text_zh=suspected(code, state.services.catalogue).zh,
                text_en=suspected(code, state.services.catalogue).en,
                qa_precision=proportion(found.qa_precision.get(code, nothing)),
                qa_rows=rows(code, FIRST_CONFIRMED),
                missed=proportion(found.missed.get(code, nothing)),
            )
            for code in codes
        ),
    )


def work_of(state: State, caller: Person) -> MyWork:
    """The caller's own pace."""
    found = state.services.cases.figures.own_work(caller.name)
    return MyWork.model_validate(found, from_attributes=True)
