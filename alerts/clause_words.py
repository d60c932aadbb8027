"""Clause traces in Chinese and English: codes and numbers in, one line out.

Unknown is 未观测, never 符合; a code without words here is shown as it is, since a
missing translation must not hide what was judged.
"""

from dataclasses import replace

from rules.area import HELD_FOR
from rules.clause import ClauseTrace, Truth, Why
from rules.clause_kind import Words
from rules.clause_table import CLAUSES

NOT = "not_"
"""Begins the name of a clause that must be false."""
_TRUTHS: dict[Truth, str] = {
    Truth.TRUE: "成立",
    Truth.FALSE: "不成立",
    Truth.UNKNOWN: "未观测",
}
_TRUTHS_EN: dict[Truth, str] = {
    Truth.TRUE: "true",
    Truth.FALSE: "false",
    Truth.UNKNOWN: "not observed",
}
_UNITS_EN = {
    "秒": "s",
    "米": "m",
    "米/秒": "m/s",
    "（平方米；未标定时为画面占比）": "m² (share of the picture while uncalibrated)",
}
_WHYS: dict[Why, str] = {
    Why.OCCLUDED: "被遮挡",
    Why.TOO_SMALL: "目标过小",
    Why.NO_SUCH_CLASS: "模型不识别此类目标",
    Why.CAMERA_MOVED: "镜头已移动",
    Why.NOT_COVERED: "画面未覆盖",
    Why.NO_PERMIT_FEED: "未接入许可登记",
    Why.NO_WEATHER_FEED: "未接入气象数据",
    Why.NO_REFERENCE: "无参照画面",
    Why.NO_GROUND_PLANE: "未标定地面",
    Why.NO_CALENDAR: "未接入工作日历",
    Why.NO_REGISTER: "未接入进出登记",
    Why.NOT_DRAWN: "未划定所需区域",
    Why.TOO_DARK: "光线过暗或突变",
    Why.TOO_SPARSE: "抽帧过疏",
    Why.NOT_OBSERVED: "该时段未观测",
    Why.FEED_FAULT: "视频流故障",
}


def clause_line(clause: ClauseTrace) -> str:
    """`成立 静止停留 62 秒（阈值 60 秒）`; without numbers where it is unknown."""
    told = words_of(clause.clause)
    words = [_TRUTHS[clause.truth], told.zh]
    if clause.why is not None:
        return f"{' '.join(words)}（{why_zh(clause.why)}）"
    if clause.value is not None:
        words += [told.number, _amount(clause.value, told.unit)]
    line = " ".join(part for part in words if part)
    if clause.limit is not None:
        line += f"（阈值 {_amount(clause.limit, told.unit)}）"
    return line


def clause_line_en(clause: ClauseTrace) -> str:
    """`true: stands still 62 s (limit 60 s)`; without numbers where it is unknown."""
    told = words_of(clause.clause)
    line = f"{_TRUTHS_EN[clause.truth]}: {told.en}"
    if clause.why is not None:
        return f"{line} ({clause.why.value.replace('_', ' ')})"
    unit = _UNITS_EN.get(told.unit, told.unit)
    if clause.value is not None:
        line += f" {_amount(clause.value, unit)}"
    if clause.limit is not None:
        line += f" (limit {_amount(clause.limit, unit)})"
    return line


def why_zh(why: Why) -> str:
    """Why a clause is unknown, in Chinese."""
    return _WHYS.get(why, why.value)


def words_of(name: str) -> Words:
    """The words of a clause; a negated one is told with 非."""
    if name in CLAUSES:
        return CLAUSES[name].words
    if name == HELD_FOR:
        return Words("持续成立", "it has held", unit="秒")
    plain = name.removeprefix(NOT)
    if plain in CLAUSES:
        return replace(
            CLAUSES[plain].words,
            zh=f"非“{CLAUSES[plain].words.zh}”",
            en=f"not: {CLAUSES[plain].words.en}",
        )
    return Words(name, name)


def _amount(value: float, unit: str) -> str:
    if unit == "%":
        return f"{value * 100:.0f} %"
    return f"{round(value, 2):.12g} {unit}".rstrip()
