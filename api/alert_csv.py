"""A list of alerts as CSV that a spreadsheet opens in the right script.

What people wrote stays data: a cell that looks like a formula is told as text. The
first line says who took the list out, when and why, as the audit trail does.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.alert import AlertFilter, AlertId, Cursor
from alerts.pack import PackState
from alerts.repository import AlertRepository
from alerts.selection import SIGN
from api.alert_view import AlertSummary, Captions, summary_of
from base.clock import BEIJING
from cases.life import ReviewState
from cases.verdict import REASONS_ZH, Reason
from rules.violation import Life

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Full-width signs as well: spreadsheets of East Asian languages take them, too."""
PAGE: Final = 200

TITLES: Final = (
    "编号",
    "等级",
    "代码",
    "线索",
    "设备",
    "区域",
    "停留起",
    "触发时间",
    "最近观测",
    "状态",
    "证据",
    "审核",
    "排除理由",
)

LIVES_ZH: Final[Mapping[Life, str]] = {
    Life.CANDIDATE: "候选",
    Life.DROPPED: "已放弃",
    Life.OPEN: "发生中",
    Life.PERSISTING: "持续中",
    Life.CLEARED: "已消失",
    Life.REOPENED: "再次出现",
}
PACKS_ZH: Final[Mapping[PackState, str]] = {
    PackState.PENDING: "证据生成中",
    PackState.COMPLETE: "证据完整",
    PackState.PARTIAL: "证据不全",
}
REVIEWS_ZH: Final[Mapping[ReviewState, str]] = {
    ReviewState.GRACE: "宽限中",
    ReviewState.VOID: "已自行离开",
    ReviewState.QUEUED: "待审",
    ReviewState.SENIOR: "待值班长",
    ReviewState.SECOND: "待第二人",
    ReviewState.SUPERVISOR: "待裁定",
    ReviewState.DEFERRED: "稍后",
    ReviewState.ONSITE: "现场核查中",
    ReviewState.CONFIRMED: "已确认线索",
    ReviewState.EVIDENCE: "已确认证据",
    ReviewState.REJECTED: "已排除",
    ReviewState.MERGED: "已合并",
}


@dataclass(frozen=True, slots=True)
class CsvSource:
    """Where the rows come from: alerts, what people made of them, words."""

    alerts: AlertRepository
    made_of: Callable[
        [Sequence[AlertId]], Mapping[AlertId, tuple[ReviewState, Reason | None]]
    ]
    words: Captions


def csv_lines(
    source: CsvSource, asked: AlertFilter | None, most: int, preamble: str
) -> Iterator[bytes]:
    """The CSV in chunks, newest opening first, at most `most` alerts.

    Args:
        source: Where rows come from.
        asked: Which alerts; None: none, the titles alone.
        most: How many at most.
        preamble: The first line.

    Raises:
        StoreUnavailableError: The database is away; the list breaks off.
    """
    yield (SIGN + _line([preamble]) + _line(TITLES)).encode()
    cursor: Cursor | None = None
    left = most
    while asked is not None and left > 0:
        page = source.alerts.list_alerts(asked, cursor, min(PAGE, left))
        reviews = source.made_of([alert.id for alert in page.alerts])
        lines = (
            _line(_cells(summary_of(alert, source.words), reviews))
            for alert in page.alerts
        )
        yield "".join(lines).encode()
        left -= len(page.alerts)
        cursor = page.next
        if cursor is None:
            return


def _cells(
    alert: AlertSummary, reviews: Mapping[AlertId, tuple[ReviewState, Reason | None]]
) -> tuple[str, ...]:
    state, reason = reviews.get(AlertId(alert.id), (None, None))
    return (
        str(alert.id),
        alert.severity.value,
        alert.code,
        alert.text_zh,
        alert.camera_title or alert.camera,
        alert.zone,
        _time(alert.occupied_since),
        _time(alert.opened_at),
        _time(alert.last_seen),
        LIVES_ZH[alert.life],
        PACKS_ZH[alert.evidence],
        "" if state is None else REVIEWS_ZH[state],
        "" if reason is None else REASONS_ZH[reason],
    )


def _time(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _line(cells: tuple[str, ...] | list[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow([cell_of(cell) for cell in cells])
    return out.getvalue()


def cell_of(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
