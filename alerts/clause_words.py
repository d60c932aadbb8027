"""Clause traces in Chinese: codes and numbers in, one line out.

Unknown is 未观测, never 符合; a code without words here is shown as it is, since a
missing translation must not hide what was judged.
"""

from rules.clause import ClauseTrace, Truth, Why

_TITLES: dict[str, tuple[str, str, str]] = {
    "vehicle_in_zone": ("区域内有机动车", "置信度", ""),
    "footprint_in_zone": ("车身占用区域", "", "%"),
    "still_for": ("静止停留", "", "秒"),
    "not_permitted": ("不在泊位内且无许可", "泊位内占比", "%"),
}
"""Title, word for the number, unit of the number."""
_TRUTHS: dict[Truth, str] = {
    Truth.TRUE: "成立",
    Truth.FALSE: "不成立",
    Truth.UNKNOWN: "未观测",
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
    Why.NOT_OBSERVED: "该时段未观测",
    Why.FEED_FAULT: "视频流故障",
}


def clause_line(clause: ClauseTrace) -> str:
    """`成立 静止停留 62 秒（阈值 60 秒）`; without numbers where it is unknown."""
    title, word, unit = _TITLES.get(clause.clause, (clause.clause, "", ""))
    words = [_TRUTHS[clause.truth], title]
    if clause.why is not None:
        return f"{' '.join(words)}（{_WHYS.get(clause.why, clause.why.value)}）"
    if clause.value is not None:
        words += [word, _amount(clause.value, unit)]
    line = " ".join(part for part in words if part)
    if clause.limit is not None:
        line += f"（阈值 {_amount(clause.limit, unit)}）"
    return line


def _amount(value: float, unit: str) -> str:
    if unit == "%":
        return f"{value * 100:.0f} %"
    return f"{round(value, 2):.12g} {unit}".rstrip()
